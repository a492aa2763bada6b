"""Charts in cells: a value with its interval as a band, over time or along a line; glyphs that serve without colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GUTTER = 8
"""Columns on the left for the numbers of the axis."""
LEAST_ROWS, LEAST_COLUMNS = 4, 10
"""Below that there is no chart."""
SPARKS = "▁▂▃▄▅▆▇█"

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_NARROWEST = 0.02
"""Of the value: what varies by less fills no chart, or noise would look like an event."""
_FULL, _UPPER, _LOWER, _SHADE, _DASH, _CROSS, _MARK = "█▀▄░┄×▲"  # noqa: RUF001 - the cross is meant


class Ink(StrEnum):
    """What a run of cells stands for; whoever shows it has a style for each."""

    NONE = "none"
    BAND = "band"
    VALUE = "value"
    DOUBTED = "doubted"
    LIMIT = "limit"
    AXIS = "axis"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of one ink."""

    text: str
    ink: Ink


Row = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn, a value a column; arrays of shape (columns,), NaN where nothing is known."""

    middle: Floats
    low: Floats
    high: Floats
    """Infinite where the interval has no upper end."""
    doubted: Flags
    """Where the value should not be believed."""
    watched: Flags
    """Where somebody looked; without a value there stands a cross."""
    marked: Flags
    """Columns with a mark below, as of an alarm."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The range of the values and its ticks."""

    least: float
    most: float
    ticks: tuple[float, ...]


def axis_of(low: float, high: float, ticks: int) -> Axis:
    """An axis from round number to round number that holds both, with about so many ticks.

    What it begins and ends with moves in whole steps, so that a chart is not redrawn for every new value.
    """
    middle = (low + high) / 2
    span = max(high - low, _NARROWEST * abs(middle), 1e-9)
    low, high = middle - span / 2, middle + span / 2
    raw = span / max(1, ticks)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in _STEPS if each * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    return Axis(first * step, last * step, tuple(number * step for number in range(first, last + 1)))


def sparkline(middle: Floats) -> str:
    """One glyph a column, lowest to highest of what there is; a gap where nothing is known."""
    known = middle[np.isfinite(middle)]
    if not len(known):
        return " " * len(middle)
    axis = axis_of(float(known.min()), float(known.max()), 2)
    share = (middle - axis.least) / (axis.most - axis.least)
    return "".join(
        SPARKS[min(len(SPARKS) - 1, int(each * len(SPARKS)))] if math.isfinite(each) else " " for each in share.tolist()
    )


