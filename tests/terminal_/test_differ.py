"""The bytes that the differ sends leave the same screen as those that Textual sends."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from tests.terminal_.screens import (
    ANY_TEXT,
    EVEN_TEXT,
    HEIGHT,
    WIDTH,
    Part,
    Shown,
    chops,
    console,
    layout,
    lines,
    spans,
)
from tui.render.cells import FIRST_LINE, GLYPH_BITS, GLYPH_TABLE, HALF_BITS, Cells, ColorTable
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_row_with_overlays, build_rows
from tui.render.overlays import Overlay
from tui.terminal.app import chopped, laid_out
from tui.terminal.cells import CellReader
from tui.terminal.differ import CellDiffer
from tui.terminal.painted import PaintedCells

few = settings(max_examples=40, deadline=None)
"""A screen of random cells is a large example; each is looked at cell by cell."""


def absorb(differ: CellDiffer, reader: CellReader, update: LayoutUpdate | ChopsUpdate) -> None:
    placed = laid_out(update) if isinstance(update, LayoutUpdate) else chopped(update)
    for x, y, strip in placed:
        cells, uneven = reader.cells(strip)
        differ.put(x, y, cells, uneven=uneven)


def updates(*items: LayoutUpdate | ChopsUpdate) -> tuple[LayoutUpdate | ChopsUpdate, ...]:
    return items


def fresh() -> tuple[CellDiffer, CellReader]:
    differ = CellDiffer()
    differ.resize(WIDTH, HEIGHT)
    return differ, CellReader(ColorSystem.TRUECOLOR)


@few
@given(lines(EVEN_TEXT), st.lists(spans(EVEN_TEXT), max_size=6))
def test_the_screen_is_what_textual_would_have_shown(first: list[Strip], then: list[list[Part]]) -> None:
    differ, reader = fresh()
    plain, ours, terminal = Shown(), Shown(), console()
    for update in updates(layout(first), *map(chops, then)):
        plain.feed(update.render_segments(terminal))
        absorb(differ, reader, update)
        ours.feed(differ.emit())
        assert not differ.pending
        assert ours.look() == plain.look()


@few
@given(lines(ANY_TEXT), st.lists(lines(ANY_TEXT), max_size=4))
def test_wide_characters_leave_no_halves_behind(first: list[Strip], then: list[list[Strip]]) -> None:
    differ, reader = fresh()
    plain, ours, terminal = Shown(), Shown(), console()
    for update in updates(*map(layout, (first, *then))):
        plain.feed(update.render_segments(terminal))
        absorb(differ, reader, update)
        ours.feed(differ.emit())
        assert ours.look() == plain.look()


@few
@given(lines(ANY_TEXT), st.lists(spans(ANY_TEXT), max_size=6))
def test_covering_half_a_wide_character_leaves_a_space(first: list[Strip], then: list[list[Part]]) -> None:
    """What is left of a wide character is the terminal's business in Textual; here it is a space, and settled."""
    differ, reader = fresh()
    ours, again = Shown(), Shown()
    for update in updates(layout(first), *map(chops, then)):
        absorb(differ, reader, update)
        ours.feed(differ.emit())
        differ.forget()
        again.feed("\x1b[m\x1b[2J")
        again.feed(differ.emit())
        assert again.look() == ours.look()


