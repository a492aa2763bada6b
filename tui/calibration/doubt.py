"""What makes a reading doubtful, although a number can be given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.calibration.figures import WIDEST_RATIO
from tui.calibration.health import Grade
from tui.calibration.reading import Reading, Status
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import format_range

_BEYOND = "beyond the references"
_WIDE = "the interval"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason not to believe a frame's readings."""

    words: str
    """'dark: a tenth of the light there was'."""
    no_distance: bool = False
    """Whether no distance at all can be given."""


def judged(reading: Reading, calibration: Calibration | None, doubts: Sequence[Doubt] = ()) -> Reading:
    """The reading with the reasons to doubt it; one that was ok is doubtful if there are any.

    Args:
        reading: as the calibration gives it.
        calibration: that gave it.
        doubts: of the frame as a whole: its picture, its camera.
    """
    of_frame = tuple(each.words for each in doubts)
    own = tuple(filter(None, (_status_in_words(reading, calibration),)))
    if calibration is not None and any(each.no_distance for each in doubts):
        return replace(without_distance(reading), status=Status.DOUBTFUL, reasons=of_frame)
    if reading.distance_m is None:
        return replace(reading, reasons=(*own, *of_frame))
    reasons = (*of_frame, *own, *_weaknesses(reading, calibration))
    if not reasons and not reading.reasons:
        return reading
    status = Status.DOUBTFUL if reasons and reading.status is Status.OK else reading.status
    return replace(reading, status=status, reasons=reasons)


def interval_holds(reading: Reading) -> bool:
    """Whether its interval can be believed: it is ok, or nothing is against it but where the references are.

    Outside of their range an interval widens by itself; what comes nearer than they are is seen all the same.
    """
    if reading.status is Status.EXTRAPOLATED:
        return all(each.startswith((_BEYOND, _WIDE)) for each in reading.reasons)
    return reading.status is Status.OK


def judged_between(ends: Sequence[Reading], low: float, high: float | None, caution: str = "") -> Reading:
    """What can be said of a length or an area that hangs on several readings: it is ok only where all of them are.

    Args:
        ends: the readings, judged, each with its distance.
        low: of the number's own interval.
        high: None where it has no upper end.
        caution: why the camera's intrinsics are not to be believed; empty if they are.

    Returns:
        Status and reasons; it has no distance of its own.
    """
    reasons = dict.fromkeys(reason for each in ends for reason in each.reasons)
    own = [f"the camera's intrinsics are not to be believed: {caution}"] if caution else []
    reasons |= dict.fromkeys(filter(None, (*own, _width_in_words(low, high))))
    status = next((each.status for each in ends if each.status is not Status.OK), Status.OK)
    status = Status.DOUBTFUL if reasons and status is Status.OK else status
    return Reading(None, None, None, None, status, tuple(reasons))


def judged_without(ends: Sequence[Reading]) -> Reading:
    """The same where one of the readings has no distance: with its status, and its reasons."""
    missing = next(each for each in ends if each.distance_m is None)
    return Reading(None, None, None, None, missing.status, ("an end has no distance", *missing.reasons))


def without_distance(reading: Reading) -> Reading:
    """The same without what only a distance has."""
    return replace(reading, distance_m=None, low_m=None, high_m=None)


def _weaknesses(reading: Reading, calibration: Calibration | None) -> tuple[str, ...]:
    """Of the calibration and of the interval."""
    words = []
    poor = calibration is not None and calibration.health.grade is Grade.POOR
    if calibration is not None and poor and calibration.kind is not CalibrationKind.METRIC:  # which has said so
        words += [f"calibration poor: {reason}" for reason in calibration.health.reasons[:1]]
    return tuple(filter(None, (_edge_in_words(reading), *words, _width_in_words(reading.low_m, reading.high_m))))


def _edge_in_words(reading: Reading) -> str:
    """'edge: 1.20 m or 2.90 m?' where the pixel lies between two plateaus; else empty."""
    if reading.edge_m is None:
        return ""
    near, far = (format_distance(each_m, DistanceUnit.METRES) for each_m in reading.edge_m)
    return f"edge: {near} or {far}?"


def _width_in_words(low_m: float | None, high_m: float | None) -> str:
    if low_m is None or high_m is None:
        return f"{_WIDE} has no upper end"
    return f"{_WIDE} is wider than a factor of {WIDEST_RATIO:.0f}" if high_m > WIDEST_RATIO * low_m else ""


def _status_in_words(reading: Reading, calibration: Calibration | None) -> str:
    """What the status that the calibration gave means here; empty if ok."""
    if reading.status is Status.UNCALIBRATED:
        return "there is no calibration"
    if reading.status is Status.SATURATED:
        if reading.inverse_depth is None:
            return "the model gives no value there"
        return "too far for this model and calibration"
    if reading.status is Status.UNVERIFIED:
        return "the model's own metres, which no reference has checked"
    if reading.status is Status.EXTRAPOLATED:
        reach = "" if calibration is None else f" ({format_range(calibration, DistanceUnit.METRES)})"
        if calibration is not None and calibration.kind is CalibrationKind.SCALE:
            return f"away from the one reference{reach}: a second one, nearer or farther, helps"
        return f"{_BEYOND}{reach}"
    return ""
