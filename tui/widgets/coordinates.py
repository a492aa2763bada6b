"""The coordinates panel: the pixel, the reading there, and the table of pinned points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from tui.calibration.wording import ReadingText
from tui.widgets.reading_rows import ReadingRows
from tui.widgets.reading_view import ReadingView
from tui.widgets.row_list import RowList
from tui.widgets.words import Words

_PIN_COLUMNS = 48
"""For a pin with its pixel and why it is doubted."""


class CoordinatesPanel(Vertical):
    """Where the crosshair is, what is read there, and what is pinned."""

    DEFAULT_CSS = """
    CoordinatesPanel {
        & #place { width: 100%; height: 1; color: $foreground-muted; }
        & #span { height: auto; max-height: 3; display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back to the picture", id="coordinates.leave", show=False),
    ]

    class Asked(Message):
        """The pixel was clicked: the user wants another one."""

    class Left(Message):
        """The user wants the focus back on the picture."""

    def compose(self) -> ComposeResult:
        """Pixel, reading, pins."""
        yield Words(id="place")
        yield ReadingView(id="reading")
        yield ReadingRows("", widget_id="pins", column=_PIN_COLUMNS)
        yield Words(id="span")

    def show_pixel(self, u_px: int, v_px: int, window_px: int) -> None:
        """Show the crosshair's pixel, and the window that is sampled around it."""
        self.query_one("#place", Words).say(f"x  {u_px:<5} y  {v_px:<5} {window_px}x{window_px} px")

    def show_reading(self, text: ReadingText, truth: str = "", place: str = "") -> None:
        """Show the reading at the crosshair."""
        self.query_one(ReadingView).show(text, truth, place)

    def row_columns(self, count: int) -> int:
        """Columns that each row of the table has."""
        return self.query_one("#pins", RowList).row_columns(count)

    def show_pins(self, rows: Sequence[str], warnings: frozenset[int], header: str) -> None:
        """Show the table of pinned points; a new one is the last."""
        pins = self.query_one("#pins", RowList)
        pins.show(rows, warnings, header, len(rows) - 1 if len(rows) > len(pins.rows) else None)

    def rows_in(self, columns: int, *, digits: bool) -> int:
        """How many rows it takes where it has so many columns, with the reading written large or not."""
        reading = self.query_one(ReadingView).rows_in(columns, digits=digits)
        pins, span = self.query_one("#pins", RowList), self.query_one("#span", Words)
        return 1 + reading + pins.height_wanted(columns) + span.rows_in(columns)

    def fit(self, rows: int, columns: int) -> None:
        """So much room there is inside: where rows are few, what is said leaves some to the pins."""
        least = self.query_one("#pins", RowList).height_least(columns)
        most = max(2, rows - 1 - least - self.query_one("#span", Words).rows_in(columns))
        self.query_one(ReadingView).fit(columns, most)

    def show_span(self, text: str) -> None:
        """Show what lies between the pins."""
        span = self.query_one("#span", Words)
        span.say(text)
        span.display = bool(text)

    @on(events.Click, "#place")
    def _ask(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Asked())

    def action_leave(self) -> None:
        """Leave the panel."""
        self.post_message(self.Left())
