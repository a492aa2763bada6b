"""Where the view lies is known as well as it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.sight.pictures import real
from tui.evaluation.eyesight import turned
from tui.evaluation.spoiled import noise, warped
from tui.sight.remembered import Remembered
from tui.sight.seen import VerdictKind
from tui.sight.sight import Sight

PICTURES = ("rgbd/ch7_1_color.png", "rgbd/SUN_color.jpg", "rgbd/TUM_color.png", "photos/opencv_fruits.jpg")


def carried(homography: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.hstack([points, np.ones((len(points), 1))]) @ homography.T
    return np.asarray(out[:, :2] / out[:, 2:])


def test_places_are_carried_to_within_the_sigma_that_is_said(shared: Path) -> None:
    rng = np.random.default_rng(3)
    apart, said, good = [], 0, 0
    for index in range(24):
        picture = real(str(shared / "media" / PICTURES[index % len(PICTURES)]))
        height, width = picture.shape[:2]
        truth = turned(width, height, rng)
        sight = Sight(live=False)
        sight.remember(Remembered.of(picture, []))
        seen = sight.look(noise(warped(picture, truth), index, sigma=3.0), 0.0)
        assert seen.verdicts
        said += {v.kind for v in seen.verdicts} <= {VerdictKind.MOVED, VerdictKind.ZOOMED}
        if seen.motion is None or not np.isfinite(seen.motion.sigma_px):
            continue
        good += 1
        assert 0.1 < seen.motion.sigma_px < 4
        places = rng.uniform((0, 0), (width, height), (40, 2))
        true = carried(truth, places)
        inside = ((true > 0) & (true < (width, height))).all(axis=1)
        apart.append((np.abs(carried(seen.motion.homography, places) - true)[inside] / seen.motion.sigma_px).ravel())
    assert said >= 22
    assert good >= 21
    errors = np.concatenate(apart)
    assert np.mean(errors < 1) > 0.68
    assert np.mean(errors < 3) > 0.98


@pytest.mark.parametrize("turn", [0.0, 0.1, 0.2])
def test_a_turn_is_no_zoom(shared: Path, turn: float) -> None:
    picture = real(str(shared / "media/rgbd/ch7_1_color.png"))
    camera = np.array([[520.0, 0, 319.5], [0, 520.0, 239.5], [0, 0, 1]])
    yaw = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    sight = Sight(live=False)
    sight.remember(Remembered.of(picture, []))
    seen = sight.look(warped(picture, camera @ yaw @ np.linalg.inv(camera)), 0.0)
    assert [v.kind for v in seen.verdicts] == ([VerdictKind.MOVED] if turn else [])


def test_nothing_is_carried_where_only_a_corner_is_still_seen(shared: Path) -> None:
    picture = real(str(shared / "media/rgbd/TUM_color.png"))
    sight = Sight(live=False)
    sight.remember(Remembered.of(picture, []))
    elsewhere = real(str(shared / "media/rgbd/SUN_color.jpg"))[:480, :640].copy()
    elsewhere[:150, :200] = picture[-150:, -200:]
    seen = sight.look(elsewhere, 0.0)
    assert seen.verdicts
    assert seen.motion is None or not np.isfinite(seen.motion.sigma_px)
