"""The bar that says which colour is how far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui.render.cells import BLANK, CellCodes, Cells
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_row_with_overlays
from tui.render.levels import ValueRange
from tui.render.overlays import Overlay
from tui.render.palette import DepthPalette

_NEAR, _FAR = " near ", " far "
_MOST_TICKS = 7
_GAP = 3
"""Fewest cells between two labels."""


def _bar(columns: int, palette: DepthPalette, begin: int, stop: int) -> CellCodes:
    codes = np.full((1, columns), BLANK, np.int64)
    width = stop - begin
    levels = palette.count - 1 - np.arange(width) * palette.count // width
    codes[:, begin:stop] = palette.cells(np.stack([levels, levels]).astype(np.int16))
    return codes


def tick_labels(begin: int, stop: int, span: ValueRange, label: Callable[[float], str]) -> list[tuple[int, str]]:
    """Labels along a bar of columns `begin` .. `stop`, near at the left; (column, text), none touching another.

    The outer two stand at the ends of the bar and give the ends of the range; the others are centred over their value.
    """
    first, last = label(span.high), label(span.low)
    widest = max(cell_len(first), cell_len(last))
    width = stop - begin
    if width < cell_len(first) + cell_len(last) + _GAP:
        return []
    count = max(2, min(_MOST_TICKS, (width + _GAP) // (widest + 2 * _GAP)))
    placed = [(begin, first)]
    free = begin + cell_len(first) + _GAP
    latest = stop - cell_len(last)
    for tick in range(1, count - 1):
        share = tick / (count - 1)
        text = label(span.high + share * (span.low - span.high))
        column = begin + round(share * width - cell_len(text) / 2)
        if column >= free and column + cell_len(text) + _GAP <= latest:
            placed.append((column, text))
            free = column + cell_len(text) + _GAP
    return [*placed, (latest, last)]


def build_legend(
    columns: int,
    palette: DepthPalette,
    span: ValueRange | None,
    label: Callable[[float], str],
    cache: SegmentCache,
) -> list[Segment]:
    """One row: near, the palette from near to far with labels on it, far; exactly `columns` wide.

    Args:
        columns: width of the row.
        palette: the palette of the map above it.
        span: what its lowest and highest level stand for; None leaves the labels out.
        label: a value of the map, in its own unit, in words: '0.9 m'.
        cache: made for the palette's table.
    """
    begin, stop = len(_NEAR), columns - len(_FAR)
    if stop - begin < 8:
        begin, stop = 0, columns
        words: list[Overlay] = []
    else:
        words = [Overlay(0, 0, _NEAR, Style.null()), Overlay(stop, 0, _FAR, Style.null())]
    if stop > begin and span is not None:
        bold = Style(bold=True)
        labels = tick_labels(begin, stop, span, label)
        if palette.table.mode is ColorMode.MONO:
            # Among glyphs a label needs air around it.
            words += [Overlay(column - 1, 0, f" {text} ", bold) for column, text in labels]
        else:
            words += [Overlay(column, 0, text, bold) for column, text in labels]
    cells = Cells(_bar(columns, palette, begin, stop), palette.table)
    return build_row_with_overlays(cells, 0, words, cache)
