"""Readings in words: what is said in the place of a number that should not be believed.

The app and the command line say the same things, because they both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.figures import UNKNOWN, Figure, length
from tui.calibration.reading import Reading, Status
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit, format_distance

_LEAST_GAIN = 0.005
"""Less than half a per cent is not worth a number."""

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


def describe(reading: Reading, unit: DistanceUnit) -> ReadingText:
    """Put a judged reading into words, the user's unit first."""
    units = f"{format_units(reading.inverse_depth)} units"
    advice = _advice(reading)
    if reading.status in _NOT_HERE:
        return ReadingText(_NOT_HERE[reading.status], "", "", advice)
    if reading.status is Status.DOUBTFUL and reading.distance_m is None:
        return ReadingText("no distance", "", units, advice)
    if reading.inverse_depth is None:
        return ReadingText("no depth", "", "", "the model gives no value here; try a neighbouring pixel")
    if reading.status is Status.UNCALIBRATED:
        return ReadingText(units, "", "", "uncalibrated: press r on something whose distance you know")
    figure = figure_of(reading, unit)
    if figure is None:
        return ReadingText("too far", "", units, advice)
    others = [found.short for other in DistanceUnit if other is not unit and (found := figure_of(reading, other))]
    return ReadingText(
        figure.number,
        f"95 %: {figure.interval}",
        "   ".join([*(each for each in others if each != UNKNOWN), units]),
        advice,
    )


def figure_of(reading: Reading, unit: DistanceUnit = DistanceUnit.METRES) -> Figure | None:
    """A reading's distance as it is shown; None where it has none."""
    return None if reading.distance_m is None else length(reading.distance_m, reading.low_m, reading.high_m, unit)


def doubted(reading: Reading) -> str:
    """'doubtful: dark, a tenth of the light there was'; empty if the reading is ok."""
    if reading.status is Status.OK:
        return ""
    return f"{reading.status.value}: {reading.reasons[0]}" if reading.reasons else reading.status.value


def status_in_words(reading: Reading) -> str:
    """'extrapolated: beyond the references (1.00 - 3.00 m); the interval has no upper end'; with every reason."""
    return f"{reading.status.value}: {'; '.join(reading.reasons)}" if reading.reasons else reading.status.value


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


def format_range(calibration: Calibration, unit: DistanceUnit) -> str:
    """The distances between which the references lie, as they were measured; empty if none are known."""
    if calibration.range_m is None:
        return ""
    low, high = (format_distance(each, unit) for each in calibration.range_m)
    if calibration.range_m[0] >= calibration.range_m[1]:
        return low
    suffix = f" {unit.value}" if unit is not DistanceUnit.FEET else " in" if " ft " in low else ""
    return f"{low.removesuffix(suffix)} - {high}"


def _advice(reading: Reading) -> str:
    """How far to trust it and, where a key helps, which; empty when all is well."""
    if reading.status in _NOT_HERE and not reading.reasons:
        return f"{reading.status.value}: no distance"
    words = doubted(reading)
    if reading.status is Status.OTHER_CAMERA:
        return f"{words}; enter confirms it"
    if reading.status is Status.UNVERIFIED:
        return f"{words}; r on something whose distance you know corrects it"
    return words


def what_it_brings(gain: float) -> str:
    """'narrows the intervals by 16 %', of measuring somewhere; with 1 there were no distances before."""
    if gain >= 1:
        return "gives the first distances"
    return f"narrows the intervals by {100 * gain:.0f} %" if gain >= _LEAST_GAIN else "hardly narrows the intervals"
