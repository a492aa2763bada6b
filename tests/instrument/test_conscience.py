"""What the picture says is heeded: no distance where there is none, and references where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.instrument.driven import Driven, driven, true_m
from tests.instrument.views import Turned, View, seen, watched
from tui.calibration.beliefs import MapKind
from tui.calibration.reading import Status
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError
from tui.geometry.sampling import Sample
from tui.instrument.conscience import judged_by
from tui.instrument.session import Session
from tui.sight.seen import NOTHING_SEEN, Seen, VerdictKind


def middle_m(start: Driven) -> float | None:
    return start.instrument.reading.at((30, 20)).distance_m


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
