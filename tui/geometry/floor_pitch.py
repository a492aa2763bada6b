"""How far a camera looks down at a level floor, and how far its places are, without an inclinometer.

What tells it is in `tui.geometry.floor_witness`; several witnesses are weighed against each other, the camera's height
and focal length, in which they may be wrong together, being reckoned as common to all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.floor_witness import Pixel, Witness, fall_of, pitches_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import POINTING_SIGMA_PX, KnownDistance

MOST_WITNESSES = 8
"""Each may have two pitches, all of which are tried with all others'."""
_STEP = 1e-4
"""Relative, or pixels: for slopes."""
_MOST_SIGMA_RAD = math.radians(15.0)
"""A pitch that is known no better tells nothing."""
_CONTRADICT = 13.8
"""Squares, in variances, with which witnesses contradict each other, for the second; each further one adds 4.6."""
_AS_LIKELY = 9.0
"""By how much in squares another pitch must fit worse than the best."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FloorSeen:
    """A level floor whose pitch something told."""

    distances: tuple[KnownDistance, ...]
    pitch_rad: float
    pitch_sigma_rad: float
    """One standard deviation."""


@dataclass(frozen=True, slots=True)
class _Told:
    """The pitch by one witness, and its slopes by everything that all witnesses rest on, (V,)."""

    pitch_rad: float
    slopes: Array


def floor_by(
    intrinsics: Intrinsics, places_px: Sequence[Pixel], height: tuple[float, float], witnesses: Sequence[Witness]
) -> FloorSeen:
    """How far along the axis places on a level floor are, its horizon level in the picture.

    One sigma follows from the heights', the tape's, the pixels' and the focal length's, each by its slope, so that
    what they do to the pitch and to the distances is reckoned together. Witnesses are weighed by the inverse of their
    covariance.

    Args:
        intrinsics: of the picture.
        places_px: (column, row) of points on the floor.
        height: of the camera above it, and one standard deviation.
        witnesses: what tells the pitch, one or more.

    Raises:
        InputError: no pitch explains it, or several do; a place at or above the horizon.
    """
    if len(witnesses) > MOST_WITNESSES:
        raise InputError(
            f"{len(witnesses)} things and places tell the pitch: {MOST_WITNESSES} at most are weighed together"
        )
    named = [each.known[0][0] for each in witnesses if each.known[0][0] != 0.0]
    if not (height[0] > 0 and all(each > 0 for each in named)):
        sizes = " and ".join(f"{each:g} m" for each in named)
        raise InputError(f"a camera {height[0]:g} m above the floor and {sizes or 'things on it'}: all must be above 0")
    values, sigmas, parts = _stacked(height, intrinsics, witnesses)
    tellers = [_by(each, part, values, intrinsics) for each, part in zip(witnesses, parts, strict=True)]
    pitch, slopes = _agreed(tellers, sigmas)
    pitch_sigma = float(np.linalg.norm(slopes * sigmas))
    if pitch_sigma > _MOST_SIGMA_RAD:
        raise InputError(
            f"that tells the camera's pitch only to ± {1.96 * math.degrees(pitch_sigma):.0f} degrees: choose places on "
            "the floor that are farther apart, or a higher thing"
        )
    found = [_distance(intrinsics, each, values, sigmas, pitch, slopes) for each in places_px]
    if len(found) > 1:  # the pitch's and the height's error is the same in all of them
        return FloorSeen(tuple(replace(known, shared=common) for known, common in found), pitch, pitch_sigma)
    return FloorSeen(tuple(known for known, _ in found), pitch, pitch_sigma)


def _stacked(
    height: tuple[float, float], intrinsics: Intrinsics, witnesses: Sequence[Witness]
) -> tuple[Array, Array, list[slice]]:
    """Everything that may be off, and one sigma of each, (V,): height, ln f, each witness's own; where these stand."""
    values, sigmas, parts = [height[0], 0.0], [height[1], intrinsics.focal_sigma], []
    for witness in witnesses:
        begin = len(values)
        for number, sigma in witness.known:
            values.append(number)
            sigmas.append(sigma)
        values += [at for pixel in witness.pixels for at in pixel]
        sigmas += [POINTING_SIGMA_PX] * (2 * len(witness.pixels))
        parts.append(slice(begin, len(values)))
    return np.array(values), np.array(sigmas), parts


