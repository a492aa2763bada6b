"""Random Textual updates, and what a terminal makes of bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pyte
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

WIDTH, HEIGHT = 24, 5

COLORS = [None, "default", "red", "bright_blue", "color(200)", "#102030", "#ff0000", "#00ff80"]
ATTRIBUTES = [Style(), Style(bold=True), Style(reverse=True), Style(underline=True, italic=True), Style(strike=True)]
STYLES = [
    None,
    *(Style(color=color, bgcolor=paper) + more for color in COLORS for paper in COLORS for more in ATTRIBUTES),
]
EVEN_TEXT = st.text(st.sampled_from("▀▄ ab1─┼█"), min_size=1, max_size=6)
ANY_TEXT = st.text(st.sampled_from("▀▄ ab1─┼█漢字①é"), min_size=1, max_size=6)


def segments(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Segment]]:
    """Some segments in a row."""
    one = st.tuples(text, st.sampled_from(STYLES)).map(lambda part: Segment(*part))
    return st.lists(one, min_size=1, max_size=8)


def lines(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Strip]]:
    """A whole screen."""
    line = segments(text).map(lambda parts: Strip(parts).adjust_cell_length(WIDTH))
    return st.lists(line, min_size=HEIGHT, max_size=HEIGHT)


Part = tuple[int, int, int, list[Segment]]
"""Row, first column and width of what is drawn again, and what the widget shows from that column on."""


def spans(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Part]]:
    """Parts of some rows, one a row."""
    one = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH), segments(text))
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda span: span[0])


def layout(rows: Sequence[Strip]) -> LayoutUpdate:
    """A full update."""
    return LayoutUpdate([[row] for row in rows], Region(0, 0, WIDTH, HEIGHT))


def chops(parts: Sequence[Part]) -> ChopsUpdate:
    """A partial update: in each row one widget from `first` to the edge, of which a span is drawn again."""
    rows: list[dict[int, Strip | None]] = [{0: None} for _ in range(HEIGHT)]
    ends = [[WIDTH] for _ in range(HEIGHT)]
    drawn = []
    for y, first, width, parts_of_row in sorted(parts, key=lambda part: part[0]):
        strip = Strip(parts_of_row).adjust_cell_length(WIDTH - first)
        rows[y] = {0: None, first: strip} if first else {0: strip}
        ends[y] = [first, WIDTH] if first else [WIDTH]
        drawn.append((y, first, min(WIDTH, first + width)))
    return ChopsUpdate(rows, drawn, ends)


def console() -> Console:
    """As an app's, in truecolour."""
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)


class Shown:
    """A terminal without line wrap, as Textual sets it."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")

    def feed(self, data: str) -> None:
        self._stream.feed(re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", data))

    def look(self) -> list[list[tuple[object, ...]]]:
        """What can be seen of each cell."""
        return [[_look(self._screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _look(char: pyte.screens.Char) -> tuple[object, ...]:
    lines_on_it = (char.underscore, char.strikethrough, char.reverse)
    fg, bg = char.fg, char.bg
    attributes = (char.bold, char.italics, char.blink)
    if char.data == " ":
        return (" ", fg if any(lines_on_it) else None, bg, attributes if any(lines_on_it) else None, lines_on_it)
    plain = not any(lines_on_it) and not any(attributes)
    if char.data in "▀▄" and plain and "default" not in (fg, bg):
        if fg == bg:
            return (" ", None, bg, None, lines_on_it)
        upper, lower = (fg, bg) if char.data == "▀" else (bg, fg)
        return ("halves", upper, lower)
    return (char.data, fg, bg, attributes, lines_on_it)
