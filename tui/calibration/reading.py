"""A reading: a map's value, the distance that a calibration gives it, and how far to believe it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tui.calibration.result import Calibration
from tui.geometry.sampling import Sample


class Status(StrEnum):
    """Whether a reading can be believed."""

    OK = "ok"
    UNCALIBRATED = "uncalibrated"
    """There is no calibration, so there is no distance."""
    SATURATED = "saturated"
    """The network gives no value there, or a p + b <= 0: too far for this model, or nothing known."""
    EXTRAPOLATED = "extrapolated"
    """Outside the references' range of p."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of the distance at a pixel."""

    inverse_depth: float | None
    """In the map's units; None where the network gives no value."""
    distance_m: float | None
    """Along the optical axis; None unless the status is ok or extrapolated."""
    low_m: float | None
    """Lower end of the 95 % interval; None where there is no distance."""
    high_m: float | None
    """Upper end of it; None where there is no distance, and where the interval has no upper end."""
    status: Status


def read(calibration: Calibration | None, sample: Sample | None) -> Reading:
    """The distance of a sampled map value, with its 95 % interval.

    The interval is symmetric in inverse distance q = a p + b, where the errors are, and then inverted: q is known to
    a variance of (p, 1) C (p, 1)^T for scale and shift, plus (a spread)^2 for the local spread of the map, plus
    (noise q)^2 for the network itself. In extrapolation that noise grows by |ln(q / q_end)|, q_end being the end of
    the references' range that was passed.

    Args:
        calibration: None if there is none yet.
        sample: None where the map has no finite value.
    """
    if sample is None:
        return Reading(None, None, None, None, Status.SATURATED)
    if calibration is None:
        return Reading(sample.value, None, None, None, Status.UNCALIBRATED)
    inverse_m = calibration.inverse_m(sample.value)
    distance_m = calibration.distance_m(sample.value)
    if distance_m is None:
        return Reading(sample.value, None, None, None, Status.SATURATED)
    excess = _excess(calibration, sample.value, inverse_m)
    half_width = _student_95(calibration.freedom) * _sigma(calibration, sample, inverse_m, excess or 0.0)
    low_m = 1.0 / (inverse_m + half_width)
    high_m = 1.0 / (inverse_m - half_width) if inverse_m > half_width else None
    status = Status.OK if excess is None else Status.EXTRAPOLATED
    return Reading(sample.value, distance_m, low_m, high_m, status)


def _excess(calibration: Calibration, inverse_depth: float, inverse_m: float) -> float | None:
    """|ln(q / q_end)| beyond the references' range; None within it."""
    if calibration.inverse_depth_range is None:
        return None
    low, high = calibration.inverse_depth_range
    if low <= inverse_depth <= high:
        return None
    end_m = calibration.inverse_m(low if inverse_depth < low else high)
    return abs(math.log(inverse_m / end_m)) if end_m > 0 else math.inf


def _sigma(calibration: Calibration, sample: Sample, inverse_m: float, excess: float) -> float:
    """Standard deviation of q = a p + b, in 1/m."""
    (aa, ab), (_, bb) = calibration.covariance
    p = sample.value
    from_fit = math.sqrt(max(0.0, aa * p * p + 2 * ab * p + bb))
    from_network = calibration.noise * (1.0 + excess) * inverse_m
    return math.hypot(from_fit, calibration.scale * sample.spread, from_network)


@lru_cache(maxsize=64)
def _student_95(freedom: float) -> float:
    """Half-width in sigmas of the central 95 % of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
