"""A reading: a map's value, the distance that a calibration gives it, and how far to believe it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tui.calibration.context import MapContext
from tui.calibration.distance import spots_at
from tui.calibration.interval import NORMAL_95, Seen, intervals, student_95, uneven
from tui.calibration.kriging import Matrix
from tui.calibration.result import Calibration, CalibrationKind
from tui.geometry.sampling import Sample


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

    `tui.calibration.interval` has the interval.

    Each reading is the same to the last digit whichever others are asked for with it.

    Args:
        calibration: None if there is none yet.
        samples: None where the map has no finite value.
        pixels: where each was taken, (column, row); without it the correction, which depends on it, counts as unknown.
        context: of the map that they were taken from, to tell values that the network clipped; that of the calibration
            if not given.
    """
    if calibration is None:
        return tuple(_without_distance(each, Status.UNCALIBRATED) for each in samples)
    value = np.array([np.nan if each is None else each.value for each in samples], dtype=np.float64)
    spread = np.array([0.0 if each is None else each.spread for each in samples], dtype=np.float64)
    at = np.array([(np.nan, np.nan) if each is None else each for each in pixels], dtype=np.float64).reshape(-1, 2)
    found = intervals(calibration, Seen(value, spread, _around(samples)), at, context)
    parts = (found.distance_m, found.low_m, found.high_m, found.excess, found.edges_m)
    readings = []
    for sample, distance_m, low, high, beyond, edges in zip(samples, *(each.tolist() for each in parts), strict=True):
        if sample is None or math.isnan(distance_m):
            readings.append(_without_distance(sample, Status.SATURATED))
            continue
        status = Status.EXTRAPOLATED if beyond > 0 else Status.OK
        if calibration.kind is CalibrationKind.METRIC:
            status = Status.UNVERIFIED
        edge_m = None if math.isnan(edges[0]) else (edges[0], edges[1])
        readings.append(Reading(sample.value, distance_m, low, None if math.isinf(high) else high, status, (), edge_m))
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
    return uneven(calibration, _around(samples)[:, :4])
