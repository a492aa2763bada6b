"""The floor without an inclinometer: planted cameras, and a sigma that errors obey."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from tui.errors import InputError
from tui.geometry.floor_pitch import floor_by
from tui.geometry.floor_witness import Apart, Standing, Taped, Twice, Witness
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_floor

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


def _seen(
    at_px: tuple[float, float], height: tuple[float, float], *witnesses: Witness
) -> tuple[KnownDistance, float, float]:
    seen = floor_by(CAMERA, [at_px], height, witnesses)
    return seen.distances[0], seen.pitch_rad, seen.pitch_sigma_rad


@pytest.mark.parametrize("pitch_deg", [-3.0, 5.0, 20.0, 35.0])
@pytest.mark.parametrize("height_m", [0.9, 1.3])
def test_the_pitch_follows_from_a_standing_thing_or_from_a_place_that_was_taped(
    pitch_deg: float, height_m: float
) -> None:
    pitch = math.radians(pitch_deg)
    point, foot, top = (floor(pitch, height_m, *each) for each in ((-0.4, 5.0), (0.3, 3.5), (0.3, 3.5, 0.7)))
    witnesses = (Standing(pixel(foot), pixel(top), 0.7, 0.0), Taped(pixel(foot), float(foot[2]), 0.0))
    for witness in witnesses:
        found, told, sigma = _seen(pixel(point), (height_m, 0.0), witness)
        assert found.distance_m == pytest.approx(point[2], rel=1e-4)
        assert told == pytest.approx(pitch, abs=1e-5)
        assert 0 < sigma < math.radians(2)


def _planted(rng: np.random.Generator, kind: str) -> tuple[Array, float, float, list[Witness]] | None:
    """A place, its true distance and pitch, and noisy witnesses; None where they are not in the picture."""
    pitch, height_m, thing_m = math.radians(rng.uniform(-3, 30)), rng.uniform(0.8, 2.4), rng.uniform(0.6, 1.8)
    at, one, two = (floor(pitch, height_m, rng.uniform(-0.9, 0.9), rng.uniform(2, 5)) for _ in range(3))
    up = -thing_m * np.array([0, math.cos(pitch), math.sin(pitch)])
    seen = CAMERA.pixels(np.stack([at, one, one + up, two, two + up]))
    if (seen < 0).any() or (seen > (639, 479)).any():
        return None
    (u, v), foot, top, other, its_top = (
        (float(u), float(v)) for u, v in seen + rng.normal(0, 1.0, seen.shape)
    )  # as somebody picks them
    off = 1 + rng.normal(0, 0.01, 4)
    apart_m = float(np.linalg.norm(one - two))
    witnesses: dict[str, list[Witness]] = {
        "standing": [Standing(foot, top, thing_m * off[0], 0.01 * thing_m)],
        "taped": [Taped(foot, one[2] * off[1], 0.01 * one[2])],
        "apart": [Apart(foot, other, apart_m * off[2], 0.01 * apart_m)],
        "twice": [Twice((foot, other), (top, its_top))],
        "two taped": [Taped(foot, one[2] * off[1], 0.01 * one[2]), Taped(other, two[2] * off[2], 0.01 * two[2])],
        "both": [Standing(foot, top, thing_m * off[0], 0.01 * thing_m), Taped(other, two[2] * off[2], 0.01 * two[2])],
    }
    return np.array([u, v, at[2], height_m * off[3], 0.01 * height_m]), float(at[2]), pitch, witnesses[kind]


@pytest.mark.parametrize("kind", ["standing", "taped", "apart", "twice", "two taped", "both"])
def test_intervals_hold(kind: str) -> None:
    rng = np.random.default_rng(2)
    held: list[bool] = []
    pitches: list[bool] = []
    refused = 0
    while len(held) < 120:
        planted = _planted(rng, kind)
        if planted is None:
            continue
        (u_px, v_px, _, said_m, said_sigma_m), true_m, pitch, witnesses = planted
        try:
            found, told, sigma = _seen((float(u_px), float(v_px)), (float(said_m), float(said_sigma_m)), *witnesses)
        except InputError:  # it may look the same from another pitch, or tell too little: then it is not told
            refused += 1
            continue
        held.append(bool(abs(found.distance_m - true_m) < 1.96 * found.sigma_m))
        pitches.append(abs(told - pitch) < 1.96 * sigma)
    assert refused < (60 if kind in {"twice", "apart"} else 15)
    assert np.mean(held) >= 0.90
    assert np.mean(pitches) >= 0.90


def test_a_place_and_a_length_on_the_floor_tell_its_pitch_and_one_thing_twice_even_without_its_height() -> None:
    pitch, height_m = math.radians(17.0), 1.5
    at = floor(pitch, height_m, 0.2, 4.0)
    near, far = floor(pitch, height_m, -0.4, 2.2), floor(pitch, height_m, 0.4, 4.5)
    tops = [each - 0.9 * np.array([0, math.cos(pitch), math.sin(pitch)]) for each in (near, far)]
    length_m = float(np.linalg.norm(near - far))
    twice = Twice((pixel(near), pixel(far)), (pixel(tops[0]), pixel(tops[1])))
    for witness in (Apart(pixel(near), pixel(far), length_m, 0.01), twice):
        found, told, _ = _seen(pixel(at), (height_m, 0.0), witness)
        assert told == pytest.approx(pitch, abs=1e-4)
        assert found.distance_m == pytest.approx(at[2], rel=1e-3)
    _, lower, _ = _seen(pixel(at), (0.5 * height_m, 0.0), twice)
    assert lower == pytest.approx(pitch, abs=1e-4), "the camera's height has no part in it"


def test_witnesses_together_know_more_and_contradictions_are_said() -> None:
    pitch, height_m = math.radians(12.0), 1.4
    at, one, two = (floor(pitch, height_m, *each) for each in ((0.1, 4.0), (-0.4, 2.0), (0.5, 3.0)))
    tapes = [Taped(pixel(each), float(each[2]), 0.01 * float(each[2])) for each in (one, two)]
    _, told, sigma = _seen(pixel(at), (height_m, 0.014), *tapes)
    assert told == pytest.approx(pitch, abs=1e-4)
    assert sigma < min(_seen(pixel(at), (height_m, 0.014), each)[2] for each in tapes)
    wrong = Taped(pixel(two), 2.0 * float(two[2]), 0.02)
    with pytest.raises(InputError, match="contradict each other"):
        _seen(pixel(at), (height_m, 0.014), tapes[0], wrong)


def test_several_places_on_one_floor_share_its_error() -> None:
    pitch = math.radians(12.0)
    places = [pixel(floor(pitch, 1.5, across, 4.0)) for across in (-0.5, 0.5)]
    foot = floor(pitch, 1.5, 0.0, 2.0)
    seen = floor_by(CAMERA, places, (1.5, 0.05), [Taped(pixel(foot), float(foot[2]), 0.02)])
    for each in seen.distances:
        assert 0.5 * each.sigma_m < each.shared * each.distance_m < each.sigma_m


def test_it_is_what_the_same_pitch_gives_when_it_is_typed() -> None:
    pitch = math.radians(12.0)
    at, foot = floor(pitch, 1.5, 0.2, 4.0), floor(pitch, 1.5, -0.3, 2.0)
    found, told, _ = _seen(pixel(at), (1.5, 0.0), Taped(pixel(foot), float(foot[2]), 0.0))
    typed = distance_of_floor(CAMERA, pixel(at), 1.5, told)
    assert found.distance_m == pytest.approx(typed.distance_m)
    assert found.sigma_m < typed.sigma_m, "a degree of a phone's level is more than a pixel"


def test_what_cannot_be_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="no pitch of up to 45 degrees explains this"):
        _seen((320, 400), (1.5, 0.0), Taped((320, 400), 0.2, 0.0))
    with pytest.raises(InputError, match="above the horizon"):
        _seen((320, 20), (1.5, 0.0), Taped((320, 400), 5.0, 0.0))
    with pytest.raises(InputError, match="must be above 0"):
        _seen((320, 400), (0.0, 0.0), Taped((320, 400), 5.0, 0.0))
