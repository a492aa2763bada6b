"""Text that changes all the time and asks for a new layout only when it needs another number of rows."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.visible import visible

_DOTS = " …"


class Words(Static):
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

    def render_line(self, y: int) -> Strip:
        """A row of it; where there is no room for all, the last one says that there is more."""
        line = super().render_line(y)
        inside = self.content_size
        if y != self.size.height - 1 or self.rows_in(inside.width) <= inside.height:
            return line
        style = next((part.style for part in line if part.text.strip()), self.rich_style)
        return Strip([Segment(with_dots(line.text, line.cell_length), style)]).adjust_cell_length(
            line.cell_length, style
        )

    def _in_one_row(self, text: str) -> bool:
        return bool(text) and "\n" not in text and cell_len(text) <= self.content_size.width


def with_dots(text: str, columns: int) -> str:
    """The beginning of something longer, with dots for the rest, cut between two words where it has any."""
    text, most = text.rstrip(), columns - len(_DOTS)
    if cell_len(text) > most:
        begun = set_cell_size(text, max(0, most + 1))  # with the space after a word that just fits
        text = begun.rpartition(" ")[0].rstrip() or set_cell_size(text, max(0, most))
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
