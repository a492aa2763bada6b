"""The floor: a plane below the camera, from its height and pitch, or fitted to what a map shows in its lower part.

With n the unit vector downwards and h the camera's height, a point P lies on the floor where n . P = h. Along a pixel's
ray (x, y, 1) that is where 1/z = w . (x, y, 1), w = n / h: in inverse distance a plane is linear, so a robust fit of a
plane to distances is a robust fit of three numbers. A point's height above the floor is h - n . P.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.errors import InputError
from tui.geometry.known import PITCH_SIGMA_RAD

Array = NDArray[np.float64]

_LOWER_PART = 0.4
"""Share of the picture, from the top, in which no floor is looked for."""
_POINTS, _TRIPLES = 1500, 200
_NEAR = 0.03
"""Relative: what lies so near to a plane that is tried speaks for it."""
_BELOW = 0.1
"""Relative: what lies so far behind it speaks against it, as nothing lies below a floor."""
_LEAST_SHARE = 0.12
"""Of the lower part that a floor takes up."""
_STEADY_SHARE = 0.8
"""Of what the floor of the frame before took up, for it to be taken for the same one."""
_ROUNDS = 8
_TUKEY = 4.685
_LEAST_SPREAD = 1e-5
_SUPPORT = 24
"""Points that stand for a fitted floor where its errors are asked for."""
_MOST_ROLL_RAD = math.radians(30.0)
_PITCH_RAD = (math.radians(-30.0), math.radians(88.0))


@dataclass(frozen=True, eq=False, slots=True)
class Floor:
    """A plane below the camera, in the camera's frame: x right, y down, z along the optical axis."""

    per_metre: Array
    """w, shape (3,): what 1/z is on it is w . (x, y, 1)."""
    height_sigma_m: float | None = None
    """One standard deviation of its height where that was stated; None where it is the map's."""
    pitch_sigma_rad: float = 0.0
    """The same of its tilt about both level axes, where that was stated."""
    support_px: Array | None = None
    """Of a fitted floor: pixels on it that stand for all, (column, row), (M, 2)."""
    gains: Array | None = None
    """By how much w changes with ln(1/z) at each of them, (3, M)."""
    spread: float = 0.0
    """Robust standard deviation of ln z about a fitted floor."""
    share: float = 1.0
    """Of the map's lower part, that a fitted floor takes up."""
    fitted_height_m: float | None = None
    """What the map alone says of the height."""

    @property
    def height_m(self) -> float:
        """Of the camera above it."""
        return 1.0 / float(np.linalg.norm(self.per_metre))

    @property
    def down(self) -> Array:
        """Unit vector towards it, (3,)."""
        return self.per_metre * self.height_m

    @property
    def pitch_rad(self) -> float:
        """How far the camera looks down from the horizontal."""
        return math.asin(max(-1.0, min(1.0, float(self.down[2]))))

    @property
    def roll_rad(self) -> float:
        """How far the camera is rolled clockwise."""
        return math.atan2(float(self.down[0]), float(self.down[1]))

    def heights_m(self, points: Array) -> Array:
        """Of points in the camera's frame, shape (..., 3) -> (...); below the floor they are negative."""
        heights: Array = self.height_m - points @ self.down
        return heights

    def at_height(self, height_m: float, sigma_m: float) -> Floor:
        """Tilted as it is, at a height that was measured."""
        scale = self.height_m / height_m
        gains = None if self.gains is None else scale * self.gains
        return replace(self, per_metre=scale * self.per_metre, height_sigma_m=sigma_m, gains=gains)


LEVEL = Floor(np.array([0.0, 1.0, 0.0]))
"""What is taken for the floor's direction where nothing is known: the camera looks level. Its height means nothing."""


def axes_of(floor: Floor | None) -> Array:
    """Rows: right, ahead and down, as unit vectors in the camera's frame, ahead and right being level; (3, 3)."""
    down = LEVEL.down if floor is None else floor.down
    ahead = np.array([0.0, 0.0, 1.0]) - down[2] * down
    ahead = ahead / np.linalg.norm(ahead)
    return np.stack([np.cross(down, ahead), ahead, down])


def floor_of(height_m: float, pitch_rad: float, height_sigma_m: float, pitch_sigma_rad: float | None = None) -> Floor:
    """A level floor from the camera's height above it and how far the camera looks down; its horizon is level.

    Raises:
        InputError: a height that is not positive, or a camera that looks straight down or up.
    """
    if not (height_m > 0 and height_sigma_m >= 0 and math.isfinite(height_m + height_sigma_m)):
        raise InputError(f"a camera {height_m:g} m above the floor: its height must be above 0")
    if not _PITCH_RAD[0] <= pitch_rad <= _PITCH_RAD[1]:
        raise InputError(f"a camera that looks down by {math.degrees(pitch_rad):.0f} degrees: write -30 to 88 degrees")
    down = np.array([0.0, math.cos(pitch_rad), math.sin(pitch_rad)])
    sigma = PITCH_SIGMA_RAD if pitch_sigma_rad is None else pitch_sigma_rad
    return Floor(down / height_m, height_sigma_m, sigma)


