"""What the picture says is heeded: no distance where there is none, and references where they are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import RampEstimator, Told
from tests.instrument.driven import Driven, driven, true_m
from tui.calibration.beliefs import MapKind
from tui.calibration.reading import Status
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError, StorageError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.geometry.sampling import Sample
from tui.instrument.carrying import moved_px
from tui.instrument.conscience import judged_by
from tui.instrument.given_floor import GivenFloor
from tui.instrument.regions import with_region
from tui.instrument.session import Session
from tui.sight.remembered import Remembered
from tui.sight.seen import NOTHING_SEEN, Motion, Seen, Verdict, VerdictKind
from tui.storage.kept import load_kept
from tui.storage.paths import profiles_dir
from tui.storage.profiles import load_profile


def motion(du_px: float = 0.0, dv_px: float = 0.0, sigma_px: float = 0.5, zoom: float = 1.0) -> Motion:
    return Motion(np.array([[zoom, 0.0, du_px], [0.0, zoom, dv_px], [0.0, 0.0, 1.0]]), sigma_px)


def seen(kind: VerdictKind, words: str = "", moved: Motion | None = None) -> Seen:
    return Seen((Verdict(kind, words or kind.value, 0.0),), moved)


class View:
    """What every look at a picture finds; what depends on a picture of before is found only where there is one."""

    def __init__(self) -> None:
        self.alone = NOTHING_SEEN
        self.compared = NOTHING_SEEN

    def __call__(self, _image: RGBImage, remembered: Remembered | None) -> Seen:
        return self.compared if remembered is not None and self.compared is not NOTHING_SEEN else self.alone

    def looker(self, *, live: bool, sensor: bool = False) -> Told:
        return Told(live=live, sensor=sensor, sees=self)


class Turned(RampEstimator):
    """A ramp that can be moved along, and that tells another scale and shift when it is spoiled."""

    moved_px = 0
    spoiled = False

    def estimate(self, image: RGBImage) -> FloatMap:
        found = np.roll(super().estimate(image), self.moved_px, axis=1)
        return np.ascontiguousarray(3 * found[:, ::-1] + 1 if self.spoiled else found)


def camera(start: Driven) -> Intrinsics | None:
    return start.instrument.session.intrinsics


def remembered(start: Driven) -> Remembered | None:
    return start.instrument.session.remembered


def middle_m(start: Driven) -> float | None:
    return start.instrument.reading.at((30, 20)).distance_m


@contextmanager
def watched(view: View, estimator: RampEstimator | None = None) -> Iterator[Driven]:
    """Two references, a pin in the middle, and the crosshair on it."""
    with driven(estimator, looker=view.looker) as start:
        start.instrument.answer("smoothing", "0")  # this network changes while the picture does not
        start.refer(10)
        start.refer(50)
        start.pin(30)
        start.show()
        yield start


@pytest.mark.parametrize("kind", [VerdictKind.DARK, VerdictKind.COVERED])
def test_nothing_is_read_in_a_picture_that_shows_nothing_and_the_fit_outlives_it(kind: VerdictKind) -> None:
    view, estimator = View(), Turned()
    with watched(view, estimator) as start:
        before = start.instrument.reading.crosshair
        health = start.instrument.reading.calibration
        assert before.distance_m == pytest.approx(true_m(30), rel=0.05)
        view.alone, estimator.spoiled = seen(kind, f"{kind.value}: it is"), True
        for _ in range(3):
            start.show()
            reading = start.instrument.reading
            for found in (reading.crosshair, reading.pins[0].reading, reading.at((3, 3))):
                assert (found.distance_m, found.low_m, found.high_m) == (None, None, None)
                assert found.status is Status.DOUBTFUL
                assert found.reasons == (f"{kind.value}: it is",)
            assert reading.warnings[0] == f"{kind.value}: it is"
            assert all(each.read_m is None and each.others_say_m is None for each in reading.checks())
            assert reading.calibration is not None
            assert health is not None
            assert reading.calibration.health == health.health
        with pytest.raises(InputError, match="it is: nothing can be measured"):
            start.refer(20)
        assert len(start.distances) == 2
        view.alone, estimator.spoiled = NOTHING_SEEN, False
        start.show()
        after = start.instrument.reading.at((30, 20))
        assert after.distance_m == pytest.approx(before.distance_m, rel=1e-6), "the fit was not renewed from the dark"
        assert after.reasons == before.reasons


@pytest.mark.parametrize("kind", [VerdictKind.BLURRED, VerdictKind.FROZEN])
def test_a_blurred_picture_is_read_with_a_doubt_and_renews_nothing(kind: VerdictKind) -> None:
    view, estimator = View(), Turned()
    with watched(view, estimator) as start:
        before = start.instrument.reading.calibration
        view.alone, estimator.spoiled = seen(kind), True
        start.show()
        reading = start.instrument.reading
        assert reading.calibration == before
        assert reading.crosshair.distance_m is not None
        assert reading.crosshair.status is not Status.OK
        assert kind.value in reading.crosshair.reasons
        assert start.instrument.session.tracking is not None
        assert start.instrument.session.tracking.held


@pytest.mark.parametrize("kind", [VerdictKind.MOVED, VerdictKind.ZOOMED, VerdictKind.ANOTHER])
def test_references_do_not_count_where_something_else_is_shown(kind: VerdictKind) -> None:
    view, estimator = View(), Turned()
    with watched(view, estimator) as start:
        before = start.instrument.reading.crosshair
        view.compared, estimator.spoiled = seen(kind), True
        start.show()
        reading = start.instrument.reading
        assert (reading.crosshair.distance_m, reading.crosshair.status) == (None, Status.DOUBTFUL)
        assert kind.value in reading.crosshair.reasons
        start.instrument.answer("scale", "0.5 0.1")
        start.show()
        assert middle_m(start) is not None, "typed numbers hang on no pixel"
        assert kind.value not in start.instrument.reading.warnings
        start.instrument.undo()
        assert middle_m(start) is None
        view.compared, estimator.spoiled = NOTHING_SEEN, False
        start.show()
        assert middle_m(start) == pytest.approx(before.distance_m, rel=1e-6)


def test_a_fit_that_is_held_goes_on_with_a_doubt_but_not_in_another_scene() -> None:
    view = View()
    with watched(view) as start:
        start.instrument.toggle_renewal()
        view.compared = seen(VerdictKind.MOVED, "the view has moved by about 9 px")
        start.show()
        found = start.instrument.reading.crosshair
        assert found.distance_m == pytest.approx(true_m(30), rel=0.05)
        assert "the view has moved by about 9 px, and the fit is held" in found.reasons
        view.compared = seen(VerdictKind.ANOTHER)
        start.show()
        assert start.instrument.reading.crosshair.distance_m is None


def test_a_reference_that_somebody_stands_before_does_not_count_in_that_frame() -> None:
    view = View()
    with watched(view) as start:
        start.refer(40)
        view.compared = Seen(changed=(False, True, False))
        start.show()
        tracking = start.instrument.session.tracking
        assert tracking is not None
        assert [each.u_px for each in tracking.set_aside] == [50]
        assert tracking.calibration is not None
        assert [each.u_px for each in tracking.calibration.references] == [10, 40]
        assert set(start.instrument.reading.judgement.gone.values()) == {"the picture changed here"}
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)
        view.compared = Seen(changed=(True, True, True))
        start.show()
        assert "the picture changed at every reference" in start.instrument.reading.crosshair.reasons
        view.compared = Seen(changed=(False, False, False))
        start.show()
        tracking = start.instrument.session.tracking
        assert tracking is not None
        assert tracking.set_aside == ()


def test_markers_in_sight_and_exact_geometry_do_not_hang_on_old_pixels() -> None:
    sample = ReferenceSample(Reference(3, 4, 1.0, 0.01), Sample(0.5, 0.0, 25))
    session = Session(references=(sample,))
    moved = seen(VerdictKind.MOVED, "moved")
    marked = judged_by(moved, session, marked=True)
    assert (marked.silent, marked.renews, list(marked.gone.values())) == (False, True, ["moved"])
    assert judged_by(moved, session, marked=False).silent
    dark = Seen((*seen(VerdictKind.DARK).verdicts, *moved.verdicts))
    assert judged_by(dark, session, marked=True).silent
    assert not judged_by(dark, session, marked=True).renews
    exact = judged_by(moved, replace(session, map_kind=MapKind.EXACT), marked=False)
    assert (exact.silent, exact.verdicts, dict(exact.gone)) == (False, (), {})


def test_it_is_said_once_when_it_begins_and_once_when_it_ends() -> None:
    view = View()
    with watched(view) as start:
        start.said()
        view.alone = seen(VerdictKind.DARK, "dark: a tenth of the light there was")
        start.show()
        view.alone = seen(VerdictKind.DARK, "dark: an eleventh of the light there was")
        start.show()
        view.alone = NOTHING_SEEN
        start.show()
        start.show()
        said = [each for each in start.instrument.voice.fetch() if each.key.startswith("picture: ")]
        assert [each.text for each in said] == ["dark: a tenth of the light there was: no distance", ""]
        assert len({each.key for each in said}) == 1


def test_another_source_is_looked_at_with_other_eyes() -> None:
    view = View()
    with watched(view) as start:
        view.alone = seen(VerdictKind.DARK)
        start.show()
        assert start.instrument.reading.warnings
        view.alone = NOTHING_SEEN
        start.open("camera 1")
        assert start.instrument.reading.warnings == ()
        assert start.instrument.session.remembered is None


# --- carried along


def test_references_pins_and_regions_are_carried_to_where_they_are_now_and_back_again() -> None:
    view, estimator = View(), Turned()
    with watched(view, estimator) as start:
        start.pin(60)
        instrument = start.instrument
        door = Region("door", ((22.0, 12.0), (38.0, 28.0)))
        instrument.update(with_region(instrument.session, door))
        inside_m = instrument.reading.regions[0].reading.distance_m
        before, distance_m = instrument.session.measured, instrument.reading.at((30, 20)).distance_m
        with pytest.raises(InputError, match="has not moved"):
            instrument.carry()
        estimator.moved_px = 8
        view.compared = seen(VerdictKind.MOVED, "the view has moved by about 8 px", motion(8, 3))
        start.show()
        assert instrument.reading.at((38, 23)).distance_m is None
        assert instrument.reading.regions[0].reading.distance_m is None
        view.compared = NOTHING_SEEN  # compared with the picture that is shown from now on
        start.said()
        instrument.carry()
        session = instrument.session
        assert [(r.reference.u_px, r.reference.v_px) for r in session.references] == [(18, 23), (58, 23)]
        assert [(pin.number, pin.u_px, pin.v_px) for pin in session.pins] == [(1, 38, 23)]
        assert session.regions[0].outline == ((30.0, 15.0), (46.0, 15.0), (46.0, 31.0), (30.0, 31.0))
        said = start.said()
        assert "2 references carried along" in said
        assert "1 pin left the picture" in said
        for old, new in zip(before.references, session.references, strict=True):
            assert new.reference.label == "tape, carried"
            assert new.reference.distance_m == old.reference.distance_m
            assert new.reference.sigma_m > math.hypot(old.reference.sigma_m, 0.03 * old.reference.distance_m)
        assert session.remembered is not None
        assert session.remembered is not before.remembered
        start.show()
        assert instrument.reading.pins[0].reading.distance_m == pytest.approx(distance_m, rel=0.05)
        assert instrument.reading.regions[0].reading.distance_m == pytest.approx(inside_m, rel=0.05)
        assert all(each.reference.label == "tape, carried" for each in instrument.reading.checks())
        view.compared = seen(VerdictKind.MOVED, "the view has moved by about 8 px", motion(8, 3))
        instrument.undo()
        assert instrument.session.measured == before
        assert instrument.session.remembered is before.remembered
        assert instrument.reading.at((38, 23)).distance_m is None, "they are at their old pixels again"


def test_the_less_even_the_map_the_less_a_carried_reference_is_trusted() -> None:
    sigmas = []
    for sigma_px in (0.5, 3.0):
        view = View()
        with watched(view) as start:
            view.compared = seen(VerdictKind.MOVED, "moved", motion(4, 0, sigma_px))
            start.show()
            start.instrument.carry()
            sigmas.append(start.instrument.session.references[0].reference.sigma_m)
    assert sigmas[1] > 1.5 * sigmas[0]


def test_what_leaves_the_picture_is_dropped_and_if_all_do_nothing_is_changed() -> None:
    view = View()
    with watched(view) as start:
        before = start.instrument.session.measured
        view.compared = seen(VerdictKind.MOVED, "moved", motion(-70))
        start.show()
        with pytest.raises(InputError, match="none of the references"):
            start.instrument.carry()
        assert start.instrument.session.measured == before
        view.compared = seen(VerdictKind.MOVED, "moved", motion(-20))
        start.show()
        start.instrument.update(replace(start.instrument.session, floor=GivenFloor(1.2, 0.01, 0.2)))
        start.instrument.carry()
        assert start.instrument.session.floor is None, "how far it looks down has changed"
        assert [r.reference.u_px for r in start.instrument.session.references] == [30]
        assert "1 reference left the picture" in start.said()


@pytest.mark.parametrize(
    "found",
    [
        seen(VerdictKind.MOVED, "moved", motion(8, sigma_px=math.inf)),
        seen(VerdictKind.MOVED, "moved"),
        seen(VerdictKind.ANOTHER, "moved", motion(8)),
    ],
)
def test_where_they_are_is_not_known_says_so_and_a_new_reference_begins_anew(found: Seen) -> None:
    view = View()
    with watched(view) as start:
        before = start.instrument.session.measured
        view.compared = found
        start.show()
        with pytest.raises(InputError, match=r"moved: .*cannot be told; r .*begins anew"):
            start.instrument.carry()
        assert start.instrument.session.measured == before
        view.compared = NOTHING_SEEN
        start.said()
        start.refer(20)
        assert start.distances == [round(true_m(20), 3)]
        assert "moved: 2 references of before removed; z takes that back" in start.said()
        start.instrument.undo()
        assert start.instrument.session.measured == before


def test_a_zoomed_picture_has_no_intrinsics_any_more() -> None:
    view = View()
    with watched(view) as start:
        start.instrument.use_camera(Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48))
        view.compared = seen(VerdictKind.ZOOMED, "zoomed by 1.1", motion(zoom=1.1))
        start.show()
        start.instrument.carry()
        assert camera(start) is None
        assert "intrinsics do not hold" in start.said()
        start.instrument.undo()
        assert camera(start) is not None


def test_a_place_behind_the_camera_is_nowhere() -> None:
    behind = Motion(np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, -1.0]]), 1.0)
    assert moved_px(behind, (3.0, 4.0)) is None
    assert moved_px(motion(5, -2), (3.0, 4.0)) == (8.0, 2.0)


# --- remembered


def test_what_the_picture_was_like_comes_and_goes_with_the_references(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, list[tuple[float, float]]]] = []
    with_places = Remembered.with_places

    def spied(self: Remembered, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        asked.append((int(image[0, 0, 2]), list(places_px)))
        return with_places(self, image, places_px)

    monkeypatch.setattr(Remembered, "with_places", spied)
    with driven() as start:
        instrument = start.instrument
        start.pin(30)
        assert remembered(start) is None
        start.refer(10)
        first = remembered(start)
        assert first is not None
        start.pin(31)
        assert remembered(start) is first
        start.show()
        start.refer(50)
        assert asked == [(2, [(10, 20), (50, 20)])], "of the picture that is shown, for all of them in their order"
        instrument.undo()
        assert remembered(start) is first
        instrument.redo()
        start.show(128, 96)
        larger = remembered(start)
        assert larger is not None
        assert (larger.width, larger.height) == (128, 96)
        instrument.update(instrument.session.without_reference(0))
        assert asked[1:] == [(3, [(100.5, 40.5)])]
        instrument.update(instrument.session.without_reference(0))
        assert remembered(start) is None


def test_it_is_kept_on_the_disk_and_in_profiles_and_files_of_before_have_none() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        given = remembered(start)
        start.instrument.memory.flush()
        start.instrument.save_profile("bench")
    assert given is not None
    for read in (load_kept("camera 0\n")[0].profile.remembered, load_profile("bench").remembered):
        assert read is not None
        assert read.to_plain() == given.to_plain()
    path = profiles_dir() / "bench.json"
    plain = json.loads(path.read_text())
    with driven(profile="bench") as start:
        assert remembered(start) is not None
    path.write_text(json.dumps(plain | {"remembered": {"width": "wide"}}))
    with pytest.raises(StorageError, match=r"bench\.json|profile bench"):
        load_profile("bench")
    path.write_text(json.dumps({key: value for key, value in plain.items() if key != "remembered"}))
    with driven(profile="bench") as start:
        assert remembered(start) is None
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)


def test_what_was_kept_is_compared_with_what_is_seen_now_before_anything_is_read() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
    view = View()
    view.compared = seen(VerdictKind.ANOTHER)
    with driven(looker=view.looker) as start:
        assert start.instrument.reading.warnings == ()
        assert start.instrument.take_offer()
        assert start.instrument.reading.at((30, 20)).distance_m is None
        assert VerdictKind.ANOTHER.value in start.instrument.reading.warnings


@pytest.mark.parametrize("kind", [VerdictKind.DARK, VerdictKind.COVERED])
def test_what_has_just_changed_is_doubted_and_renews_nothing_from_markers_either(kind: VerdictKind) -> None:
    found = judged_by(Seen(suspected=(kind,)), Session(), marked=True)
    assert not found.renews
    assert [each.words for each in found.doubts] == [f"the picture has just changed: {kind.value}?"]
    exact = judged_by(Seen(suspected=(kind,)), Session(map_kind=MapKind.EXACT), marked=True)
    assert exact.renews
    assert exact.doubts == ()
