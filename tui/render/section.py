"""A section as a chart: distance upwards, the line from left to right, its ends and what lies on it below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.calibration.section import Section
from tui.calibration.units import DistanceUnit
from tui.geometry.line import Pixel
from tui.render.chart import GUTTER, LEAST_COLUMNS, LEAST_ROWS, Row, Series, chart

_SIZES_M = {DistanceUnit.METRES: 1.0, DistanceUnit.CENTIMETRES: 0.01, DistanceUnit.FEET: 0.3048}


def section_chart(
    section: Section, rows: int, columns: int, unit: DistanceUnit, marks: Sequence[tuple[Pixel, str]] = ()
) -> tuple[Row, ...]:
    """The chart, exactly so large; empty where there is too little room.

    Args:
        section: what was read.
        rows: of the chart.
        columns: of the chart, with the numbers at its left.
        unit: of the axis; feet are decimal.
        marks: pixels and what stands for each, the most important first; those beside the line are left out.
    """
    count = columns - GUTTER
    if rows < LEAST_ROWS or count < LEAST_COLUMNS:
        return ()
    size_m, found = _SIZES_M[unit], section.columns(count)
    placed = [(column, text) for pixel, text in marks if (column := section.column_of(pixel, count)) is not None]
    marked = np.zeros(count, np.bool_)
    marked[[column for column, _ in placed]] = True
    series = Series(
        found.middle_m / size_m,
        found.low_m / size_m,
        found.high_m / size_m,
        found.doubted,
        np.ones(count, np.bool_),
        marked,
    )
    return chart(series, rows, lambda value: _tick(value, unit), _below(section, placed, count))


def _below(section: Section, placed: Sequence[tuple[int, str]], count: int) -> list[tuple[int, str]]:
    """The ends' coordinates, with the mark that stands there; then the other marks."""
    ends, used = [], set()
    for column, pixel in ((0, section.start), (count - 1, section.end)):
        here = [text for at, text in placed if at == column]
        used.add(column)
        ends.append((column, " ".join([*here[:1], f"({pixel[0]},{pixel[1]})"])))
    return [*ends, *(each for each in placed if each[0] not in used)]


def _tick(value: float, unit: DistanceUnit) -> str:
    text = f"{value:.4g} {unit.value}"
    return text if len(text) <= GUTTER - 2 else f"{value:.3g} {unit.value}"
