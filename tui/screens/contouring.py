"""Which lines of equal distance a map gets: round distances once there is a calibration, else even steps in units."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit
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
_COLUMNS = 160
"""A corrected map is drawn from about so many samples a row."""
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


def lines_of(
    calibration: Calibration | None,
    inverse_depth: FloatMap,
    span: ValueRange,
    unit: DistanceUnit,
    before: Contours,
) -> Drawn:
    """The lines for one frame.

    Args:
        calibration: as it is now, if there is one.
        inverse_depth: the map, float32, (H, W).
        span: what the palette's ends stand for.
        unit: what distances are shown in.
        before: the lines of the frame before; kept where the new ones are hardly elsewhere.
    """
    if not span.high > span.low:
        return Drawn(before, None)
    step = (span.high - span.low) / _LEVELS
    if calibration is None:
        lines = [ContourLine(value, _short(value)) for value in even_numbers(span.low, span.high)]
        return Drawn(_steady(lines, _MARGIN_LEVELS * step, before), None)
    metres, word = _UNITS_IN_M[unit]
    nearest_m = calibration.distance_m(span.high)
    if nearest_m is None:
        return Drawn(Contours(), None)
    farthest_m = calibration.distance_m(span.low) or math.inf
    farthest_m = min(farthest_m, _FARTHEST_OVER_NEAREST * nearest_m)
    if not farthest_m > nearest_m * 1.001:
        return Drawn(Contours(), None)
    distances = round_numbers(nearest_m / metres, farthest_m / metres)
    margin = _MARGIN_LEVELS * step * calibration.scale
    inverse = [ContourLine(1 / (number * metres), f"{_short(number)}{word}") for number in reversed(distances)]
    if calibration.posterior is not None and calibration.posterior.corrects:
        every_px = max(1, inverse_depth.shape[1] // _COLUMNS)
        with np.errstate(divide="ignore", invalid="ignore"):
            field = (1 / calibration.distances_m(inverse_depth, every_px)).astype(np.float32)
        return Drawn(_steady(inverse, margin, before), field)
    scale, shift = calibration.scale, calibration.shift
    lines = [ContourLine((line.value - shift) / scale, line.label) for line in inverse]
    return Drawn(_steady(lines, margin / scale, before), None)


def _short(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _steady(lines: Sequence[ContourLine], margin: float, before: Contours) -> Contours:
    """The lines of the frame before, if the new ones say the same and have moved by less than half the margin."""
    same = [line.label for line in lines] == [line.label for line in before.lines]
    if same and all(abs(new.value - old.value) < margin / 2 for new, old in zip(lines, before.lines, strict=True)):
        return before
    return Contours(tuple(lines), margin)
