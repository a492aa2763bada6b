"""Text that changes all the time and asks for a new layout only when it needs another number of rows."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.app import RenderResult
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.visible import visible

_DOTS = " …"
_GLUE = "\ue000"
"""Stands for a blank at which no row ends, until it is drawn; a no-break space is a blank to those who break rows."""
_NUMBER = r"\d[\d.]*(?: ft(?: \d+(?: in)?)?)?"
_FIGURE = re.compile(rf"[(]?{_NUMBER}(?: [±-] {_NUMBER})?(?: (?:units|cm|mm|km|m|ft|in|px|ms|s|%)(?!\w))?")
"""A number with its interval and its unit."""
_PART = re.compile(r"(?<=   )\S+(?: \S+)+(?=   |$)|^\S+(?: \S+)+(?=   )", re.MULTILINE)
"""Of several that stand beside each other, as 'leave-one-out 2.2 %'."""
_MOST_UNBROKEN = 22
"""Columns: what is longer would be cut where a panel is narrow."""


class Dotted(Static):
    """Text that says so where it has no room for all of it, and does not end a row between a number and its unit."""

    def render(self) -> RenderResult:
        """The text, with what is not to be broken."""
        return Content(_glued(str(self.content)))

    def render_line(self, y: int) -> Strip:
        """A row of it; the last one that there is room for ends in dots if there is more."""
        line, inside = _unglued(super().render_line(y)), self.content_size
        text = str(self.content)
        if y != self.size.height - 1 or not text or rows_of(text, inside.width) <= inside.height:
            return line
        style = next((part.style for part in line if part.text.strip()), self.rich_style)
        cut = with_dots(line.text, line.cell_length - self.styles.padding.right)
        return Strip([Segment(cut, style)]).adjust_cell_length(line.cell_length, style)


class Words(Dotted):
    """As wide as its container makes it; a new layout of the screen costs many times a new text."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(text, id=id, markup=False)

    def say(self, text: str) -> None:
        """Show this text; nothing happens if it stands there already."""
        text = "\n".join(map(visible, text.split("\n")))
        before = str(self.content)
        if text != before:
            seen = self.display and not (self._in_one_row(before) and self._in_one_row(text))
            self.update(text, layout=seen)

    def rows_in(self, columns: int) -> int:
        """How many rows the text takes where it has so many columns; none if it is not shown."""
        text = str(self.content)
        return rows_of(text, columns) if text and self.display else 0

    def _in_one_row(self, text: str) -> bool:
        return bool(text) and "\n" not in text and cell_len(text) <= self.content_size.width


def with_dots(text: str, columns: int) -> str:
    """The beginning of something longer, with dots for the rest, cut between two words where it has any."""
    text, most = _glued(text.rstrip()), max(0, columns - len(_DOTS))
    if cell_len(text) > most:
        ends = [word.end() for word in re.finditer(r"\S+", text) if cell_len(text[: word.end()]) <= most]
        text = text[: ends[-1]] if ends else set_cell_size(text, most)
    return text.replace(_GLUE, " ") + _DOTS


def set_most(widget: Widget, rows: int) -> None:
    """Let a widget have so many rows at most."""
    most = widget.styles.max_height
    if most is None or most.value != rows:
        widget.styles.max_height = rows


def set_height(widget: Widget, rows: int) -> None:
    """Let a widget have so many rows."""
    height = widget.styles.height
    if height is None or height.value != rows or not height.is_cells:
        widget.styles.height = rows


@lru_cache(maxsize=512)
def rows_of(text: str, columns: int) -> int:
    """Rows that a text takes; it is asked again and again of the same few."""
    return Content(_glued(text)).get_height({}, max(1, columns))


@lru_cache(maxsize=512)
def _glued(text: str) -> str:
    """Numbers hold on to their intervals and units, and short parts together."""
    return _PART.sub(_hold, _FIGURE.sub(_hold, text))


def _hold(found: re.Match[str]) -> str:
    whole = found.group()
    return whole.replace(" ", _GLUE) if cell_len(whole) <= _MOST_UNBROKEN else whole


def _unglued(line: Strip) -> Strip:
    if _GLUE not in line.text:
        return line
    parts = [Segment(part.text.replace(_GLUE, " "), part.style, part.control) for part in line]
    return Strip(parts, line.cell_length)
