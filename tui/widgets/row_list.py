"""A short list of rows with a cursor: pins, references. Only rows that changed are sent to the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.words import with_dots

_LEAST_ROWS = 4
"""With the header."""
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
        """The user pressed enter on row `index`, or clicked on it."""

        def __init__(self, row_list: RowList, index: int) -> None:
            super().__init__()
            self.row_list = row_list
            self.index = index

        @property
        def control(self) -> RowList:
            """The list, so that handlers can select on it."""
            return self.row_list

    class Refit(Message):
        """It has another width now."""

    def __init__(self, header: str, widget_id: str | None = None, column: int = 0) -> None:
        """Show nothing yet.

        Args:
            header: over the rows.
            widget_id: as for every widget.
            column: cells that a row needs, if rows may stand beside each other where there is room; 0: they may not.
        """
        super().__init__(id=widget_id)
        self._header = header
        self._column = column
        self._rows: tuple[str, ...] = ()
        self._warnings: frozenset[int] = frozenset()
        self._cursor = 0
        self._newest = 0
        """The row that is kept in sight while nobody moves the cursor."""
        self._top = 0
        self._scrolled_for = Size(0, 0)
        self._shown_in = 0
        """Columns that there were for the rows when they came; out of sight there are none."""

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows as they are shown, whole."""
        return self._rows

    @property
    def cursor(self) -> int:
        """Which row the cursor is on; 0 where there is none."""
        return self._cursor

    def height_wanted(self, width: int) -> int:
        """Rows that it takes with its header where it is so wide; none while it is empty."""
        return 1 + math.ceil(len(self._rows) / self._columns_in(width)) if self._rows else 0

    def height_least(self, width: int) -> int:
        """Rows that others should leave to it where there are too few."""
        return min(self.height_wanted(width), _LEAST_ROWS)

    @property
    def hidden(self) -> int:
        """How many rows there is no room for."""
        return max(0, len(self._rows) - self._visible)

    def row_columns(self, count: int) -> int:
        """Columns that each of so many rows has; before it has a place, as many as it says that a row needs."""
        width = self.size.width
        return width // self._side_by_side(width, count) if width else self._column

    def _columns_in(self, width: int) -> int:
        return self._side_by_side(width, len(self._rows))

    def _side_by_side(self, width: int, count: int) -> int:
        """How many of so many rows stand beside each other; a single one has all the room."""
        return max(1, min(width // self._column, count)) if self._column else 1

    @property
    def _deep(self) -> int:
        """Rows under the header."""
        return max(0, self.size.height - 1)

    @property
    def _visible(self) -> int:
        """How many rows there is room for."""
        return self._deep * self._columns_in(self.size.width)

    def show(
        self,
        rows: Sequence[str],
        warnings: frozenset[int] = frozenset(),
        header: str | None = None,
        newest: int | None = None,
    ) -> None:
        """Show these rows.

        Args:
            rows: whole.
            warnings: those that stand out.
            header: over them; None: as before.
            newest: one that has just been added: it scrolls into sight.
        """
        self._shown_in = self.size.width
        if newest is not None:
            self._newest = newest
        old, self._rows = self._rows, tuple(rows)
        old_warnings, self._warnings = self._warnings, warnings
        if header is not None and header != self._header:
            self._header = header
            self.refresh()
        if len(old) != len(rows) or newest is not None:
            self._scroll()
            self.refresh()
            return
        for index, (was, now) in enumerate(zip(old, rows, strict=True)):
            if was != now or (index in old_warnings) != (index in warnings):
                self._refresh_row(index)

    def action_select(self, step: int) -> None:
        """Move the cursor."""
        self._cursor += step
        self._scroll()
        self.refresh()

    def action_remove(self) -> None:
        """Ask for the row under the cursor to be removed."""
        if self._rows:
            self.post_message(self.Removed(self, self._cursor))

    def action_choose(self) -> None:
        """Tell which row enter was pressed on."""
        if self._rows:
            self.post_message(self.Chosen(self, self._cursor))

    def on_resize(self, event: events.Resize) -> None:
        """What has been fitted into another width is to be fitted anew, also where no new frame comes to do it."""
        if event.size.width != self._shown_in:
            self.post_message(self.Refit())

    def on_focus(self) -> None:
        """The cursor appears, within what is in sight: nothing may move away under a mouse that clicks on it."""
        self._cursor = max(self._top, min(self._cursor, self._top + max(1, self._visible) - 1))
        self._scroll()
        self.refresh()

    def on_blur(self) -> None:
        """The cursor disappears."""
        self._newest = self._cursor
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go where the row says."""
        event.stop()
        across, down = event.x // max(1, self.size.width // self._columns_in(self.size.width)), event.y - 1
        index = self._top + across * self._deep + down
        if down >= 0 and index < len(self._rows):
            self._cursor = index
            self._scroll()
            self.refresh()
            self.action_choose()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Rows before these."""
        event.stop()
        self._wheel(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Rows after these."""
        event.stop()
        self._wheel(1)

    def _wheel(self, step: int) -> None:
        self._top = max(0, min(self._top + step, self.hidden))
        last = self._top + max(1, self._visible) - 1
        self._cursor, self._newest = (max(self._top, min(at, last)) for at in (self._cursor, self._newest))
        self.refresh()

    def _scroll(self) -> None:
        """Bring the cursor into sight, or while there is none what was added last."""
        self._scrolled_for = self.size
        last = max(0, len(self._rows) - 1)
        self._cursor, self._newest = max(0, min(self._cursor, last)), max(0, min(self._newest, last))
        wanted = self._cursor if self.has_focus else self._newest
        visible = max(1, self._visible)
        self._top = max(0, min(self._top, len(self._rows) - visible))
        if wanted < self._top:
            self._top = wanted
        elif wanted >= self._top + visible:
            self._top = wanted - visible + 1

    def _refresh_row(self, index: int) -> None:
        at = index - self._top
        if 0 <= at < self._visible:
            across, down = divmod(at, self._deep)
            wide = self.size.width // self._columns_in(self.size.width)
            self.refresh(Region(across * wide, down + 1, wide, 1))

    def render_line(self, y: int) -> Strip:
        """Header, then as many rows as there is room for, one column after the other."""
        if self.size != self._scrolled_for:  # before the first line is drawn, not when its event comes
            self._scroll()
        width = self.size.width
        columns = self._columns_in(width)
        shown = max(1, min(columns, math.ceil((len(self._rows) - self._top) / max(1, self._deep))))
        wide = width // columns
        parts = [self._part(self._top + y - 1 + at * self._deep, y, wide) for at in range(shown)]
        if shown == columns:
            parts[-1:] = [self._part(self._top + y - 1 + (shown - 1) * self._deep, y, width - wide * (columns - 1))]
        style = self.get_component_rich_style("rows--row")
        return Strip.join(parts).adjust_cell_length(width, style)

    def _part(self, index: int, y: int, width: int) -> Strip:
        """One column of one line."""
        if y == 0:
            header = self._header if self._rows else ""
            hidden = self.hidden if index == self._top - 1 else 0
            return self._strip(_with_more(header, hidden, width), "rows--header", width)
        if index >= len(self._rows):
            return self._strip("", "rows--row", width)
        if self.has_focus and index == self._cursor:
            return self._strip(self._rows[index], "rows--cursor", width)
        return self._strip(self._rows[index], "rows--warning" if index in self._warnings else "rows--row", width)

    def _strip(self, text: str, component: str, width: int) -> Strip:
        style = self.get_component_rich_style(component)
        if len(text) > width:
            text = with_dots(text, width)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)


def _with_more(header: str, hidden: int, width: int) -> str:
    """A header that says how many rows are hidden; where it has no room for that, its last words make some."""
    if not hidden:
        return header
    more = f"  (+{hidden} more)"
    while header and len(header) + len(more) > width:
        header = header.rstrip().rpartition(" ")[0]
    return header + more
