"""What tells how far a camera looks down at a level floor: things that stand on it, places on it.

The camera is h above the floor, n = (0, cos p, sin p) the direction downwards, p the pitch. A pixel's ray r meets the
floor at distance h / (n . r) along the axis.

- `Taped`: that distance z of a place is known: n . r = h / z.
- `Standing`: a thing of height a stands on it at a foot's ray r: its top h r / (n . r) - a n lies on the top's ray.
- `Apart`: two places h r / (n . r) on it are a known length from each other.
- `Twice`: the same thing of whatever height stands at two places; the camera's height does not matter then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_PITCHES = np.radians(np.arange(-45.0, 45.5, 0.5))
"""A standing thing looks the same from a second, steep pitch, of some 70 degrees: that is left out."""
_BISECTIONS = 50
_UPRIGHT_SIGMA_RAD = math.radians(1.0)
"""Of a thing that stands upright, towards the camera."""
_LEAST_FALL = 1e-6

Array = npt.NDArray[np.float64]
Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Standing:
    """A thing of known height on the floor."""

    foot_px: Pixel
    top_px: Pixel
    height_m: float
    height_sigma_m: float

    @property
    def pixels(self) -> tuple[Pixel, ...]:
        """That were picked."""
        return self.foot_px, self.top_px

    @property
    def known(self) -> tuple[tuple[float, float], ...]:
        """Numbers beside the pixels, each with one standard deviation: its height, and how it leans."""
        return (self.height_m, self.height_sigma_m), (0.0, _UPRIGHT_SIGMA_RAD)

    def off(self, pitch: float, above_m: float, known: Array, rays: Array) -> float:
        """How far from its place the top is seen, in shares of the axis."""
        foot, top = rays
        fall = fall_of(pitch, foot)
        if fall <= _LEAST_FALL:
            return math.nan
        along = above_m / fall
        down = known[0] * math.cos(pitch + known[1])
        ahead = along - known[0] * math.sin(pitch + known[1])
        return math.nan if ahead <= 0 else float((along * foot[1] - down) / ahead - top[1])


@dataclass(frozen=True, slots=True)
class Taped:
    """A place on the floor whose distance is known."""

    at_px: Pixel
    distance_m: float
    """Along the optical axis."""
    sigma_m: float

    @property
    def pixels(self) -> tuple[Pixel, ...]:
        """That were picked."""
        return (self.at_px,)

    @property
    def known(self) -> tuple[tuple[float, float], ...]:
        """Its distance with one standard deviation."""
        return ((self.distance_m, self.sigma_m),)

    def off(self, pitch: float, above_m: float, known: Array, rays: Array) -> float:
        """How much more it falls than it should, for one metre along the axis."""
        return fall_of(pitch, rays[0]) - above_m / float(known[0])


@dataclass(frozen=True, slots=True)
class Apart:
    """Two places on the floor, a known length from each other."""

    start_px: Pixel
    end_px: Pixel
    length_m: float
    sigma_m: float

    @property
    def pixels(self) -> tuple[Pixel, ...]:
        """That were picked."""
        return self.start_px, self.end_px

    @property
    def known(self) -> tuple[tuple[float, float], ...]:
        """Their distance with one standard deviation."""
        return ((self.length_m, self.sigma_m),)

    def off(self, pitch: float, above_m: float, known: Array, rays: Array) -> float:
        """Logarithm of how much too far apart they are."""
        falls = [fall_of(pitch, ray) for ray in rays]
        if min(falls) <= _LEAST_FALL:
            return math.nan
        apart_m = float(np.linalg.norm(rays[0] * above_m / falls[0] - rays[1] * above_m / falls[1]))
        return math.log(max(apart_m, 1e-12) / known[0])


@dataclass(frozen=True, slots=True)
class Twice:
    """One thing, or two that are equally high, at two places on the floor."""

    feet_px: tuple[Pixel, Pixel]
    tops_px: tuple[Pixel, Pixel]

    @property
    def pixels(self) -> tuple[Pixel, ...]:
        """That were picked."""
        return *self.feet_px, *self.tops_px

    @property
    def known(self) -> tuple[tuple[float, float], ...]:
        """How it leans at either place."""
        return (0.0, _UPRIGHT_SIGMA_RAD), (0.0, _UPRIGHT_SIGMA_RAD)

    def off(self, pitch: float, above_m: float, known: Array, rays: Array) -> float:
        """Logarithm of how much higher it is at the first place."""
        high = [_height(pitch, above_m, float(known[each]), rays[each], rays[2 + each]) for each in (0, 1)]
        return math.nan if not min(high) > 0 else math.log(high[0] / high[1])


Witness = Standing | Taped | Apart | Twice


def fall_of(pitch: float, ray: Array) -> float:
    """How far a ray, (x, y, 1), falls for one metre along the axis."""
    return math.cos(pitch) * float(ray[1]) + math.sin(pitch)


def pitches_of(witness: Witness, above_m: float, known: Array, rays: Array) -> list[float]:
    """Every pitch of up to 45 degrees that explains what is seen, radians.

    Args:
        witness: what was seen.
        above_m: how high the camera is.
        known: its numbers, in the order of `known`.
        rays: of its pixels, (x, y, 1) each, shape (N, 3).
    """

    def off(pitch: float) -> float:
        return witness.off(pitch, above_m, known, rays)

    tried = np.array([off(float(each)) for each in _PITCHES])
    both = np.isfinite(tried[:-1]) & np.isfinite(tried[1:])
    places = np.flatnonzero(both & ((tried[:-1] >= 0) != (tried[1:] >= 0)))
    return [_between(off, float(_PITCHES[each]), float(_PITCHES[each + 1])) for each in places]


def _between(off: Callable[[float], float], low: float, high: float) -> float:
    """Where it changes its sign."""
    above = off(low) >= 0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if (off(middle) >= 0) == above:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _height(pitch: float, above_m: float, lean: float, foot: Array, top: Array) -> float:
    """Of a thing, metres; NaN where its foot is above the horizon."""
    fall = fall_of(pitch, foot)
    down = math.cos(pitch + lean) - float(top[1]) * math.sin(pitch + lean)
    if fall <= _LEAST_FALL or down <= _LEAST_FALL:
        return math.nan
    return above_m / fall * (float(foot[1]) - float(top[1])) / down
