"""Text that changes all the time and asks for a new layout only when it needs another number of rows."""

from __future__ import annotations

from rich.cells import cell_len
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

    def _in_one_row(self, text: str) -> bool:
        return bool(text) and "\n" not in text and cell_len(text) <= self.content_size.width
