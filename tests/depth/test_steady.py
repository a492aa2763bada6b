"""Maps of a camera that stands still are averaged where nothing moves, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tui.depth.estimator import DepthMap
from tui.depth.steady import Steady
from tui.geometry.arrays import FloatMap, RGBImage

PERIOD_S = 0.1
HEIGHT, WIDTH = 56, 72
_RNG = np.random.default_rng(3)
SCENE: RGBImage = np.asarray(
    cv2.resize(_RNG.integers(0, 255, (12, 16, 3), dtype=np.uint8), (960, 720), interpolation=cv2.INTER_CUBIC),
    dtype=np.uint8,
)
TRUE_P: FloatMap = np.linspace(0.2, 0.8, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)


def picture(shift_px: float = 0.0, seed: int = 0, gain: float = 1.0) -> RGBImage:
    """640x480 of a scene, seen from a camera that has turned by so many pixels, with a sensor's noise."""
    moved = cv2.warpAffine(SCENE, np.array([[1, 0, -shift_px], [0, 1, 0]], np.float32), (640, 480))
    noisy = gain * moved + np.random.default_rng(seed).normal(0, 3, moved.shape)
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def noisy_map(seed: int) -> FloatMap:
    return (TRUE_P * np.exp(np.random.default_rng(seed).normal(0, 0.01, TRUE_P.shape))).astype(np.float32)


def error(found: DepthMap) -> float:
    return float(np.std(np.log(found.small / TRUE_P)))


def test_the_flicker_of_a_still_view_is_averaged_away() -> None:
    steady = Steady()
    for number in range(30):
        found = steady.follow(picture(seed=number), DepthMap.of(noisy_map(number)), PERIOD_S * number)
    assert not steady.moving
    assert error(found) < 0.5 * 0.01  # a weight of 0.18 leaves 0.32 of the noise


def test_where_something_moves_the_newest_map_counts_alone() -> None:
    steady = Steady()
    for number in range(20):
        steady.follow(picture(seed=number), DepthMap.of(noisy_map(number)), PERIOD_S * number)
    image, near = picture(seed=20), noisy_map(20)
    image[160:320, 200:360] = 255 - image[160:320, 200:360]
    walker = np.s_[19:37, 23:40]  # the same in the map
    near[walker] *= 2
    found = steady.follow(image, DepthMap.of(near), PERIOD_S * 20)
    np.testing.assert_array_equal(found.small[walker], near[walker])
    elsewhere = np.s_[:, 50:]
    assert np.std(np.log(found.small[elsewhere] / TRUE_P[elsewhere])) < 0.006


@pytest.mark.parametrize("speed_px", [0.5, 2.0, 10.0])
def test_nothing_is_averaged_while_the_camera_moves(speed_px: float) -> None:
    steady = Steady()
    for number in range(20):
        raw = noisy_map(number)
        found = steady.follow(picture(speed_px * number, number), DepthMap.of(raw), PERIOD_S * number)
        if number > 6:
            assert steady.moving
            np.testing.assert_array_equal(found.small, raw)


@pytest.mark.parametrize("gain", [0.7, 1.3])
def test_another_exposure_is_no_motion_of_the_camera(gain: float) -> None:
    steady = Steady()
    for number in range(30):
        steady.follow(picture(seed=number, gain=1.0 if number < 15 else gain), DepthMap.of(TRUE_P), PERIOD_S * number)
    assert not steady.moving


def test_the_same_frame_again_another_size_and_no_time_give_the_map_itself() -> None:
    steady = Steady()
    steady.follow(picture(), DepthMap.of(noisy_map(0)), 1.0)
    again = DepthMap.of(noisy_map(1))
    assert steady.follow(picture(), again, 1.0) is again
    larger = DepthMap.of(np.ones((100, 100), np.float32))
    assert steady.follow(picture(), larger, 1.1) is larger
    steady.time_constant_s = 0.0
    assert steady.follow(picture(), again, 1.2) is again


def test_what_was_unknown_does_not_stay_unknown() -> None:
    steady = Steady()
    unknown = TRUE_P.copy()
    unknown[10, 10] = np.nan
    steady.follow(picture(seed=1), DepthMap.of(unknown), 0.0)
    found = steady.follow(picture(seed=2), DepthMap.of(TRUE_P), 0.1)
    assert found.small[10, 10] == TRUE_P[10, 10]


def test_pedestrians_do_not_make_a_fixed_camera_move(shared: Path) -> None:
    clip = cv2.VideoCapture(str(shared / "media/clips/vtest.avi"))
    steady = Steady()
    moving = 0
    for number in range(60):
        good, image = clip.read()
        assert good
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)
        steady.follow(rgb, DepthMap.of(TRUE_P), PERIOD_S * number)
        moving += steady.moving
    assert moving == 0
