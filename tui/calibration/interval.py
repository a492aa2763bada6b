"""The 95 % interval of a distance: how far each reading is to be believed, of one pixel as of a whole map.

The interval is symmetric in ln(1/z), where the errors are: Student's t times the standard deviation that trend,
correction, the network's noise and the local spread of the map add up to. Away from the references, in distance as
in the image, the correction is less and less known and the interval widens by itself; beyond their range it widens
further by the noise times |ln(q / q_end)|, q being 1/z and q_end that at the end that was passed, and near edges by
as much of the change of ln(1/z) there as the map's sort asks for (`tui.calibration.beliefs`). At an edge between
two plateaus it holds the distances of both. Beyond the far end the error of a shift is symmetric in q, and if it
reaches 0, there is no upper end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui.calibration.context import MapContext
from tui.calibration.distance import distances_at, inverse_at, metres_of, spots_at
from tui.calibration.kriging import Matrix
from tui.calibration.posterior import Spots
from tui.calibration.result import Calibration
from tui.geometry.arrays import Vector

_TAILS = 6.0
"""Degrees of freedom at most: a network's errors, at edges above all, have heavier tails than a normal."""

NORMAL_95 = 1.959963984540054
"""Half-width of a normal's central 95 %, in standard deviations."""

_WIDEST = 7.0
"""An interval that reaches farther than a factor of 1000 is none."""

_STEEPEST = 3.0
"""Of what ln(1/z) changes by around a pixel: more, as where a shift takes 1/z to 0 nearby, tells no more."""

_EDGE = math.log(1.25)
"""Of ln(1/z): two plateaus that are less apart are one thing."""

_ON_EDGE = 0.5
"""Share of what is between two plateaus that the near window has to see, for the pixel to be at their edge."""

_NOTHING = 1e-12
"""Of 1/z in 1/m: where there is none, for its logarithm."""

_LEAST_EXCESS = 1e-300
"""So that what is outside by less than a float can tell is outside still."""


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """What a map shows at some pixels."""

    value: Vector
    """Median of the window, (M,); NaN where there is none."""
    spread: Vector
    """Its robust standard deviation, (M,)."""
    around: Matrix
    """The ends of the near and of the wide window, and two plateaus, (M, 6); NaN where there are none."""


@dataclass(frozen=True, eq=False, slots=True)
class Intervals:
    """The distances at some pixels, (M,) each; NaN where there is none."""

    distance_m: Vector
    low_m: Vector
    high_m: Vector
    """Infinite where the interval has no upper end."""
    excess: Vector
    """|ln(q / q_end)| beyond the references' range, q being 1/z; 0 within it."""
    edges_m: Matrix
    """The two distances that a pixel at an edge lies between, nearer first, (M, 2); NaN where it lies at none."""


def intervals(calibration: Calibration, seen: Seen, pixels: Matrix, context: MapContext | None = None) -> Intervals:
    """The distances at pixels, (column, row), (M, 2), by `tui.calibration.distance`, each with its 95 % interval.

    Each is the same to the last digit whichever others are asked for with it.

    Args:
        calibration: of the map.
        seen: what it shows there.
        pixels: NaN where unknown: the correction, which depends on it, counts as unknown there.
        context: of the map, to tell values that the network clipped; that of the calibration if not given.
    """
    inverse, known = inverse_at(calibration, seen.value, context)
    value, spread, around, at = (each[known] for each in (seen.value, seen.spread, seen.around, pixels))
    spots = spots_at(calibration, seen.value, pixels, known)
    correction, variance = _correction_and_variance(calibration, spots, spread)
    metres = metres_of(inverse[known], correction)
    excess, rough = _excess(calibration, value), uneven(calibration, around[:, :4])
    half_width = _half_widths(calibration, variance, excess, rough)
    reach = np.exp(np.minimum(half_width, _WIDEST))
    edges_m = _edges_m(calibration, around[:, 4:], rough[:, 0], at, context)
    low_m, high_m = np.fmin(metres / reach, edges_m[:, 0]), np.fmax(metres * reach, edges_m[:, 1])
    high_m[(half_width >= _WIDEST) | ~np.isfinite(high_m) | _reaches_zero(calibration, value)] = np.inf
    high_m[np.isnan(metres)] = np.nan
    return Intervals(*(_spread_out(each, known) for each in (metres, low_m, high_m, excess, edges_m)))


def _spread_out(found: Matrix | Vector, known: NDArray[np.bool_]) -> Matrix | Vector:
    """Each found value at its place among all, NaN at the others."""
    out = np.full((known.size, *found.shape[1:]), np.nan)
    out[known] = found
    return out