@few
@given(lines(EVEN_TEXT), st.lists(spans(EVEN_TEXT), max_size=4), st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_in_pieces_it_comes_to_the_same(first: list[Strip], then: list[list[Part]], limits: list[int]) -> None:
    differ, reader = fresh()
    plain, ours, terminal = Shown(), Shown(), console()
    for update in updates(layout(first), *map(chops, then)):
        plain.feed(update.render_segments(terminal))
        absorb(differ, reader, update)
        for number, limit in enumerate(limits):
            ours.feed(differ.emit(text_only=True) if number % 3 == 0 else differ.emit(limit))
    ours.feed(differ.emit())
    assert not differ.pending
    assert ours.look() == plain.look()


@few
@given(lines(ANY_TEXT))
def test_nothing_is_sent_when_nothing_changed(rows: list[Strip]) -> None:
    differ, reader = fresh()
    absorb(differ, reader, layout(rows))
    differ.emit()
    absorb(differ, reader, layout([Strip(list(row)) for row in rows]))
    assert differ.emit() == ""
    assert not differ.pending


def test_one_cell_costs_one_cell() -> None:
    differ, reader = fresh()
    half = Style(color="#102030", bgcolor="#302010")
    before = [Strip([Segment("▀" * WIDTH, half)])] * HEIGHT
    absorb(differ, reader, layout(before))
    differ.emit()
    changed = Strip(
        [Segment("▀" * 5, half), Segment("▀", Style(color="#aa0000", bgcolor="#00bb00")), Segment("▀" * 18, half)]
    )
    absorb(differ, reader, layout([*before[:-1], changed]))
    assert differ.emit() == "\x1b[5;6H\x1b[38;2;170;0;0;48;2;0;187;0m▀\x1b[m"


def test_text_goes_first() -> None:
    differ, reader = fresh()
    picture = Segment("▀" * 12, Style(color="#102030", bgcolor="#302010"))
    absorb(differ, reader, layout([Strip([picture, Segment("a word here!")])] * HEIGHT))
    text = differ.emit(text_only=True)
    assert "▀" not in text
    assert text.count("a word here!") == HEIGHT
    assert differ.pending
    rest = differ.emit()
    assert rest.count("▀") == 12 * HEIGHT
    assert "word" not in rest


def line_code(index: int) -> int:
    """A cell with a piece of a contour line."""
    return FIRST_LINE + index % 15 << GLYPH_BITS | 1 << HALF_BITS | index % 2


def table(mode: ColorMode) -> ColorTable:
    return ColorTable(mode, np.array([[9, 9, 9], [250, 250, 250]], np.uint8))


@pytest.mark.parametrize(
    ("colors", "codes"),
    [
        (GLYPH_TABLE, [index % 9 + 1 for index in range(12)]),
        (GLYPH_TABLE, [line_code(index) for index in range(12)]),
        (table(ColorMode.TRUECOLOR), [line_code(index) for index in range(12)]),
    ],
)
def test_glyphs_that_a_picture_is_made_of_wait_and_words_over_it_do_not(colors: ColorTable, codes: list[int]) -> None:
    cells = Cells(np.array([codes] * HEIGHT), colors)
    cache = SegmentCache(colors, Style())
    word = Overlay(3, 0, "here!", Style(bold=True))
    rows = [Strip(build_row_with_overlays(cells, 0, [word], cache))]
    rows += [Strip(row) for row in build_rows(cells, range(1, HEIGHT), cache)]
    differ, reader = fresh()
    absorb(differ, reader, layout(rows))
    painted = PaintedCells(cache, ColorSystem.TRUECOLOR)
    if colors.mode is not ColorMode.MONO:
        differ.put(0, HEIGHT - 1, [painted[code] for code in codes])

    first = differ.emit(text_only=True)

    assert words_of(first) == "here!"
    assert len(words_of(differ.emit()).replace(" ", "")) == 12 * HEIGHT - len("here!")


def words_of(sent: str) -> str:
    """Without the escape sequences and spaces."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]| ", "", sent)


def test_a_limit_is_kept_within_one_cell() -> None:
    differ, reader = fresh()
    styles = [Style(color=f"#{n:02x}0000", bgcolor=f"#00{n:02x}00") for n in range(WIDTH)]
    absorb(differ, reader, layout([Strip([Segment("▀", style) for style in styles])] * HEIGHT))
    while differ.pending:
        assert len(differ.emit(100).encode()) < 100 + 50


def test_control_characters_are_not_sent() -> None:
    differ, reader = fresh()
    absorb(differ, reader, layout([Strip([Segment("a\x1b[2Jb\r\nc\x07")]).adjust_cell_length(WIDTH)] * HEIGHT))
    assert not re.search(r"[\x07\r\n]|\x1b(?!\[[\d;]*[HCm])", differ.emit())


@pytest.mark.parametrize("system", list(ColorSystem))
def test_every_colour_system_is_textuals(system: ColorSystem) -> None:
    differ, _ = fresh()
    reader = CellReader(system)
    style = Style(color="#ffff55", bgcolor="#000000", bold=True)  # of which all systems have their own
    absorb(differ, reader, layout([Strip([Segment("x" * WIDTH, style)])] * HEIGHT))
    assert f"\x1b[{Strip.render_ansi(style, system)}m" in differ.emit()


def test_links_open_and_close() -> None:
    differ, reader = fresh()
    linked = Style(link="https://example.org")
    absorb(differ, reader, layout([Strip([Segment("here", linked), Segment(" " * (WIDTH - 4))])] * HEIGHT))
    sent = differ.emit()
    assert sent.count("https://example.org") == HEIGHT
    assert sent.count("\x1b]8;;\x1b\\") == HEIGHT
