"""Known lengths and the floor: planted scenes give back their distances, and sigma is what simulations scatter by."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import distance_of_floor, distance_of_length

LENS = (-0.28, 0.025, 0.001, -0.0001, 0.16)
CAMERA = Intrinsics(532.8, 532.9, 342.5, 233.9, 640, 480, LENS)


def _pixel(camera: Intrinsics, point: tuple[float, float, float]) -> tuple[float, float]:
    u, v = camera.pixels(np.array([point]))[0]
    return (float(u), float(v))


@given(z=st.floats(0.5, 8), x=st.floats(-0.3, 0.3), y=st.floats(-0.2, 0.2), turn=st.floats(-3, 3))
@settings(deadline=None, max_examples=60)
def test_a_length_face_on_gives_its_distance(z: float, x: float, y: float, turn: float) -> None:
    half = 0.1 * z
    ends = [(z * x + s * half * math.cos(turn), z * y + s * half * math.sin(turn), z) for s in (-1, 1)]
    known = distance_of_length(CAMERA, _pixel(CAMERA, ends[0]), _pixel(CAMERA, ends[1]), 2 * half, 0.0)
    assert known.distance_m == pytest.approx(z, rel=1e-6)
    assert known.sigma_m > 0


@given(height=st.floats(0.3, 3), pitch=st.floats(-0.1, 0.8), x=st.floats(-0.3, 0.3), y=st.floats(0.2, 0.4))
@settings(deadline=None, max_examples=60)
def test_the_floor_gives_its_distance(height: float, pitch: float, x: float, y: float) -> None:
    fall = y * math.cos(pitch) + math.sin(pitch)
    z = height / fall
    pixel = _pixel(CAMERA, (x * z, y * z, z))
    # The point is `height` below the camera along gravity, which the camera sees as (0, cos, sin).
    assert math.cos(pitch) * y * z + math.sin(pitch) * z == pytest.approx(height)
    assert distance_of_floor(CAMERA, pixel, height, pitch).distance_m == pytest.approx(z, rel=1e-6)


def test_a_rolled_camera_sees_the_floor_slanted() -> None:
    camera = Intrinsics(500, 500, 320, 240, 640, 480)
    roll, pitch, height = 0.2, 0.3, 1.5
    x, y = 0.2, 0.3
    level = (x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll))
    straight = distance_of_floor(camera, (320 + 500 * level[0], 240 + 500 * level[1]), height, pitch)
    rolled = distance_of_floor(camera, (320 + 500 * x, 240 + 500 * y), height, pitch, roll_rad=roll)
    assert rolled.distance_m == pytest.approx(straight.distance_m)


def test_the_sigma_of_a_length_is_what_errors_scatter_it_by() -> None:
    rng = np.random.default_rng(4)
    camera = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
    tilt, pixel, length_sigma = math.radians(5), 1.0, 0.01
    found = []
    for _ in range(4000):
        # A door whose middle is 0.4 right of the axis, 3 m away, lying across and turned out of the plane.
        turn = rng.normal(0, tilt)
        length = 1.0 + rng.normal(0, length_sigma)
        arm = 0.5 * length * np.array([math.cos(turn), 0, math.sin(turn)])
        middle = np.array([1.2, 0.3, 3.0])
        ends = camera.pixels(np.stack([middle - arm, middle + arm])) + rng.normal(0, pixel, (2, 2))
        known = distance_of_length(
            camera, tuple(ends[0]), tuple(ends[1]), 1.0, length_sigma,
            pixel_sigma_px=pixel, facing_sigma_rad=tilt,
        )  # fmt: skip
        found.append((known.distance_m, known.sigma_m))
    distances, sigmas = np.array(found).T
    assert np.std(distances) == pytest.approx(np.mean(sigmas), rel=0.08)
    assert np.mean(np.abs(distances - 3.0) < 1.96 * sigmas) == pytest.approx(0.95, abs=0.02)


def test_the_sigma_of_the_floor_is_what_errors_scatter_it_by() -> None:
    rng = np.random.default_rng(5)
    camera = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
    pixel = (200.0, 400.0)
    true = distance_of_floor(camera, pixel, 1.5, 0.2, height_sigma_m=0.02)
    found = [
        distance_of_floor(
            camera,
            (200.0, 400.0 + rng.normal(0, 1.0)),
            1.5 + rng.normal(0, 0.02),
            0.2 + rng.normal(0, math.radians(1)),
        ).distance_m
        for _ in range(4000)
    ]
    assert np.std(found) == pytest.approx(true.sigma_m, rel=0.08)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2 pixels apart"):
        distance_of_length(CAMERA, (10, 10), (10.5, 10), 1.0, 0.01)
    with pytest.raises(InputError, match="must be above 0"):
        distance_of_length(CAMERA, (10, 10), (90, 10), 0.0, 0.0)
    with pytest.raises(InputError, match=r"\(320, 100\) is at or above the horizon"):
        distance_of_floor(CAMERA, (320, 100), 1.5, 0.1)
    with pytest.raises(InputError, match="height must be above 0"):
        distance_of_floor(CAMERA, (320, 400), -1.0, 0.1)
