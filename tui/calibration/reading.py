"""A reading: a map's value, the distance that a calibration gives it, and how far to believe it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui.calibration.context import MapContext
from tui.calibration.distance import distances_at, spots_at
from tui.calibration.kriging import Matrix
from tui.calibration.posterior import Spots
from tui.calibration.result import Calibration, CalibrationKind
from tui.geometry.arrays import Vector
from tui.geometry.sampling import Sample

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


class Status(StrEnum):
    """Whether a reading can be believed."""

    OK = "ok"
    UNCALIBRATED = "uncalibrated"
    """There is no calibration, so there is no distance."""
    SATURATED = "saturated"
    """The network gives no value there or clips it, or 1/z is not above 0: too far for this model, or nothing known."""
    UNVERIFIED = "metric model, unverified"
    """The network's own metres, which no reference has checked: often off by tens of per cent on another camera."""
    DOUBTFUL = "doubtful"
    """There is a reason not to believe it, which it names; where the picture cannot be read, no distance either."""
    EXTRAPOLATED = "extrapolated"
    """Outside the references' range of p."""
    OTHER_CAMERA = "other camera"
    """The calibration was made with another camera, and nobody has said yet that it serves this one too."""
    STALE = "stale"
    """The picture is no longer what the camera sees, so there is no distance."""
    OTHER_SIZE = "other picture size"
    """The pixel was given for pictures of another shape, so there is no distance."""
    OUTSIDE = "outside this picture"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of the distance at a pixel."""

    inverse_depth: float | None
    """In the map's units; None where the network gives no value."""
    distance_m: float | None
    """Along the optical axis; None unless the status is ok, doubtful, unverified or extrapolated."""
    low_m: float | None
    """Lower end of the 95 % interval; None where there is no distance."""
    high_m: float | None
    """Upper end of it; None where there is no distance, and where the interval has no upper end."""
    status: Status
    reasons: tuple[str, ...] = ()
    """Why it should not be believed, worst first; see `tui.calibration.doubt`."""
    edge_m: tuple[float, float] | None = None
    """The distances of what is on both sides of an edge that the pixel lies at, nearer first; None where there is none.
    The interval holds both."""

    def plain(self) -> dict[str, object]:
        """Nothing but what JSON knows, by the names that every output has for it."""
        return {
            "inverse_depth": self.inverse_depth,
            "distance_m": self.distance_m,
            "low_m": self.low_m,
            "high_m": self.high_m,
            "status": self.status.value,
            "reasons": list(self.reasons),
            "edge_m": None if self.edge_m is None else list(self.edge_m),
        }


def read(
    calibration: Calibration | None,
    sample: Sample | None,
    pixel: tuple[float, float] | None = None,
    context: MapContext | None = None,
) -> Reading:
    """`read_all` for one sample."""
    return read_all(calibration, [sample], [pixel], context)[0]


def read_all(
    calibration: Calibration | None,
    samples: Sequence[Sample | None],
    pixels: Sequence[tuple[float, float] | None],
    context: MapContext | None = None,
) -> tuple[Reading, ...]:
    """The distances of sampled map values, by `tui.calibration.distance`, each with its 95 % interval.

    The interval is symmetric in ln(1/z), where the errors are: Student's t times the standard deviation that trend,
    correction, the network's noise and the local spread of the map add up to. Away from the references, in distance as
    in the image, the correction is less and less known and the interval widens by itself; beyond their range it widens
    further by the noise times |ln(q / q_end)|, q being 1/z and q_end that at the end that was passed, and near edges by
    as much of the change of ln(1/z) there as the map's sort asks for (`tui.calibration.beliefs`). At an edge between
    two plateaus it holds the distances of both. Beyond the far end the error of a shift is symmetric in q, and if it
    reaches 0, there is no upper end.

    Each reading is the same to the last digit whichever others are asked for with it.

    Args:
        calibration: None if there is none yet.
        samples: None where the map has no finite value.
        pixels: where each was taken, (column, row); without it the correction, which depends on it, counts as unknown.
        context: of the map that they were taken from, to tell values that the network clipped; that of the calibration
            if not given.
    """
    value = np.array([np.nan if each is None else each.value for each in samples], dtype=np.float64)
    if calibration is None:
        return tuple(_without_distance(each, Status.UNCALIBRATED) for each in samples)
    at = np.array([(np.nan, np.nan) if each is None else each for each in pixels], dtype=np.float64).reshape(-1, 2)
    metres = distances_at(calibration, value, at, context)
    known = np.isfinite(metres)
    spread = np.array([0.0 if each is None else each.spread for each in samples], dtype=np.float64)[known]
    excess = _excess(calibration, value[known])
    around, uneven = _around(samples)[known], unevenness(calibration, samples)[known]
    half_width = _half_widths(calibration, spots_at(calibration, value, at, known), spread, excess, uneven)
    reach = np.exp(np.minimum(half_width, _WIDEST))
    low_m, high_m = metres[known] / reach, metres[known] * reach
    edges_m = _edges_m(calibration, around, uneven[:, 0], at[known], context)
    low_m, high_m = np.fmin(low_m, edges_m[:, 0]), np.fmax(high_m, edges_m[:, 1])
    high_m[(half_width >= _WIDEST) | ~np.isfinite(high_m) | _reaches_zero(calibration, value[known])] = np.nan
    parts = (metres[known], low_m, high_m, excess, edges_m)
    found = zip(*(each.tolist() for each in parts), strict=True)
    readings = []
    for sample, has_distance in zip(samples, known.tolist(), strict=True):
        if sample is None or not has_distance:
            readings.append(_without_distance(sample, Status.SATURATED))
            continue
        distance_m, low, high, beyond, (nearer_m, farther_m) = next(found)
        status = Status.EXTRAPOLATED if beyond > 0 else Status.OK
        if calibration.kind is CalibrationKind.METRIC:
            status = Status.UNVERIFIED
        edge_m = None if math.isnan(nearer_m) else (nearer_m, farther_m)
        readings.append(Reading(sample.value, distance_m, low, None if math.isnan(high) else high, status, (), edge_m))
    return tuple(readings)


