"""A scene that changes: the fit follows, references that are covered step aside and come back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.calibration.planted import seen
from tui.calibration.checks import check_references, with_reasons
from tui.calibration.context import map_context
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.tracking import Aside, Tracker, Tracking, name_of
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_or_none

FRAME_S = 0.1
PIXELS = [(20, 40), (60, 90), (110, 30), (140, 100), (35, 105), (90, 60)]
CHECKS = [(40, 60), (80, 80), (120, 70), (75, 35)]


@dataclass
class Scene:
    """A corridor seen by a network whose scale and shift wander, and whose error is smooth and stays."""

    walker: bool = False
    width: int = 160
    height: int = 120
    distance_m: FloatMap = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = np.mgrid[: self.height, : self.width]
        self.distance_m = (0.9 + 3.5 * columns / self.width + 0.8 * rows / self.height).astype(np.float32)
        error = 0.08 * np.sin(columns / 30) * np.cos(rows / 40)
        self._inverse = np.exp(error) / self.distance_m

    def truth(self, pixel: tuple[int, int]) -> float:
        return float(self.distance_m[pixel[1], pixel[0]])

    def references(self, count: int) -> list[Reference]:
        return [Reference(*pixel, self.truth(pixel), 0.01 * self.truth(pixel)) for pixel in PIXELS[:count]]

    def map(self, frame: int) -> FloatMap:
        scale, shift = 3.0 * np.exp(0.05 * frame), 40 * np.sin(frame / 25)
        inverse = self._inverse.copy()
        if self.walker:
            left = 6 * frame - 60
            inverse[20:, max(0, left) : max(0, left + 24)] = 1 / 0.6
        flicker = 1 + 0.003 * np.random.default_rng(frame).standard_normal(inverse.shape)
        values: FloatMap = (scale * inverse * flicker + shift).astype(np.float32)
        return values

    def covered(self, frame: int, pixel: tuple[int, int]) -> bool:
        left = 6 * frame - 60
        return self.walker and pixel[1] >= 17 and left - 3 <= pixel[0] < left + 27


def sampled(values: FloatMap, references: list[Reference]) -> list[ReferenceSample]:
    found = []
    for each in references:
        sample = sample_or_none(values, *each.pixel)
        assert sample is not None
        found.append(ReferenceSample(each, sample))
    return found


def reading(calibration: Calibration | None, values: FloatMap, pixel: tuple[int, int]) -> Reading:
    return read(calibration, sample_or_none(values, *pixel), pixel, map_context(values))


def within(reading: Reading, true_m: float) -> bool:
    return reading.low_m is not None and reading.low_m <= true_m <= (reading.high_m or np.inf)


def run(scene: Scene, tracker: Tracker, references: list[Reference], frames: int) -> list[tuple[FloatMap, Tracking]]:
    seen_so_far = []
    for frame in range(frames):
        values = scene.map(frame)
        tracker, tracking = tracker.step(sampled(values, references), map_context(values), frame * FRAME_S)
        seen_so_far.append((values, tracking))
    return seen_so_far


@pytest.mark.parametrize("walker", [False, True])
@pytest.mark.parametrize("time_constant_s", [0.0, 0.5])
def test_a_renewed_fit_follows_a_network_that_changes_its_scale_and_a_kept_one_does_not(
    walker: bool, time_constant_s: float
) -> None:
    scene = Scene(walker)
    frames = run(scene, Tracker(time_constant_s=time_constant_s), scene.references(4), 45)
    kept = frames[0][1].calibration
    renewed_in, kept_in, errors = [], [], []
    for frame, (values, tracking) in enumerate(frames):
        for pixel in CHECKS:
            if scene.covered(frame, pixel):
                continue
            true_m = scene.truth(pixel)
            now = reading(tracking.calibration, values, pixel)
            renewed_in.append(within(now, true_m))
            errors.append(abs((now.distance_m or 0) / true_m - 1))
            if frame >= 25:
                kept_in.append(within(reading(kept, values, pixel), true_m))
    assert np.mean(renewed_in) > 0.97
    assert np.median(errors) < 0.1
    assert np.mean(kept_in) < 0.2


def test_a_reference_that_is_covered_is_named_and_comes_back() -> None:
    scene = Scene(walker=True)
    references = scene.references(6)
    was_aside: set[Reference] = set()
    for frame, (_, tracking) in enumerate(run(scene, Tracker(), references, 45)):
        covered = {each for each in references if scene.covered(frame, each.pixel)}
        fully = {
            each
            for each in references
            if all(scene.covered(frame, (each.pixel[0] + d, each.pixel[1])) for d in (-6, 6))
        }
        assert fully <= set(tracking.set_aside) <= covered, frame
        was_aside |= set(tracking.set_aside)
    assert len(was_aside) >= 4
    assert tracking.set_aside == ()


def test_without_references_the_last_fit_is_held_and_its_age_is_said() -> None:
    scene = Scene()
    values, references = scene.map(0), scene.references(4)
    tracker, first = Tracker().step(sampled(values, references), map_context(values), 5.0)
    assert (first.age_s, first.held, first.alarm) == (0.0, False, "")
    later, tracking = tracker.step([], map_context(values), 7.5)
    assert tracking.calibration == first.calibration
    assert tracking.held
    assert tracking.age_s == pytest.approx(2.5)
    assert tracking.alarm == "no reference is in sight; the fit is 2.5 s old"
    _, again = later.step(sampled(values, references), map_context(values), 8.0)
    assert not again.held


def test_before_there_is_a_fit_there_is_none() -> None:
    _, tracking = Tracker().step([], None, 0.0)
    assert tracking == Tracking(None, 0.0, (), "no reference is in sight")


def test_degenerate_references_hold_the_last_fit_and_say_why() -> None:
    scene = Scene()
    values = scene.map(0)
    tracker, first = Tracker().step(sampled(values, scene.references(4)), map_context(values), 0.0)
    same = [seen(5.0, 1.0, u_px=3), seen(5.0, 2.0, u_px=9)]
    _, tracking = tracker.step(same, map_context(values), 1.0)
    assert tracking.calibration == first.calibration
    assert "same value" in tracking.alarm


def test_too_few_raise_the_alarm() -> None:
    scene = Scene()
    values = scene.map(0)
    tracker = Tracker(needed=3)
    _, tracking = tracker.step(sampled(values, scene.references(2)), map_context(values), 0.0)
    assert tracking.alarm.startswith("only 2 in sight; 3 are needed")
    _, tracking = tracker.step(sampled(values, scene.references(4)), map_context(values), 0.0)
    assert tracking.alarm == ""


def test_of_two_references_the_one_that_jumps_is_set_aside() -> None:
    scene = Scene()
    references = scene.references(2)
    tracker = Tracker()
    for frame in range(3):
        values = scene.map(0)
        tracker, _ = tracker.step(sampled(values, references), map_context(values), frame * FRAME_S)
    blocked = scene.map(0)
    u_px, v_px = references[1].pixel
    blocked[v_px - 5 : v_px + 6, u_px - 5 : u_px + 6] = 3.0 / 0.7
    tracker, tracking = tracker.step(sampled(blocked, references), map_context(blocked), 0.4)
    assert tracking.set_aside == (references[1],)
    assert "set aside" in tracking.alarm
    _, tracking = tracker.step(sampled(values, references), map_context(values), 0.5)
    assert (tracking.set_aside, tracking.alarm) == ((), "")


def test_why_and_since_when_a_reference_does_not_count_is_remembered() -> None:
    scene = Scene()
    references = scene.references(5)
    wrong = Reference(75, 35, 20 * scene.truth((75, 35)), 0.1)
    tracker, values = Tracker(), scene.map(0)
    for at_s in (10.0, 10.5, 11.0):
        tracker, tracking = tracker.step(sampled(values, [*references, wrong]), map_context(values), at_s)
    assert tracking.asides == (Aside(wrong, False, 10.0),)
    blocked = values.copy()
    u_px, v_px = references[1].pixel
    blocked[v_px - 5 : v_px + 6, u_px - 5 : u_px + 6] = values.max() * 3
    for at_s in (12.0, 13.0, 14.0):
        tracker, tracking = tracker.step(sampled(blocked, [*references, wrong]), map_context(values), at_s)
    assert {each.reference: each for each in tracking.asides} == {
        references[1]: Aside(references[1], True, 12.0),
        wrong: Aside(wrong, False, 10.0),
    }
    checks = tracking.calibration and check_references(
        tracking.calibration, [*references, wrong], blocked, 5, map_context(values)
    )
    said = {each.reference: each for each in with_reasons(checks or (), tracking.asides, 14.0) if each.set_aside}
    assert set(said) == {references[1], wrong}
    assert (said[references[1]].reason, said[references[1]].aside_s) == ("the picture changed here", 2.0)
    assert said[wrong].reason.endswith("times what the others say")
    assert said[wrong].aside_s == 4.0
    tracker, tracking = tracker.step(sampled(values, references), map_context(values), 15.0)
    assert tracking.asides == ()


def test_a_marker_is_known_by_its_label_wherever_it_moves() -> None:
    scene = Scene()
    tracker = Tracker()
    for frame in range(12):
        values = scene.map(frame)
        pixels = [(20 + 4 * frame, 40), (60, 90 - 2 * frame), (110, 30 + frame), (140 - 3 * frame, 100)]
        markers = [
            Reference(*pixel, scene.truth(pixel), 0.01, label=f"marker {number}") for number, pixel in enumerate(pixels)
        ]
        tracker, tracking = tracker.step(sampled(values, markers), map_context(values), frame * FRAME_S)
        assert tracking.set_aside == ()
    assert set(tracker.biases) == {f"marker {number}" for number in range(4)}
    assert set(tracker.forgotten(markers[:1]).biases) == {"marker 1", "marker 2", "marker 3"}


def test_smoothing_quiets_a_flickering_network() -> None:
    def unrest(time_constant_s: float) -> float:
        scene, generator = Scene(), np.random.default_rng(7)
        tracker, distances_m = Tracker(time_constant_s=time_constant_s), []
        for frame in range(60):
            values = scene.map(0)
            noisy = [
                ReferenceSample(each.reference, each.sample.__class__(
                    each.sample.value * float(1 + 0.03 * generator.standard_normal()), each.sample.spread, 25))
                for each in sampled(values, scene.references(3))
            ]  # fmt: skip
            tracker, tracking = tracker.step(noisy, map_context(values), frame * FRAME_S)
            distances_m.append(reading(tracking.calibration, values, CHECKS[0]).distance_m or 0)
        return float(np.std(np.log(distances_m[20:])))

    assert unrest(2.0) < 0.6 * unrest(0.0)


def test_smoothing_never_holds_the_references_off_and_widens_what_it_holds() -> None:
    near = [seen(1.0, 1.0), seen(0.2, 4.0, u_px=50)]
    other = [seen(1.0, 2.0), seen(0.2, 8.0, u_px=50)]
    values = np.linspace(0.1, 1.2, 300, dtype=np.float32).reshape(15, 20)
    context = map_context(values)
    tracker, _ = Tracker(time_constant_s=60.0).step(near, context, 0.0)
    # A reference that is measured anew keeps its name; both are new here, so nothing contradicts them.
    tracker, tracking = tracker.forgotten([each.reference for each in near]).step(other, context, 0.1)
    assert tracking.calibration is not None
    for each in tracking.calibration.given:
        inverse_m = float(tracking.calibration.trend.inverse(np.array([each.sample.value]))[0])
        assert abs(1 / inverse_m / each.reference.distance_m - 1) <= 0.055
    raw = Tracker().step(other, context, 0.1)[1].calibration
    held = reading(tracking.calibration, values, (10, 7))
    free = reading(raw, values, (10, 7))
    assert held.status is Status.OK
    assert (held.high_m or 0) / (held.low_m or 1) > (free.high_m or 0) / (free.low_m or 1)


def test_what_stays_at_its_pixel_is_told_apart_by_it_and_a_printed_target_by_its_label() -> None:
    def name(label: str, u_px: float) -> str:
        return name_of(Reference(u_px, 20, 2.0, 0.02, label))

    for label in ("tape", "floor", "length 2 m"):
        assert name(label, 10) != name(label, 50)
    for label in ("marker 7", "tag 7", "board 5x7"):
        assert name(label, 10) == name(label, 50)


@pytest.mark.parametrize(("label", "comes_back"), [("range ttyUSB0", True), ("marker 7", True), ("tape", False)])
def test_what_is_measured_anew_in_every_frame_is_not_set_aside_for_ever(label: str, comes_back: bool) -> None:
    values = np.tile(np.linspace(0.2, 1.0, 80, dtype=np.float32), (60, 1))

    def references(far_m: float) -> list[Reference]:
        return [Reference(70, 30, 1.0, 0.01), Reference(10, 30, far_m, 0.01 * far_m, label)]

    tracker, tracking = Tracker(time_constant_s=0.0), None
    for frame in range(60):
        given = sampled(values, references(4.0 if frame < 10 else 8.0))
        tracker, tracking = tracker.step(given, map_context(values), FRAME_S * frame)
        if frame == 10:
            assert len(tracking.set_aside) == 1
    assert tracking is not None
    assert (tracking.set_aside == ()) == comes_back
