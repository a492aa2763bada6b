"""Something large moves through the picture and changes the network's scale: the fit must follow.

On the demo the truth is known everywhere; on a real clip with a real network, the truth at the still background is what
the undisturbed picture says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tui.calibration.beliefs import EXACT, NETWORK, Beliefs
from tui.calibration.context import map_context
from tui.calibration.fit import fit
from tui.calibration.measure import sample_reference
from tui.calibration.reading import read
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.tracking import Tracker
from tui.camera.demo.renderer import DemoRenderer
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_or_none


@dataclass(frozen=True)
class Step:
    """One frame: its map, and which check pixels can be seen."""

    at_s: float
    inverse_depth: FloatMap
    visible: frozenset[tuple[int, int]]


@dataclass
class Outcome:
    """Of the readings at the check pixels over all frames."""

    within: list[bool]
    errors: list[float]

    @property
    def coverage(self) -> float:
        return float(np.mean(self.within))

    @property
    def error(self) -> float:
        return float(np.median(self.errors))


def judge(calibration: Calibration, step: Step, truth_m: dict[tuple[int, int], float], into: Outcome) -> None:
    for pixel in sorted(step.visible):
        reading = read(calibration, sample_or_none(step.inverse_depth, *pixel), pixel, map_context(step.inverse_depth))
        true_m = truth_m[pixel]
        held = reading.low_m is not None and reading.low_m <= true_m <= (reading.high_m or np.inf)
        into.within.append(held)
        into.errors.append(np.inf if reading.distance_m is None else abs(reading.distance_m / true_m - 1))


def follow(
    steps: Iterator[Step], references: list[Reference], truth_m: dict[tuple[int, int], float], beliefs: Beliefs
) -> tuple[Outcome, Outcome, set[str]]:
    """Renewed in every frame, held as in the first one, and which references were ever set aside."""
    tracker, held = Tracker(beliefs), None
    renewed_outcome, held_outcome, aside = Outcome([], []), Outcome([], []), set()
    for step in steps:
        samples = [sample_reference(step.inverse_depth, each) for each in references]
        context = map_context(step.inverse_depth)
        tracker, tracking = tracker.step(samples, context, step.at_s)
        held = held or fit(samples, beliefs, context)
        assert tracking.calibration is not None
        judge(tracking.calibration, step, truth_m, renewed_outcome)
        judge(held, step, truth_m, held_outcome)
        aside |= {each.label for each in tracking.set_aside}
    return renewed_outcome, held_outcome, aside


REFERENCES = [(40, 190), (160, 60), (290, 190), (200, 132)]
CHECKS = [(100, 60), (230, 60), (70, 215), (250, 110), (20, 120)]


def demo_steps(depth_m: FloatMap) -> Iterator[Step]:
    """A board at 0.5 m moves from left to right; the network shows every picture at its own scale and shift.

    As networks do, the scale follows what is in the picture: its mean inverse depth.
    """
    for number in range(24):
        left = -80 + 18 * number
        scene = depth_m.copy()
        scene[40:200, max(0, left) : max(0, left + 80)] = 0.5
        inverse = 1 / scene
        scale, shift = 0.002 * float(inverse.mean()) ** 2, 0.02 * float(inverse.mean())
        visible = frozenset(p for p in CHECKS if not (40 <= p[1] < 200 and left - 3 <= p[0] < left + 83))
        yield Step(0.1 * number, ((inverse - shift) / scale).astype(np.float32), visible)


def test_on_the_demo_check_pixels_stay_within_their_intervals() -> None:
    _, depth_m = DemoRenderer().render(0.0)
    references = [
        Reference(u, v, float(depth_m[v, u]), 0.01 * float(depth_m[v, u]), f"reference {n}")
        for n, (u, v) in enumerate(REFERENCES)
    ]
    truth_m = {(u, v): float(depth_m[v, u]) for u, v in CHECKS}
    renewed, held, aside = follow(demo_steps(depth_m), references, truth_m, EXACT)
    assert renewed.coverage > 0.95
    assert renewed.error < 0.02
    assert held.coverage < 0.5
    assert held.error > 10 * renewed.error
    assert aside == {each.label for each in references if 40 <= each.v_px < 200}


@pytest.fixture(scope="module")
def clip_steps(shared: Path) -> list[tuple[float, FloatMap, int]]:
    """FastDepth's maps of vtest.avi, a still camera, while someone carries a large board past it at the lens."""
    import cv2

    from tui.camera.open import open_source
    from tui.depth.file_model import load_file_model

    source = open_source(str(shared / "media/clips/vtest.avi"))
    first = source.read().image
    source.close()
    estimator = load_file_model(shared / "weights/fastdepth/fastdepth_nyu_fp32.onnx")
    height, width = first.shape[:2]
    texture = cv2.resize(first[100:200, 100:300], (220, 420))[:, ::-1]
    steps = []
    for number in range(16):
        left = -220 + 66 * number
        picture = first.copy()
        begin, stop = max(0, left), min(width, left + 220)
        if stop > begin:
            picture[height - 420 :, begin:stop] = texture[:, begin - left : stop - left] // 3
        # The camera's exposure follows the dark board, as an automatic one does, and takes the network's scale along.
        gain = 1 + 0.6 * max(0, stop - begin) / 220
        picture = np.clip(picture * gain, 0, 255).astype(np.uint8)
        steps.append((0.1 * number, estimator.estimate(picture), left))
    estimator.close()
    return steps


def test_on_a_real_clip_the_background_stays_within_its_intervals(
    clip_steps: list[tuple[float, FloatMap, int]],
) -> None:
    _, undisturbed, _ = clip_steps[0]
    assert np.isfinite(undisturbed).all()
    top = undisturbed.shape[0] - 420
    pixels = [(90, 60), (660, 90), (330, 110), (560, 60)]
    checks = [(200, 80), (450, 100), (700, 140), (60, 140), (300, 60), (600, 120)]
    assert all(v < top - 5 for _, v in checks)

    def true_m(pixel: tuple[int, int]) -> float:
        sample = sample_or_none(undisturbed, *pixel)
        assert sample is not None
        return 1 / sample.value

    references = [Reference(u, v, true_m((u, v)), 0.01 * true_m((u, v)), f"{u},{v}") for u, v in pixels]
    truth_m = {pixel: true_m(pixel) for pixel in checks}
    steps = [Step(at_s, values, frozenset(checks)) for at_s, values, _ in clip_steps]
    renewed, held, _ = follow(iter(steps), references, truth_m, NETWORK)
    assert renewed.coverage >= 0.9
    assert held.coverage < renewed.coverage
    assert held.error > 1.5 * renewed.error
