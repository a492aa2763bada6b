"""Points in front of the camera, and what lies between them: distances, paths, areas, each with a 95 % interval.

Readings are distances z along the optical axis whose errors are normal in ln z; a point is P = z K^-1 (u, v, 1).
An interval is that of 2,000 draws with a fixed seed from those errors, the pixels' picking error and the focal
length's, so it is not symmetric and never below 0; it has no upper end where a reading's has none. Readings of one
map share the errors of its scale and shift: give the covariance of their ln z if it is known. Without one, errors
that are independent and errors that are all the same (correlation 1) are both drawn, and the interval spans what
either gives: the first is the wider for points one behind the other, the second for points side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics

DRAWS = 2_000
PIXEL_SIGMA_PX = 0.5
"""One standard deviation of where a reading's pixel is, in each direction: it is a whole pixel, deliberately chosen."""

_95 = 1.959963984540054
_ENDS = (0.025, 0.975)
_MOST_LOG = 20.0

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Position:
    """A point in the camera's frame: x right, y down, z along the optical axis, in metres."""

    x_m: float
    y_m: float
    z_m: float

    @property
    def ray_m(self) -> float:
        """Distance from the camera along the ray."""
        return math.hypot(self.x_m, self.y_m, self.z_m)


@dataclass(frozen=True, slots=True)
class Located:
    """A pixel with its distance.

    Raises:
        InputError: a distance that is not positive and finite, or an uncertainty that is negative.
    """

    u_px: float
    v_px: float
    distance_m: float
    """Along the optical axis."""
    log_sigma: float
    """One standard deviation of ln z, which is that of z relative to z."""
    bounded: bool = True
    """False where its interval has no upper end."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.distance_m) and self.distance_m > 0 and self.log_sigma >= 0):
            raise InputError(f"({self.u_px:g}, {self.v_px:g}) has no distance, so nothing can be measured from there")

    @classmethod
    def of_interval(
        cls, u_px: float, v_px: float, distance_m: float, low_m: float, high_m: float | None = None
    ) -> Located:
        """From a reading's 95 % interval, which is symmetric in ln z; `high_m` None has no upper end."""
        half = math.log(distance_m / low_m) if high_m is None else 0.5 * math.log(high_m / low_m)
        return cls(u_px, v_px, distance_m, max(0.0, half) / _95, high_m is not None)


@dataclass(frozen=True, slots=True)
class Extent:
    """A length or an area with its 95 % interval."""

    value: float
    """In metres, or in square metres."""
    low: float
    high: float | None
    """None where the interval has no upper end."""


def position(intrinsics: Intrinsics, u_px: float, v_px: float, distance_m: float) -> Position:
    """The point that a pixel shows at a distance along the axis."""
    x, y, _ = intrinsics.ray(u_px, v_px)
    return Position(x * distance_m, y * distance_m, distance_m)


def distance_between(
    intrinsics: Intrinsics,
    start: Located,
    end: Located,
    covariance: Array | None = None,
    pixel_sigma_px: float = PIXEL_SIGMA_PX,
) -> Extent:
    """Straight-line distance |P_end - P_start| in metres.

    Args:
        intrinsics: of the picture.
        start: one point.
        end: the other.
        covariance: of (ln z_start, ln z_end), shape (2, 2); without it see the module's words.
        pixel_sigma_px: of each pixel in each direction.
    """
    return path_length(intrinsics, (start, end), covariance, pixel_sigma_px)


def path_length(
    intrinsics: Intrinsics,
    points: Sequence[Located],
    covariance: Array | None = None,
    pixel_sigma_px: float = PIXEL_SIGMA_PX,
) -> Extent:
    """Length in metres of the straight pieces from point to point, sum of |P_i+1 - P_i|.

    Raises:
        InputError: fewer than two points, or a covariance of another shape.
    """
    if len(points) < 2:
        raise InputError("a length needs two points or more: pin another one")
    return _extent(intrinsics, points, covariance, pixel_sigma_px, _length)


def polygon_area(
    intrinsics: Intrinsics,
    corners: Sequence[Located],
    covariance: Array | None = None,
    pixel_sigma_px: float = PIXEL_SIGMA_PX,
) -> Extent:
    """Area in square metres of the polygon with these corners, in order around it.

    It is the length of the vector area, |sum of (P_i - c) x (P_i+1 - c)| / 2 with c the corners' mean (Newell's
    method): exact for a planar polygon, and the area of its projection on the plane that fits it best where noise
    has lifted corners off it. A polygon that crosses itself counts the parts of opposite turn against each other.

    Raises:
        InputError: fewer than three corners, or a covariance of another shape.
    """
    if len(corners) < 3:
        raise InputError("an area needs three corners or more: pin another one")
    return _extent(intrinsics, corners, covariance, pixel_sigma_px, _area)


