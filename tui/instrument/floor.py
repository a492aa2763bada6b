"""The floor of frame after frame: as it was stated, or as the map shows it; and why it is only roughly known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.calibration.distance import MapDistances
from tui.errors import InputError
from tui.geometry.grid import grid_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Array, Floor, fit_floor, floor_of
from tui.instrument.given_floor import GivenFloor

NEEDS_CAMERA = "heights need the camera's intrinsics: press i"
_UNEVEN = 0.025
"""Spread of ln z about a fitted floor from which on it is only roughly one."""
_SMALL = 0.25
"""Share of the map's lower part under which a fitted floor is a small one."""
_OTHERWISE = 1.2
"""How far a height that was stated and the map's own may be apart, as a factor."""
_LEAST_ABOVE, _SPREADS_ABOVE = 0.03, 4.0
"""Of the camera's height, and of the spread of what lies on a fitted floor."""


@dataclass(frozen=True, eq=False, slots=True)
class KnownFloor:
    """The floor in one frame."""

    floor: Floor
    given: GivenFloor
    doubts: tuple[str, ...] = ()
    """Why it is only roughly known."""

    @property
    def least_above_m(self) -> float:
        """What is less high than that is the floor itself."""
        return self.floor.height_m * max(_LEAST_ABOVE, _SPREADS_ABOVE * self.floor.spread)

    def heights_m(self, distances: MapDistances, camera: Intrinsics) -> Array:
        """Of every point of the coarse map, (N,); NaN where there is no distance."""
        _, rays = grid_of(camera, distances.every_px)
        return self.floor.heights_m(rays * distances.coarse.reshape(-1, 1))


class FloorFinder:
    """Finds the floor in each frame, from where it was in the one before."""

    def __init__(self) -> None:
        self.found: KnownFloor | None = None
        self.problem = ""
        """Why there is none although one was asked for."""
        self._of: tuple[object, ...] = ()

    def find(
        self, given: GivenFloor | None, camera: Intrinsics | None, distances: MapDistances | None
    ) -> KnownFloor | None:
        """The floor of a frame; None where it is not known, and then `problem` says why."""
        wanted = (given, camera, distances)
        if self._of and all(one is other for one, other in zip(wanted, self._of, strict=True)):
            return self.found
        same = bool(self._of) and given == self._of[0] and camera == self._of[1]
        before = self.found.floor if same and self.found is not None else None
        self._of, self.found, self.problem = wanted, None, ""
        if given is None:
            return None
        try:
            self.found = known_floor(given, camera, distances, before)
        except InputError as error:
            self.problem = str(error)
        return self.found


def known_floor(
    given: GivenFloor, camera: Intrinsics | None, distances: MapDistances | None, before: Floor | None = None
) -> KnownFloor:
    """The floor in a frame.

    Args:
        given: what was said of it.
        camera: for pictures of the map's size.
        distances: of the frame.
        before: the floor of a frame before, to begin from.

    Raises:
        InputError: the camera is not known, or a floor that the map has to tell is not to be seen in it.
    """
    if camera is None:
        raise InputError(NEEDS_CAMERA)
    if given.height_m is not None and given.pitch_rad is not None:
        return KnownFloor(floor_of(given.height_m, given.pitch_rad, given.height_sigma_m, given.tilt_sigma_rad), given)
    if distances is None:
        raise InputError("no floor yet: the map has no distances; give references first (r)")
    pixels, rays = grid_of(camera, distances.every_px)
    fitted = fit_floor(distances.coarse, pixels, rays, before)
    doubts = []
    if fitted.spread > _UNEVEN:
        doubts.append(f"the floor in the map is uneven by {100 * fitted.spread:.0f} %")
    if fitted.share < _SMALL:
        doubts.append(f"the floor is fitted to {100 * fitted.share:.0f} % of the map's lower part")
    if given.height_m is None:
        return KnownFloor(fitted, given, tuple(doubts))
    apart = fitted.height_m / given.height_m
    if not 1 / _OTHERWISE < apart < _OTHERWISE:
        doubts.append(f"the map puts the floor {fitted.height_m:.2f} m below the camera, not {given.height_m:.2f} m")
    return KnownFloor(fitted.at_height(given.height_m, given.height_sigma_m), given, tuple(doubts))


def floor_words(known: KnownFloor) -> str:
    """'floor 1.25 m below the camera, which looks down by 9 degrees'."""
    floor = known.floor
    pitch, roll = np.degrees([floor.pitch_rad, floor.roll_rad]).tolist()
    tilt = f"looks {'down' if pitch >= 0 else 'up'} by {abs(pitch):.0f} degrees"
    if abs(roll) >= 2:
        tilt += f" and is tilted by {abs(roll):.0f}"
    return f"floor {_rounded(floor.height_m)} m below the camera, which {tilt}"


def _rounded(value: float) -> str:
    """With three digits."""
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}"
