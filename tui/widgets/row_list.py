"""A short list of rows with a cursor: pins, references. Only rows that changed are sent to the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

_SELECT = Binding.Group("select", compact=True)


class RowList(Widget, can_focus=True):
    """Rows of text under a header; the cursor shows while the list has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--header", "rows--row", "rows--cursor", "rows--warning"}

    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        & > .rows--header { color: $foreground-muted; }
        & > .rows--row { color: $foreground; }
        & > .rows--cursor { color: $foreground; background: $surface-lighten-2; text-style: bold; }
        & > .rows--warning { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "select(-1)", "row before", id="rows.up", key_display="↑", group=_SELECT),
        Binding("down,j", "select(1)", "next row", id="rows.down", key_display="↓", group=_SELECT),
        Binding("delete,backspace", "remove", "remove", id="rows.remove", key_display="del"),
        Binding("enter", "choose", "go there", id="rows.choose"),
    ]

    class Removed(Message):
        """The user wants row `index` gone."""

        def __init__(self, row_list: RowList, index: int) -> None:
            super().__init__()
            self.row_list = row_list
            self.index = index

        @property
        def control(self) -> RowList:
            """The list, so that handlers can select on it."""
            return self.row_list

    class Chosen(Message):
        """The user pressed enter on row `index`."""

        def __init__(self, row_list: RowList, index: int) -> None:
            super().__init__()
            self.row_list = row_list
            self.index = index

        @property
        def control(self) -> RowList:
            """The list, so that handlers can select on it."""
            return self.row_list

    def __init__(self, header: str, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._header = header
        self._rows: tuple[str, ...] = ()
        self._warnings: frozenset[int] = frozenset()
        self._cursor = 0
        self._top = 0

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows as they are shown, whole."""
        return self._rows

    @property
    def cursor(self) -> int:
        """Which row the cursor is on; 0 where there is none."""
        return self._cursor

    def show(self, rows: Sequence[str], warnings: frozenset[int] = frozenset(), header: str | None = None) -> None:
        """Show these rows; those in `warnings` stand out."""
        old, self._rows = self._rows, tuple(rows)
        old_warnings, self._warnings = self._warnings, warnings
        if header is not None and header != self._header:
            self._header = header
            self.refresh()
        if len(old) != len(rows):
            self._keep_cursor_in_sight()
            self.refresh()
            return
        for index, (was, now) in enumerate(zip(old, rows, strict=True)):
            if was != now or (index in old_warnings) != (index in warnings):
                self._refresh_row(index)

    def action_select(self, step: int) -> None:
        """Move the cursor."""
        self._cursor += step
        self._keep_cursor_in_sight()
        self.refresh()

    def action_remove(self) -> None:
        """Ask for the row under the cursor to be removed."""
        if self._rows:
            self.post_message(self.Removed(self, self._cursor))

    def action_choose(self) -> None:
        """Tell which row enter was pressed on."""
        if self._rows:
            self.post_message(self.Chosen(self, self._cursor))

    def on_focus(self) -> None:
        """The cursor appears."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor disappears."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor where it can be seen."""
        self._keep_cursor_in_sight()

    def _keep_cursor_in_sight(self) -> None:
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))
        visible = max(1, self.size.height - 1)
        self._top = max(0, min(self._top, len(self._rows) - visible))
        if self._cursor < self._top:
            self._top = self._cursor
        elif self._cursor >= self._top + visible:
            self._top = self._cursor - visible + 1

    def _refresh_row(self, index: int) -> None:
        y = index - self._top + 1
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Header, then as many rows as there is room for."""
        width = self.size.width
        if y == 0:
            more = len(self._rows) - max(0, self.size.height - 1)
            header = self._header if self._rows else ""
            text = f"{header}  (+{more} more)" if more > 0 else header
            return self._strip(text, "rows--header", width)
        index = self._top + y - 1
        if index >= len(self._rows):
            return self._strip("", "rows--row", width)
        if self.has_focus and index == self._cursor:
            return self._strip(self._rows[index], "rows--cursor", width)
        return self._strip(self._rows[index], "rows--warning" if index in self._warnings else "rows--row", width)

    def _strip(self, text: str, component: str, width: int) -> Strip:
        style = self.get_component_rich_style(component)
        if len(text) > width:
            text = text[: max(0, width - 1)] + "…"
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)