def may_lie_at_edge(near: Vector) -> NDArray[np.bool_]:
    """Where ln(1/z) changes so much in the near window that plateaus, if there are two, would make it an edge; (M,)."""
    might: NDArray[np.bool_] = near >= _ON_EDGE * _EDGE
    return might


def uneven(calibration: Calibration, ends: Matrix) -> Matrix:
    """By how much ln(1/z) changes in near windows, and by how much more in the wide ones, (M, 2).

    Args:
        calibration: of the map.
        ends: of the near and of the wide window, in the map's unit, (M, 4).
    """
    inverse = calibration.trend.inverse(ends.reshape(-1))
    logs = np.log(np.fmax(inverse, _NOTHING)).reshape(-1, 4)
    near, wide = logs[:, 1] - logs[:, 0], logs[:, 3] - logs[:, 2]
    found: Matrix = np.clip(np.column_stack([near, wide - near]), 0.0, _STEEPEST)
    return found


def _edges_m(
    calibration: Calibration, plateaus: Matrix, near: Vector, pixels: Matrix, context: MapContext | None
) -> Matrix:
    """The distances of the two plateaus that each pixel lies between, nearer first, (M, 2); NaN where there are none.

    A map that is exact up to its scale and shift has no edges to speak of: its pixels lie on one side or the other.
    """
    edges_m = np.full((len(plateaus), 2), np.nan)
    if calibration.beliefs.edge == (0.0, 0.0):
        return edges_m
    told = np.flatnonzero(~np.isnan(plateaus[:, 0]))
    if not told.size:
        return edges_m
    values, places = plateaus[told].T.ravel(), np.concatenate([pixels[told], pixels[told]])
    far_m, near_m = distances_at(calibration, values, places, context).reshape(2, -1)
    apart = np.log(far_m / near_m)
    at_edge = (apart >= _EDGE) & (near[told] >= _ON_EDGE * apart)
    edges_m[told[at_edge]] = np.column_stack([near_m, far_m])[at_edge]
    return edges_m


def _correction_and_variance(calibration: Calibration, spots: Spots, spread: Vector) -> tuple[Vector | None, Vector]:
    """What is to be added to the trend's ln(1/z), None for nothing, and its variance without what is around; (M,)."""
    if calibration.posterior is None:
        relative = calibration.trend.relative_slope(spots.value) * spread
        return None, calibration.noise**2 + relative * relative
    correction, variance = calibration.posterior.correction_and_variance(spots, spread)
    return (correction if calibration.posterior.corrects else None), variance


def _half_widths(calibration: Calibration, variance: Vector, excess: Vector, rough: Matrix) -> Vector:
    """Half of each interval in ln(1/z), (M,)."""
    near, wide = calibration.beliefs.edge
    variance = variance + (calibration.noise * excess) ** 2 + (near * rough[:, 0]) ** 2 + (wide * rough[:, 1]) ** 2
    half_width: Vector = student_95(calibration.freedom) * np.sqrt(variance)
    return half_width


def _reaches_zero(calibration: Calibration, value: Vector) -> NDArray[np.bool_]:
    """Where 1/z beyond the far end may be 0, as a shift is only known so well; (M,)."""
    if calibration.inverse_depth_range is None or calibration.posterior is None:
        return np.zeros(value.shape, np.bool_)
    sigma = student_95(calibration.freedom) * calibration.posterior.shift_sigma(value)
    reaches: NDArray[np.bool_] = (value < calibration.inverse_depth_range[0]) & (sigma >= 1.0)
    return reaches


def _excess(calibration: Calibration, value: Vector) -> Vector:
    """|ln(q / q_end)| beyond the references' range, (M,), for values that have a distance; 0 within it."""
    if calibration.inverse_depth_range is None:
        return np.zeros(value.shape)
    low, high = calibration.inverse_depth_range
    inverse = calibration.trend.inverse(value)
    low_end, high_end = calibration.trend.inverse(np.array([low, high])).tolist()
    end = np.where(value < low, low_end, high_end)
    outside = (value < low) | (value > high)
    excess = np.where(outside, np.inf, 0.0)
    reckoned = outside & (end > 0)
    excess[reckoned] = np.maximum(np.abs(np.log(inverse[reckoned] / end[reckoned])), _LEAST_EXCESS)
    return excess


@lru_cache(maxsize=64)
def student_95(freedom: float) -> float:
    """Half-width in sigmas of the central 95 % of Student's t, with the tails that a network's errors have at least."""
    from scipy.special import stdtrit

    return float(stdtrit(min(freedom, _TAILS), 0.975))
