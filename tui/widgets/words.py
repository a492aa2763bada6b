"""Text that changes all the time and asks for a new layout only when it needs another number of rows."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.visible import visible


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

    def _in_one_row(self, text: str) -> bool:
        return bool(text) and "\n" not in text and cell_len(text) <= self.content_size.width


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