def fit_floor(
    distances_m: NDArray[np.floating],
    pixels: Array,
    rays: Array,
    before: Floor | None = None,
    through: tuple[float, Array] | None = None,
) -> Floor:
    """The largest level surface in the lower part of a map with hardly anything below it.

    Planes through three points are tried (RANSAC, Fischler and Bolles 1981, always the same points), those that no
    camera sees as a floor left out; the best is refined by Tukey's biweight on the relative error.

    Args:
        distances_m: along the optical axis, on a grid of the picture, (H, W); NaN where unknown.
        pixels: of the grid, (column, row), (H * W, 2).
        rays: of these pixels, (x, y, 1), (H * W, 3).
        before: the floor of a frame before: where it still fits nothing else is tried.
        through: the distance of a place that is known to be on it, and its ray, (3,).

    Raises:
        InputError: there is none to be seen.
    """
    rows, columns = distances_m.shape
    lower = np.arange(rows * columns) >= round(_LOWER_PART * rows) * columns
    z = distances_m.ravel().astype(np.float64)
    known = np.flatnonzero(lower & np.isfinite(z) & np.isfinite(rays).all(axis=1))
    if known.size < 3 * _SUPPORT:
        raise InputError("no floor is seen: the lower part of the map has no distances")
    known = known[:: max(1, known.size // _POINTS)]
    inverse, beams = 1.0 / z[known], rays[known]
    tried = None if before is None else before.per_metre * before.height_m / (before.fitted_height_m or before.height_m)
    if before is None or tried is None or _share(tried, inverse, beams) < _STEADY_SHARE * before.share:
        tried = _best_plane(inverse, beams, through)
    fitted, weights, spread = _refined(tried, inverse, beams)
    share = _share(fitted, inverse, beams)
    if share < _LEAST_SHARE or not _plausible(fitted[:, None])[0]:
        raise InputError("no floor is seen: nothing level takes up enough of the map's lower part")
    on_it = np.flatnonzero(weights > 0.5)
    chosen = on_it[np.linspace(0, on_it.size - 1, min(_SUPPORT, on_it.size)).round().astype(np.intp)]
    height_m = 1.0 / float(np.linalg.norm(fitted))
    gains = gains_of(fitted, beams[chosen])
    return Floor(fitted, None, 0.0, pixels[known[chosen]], gains, spread, share, height_m)


def gains_of(per_metre: Array, beams: Array) -> Array:
    """By how much a plane through points on these rays, (M, 3), changes with ln(1/z) of each, (3, M)."""
    return np.asarray(np.linalg.pinv(beams / (beams @ per_metre)[:, None]), np.float64)


def _best_plane(inverse: Array, beams: Array, through: tuple[float, Array] | None) -> Array:
    """That of some planes through three points which has most for it and least against it, w, (3,)."""
    triples = np.random.default_rng(7).integers(0, inverse.size, (_TRIPLES, 3))
    if through is not None:
        triples[:, 0] = inverse.size
        inverse, beams = np.append(inverse, 1.0 / through[0]), np.vstack([beams, through[1]])
    corners = beams[triples]
    solid = np.abs(np.linalg.det(corners)) > 1e-9
    if not solid.any():
        raise InputError("no floor is seen: nothing in the map's lower part spans a plane")
    planes = np.linalg.solve(corners[solid], inverse[triples[solid]][:, :, None])[:, :, 0].T
    planes = planes[:, _plausible(planes)]
    if not planes.size:
        raise InputError("no floor is seen: nothing level lies in the map's lower part")
    off = (beams @ planes) / inverse[:, None] - 1.0
    score = (np.abs(off) < _NEAR).sum(axis=0) - (off > _BELOW).sum(axis=0)
    best: Array = planes[:, int(np.argmax(score))]
    return best


def _plausible(planes: Array) -> NDArray[np.bool_]:
    """Which of some planes, (3, K), lie below a camera that is held about upright."""
    down = planes / np.maximum(np.linalg.norm(planes, axis=0), 1e-300)
    pitch, roll = np.arcsin(np.clip(down[2], -1, 1)), np.arctan2(down[0], down[1])
    found: NDArray[np.bool_] = (np.abs(roll) <= _MOST_ROLL_RAD) & (pitch >= _PITCH_RAD[0]) & (pitch <= _PITCH_RAD[1])
    return found


def _share(plane: Array, inverse: Array, beams: Array) -> float:
    """Of the points, that lie near a plane."""
    return float((np.abs((beams @ plane) / inverse - 1.0) < 2 * _NEAR).mean())


def _refined(plane: Array, inverse: Array, beams: Array) -> tuple[Array, Array, float]:
    """By weighted least squares of the relative error; with the weights, (N,), and the spread of those near it."""
    weights, spread = np.zeros(inverse.size), _NEAR
    for _ in range(_ROUNDS):
        there = beams @ plane
        faces = there > 1e-6
        off = np.where(faces, inverse / np.where(faces, there, 1.0) - 1.0, np.inf)
        near = np.abs(off[np.abs(off) < max(_TUKEY * spread, 2 * _LEAST_SPREAD)])
        if near.size < _SUPPORT:
            break
        spread = min(_NEAR, max(_LEAST_SPREAD, 1.4826 * float(np.median(near))))
        weights = np.where(np.abs(off) < _TUKEY * spread, (1 - (off / (_TUKEY * spread)) ** 2) ** 2, 0.0)
        used = weights > 0
        scaled = beams[used] / there[used, None]
        rooted = np.sqrt(weights[used])[:, None]
        target = inverse[used] / there[used] * rooted[:, 0]
        plane = np.asarray(np.linalg.lstsq(scaled * rooted, target, rcond=None)[0], np.float64)
    return plane, weights, spread
