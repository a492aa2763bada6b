"""A reading: a map's value, the distance that a calibration gives it, and how far to believe it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tui.calibration.context import MapContext
from tui.calibration.kriging import Matrix
from tui.calibration.posterior import CORRECTED_FROM, Spot, image_place
from tui.calibration.result import Calibration, CalibrationKind
from tui.geometry.sampling import Sample

_TAILS = 6.0
"""Degrees of freedom at most: a network's errors, at edges above all, have heavier tails than a normal."""

NORMAL_95 = 1.959963984540054
"""Half-width of a normal's central 95 %, in standard deviations."""

_WIDEST = 7.0
"""An interval that reaches farther than a factor of 1000 is none."""


class Status(StrEnum):
    """Whether a reading can be believed."""

    OK = "ok"
    UNCALIBRATED = "uncalibrated"
    """There is no calibration, so there is no distance."""
    SATURATED = "saturated"
    """The network gives no value there or clips it, or a p + b <= 0: too far for this model, or nothing known."""
    UNVERIFIED = "metric model, unverified"
    """The network's own metres, which no reference has checked: often off by tens of per cent on another camera."""
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
    """Along the optical axis; None unless the status is ok, unverified or extrapolated."""
    low_m: float | None
    """Lower end of the 95 % interval; None where there is no distance."""
    high_m: float | None
    """Upper end of it; None where there is no distance, and where the interval has no upper end."""
    status: Status


def read(
    calibration: Calibration | None,
    sample: Sample | None,
    pixel: tuple[float, float] | None = None,
    context: MapContext | None = None,
) -> Reading:
    """The distance of a sampled map value, with its 95 % interval.

    The interval is symmetric in ln(1/z), where the errors are: Student's t times the standard deviation that scale,
    shift, correction, the network's noise and the local spread of the map add up to. Away from the references, in
    distance as in the image, the correction is less and less known and the interval widens by itself; beyond their
    range it widens further by the noise times |ln(q / q_end)|, q being 1/z and q_end that at the end
    that was passed. In the end it is widened by the caution that the map's sort asks for (`tui.calibration.beliefs`).
    Beyond the far end the error of the shift is symmetric in q, and if it reaches 0, there is no upper end.

    Args:
        calibration: None if there is none yet.
        sample: None where the map has no finite value.
        pixel: where it was taken, (column, row); without it the correction, which depends on it, counts as unknown.
        context: of the map that it was taken from, to tell values that the network clipped; that of the calibration
            if not given.
    """
    if sample is None:
        return Reading(None, None, None, None, Status.SATURATED)
    if calibration is None:
        return Reading(sample.value, None, None, None, Status.UNCALIBRATED)
    p = sample.value
    fitted_m = calibration.distance_m(p)
    seen_on = context or calibration.context
    if fitted_m is None or (seen_on is not None and seen_on.clips(p)):
        return Reading(p, None, None, None, Status.SATURATED)
    excess = _excess(calibration, p)
    if calibration.posterior is None:
        correction, variance = 0.0, calibration.noise**2 + (calibration.scale * sample.spread * fitted_m) ** 2
    else:
        place = None if pixel is None else _place(calibration.context, pixel)
        prediction = calibration.posterior.predict([Spot(p, sample.spread, place)])
        correction, variance = float(prediction.correction[0]), float(prediction.covariance[0, 0])
    half_width = _wider(calibration, excess) * math.sqrt(variance + (calibration.noise * (excess or 0.0)) ** 2)
    distance_m = fitted_m * math.exp(-correction)
    low_m = distance_m * math.exp(-min(half_width, _WIDEST))
    high_m: float | None = distance_m * math.exp(min(half_width, _WIDEST))
    if half_width >= _WIDEST or not math.isfinite(high_m or 0.0) or _reaches_zero(calibration, p):
        high_m = None
    status = Status.OK if excess is None else Status.EXTRAPOLATED
    if calibration.kind is CalibrationKind.METRIC:
        status = Status.UNVERIFIED
    return Reading(p, distance_m, low_m, high_m, status)


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
    spots, scales, sigmas = [], [], []
    for reading, pixel in zip(readings, pixels, strict=True):
        if reading.inverse_depth is None or reading.distance_m is None or reading.low_m is None:
            return None
        spots.append(Spot(reading.inverse_depth, 0.0, _place(calibration.context, pixel)))
        scales.append(_wider(calibration, _excess(calibration, reading.inverse_depth)) / NORMAL_95)
        sigmas.append(math.log(reading.distance_m / reading.low_m) / NORMAL_95)
    covariance = calibration.posterior.predict(spots).covariance * np.outer(scales, scales)
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), np.square(sigmas)))
    return covariance


def _wider(calibration: Calibration, excess: float | None) -> float:
    """Half-width of the interval in standard deviations."""
    wider = _student_95(min(calibration.freedom, _TAILS))
    if calibration.posterior is None or not calibration.posterior.corrects:
        return wider
    caution, beyond = calibration.caution
    many = 1.0 - (CORRECTED_FROM / len(calibration.kept)) ** 2
    return wider * caution * (1.0 if excess is None else 1.0 + (beyond - 1.0) * many)


def _place(context: MapContext | None, pixel: tuple[float, float]) -> tuple[float, float]:
    """Without a context all references were put into the same place."""
    return (0.0, 0.0) if context is None else image_place(*pixel, context.width, context.height)


def _reaches_zero(calibration: Calibration, inverse_depth: float) -> bool:
    """Whether a p + b beyond the far end may be 0, as the shift is only known so well."""
    if calibration.inverse_depth_range is None or inverse_depth >= calibration.inverse_depth_range[0]:
        return False
    if calibration.posterior is None:
        return False
    return _student_95(min(calibration.freedom, _TAILS)) * calibration.posterior.shift_sigma(inverse_depth) >= 1.0


def _excess(calibration: Calibration, inverse_depth: float) -> float | None:
    """|ln(q / q_end)| beyond the references' range; None within it."""
    if calibration.inverse_depth_range is None:
        return None
    low, high = calibration.inverse_depth_range
    if low <= inverse_depth <= high:
        return None
    end_m = calibration.inverse_m(low if inverse_depth < low else high)
    return abs(math.log(calibration.inverse_m(inverse_depth) / end_m)) if end_m > 0 else math.inf


@lru_cache(maxsize=64)
def _student_95(freedom: float) -> float:
    """Half-width in sigmas of the central 95 % of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
