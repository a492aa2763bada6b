"""Readings in words: what is said in the place of a number that should not be believed.

The app and the command line say the same things, because they both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.reading import Reading, Status
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.units import DistanceUnit, format_distance

_NOT_HERE = {Status.STALE: "stale", Status.OTHER_SIZE: "no distance", Status.OUTSIDE: "no distance"}
"""Statuses under which there is no distance whatever the map shows."""


@dataclass(frozen=True, slots=True)
class ReadingText:
    """One reading, ready to be shown."""

    hero: str
    """The number that matters: a distance, or relative units while there is no calibration."""
    interval: str
    """The 95 % interval, or why there is none; empty only if `advice` says it all."""
    others: str
    """The same reading in the other units."""
    advice: str
    """What to do, or how far to trust it; empty when all is well."""


def describe(reading: Reading, calibration: Calibration | None, unit: DistanceUnit) -> ReadingText:
    """Put a reading into words, the user's unit first."""
    units = f"{format_units(reading.inverse_depth)} units"
    if reading.status in _NOT_HERE:
        return ReadingText(_NOT_HERE[reading.status], "", "", f"{reading.status.value}: no distance")
    if reading.inverse_depth is None:
        return ReadingText("no depth", "", "", "the model gives no value here; try a neighbouring pixel")
    if reading.status is Status.UNCALIBRATED:
        return ReadingText(units, "", "", "uncalibrated: press r on something whose distance you know")
    if reading.distance_m is None:
        return ReadingText("too far", "", units, "saturated: too far for this model and calibration")
    others = [format_distance(reading.distance_m, other) for other in DistanceUnit if other is not unit]
    return ReadingText(
        format_distance(reading.distance_m, unit),
        f"95 %: {format_interval(reading.low_m, reading.high_m, unit)}",
        "   ".join([*others, units]),
        "; ".join(part for part in (format_edge(reading, unit), _doubt(reading, calibration)) if part),
    )


def format_edge(reading: Reading, unit: DistanceUnit) -> str:
    """'edge: 1.2 m or 2.9 m?' where the pixel lies between two plateaus; else empty."""
    if reading.edge_m is None:
        return ""
    near, far = (format_distance(each_m, unit) for each_m in reading.edge_m)
    return f"edge: {near} or {far}?"


def format_units(inverse_depth: float | None) -> str:
    """Relative inverse depth with four significant digits, however large a network's numbers are."""
    if inverse_depth is None:
        return "-"
    size = abs(inverse_depth)
    if size >= 1e7:
        return f"{inverse_depth:.4g}"
    if size >= 1000:
        return f"{inverse_depth:.0f}"
    decimals = 3 if size < 10 else 2 if size < 100 else 1
    return f"{inverse_depth:.{decimals}f}" if size >= 0.0995 or size == 0 else f"{inverse_depth:.3g}"


def format_interval(low_m: float | None, high_m: float | None, unit: DistanceUnit) -> str:
    """'1.62 - 2.09 m'; an end that is not bounded is 'no limit'."""
    if low_m is None:
        return "unknown"
    low = format_distance(low_m, unit)
    if high_m is None:
        return f"{low} - no limit"
    high = format_distance(high_m, unit)
    suffix = f" {unit.value}"
    if unit is not DistanceUnit.FEET and low.endswith(suffix) and high.endswith(suffix):
        low = low.removesuffix(suffix)
    return f"{low} - {high}"


def format_range(calibration: Calibration, unit: DistanceUnit) -> str:
    """The distances between which the references lie; empty if none are known."""
    if calibration.range_m is None:
        return ""
    low_m, high_m = calibration.range_m
    return format_interval(low_m, high_m, unit) if low_m < high_m else format_distance(low_m, unit)


def _doubt(reading: Reading, calibration: Calibration | None) -> str:
    if reading.status is Status.OTHER_CAMERA:
        return "other camera: the calibration was made with another one; enter confirms it"
    if reading.status is Status.UNVERIFIED:
        return f"{reading.status.value}: r on something whose distance you know corrects it"
    if calibration is None or reading.status is not Status.EXTRAPOLATED:
        return ""
    unit = DistanceUnit.METRES
    if calibration.kind is CalibrationKind.SCALE:
        return (
            f"away from your one reference ({format_range(calibration, unit)}): a second one, nearer or farther, helps"
        )
    return f"beyond your references ({format_range(calibration, unit)}): extrapolated"
