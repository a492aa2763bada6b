"""How a floor lies before the camera, from the map alone: no scale is needed for that, and no inclinometer.

On a plane 1/z is linear in the rays. Of a network that knows its zero the map's values are proportional to 1/z, so what
they fall to zero at is the horizon. Where scale and shift are free (MiDaS) the horizon could be anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui.calibration.beliefs import MapKind
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.grid import grid_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_floor
from tui.geometry.plane import fit_floor
from tui.geometry.sampling import sample_or_none

_COLUMNS = 160
_WINDOW_PX = 5
_LEVEL_SIGMA_RAD, _STEEP_SIGMA = math.radians(2.5), 0.2
"""Of the pitch: what stays where the camera looks level, and how far off, relative, a network has the map's fall, which
turns a plane by that times sin cos of the pitch. `python -m tests.instrument.floors_in_maps` has how well it holds."""
_ROLL_SIGMA_RAD = math.radians(3.0)
_LARGE, _LEAST = 0.35, 0.15
"""Share of the map's lower part from which on that is so, below which it grows by the root of what is missing, and
below which the floor is too small."""
_FLAT_SPREAD, _MOST_SPREAD = 0.02, 0.028
"""Of ln z about the fitted plane: from which on the sigmas grow with it; and what is no floor, or one with things on
it, where the pitch is often off by 10 degrees."""
_MOST_OFF = 0.06
"""Relative: how far from the plane a place may be that is said to be on the floor."""
_MOST_PITCH_RAD, _MOST_ROLL_RAD = math.radians(60.0), math.radians(12.0)


@dataclass(frozen=True, slots=True)
class Tilt:
    """How the camera is held over the floor that a map shows."""

    pitch_rad: float
    pitch_sigma_rad: float
    """One standard deviation."""
    roll_rad: float
    roll_sigma_rad: float
    share: float
    """Of the map's lower part, that the floor takes up."""

    def distance(
        self, camera: Intrinsics, at_px: tuple[float, float], height_m: float, sigma_m: float
    ) -> KnownDistance:
        """Of a place on it; see `distance_of_floor`."""
        return distance_of_floor(
            camera,
            at_px,
            height_m,
            self.pitch_rad,
            height_sigma_m=sigma_m,
            pitch_sigma_rad=self.pitch_sigma_rad,
            roll_rad=self.roll_rad,
            roll_sigma_rad=self.roll_sigma_rad,
        )

    def distances(
        self, camera: Intrinsics, places_px: Sequence[tuple[float, float]], height_m: float, sigma_m: float
    ) -> tuple[KnownDistance, ...]:
        """Of several, whose errors are alike, as the pitch's and the height's are the same in all."""
        found = tuple(self.distance(camera, each, height_m, sigma_m) for each in places_px)
        if len(found) == 1:
            return found
        return tuple(replace(each, shared=0.99 * each.sigma_m / each.distance_m) for each in found)

    def __str__(self) -> str:
        degrees, reach = math.degrees(self.pitch_rad), 1.96 * math.degrees(self.pitch_sigma_rad)
        how = f"looks {'down' if degrees >= 0 else 'up'} by {abs(degrees):.0f} ± {reach:.0f} degrees"
        return f"{how} by the map's plane ({100 * self.share:.0f} % of its lower part)"


def tilt_of_map(
    inverse_depth: FloatMap, kind: MapKind, camera: Intrinsics, places_px: Sequence[tuple[float, float]]
) -> Tilt:
    """From the plane that a map has where the floor is.

    Args:
        inverse_depth: the map, float32, (H, W).
        kind: what its values have to do with 1/z.
        camera: for pictures of the map's size.
        places_px: (column, row) of places on the floor, one or more.

    Raises:
        InputError: the map's zero is not known; or what it has there is not flat, too small, too steep.
    """
    if kind not in {MapKind.PROPORTIONAL, MapKind.METRIC}:
        raise InputError(
            "this model's map does not tell where the horizon is, as its zero means nothing: give the pitch, such as "
            "1.5m@20deg, or choose a model that knows its zero, such as pocket"
        )
    every_px = max(1, inverse_depth.shape[1] // _COLUMNS)
    pixels, rays = grid_of(camera, every_px)
    taken = inverse_depth[::every_px, ::every_px].astype(np.float64)
    above = taken > 0
    if not above.any():
        raise InputError("the map has no values above zero: no floor is to be seen in it")
    usual = float(np.median(taken[above]))
    distances = np.divide(usual, taken, out=np.full(taken.shape, np.nan), where=above)
    beams = camera.rays(np.array(places_px, np.float64))
    values = []
    for (u_px, v_px), beam in zip(places_px, beams, strict=True):
        found = sample_or_none(inverse_depth, round(u_px), round(v_px), _WINDOW_PX)
        if found is None or not found.value > 0 or np.isnan(beam).any():
            raise InputError(f"({u_px:g}, {v_px:g}): the map says nothing there; choose another place on the floor")
        values.append(found.value / usual)
    try:
        plane = fit_floor(distances, pixels, rays, through=(1 / values[0], beams[0]))
    except InputError as error:
        raise InputError(f"{error}; give the pitch, or what tells it") from error
    for (u_px, v_px), value, beam in zip(places_px, values, beams, strict=True):
        if abs(float(plane.per_metre @ beam) / value - 1) > _MOST_OFF:
            raise InputError(
                f"({u_px:g}, {v_px:g}) is not on the largest level surface that the map has there; choose a place in "
                "the middle of the floor, or give the pitch"
            )
    if plane.spread > _MOST_SPREAD:
        raise InputError(
            "what the map has there is not flat: choose a place on a free part of the floor, or give the pitch"
        )
    if abs(plane.roll_rad) > _MOST_ROLL_RAD:
        raise InputError(
            f"what the map has there is tilted sideways by {abs(math.degrees(plane.roll_rad)):.0f} degrees: no floor, "
            "or the camera is not held level; give the pitch"
        )
    if plane.pitch_rad > _MOST_PITCH_RAD:
        raise InputError(
            f"what the map has there is too steep, {math.degrees(plane.pitch_rad):.0f} degrees from level: a wall, or "
            "a camera that looks straight down; give the pitch"
        )
    if plane.share < _LEAST:
        raise InputError(
            f"too little floor is seen, {100 * plane.share:.0f} % of the map's lower part: give the pitch, or what "
            "tells it"
        )
    steep = _STEEP_SIGMA * math.sin(plane.pitch_rad) * math.cos(plane.pitch_rad)
    worse = math.sqrt(max(1.0, _LARGE / plane.share)) * max(1.0, plane.spread / _FLAT_SPREAD)
    sigmas_rad = worse * math.hypot(_LEVEL_SIGMA_RAD, steep), worse * _ROLL_SIGMA_RAD
    return Tilt(plane.pitch_rad, sigmas_rad[0], plane.roll_rad, sigmas_rad[1], plane.share)
