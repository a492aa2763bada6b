"""Text that changes all the time and asks for a new layout only when it needs another number of rows."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.visible import visible

_DOTS = " …"


class Dotted(Static):
    """Text that says so where it has no room for all of it."""

    def render_line(self, y: int) -> Strip:
        """A row of it; the last one that there is room for ends in dots if there is more."""
        line, inside = super().render_line(y), self.content_size
        text = str(self.content)
        if y != self.size.height - 1 or not text or _rows_of(text, inside.width) <= inside.height:
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
        return _rows_of(text, columns) if text and self.display else 0

    def _in_one_row(self, text: str) -> bool:
        return bool(text) and "\n" not in text and cell_len(text) <= self.content_size.width


def with_dots(text: str, columns: int) -> str:
    """The beginning of something longer, with dots for the rest, cut between two words where it has any."""
    text, most = text.rstrip(), max(0, columns - len(_DOTS))
    if cell_len(text) > most:
        ends = [word.end() for word in re.finditer(r"\S+", text) if cell_len(text[: word.end()]) <= most]
        text = text[: ends[-1]] if ends else set_cell_size(text, most)
    return text + _DOTS


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
def _rows_of(text: str, columns: int) -> int:
    """Rows that a text takes; it is asked again and again of the same few."""
    return Content(text).get_height({}, max(1, columns))