def _by(witness: Witness, part: slice, values: Array, intrinsics: Intrinsics) -> list[_Told]:
    """Each pitch that one witness alone would have: where `off` is 0, and hence d pitch / dv = -off_v / off_pitch."""
    count = len(witness.known)

    def seen(at: Array) -> tuple[float, Array, Array]:
        own = at[part]
        return float(at[0]), own[:count], _rays(intrinsics, own[count:].reshape(-1, 2), float(at[1]))

    here = seen(values)
    mine = [0, 1, *range(part.start, part.stop)]
    steps = [_STEP * (values[each] if each == 0 or (each == part.start and values[each]) else 1.0) for each in mine]
    moved = [seen(values + step * np.eye(len(values))[each]) for each, step in zip(mine, steps, strict=True)]
    told = []
    for pitch in pitches_of(witness, *here):
        off = witness.off(pitch, *here)
        by_pitch = (witness.off(pitch + _STEP, *here) - witness.off(pitch - _STEP, *here)) / (2 * _STEP)
        slopes = np.zeros(len(values))
        slopes[mine] = [
            -(witness.off(pitch, *each) - off) / (step * (by_pitch or math.nan))
            for each, step in zip(moved, steps, strict=True)
        ]
        if np.isfinite(slopes).all():
            told.append(_Told(pitch, slopes))
    if not told:
        raise InputError(
            "no pitch of up to 45 degrees explains this: check the heights and the pixels on the floor, or give the "
            "pitch"
        )
    return told


def _agreed(tellers: Sequence[Sequence[_Told]], sigmas: Array) -> tuple[float, Array]:
    """The pitch that all witnesses have together, and its slopes."""
    tried = []
    for chosen in itertools.product(*tellers):
        slopes = np.stack([each.slopes for each in chosen])
        pitches = np.array([each.pitch_rad for each in chosen])
        precision = np.linalg.pinv((slopes * sigmas**2) @ slopes.T, hermitian=True)
        weights = precision.sum(axis=0) / precision.sum()
        pitch = float(weights @ pitches)
        off = pitches - pitch
        tried.append((float(off @ precision @ off), pitch, weights @ slopes, pitches))
    tried.sort(key=lambda each: each[0])
    squares, pitch, slopes, pitches = tried[0]
    if len(tellers) > 1 and squares > _CONTRADICT + 4.6 * (len(tellers) - 2):
        each_deg = " and ".join(f"{math.degrees(each):.1f}" for each in pitches)
        raise InputError(f"they contradict each other: a camera that looks down by {each_deg} degrees")
    if len(tried) > 1 and tried[1][0] < squares + _AS_LIKELY:
        raise InputError(
            "more than one pitch of up to 45 degrees explains this: check the heights and the pixels on the floor, add "
            "another place or thing after a +, or give the pitch"
        )
    return pitch, slopes


def _distance(
    intrinsics: Intrinsics, at_px: Pixel, values: Array, sigmas: Array, pitch: float, slopes: Array
) -> tuple[KnownDistance, float]:
    """Of one place; and what of its error, relative, all places have in common."""

    def along(height_m: float, log_focal: float, pitch_rad: float, pixel: Pixel) -> float:
        fall = fall_of(pitch_rad, _rays(intrinsics, np.array([pixel]), log_focal)[0])
        if fall <= 0:
            raise InputError(
                f"({at_px[0]:g}, {at_px[1]:g}) is at or above the horizon for a camera looking down by "
                f"{math.degrees(pitch):.1f} degrees; choose a pixel further down on the floor"
            )
        return math.log(height_m / fall)

    here = along(float(values[0]), 0.0, pitch, at_px)
    by_focal = (along(float(values[0]), _STEP, pitch, at_px) - here) / _STEP
    by_pitch = (along(float(values[0]), 0.0, pitch + _STEP, at_px) - here) / _STEP
    by_row = (along(float(values[0]), 0.0, pitch, (at_px[0], at_px[1] + _STEP)) - here) / _STEP
    total = by_pitch * slopes
    total[0] += 1.0 / values[0]
    total[1] += by_focal
    common = float(np.linalg.norm(total * sigmas))
    relative = math.hypot(common, by_row * POINTING_SIGMA_PX)
    if relative > 0.5:
        raise InputError(
            f"({at_px[0]:g}, {at_px[1]:g}) is too near to the horizon to tell its distance; choose one further down"
        )
    distance_m = math.exp(here)
    shared = float(total[1] * intrinsics.focal_sigma)
    return KnownDistance(*at_px, distance_m, relative * distance_m, "floor", shared), common


def _rays(intrinsics: Intrinsics, pixels: Array, log_focal: float) -> Array:
    rays = intrinsics.rays(pixels) * (math.exp(-log_focal), math.exp(-log_focal), 1.0)
    if np.isnan(rays).any():
        raise InputError("the lens's distortion is not known there; calibrate further out")
    return np.asarray(rays, np.float64)