def _extent(
    intrinsics: Intrinsics,
    points: Sequence[Located],
    covariance: Array | None,
    pixel_sigma_px: float,
    measure: Callable[[Array], Array],
) -> Extent:
    exact, drawn = draws_of(intrinsics, points, covariance, pixel_sigma_px)
    bounded = all(point.bounded for point in points)
    return extent_of(float(measure(exact)[0]), [measure(each.points) for each in drawn], bounded=bounded)


@dataclass(frozen=True, eq=False, slots=True)
class Draws:
    """What the points may be in truth."""

    points: Array
    """(DRAWS, N, 3)."""
    log_errors: Array
    """Of ln z, (DRAWS, N)."""
    focal: Array
    """By what factor rays lie farther off the axis than they are taken to, (DRAWS,)."""
    more: Array
    """Standard normal numbers for whatever else is uncertain, (DRAWS, K)."""


def draws_of(
    intrinsics: Intrinsics,
    points: Sequence[Located],
    covariance: Array | None = None,
    pixel_sigma_px: float = PIXEL_SIGMA_PX,
    more: int = 0,
) -> tuple[Array, list[Draws]]:
    """The points as they are read, (1, N, 3), and the draws; two sets of these where no covariance is known.

    Args:
        intrinsics: of the picture.
        points: with their uncertainty.
        covariance: of their ln z, (N, N); without it see the module's words.
        pixel_sigma_px: of each pixel in each direction.
        more: how many more numbers are drawn.

    Raises:
        InputError: a pixel without a known ray, or a covariance of another shape.
    """
    count = len(points)
    pixels = np.array([(point.u_px, point.v_px) for point in points]).reshape(-1, 2)
    distances_m = np.array([point.distance_m for point in points])
    rays = intrinsics.rays(pixels)
    if np.isnan(rays).any():
        for u_px, v_px in pixels:
            intrinsics.ray(u_px, v_px)  # raises for the one that has none
    deviates = _deviates(3 * count + 1 + more)
    focal = 1 + intrinsics.focal_sigma * deviates[:, 3 * count]
    focal_sigmas = pixel_sigma_px / np.array([intrinsics.fx_px, intrinsics.fy_px])
    moved = np.broadcast_to(rays, (DRAWS, *rays.shape)).copy()
    moved[:, :, :2] += deviates[:, count : 3 * count].reshape(DRAWS, -1, 2) * focal_sigmas
    moved[:, :, :2] *= focal[:, None, None]
    drawn = []
    for factor in _factors(points, covariance):
        errors = np.clip(deviates[:, :count] @ factor.T, -_MOST_LOG, _MOST_LOG)
        places = moved * (distances_m * np.exp(errors))[:, :, None]
        drawn.append(Draws(places, errors, focal, deviates[:, 3 * count + 1 :]))
    return (rays * distances_m[:, None])[None], drawn


def extent_of(value: float, drawn: Sequence[Array], *, bounded: bool) -> Extent:
    """The interval that holds 95 % of each set of draws, and the value; without an upper end where not `bounded`."""
    ends = [np.quantile(each, _ENDS) for each in drawn]
    low, high = min(float(each[0]) for each in ends), max(float(each[1]) for each in ends)
    return Extent(value, min(low, value), max(high, value) if bounded else None)


def _factors(points: Sequence[Located], covariance: Array | None) -> list[Array]:
    """Square roots of the covariances of ln z to draw from, each of shape (N, N)."""
    sigmas = np.array([point.log_sigma for point in points])
    if covariance is None:
        shared = np.zeros((len(points), len(points)))
        shared[:, 0] = sigmas
        return [np.diag(sigmas), shared]
    if covariance.shape != (len(points), len(points)) or not np.isfinite(covariance).all():
        raise InputError(f"covariance of shape {covariance.shape} for {len(points)} points")
    values, vectors = np.linalg.eigh(0.5 * (covariance + covariance.T))
    return [vectors * np.sqrt(np.maximum(values, 0.0))]


@lru_cache(maxsize=8)
def _deviates(count: int) -> Array:
    """Standard normal numbers, shape (DRAWS, count); the same ones always, each with its negative."""
    half = np.random.default_rng(20_000).standard_normal((DRAWS // 2, count))
    return np.concatenate([half, -half])


def _length(points: Array) -> Array:
    """Of paths, shape (D, N, 3) -> (D,)."""
    return np.asarray(np.linalg.norm(np.diff(points, axis=1), axis=2).sum(axis=1))


def _area(points: Array) -> Array:
    """Of polygons, shape (D, N, 3) -> (D,)."""
    arms = points - points.mean(axis=1, keepdims=True)
    return np.asarray(0.5 * np.linalg.norm(np.cross(arms, np.roll(arms, -1, axis=1)).sum(axis=1), axis=1))
