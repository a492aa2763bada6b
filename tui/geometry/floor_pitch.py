"""How far a camera looks down at a level floor, without an inclinometer: from what is known of something on it.

The camera is h above the floor, n = (0, cos p, sin p) the direction downwards, p the pitch. A pixel's ray r meets the
floor at distance h / (n . r) along the axis.

- Its distance z is known: n . r = h / z.
- A thing of height a stands on it at a foot's ray r: its top h r / (n . r) - a n lies on the top's ray.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import POINTING_SIGMA_PX, KnownDistance

_PITCHES = np.radians(np.arange(-45.0, 45.5, 0.5))
"""A standing thing looks the same from a second, steep pitch, of some 70 degrees: that is left out."""
_BISECTIONS = 50
_STEP = 1e-4
"""Relative, or pixels: for slopes."""
_UPRIGHT_SIGMA_RAD = math.radians(1.0)
"""Of a thing that stands upright, towards the camera."""

Array = npt.NDArray[np.float64]
Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Standing:
    """A thing of known height on the floor."""

    foot_px: Pixel
    top_px: Pixel
    height_m: float
    height_sigma_m: float


@dataclass(frozen=True, slots=True)
class Taped:
    """A place on the floor whose distance is known."""

    at_px: Pixel
    distance_m: float
    """Along the optical axis."""
    sigma_m: float


def distance_of_floor_by(
    intrinsics: Intrinsics, at_px: Pixel, height: tuple[float, float], witness: Standing | Taped
) -> tuple[KnownDistance, float, float]:
    """How far along the axis a pixel of a level floor is, its horizon level in the picture.

    One sigma follows from the heights', the tape's, the pixels' and the focal length's, each by its slope, so that
    what they do to the pitch and to the distance is reckoned together.

    Args:
        intrinsics: of the picture.
        at_px: (column, row) of a point on the floor.
        height: of the camera above it, and one standard deviation.
        witness: what tells the pitch.

    Returns:
        The distance; the pitch and one standard deviation of it, radians.

    Raises:
        InputError: no pitch explains it; a pixel at or above the horizon.
    """
    if isinstance(witness, Standing):
        points = [at_px, witness.foot_px, witness.top_px]
        known, sigma = witness.height_m, witness.height_sigma_m
    else:
        points, known, sigma = [at_px, witness.at_px], witness.distance_m, witness.sigma_m
    if not (height[0] > 0 and known > 0):
        raise InputError(f"a camera {height[0]:g} m above the floor and {known:g} m: both must be above 0")

    def solve(values: Array) -> tuple[float, float]:
        """(distance, pitch)."""
        rays = intrinsics.rays(values[4:].reshape(-1, 2)) * (math.exp(-values[2]), math.exp(-values[2]), 1.0)
        if np.isnan(rays).any():
            raise InputError("the lens's distortion is not known there; calibrate further out")
        if isinstance(witness, Standing):
            pitch = _root(lambda p: _top_off(p, rays[1], rays[2], values[0], values[1], values[3]))
        else:
            pitch = _root(lambda p: _fall(p, rays[1]) - values[0] / values[1])
        fall = _fall(pitch, rays[0])
        if fall <= 0:
            raise InputError(
                f"({at_px[0]:g}, {at_px[1]:g}) is at or above the horizon for a camera looking down by "
                f"{math.degrees(pitch):.1f} degrees; choose a pixel further down on the floor"
            )
        return values[0] / fall, pitch

    at = np.array([height[0], known, 0.0, 0.0, *(each for point in points for each in point)])
    sigmas = np.array(
        [height[1], sigma, intrinsics.focal_sigma, _UPRIGHT_SIGMA_RAD, *[POINTING_SIGMA_PX] * (len(at) - 4)]
    )
    distance_m, pitch = solve(at)
    steps = np.where(np.arange(len(at)) < 2, _STEP * at, _STEP)
    slopes = np.array([(np.array(solve(at + step)) - (distance_m, pitch)) / step.sum() for step in np.diag(steps)])
    spread = np.sqrt(((slopes * sigmas[:, None]) ** 2).sum(axis=0))
    if spread[0] > 0.5 * distance_m:
        raise InputError(
            f"({at_px[0]:g}, {at_px[1]:g}) is too near to the horizon to tell its distance; choose one further down"
        )
    shared = float(slopes[2, 0] * intrinsics.focal_sigma / distance_m)
    return KnownDistance(*at_px, distance_m, float(spread[0]), "floor", shared), pitch, float(spread[1])


def _fall(pitch: float, ray: Array) -> float:
    """How far a ray falls for one metre along the axis."""
    return math.cos(pitch) * float(ray[1]) + math.sin(pitch)


def _top_off(pitch: float, foot: Array, top: Array, height_m: float, thing_m: float, lean_rad: float) -> float:
    """How far above its place a thing's top is seen, in shares of the axis; NaN where the foot is above the horizon."""
    fall = _fall(pitch, foot)
    if fall <= 1e-6:
        return math.nan
    along = height_m / fall
    down = thing_m * math.cos(pitch + lean_rad)
    ahead = along - thing_m * math.sin(pitch + lean_rad)
    return math.nan if ahead <= 0 else (along * float(foot[1]) - down) / ahead - float(top[1])


def _root(off: Callable[[float], float]) -> float:
    """The pitch at which nothing is off.

    Raises:
        InputError: there is none, or more than one.
    """
    tried = np.array([off(float(each)) for each in _PITCHES])
    known = np.isfinite(tried[:-1]) & np.isfinite(tried[1:])
    places = np.flatnonzero(known & ((tried[:-1] >= 0) != (tried[1:] >= 0)))
    if places.size != 1:
        how = "no pitch" if not places.size else "more than one pitch"
        raise InputError(
            f"{how} of up to 45 degrees explains this: check the heights and the pixels on the floor, or give the pitch"
        )
    low, high = float(_PITCHES[places[0]]), float(_PITCHES[places[0] + 1])
    above = off(low) >= 0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if (off(middle) >= 0) == above:
            low = middle
        else:
            high = middle
    return (low + high) / 2
