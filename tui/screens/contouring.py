"""The distances that a map is drawn with: on its lines of equal distance, and on the bar of its colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.distance import MapDistances
from tui.calibration.units import DistanceUnit, format_distance, format_roughly
from tui.geometry.arrays import FloatMap
from tui.render.contours import ContourLine, Contours, Drawn
from tui.render.levels import ValueRange

_FEW, _MOST = 4, 9
"""Lines that a map should have at least, and may have."""
_SERIES: tuple[tuple[float, ...], ...] = ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), (1, 1.2, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8))
"""Round numbers in a decade, from coarse to fine."""
_STEPS = (1, 2, 2.5, 5)
_FARTHEST_OVER_NEAREST = 60.0
_LEVELS = 24
_MARGIN_LEVELS = 0.4
"""How far a point must be beyond a line, in levels of the depth map; levels themselves wait as long."""
_DIGITS = ((0.1, 1), (0.02, 2))
"""How far the middle half of what is read may lie apart to each side, relative, for more digits than so many."""
_EVERY_M, _LABELLED, _HIGHEST_LINES = 0.1, 5, 40
"""Level lines: how far apart, how many of them one label is for, and how many there are at most."""
_MARGIN_OF_HEIGHTS = 0.2
_UNITS_IN_M = {
    DistanceUnit.METRES: (1.0, "m"),
    DistanceUnit.CENTIMETRES: (0.01, "cm"),
    DistanceUnit.FEET: (0.3048, "ft"),
}


def round_numbers(low: float, high: float) -> list[float]:
    """Between `_FEW` and `_MOST` round numbers within a range of positive numbers, if it has room for them."""
    found: list[float] = []
    for series in _SERIES:
        decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
        finer = [number * 10.0**decade for decade in decades for number in series]
        finer = [number for number in finer if low < number < high]
        if len(finer) > _MOST:
            break
        found = finer
        if len(found) >= _FEW:
            return found
    return found if len(found) >= _FEW else even_numbers(low, high)


def even_numbers(low: float, high: float) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten within a range, at most `_MOST` of them."""
    least = (high - low) / _MOST
    decade = 10.0 ** math.floor(math.log10(least))
    step = next(size * decade for size in (*_STEPS, 10) if size * decade >= least)
    first = math.floor(low / step) + 1
    return [number * step for number in range(first, math.ceil(high / step)) if low < number * step < high]


def lines_of(distances: MapDistances | None, span: ValueRange, unit: DistanceUnit, before: Contours) -> Drawn:
    """The lines for one frame, of what is read at its pixels.

    Args:
        distances: what the map says in metres; None while there is no calibration.
        span: what the palette's ends stand for.
        unit: what distances are shown in.
        before: the lines of the frame before; kept where the new ones are hardly elsewhere.
    """
    if not span.high > span.low:
        return Drawn(before, None)
    if distances is None:
        step = (span.high - span.low) / _LEVELS
        lines = [ContourLine(value, _short(value)) for value in even_numbers(span.low, span.high)]
        return Drawn(_steady(lines, _MARGIN_LEVELS * step, before), None)
    ends_m = _ends_m(distances, span)
    if ends_m is None:
        return Drawn(Contours(), None)
    nearest_m, farthest_m = ends_m
    metres, word = _UNITS_IN_M[unit]
    numbers = round_numbers(nearest_m / metres, farthest_m / metres)
    lines = [ContourLine(1 / (number * metres), f"{_short(number)}{word}") for number in reversed(numbers)]
    margin = _MARGIN_LEVELS * (1 / nearest_m - 1 / farthest_m) / _LEVELS
    return Drawn(_steady(lines, margin, before), distances.inverse)


def height_lines(heights_m: FloatMap) -> Drawn:
    """Level lines every 10 cm above the floor, every fifth with its height on it.

    Args:
        heights_m: float32, of any shape; NaN where unknown.
    """
    known = heights_m[np.isfinite(heights_m)]
    if not known.size:
        return Drawn(Contours(), heights_m)
    low, high = np.percentile(known, (1, 99)).tolist()
    first, last = max(1, math.ceil(low / _EVERY_M)), min(_HIGHEST_LINES, math.floor(high / _EVERY_M))
    lines = [
        ContourLine(number * _EVERY_M, f"{number * _EVERY_M:.1f}m" if number % _LABELLED == 0 else "")
        for number in range(first, last + 1)
    ]
    return Drawn(Contours(tuple(lines), _MARGIN_OF_HEIGHTS * _EVERY_M), heights_m)


def _ends_m(distances: MapDistances, span: ValueRange) -> tuple[float, float] | None:
    """How near and how far the palette's ends are; None where lines between them would say nothing."""
    near_m, far_m = distances.like(span.high), distances.like(span.low)
    known_m = distances.coarse[np.isfinite(distances.coarse)]
    if not known_m.size:
        return None
    nearest_m = float(np.median(near_m) if near_m.size else known_m.min())
    farthest_m = float(np.median(far_m) if far_m.size else known_m.max())
    farthest_m = min(farthest_m, _FARTHEST_OVER_NEAREST * nearest_m)
    return (nearest_m, farthest_m) if farthest_m > nearest_m * 1.001 else None


def bar_label(distances: MapDistances, value: float, unit: DistanceUnit) -> str:
    """What stands on the colour bar at a value of the map: the median of what is read where the map has such values.

    The correction makes one value nearer here and farther there: where that matters, fewer digits say so.
    """
    metres = distances.like(value)
    if not metres.size:
        context = distances.context
        return "near" if context is not None and context.ceiling is not None and value >= context.ceiling else "far"
    low_m, middle_m, high_m = np.percentile(metres, (25, 50, 75)).tolist()
    apart = (high_m - low_m) / (2 * middle_m)
    digits = next((digits for most, digits in _DIGITS if apart > most), None)
    return format_distance(middle_m, unit) if digits is None else format_roughly(middle_m, unit, digits)


def _short(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _steady(lines: Sequence[ContourLine], margin: float, before: Contours) -> Contours:
    """The lines of the frame before, if the new ones say the same and have moved by less than half the margin."""
    same = [line.label for line in lines] == [line.label for line in before.lines]
    if same and all(abs(new.value - old.value) < margin / 2 for new, old in zip(lines, before.lines, strict=True)):
        return before
    return Contours(tuple(lines), margin)
