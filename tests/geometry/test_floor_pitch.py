"""The floor without an inclinometer: planted cameras, and a sigma that errors obey."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from tui.errors import InputError
from tui.geometry.floor_pitch import Standing, Taped, distance_of_floor_by
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import distance_of_floor

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
Array = npt.NDArray[np.float64]


def floor(pitch_rad: float, height_m: float, across_m: float, ahead_m: float, above_m: float = 0.0) -> Array:
    """A point over a level floor, in the camera's frame."""
    down = np.array([0, math.cos(pitch_rad), math.sin(pitch_rad)])
    ahead = np.array([0, -math.sin(pitch_rad), math.cos(pitch_rad)])
    return np.asarray(np.array([across_m, 0, 0]) + (height_m - above_m) * down + ahead_m * ahead, np.float64)


def pixel(point: Array, noise_px: Array | float = 0.0) -> tuple[float, float]:
    u_px, v_px = CAMERA.pixels(point[None])[0] + noise_px
    return float(u_px), float(v_px)


@pytest.mark.parametrize("pitch_deg", [-3.0, 5.0, 20.0, 35.0])
@pytest.mark.parametrize("height_m", [0.9, 1.3])
def test_the_pitch_follows_from_a_standing_thing_or_from_a_place_that_was_taped(
    pitch_deg: float, height_m: float
) -> None:
    pitch = math.radians(pitch_deg)
    point, foot, top = (floor(pitch, height_m, *each) for each in ((-0.4, 5.0), (0.3, 3.5), (0.3, 3.5, 0.7)))
    witnesses = (Standing(pixel(foot), pixel(top), 0.7, 0.0), Taped(pixel(foot), float(foot[2]), 0.0))
    for witness in witnesses:
        found, told, sigma = distance_of_floor_by(CAMERA, pixel(point), (height_m, 0.0), witness)
        assert found.distance_m == pytest.approx(point[2], rel=1e-4)
        assert told == pytest.approx(pitch, abs=1e-5)
        assert 0 < sigma < math.radians(2)


@pytest.mark.parametrize("standing", [True, False])
def test_intervals_hold(standing: bool) -> None:
    rng = np.random.default_rng(2)
    held: list[bool] = []
    pitches: list[bool] = []
    refused = 0
    while len(held) < 250:
        pitch, height_m = math.radians(rng.uniform(-3, 30)), float(rng.uniform(0.8, 2.4))
        thing_m = float(rng.uniform(0.6, 1.8))
        at, foot = (floor(pitch, height_m, rng.uniform(-0.5, 0.5), rng.uniform(2, 5)) for _ in range(2))
        top = foot - thing_m * np.array([0, math.cos(pitch), math.sin(pitch)])
        seen = CAMERA.pixels(np.stack([at, foot, top]))
        if (seen < 0).any() or (seen > (639, 479)).any():
            continue
        noisy = [(float(u), float(v)) for u, v in seen + rng.normal(0, 1.0, (3, 2))]
        said_m = height_m * (1 + rng.normal(0, 0.01))
        witness: Standing | Taped = Taped(noisy[1], foot[2] * (1 + rng.normal(0, 0.01)), 0.01 * foot[2])
        if standing:
            witness = Standing(noisy[1], noisy[2], thing_m * (1 + rng.normal(0, 0.01)), 0.01 * thing_m)
        try:
            found, told, sigma = distance_of_floor_by(CAMERA, noisy[0], (said_m, 0.01 * height_m), witness)
        except InputError:  # it may look the same from a steeper pitch: then it is not told
            refused += 1
            continue
        held.append(bool(abs(found.distance_m - at[2]) < 1.96 * found.sigma_m))
        pitches.append(abs(told - pitch) < 1.96 * sigma)
    assert refused < 25
    assert 0.92 <= np.mean(held) <= 0.99
    assert 0.92 <= np.mean(pitches) <= 0.99


def test_it_is_what_the_same_pitch_gives_when_it_is_typed() -> None:
    pitch = math.radians(12.0)
    at, foot = floor(pitch, 1.5, 0.2, 4.0), floor(pitch, 1.5, -0.3, 2.0)
    found, told, _ = distance_of_floor_by(CAMERA, pixel(at), (1.5, 0.0), Taped(pixel(foot), float(foot[2]), 0.0))
    typed = distance_of_floor(CAMERA, pixel(at), 1.5, told)
    assert found.distance_m == pytest.approx(typed.distance_m)
    assert found.sigma_m < typed.sigma_m, "a degree of a phone's level is more than a pixel"


def test_what_cannot_be_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="no pitch of up to 45 degrees explains this"):
        distance_of_floor_by(CAMERA, (320, 400), (1.5, 0.0), Taped((320, 400), 0.2, 0.0))
    with pytest.raises(InputError, match="above the horizon"):
        distance_of_floor_by(CAMERA, (320, 20), (1.5, 0.0), Taped((320, 400), 5.0, 0.0))
    with pytest.raises(InputError, match="must be above 0"):
        distance_of_floor_by(CAMERA, (320, 400), (0.0, 0.0), Taped((320, 400), 5.0, 0.0))