def chart(
    series: Series,
    rows: int,
    label: Callable[[float], str],
    below: Sequence[tuple[int, str]] = (),
    limits: Sequence[float] = (),
) -> tuple[Row, ...]:
    """A chart of `rows` rows and `GUTTER` more columns than the series has.

    Args:
        series: what is drawn.
        rows: with the two of the axis below.
        label: writes a tick's value in at most `GUTTER` - 2 cells.
        below: texts under the chart, each centred at its column.
        limits: values at which a line is drawn, such as those of alarms.
    """
    columns = len(series.middle)
    if rows < LEAST_ROWS or columns < LEAST_COLUMNS:
        return ()
    height = rows - 2
    axis = _axis(series, limits, height)
    inks = _inks(series, height, axis, limits)
    ticks = {_half(axis, tick, height) // 2: label(tick) for tick in axis.ticks}
    labels = {row: text for row, text in ticks.items() if len(text) <= GUTTER - 2}
    drawn = [
        (
            Run(f"{labels.get(row, ''):>{GUTTER - 2}} {'┤' if row in labels else '│'}", Ink.AXIS),
            *_runs(inks[2 * row], inks[2 * row + 1], series, last=row == height - 1),
        )
        for row in range(height)
    ]
    marks = [_MARK if each else "─" for each in series.marked.tolist()]
    line = [Run(" " * (GUTTER - 1) + "└", Ink.AXIS)]
    for mark, group in groupby(marks):
        line.append(Run("".join(group), Ink.ALARM if mark == _MARK else Ink.AXIS))
    return (*drawn, tuple(line), (Run(_written(below, columns), Ink.AXIS),))


def _axis(series: Series, limits: Sequence[float], height: int) -> Axis:
    middle = series.middle[np.isfinite(series.middle)]
    if not len(middle):
        return axis_of(0.0, max([1.0, *limits]), 2)
    # The band may be far wider than what happens: the values decide, the band is cut off where it leaves. What is known
    # within a factor of 2, as a reading that is ok, is shown with all of its band.
    low, high = float(middle.min()), float(middle.max())
    ends = np.concatenate([series.low, series.high])
    ends = ends[np.isfinite(ends)]
    room = max(high - low, 0.5 * high)
    if len(ends):
        low, high = max(float(ends.min()), low - room), min(float(ends.max()), high + room)
    near = [each for each in limits if low - room <= each <= high + room]
    return axis_of(max(0.0, min([low, *near])), max([high, *near]), max(2, height // 3))


def _half(axis: Axis, value: float, height: int) -> int:
    """The half row of a value, from the top."""
    share = (axis.most - value) / (axis.most - axis.least)
    return min(2 * height - 1, max(0, int(share * 2 * height)))


def _inks(series: Series, height: int, axis: Axis, limits: Sequence[float]) -> list[list[Ink]]:
    """The ink of each half cell, from the top."""
    columns = len(series.middle)
    inks = [[Ink.NONE] * columns for _ in range(2 * height)]
    for limit in limits:
        if axis.least <= limit <= axis.most:
            inks[_half(axis, limit, height) // 2 * 2] = [Ink.LIMIT] * columns
    before: int | None = None
    for column in range(columns):
        value = float(series.middle[column])
        if not math.isfinite(value):
            before = None
            continue
        top = 0 if not math.isfinite(series.high[column]) else _half(axis, float(series.high[column]), height)
        bottom = _half(axis, float(series.low[column]), height)
        for half in range(top, bottom + 1):
            if inks[half][column] is not Ink.LIMIT:  # which is to be seen through the band
                inks[half][column] = Ink.BAND
        at = _half(axis, value, height)
        start = at if before is None else before + (at > before) - (at < before)
        ink = Ink.DOUBTED if series.doubted[column] else Ink.VALUE
        for half in range(min(start, at), max(start, at) + 1):
            inks[half][column] = ink
        inks[at][column] = ink
        before = at
    return inks


def _runs(upper: Sequence[Ink], lower: Sequence[Ink], series: Series, *, last: bool) -> list[Run]:
    cells = [_cell(*each) for each in zip(upper, lower, strict=True)]
    if last:
        for column in np.flatnonzero(series.watched & ~np.isfinite(series.middle)).tolist():
            cells[column] = (_CROSS, Ink.DOUBTED)
    return [Run("".join(text for text, _ in group), ink) for ink, group in groupby(cells, key=lambda cell: cell[1])]


def _cell(upper: Ink, lower: Ink) -> tuple[str, Ink]:
    strong = (Ink.VALUE, Ink.DOUBTED)
    if upper in strong or lower in strong:
        if upper in strong and lower in strong:
            return _FULL, upper
        return (_UPPER, upper) if upper in strong else (_LOWER, lower)
    if Ink.LIMIT in (upper, lower):
        return _DASH, Ink.LIMIT
    return (_SHADE, Ink.BAND) if Ink.BAND in (upper, lower) else (" ", Ink.NONE)


def _written(below: Sequence[tuple[int, str]], columns: int) -> str:
    """Texts at their columns; one that would touch another is left out."""
    line = [" "] * (GUTTER + columns)
    for column, text in below:
        start = min(max(GUTTER, GUTTER + column - len(text) // 2), len(line) - len(text))
        if start >= 0 and all(each == " " for each in line[max(0, start - 1) : start + len(text) + 1]):
            line[start : start + len(text)] = text
    return "".join(line)
