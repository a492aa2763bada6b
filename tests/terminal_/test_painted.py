"""What lies over a picture is the same whether its cells are read from segments or looked up one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style

from tui.render.cells import BLANK, HALF_BITS, Cells, ColorTable
from tui.render.colors import ColorMode
from tui.render.glyphs import OF_A_PICTURE
from tui.render.halfblocks import SegmentCache, build_row_with_overlays, glyphs_over
from tui.render.overlays import Overlay
from tui.terminal.cells import CellReader
from tui.terminal.painted import PaintedCells

COLUMNS = 12
TABLE = ColorTable(ColorMode.TRUECOLOR, np.random.default_rng(3).integers(0, 256, (5, 3)).astype(np.uint8))
STYLES = st.sampled_from(
    [Style(), Style(bold=True), Style(color="#ff0000"), Style(reverse=True, underline=True), OF_A_PICTURE]
)
TEXTS = st.text(st.sampled_from("ab .─│╭·┼①▀▄█²\t\x1b距\u0301\u200f"), max_size=5)
OVERLAYS = st.lists(st.builds(Overlay, st.integers(-3, COLUMNS), st.just(0), TEXTS, STYLES), max_size=5)
CODES = st.lists(
    st.one_of(st.just(BLANK), st.builds(lambda upper, lower: upper << HALF_BITS | lower, *[st.integers(0, 4)] * 2)),
    min_size=COLUMNS,
    max_size=COLUMNS,
)


@given(CODES, OVERLAYS)
def test_looked_up_and_read_it_is_the_same(codes: list[int], overlays: list[Overlay]) -> None:
    cache = SegmentCache(TABLE, Style.parse("white on black"))
    painted = PaintedCells(cache, ColorSystem.TRUECOLOR)
    cells = [painted[code] for code in codes]
    for column, (character, style) in glyphs_over(overlays, COLUMNS).items():
        cell = painted.over(codes[column], character, style)
        if cell is None:
            return  # only its segments tell how wide it is
        cells[column] = cell
    shown = Cells(np.array([codes], np.int64), TABLE)
    assert CellReader(ColorSystem.TRUECOLOR).cells(build_row_with_overlays(shown, 0, overlays, cache)) == (cells, False)


@given(CODES, STYLES)
def test_what_may_be_wide_is_left_to_the_segments(codes: list[int], style: Style) -> None:
    painted = PaintedCells(SegmentCache(TABLE, Style.parse("white on black")), ColorSystem.TRUECOLOR)
    assert all(painted.over(codes[0], character, style) is None for character in ("距", "", "\x1b", "\u200f"))
    assert painted.over(codes[0], "a", style) is not None