def log_covariance(
    calibration: Calibration | None, readings: Sequence[Reading], pixels: Sequence[tuple[float, float]]
) -> Matrix | None:
    """How the errors of several readings of one map hang together: the covariance of their ln z, (N, N).

    Scale, shift and correction are the same for all; on the diagonal stands what each one's interval says. It is what
    `tui.geometry.space` takes.

    Args:
        calibration: that gave the readings.
        readings: of one map.
        pixels: of each, (column, row).

    Returns:
        None where nothing is known of it: typed in, or a reading without a distance.
    """
    if calibration is None or calibration.posterior is None:
        return None
    value, sigmas = [], []
    for reading in readings:
        if reading.inverse_depth is None or reading.distance_m is None or reading.low_m is None:
            return None
        value.append(reading.inverse_depth)
        reach = max(reading.distance_m / reading.low_m, (reading.high_m or 0.0) / reading.distance_m)
        sigmas.append(math.log(reach) / NORMAL_95)
    p, everywhere = np.array(value), np.ones(len(value), np.bool_)
    spots = spots_at(calibration, p, np.array(pixels, dtype=np.float64).reshape(-1, 2), everywhere)
    scale = student_95(calibration.freedom) / NORMAL_95
    covariance: Matrix = scale**2 * calibration.posterior.covariance(spots)
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), np.square(sigmas)))
    return covariance


def _without_distance(sample: Sample | None, status: Status) -> Reading:
    if sample is None:
        return Reading(None, None, None, None, Status.SATURATED)
    return Reading(sample.value, None, None, None, status)


def _around(samples: Sequence[Sample | None]) -> Matrix:
    """What the map shows around each: the ends of the near and the wide window and two plateaus, (M, 6), or NaN."""
    nothing = (math.nan, math.nan)
    rows = []
    for each in samples:
        seen = None if each is None else each.around
        parts = (nothing,) * 3 if seen is None else (seen.near, seen.wide, seen.plateaus or nothing)
        rows.append([end for part in parts for end in part])
    return np.array(rows, dtype=np.float64).reshape(-1, 6)


def unevenness(calibration: Calibration, samples: Sequence[Sample | None]) -> Matrix:
    """By how much ln(1/z) changes in the near window around each, and by how much more in the wide one, (M, 2)."""
    inverse = calibration.trend.inverse(_around(samples)[:, :4].reshape(-1))
    logs = np.log(np.fmax(inverse, _NOTHING)).reshape(-1, 4)
    near, wide = logs[:, 1] - logs[:, 0], logs[:, 3] - logs[:, 2]
    uneven: Matrix = np.clip(np.column_stack([near, wide - near]), 0.0, _STEEPEST)
    return uneven


def _edges_m(
    calibration: Calibration, around: Matrix, near: Vector, pixels: Matrix, context: MapContext | None
) -> Matrix:
    """The distances of the two plateaus that each pixel lies between, nearer first, (M, 2); NaN where there are none.

    A map that is exact up to its scale and shift has no edges to speak of: its pixels lie on one side or the other.
    """
    edges_m = np.full((len(around), 2), np.nan)
    if calibration.beliefs.edge == (0.0, 0.0):
        return edges_m
    told = np.flatnonzero(~np.isnan(around[:, 4]))
    far_m, near_m = (distances_at(calibration, around[told, side], pixels[told], context) for side in (4, 5))
    apart = np.log(far_m / near_m)
    at_edge = (apart >= _EDGE) & (near[told] >= _ON_EDGE * apart)
    edges_m[told[at_edge]] = np.column_stack([near_m, far_m])[at_edge]
    return edges_m


def _half_widths(calibration: Calibration, spots: Spots, spread: Vector, excess: Vector, uneven: Matrix) -> Vector:
    """Half of each interval in ln(1/z), (M,)."""
    if calibration.posterior is None:
        relative = calibration.trend.relative_slope(spots.value) * spread
        variance = calibration.noise**2 + relative * relative
    else:
        variance = calibration.posterior.variance(spots, spread)
    near, wide = calibration.beliefs.edge
    variance = variance + (calibration.noise * excess) ** 2 + (near * uneven[:, 0]) ** 2 + (wide * uneven[:, 1]) ** 2
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
