"""The coordinates panel: the pixel, the reading there, and the table of pinned points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui.calibration.wording import ReadingText
from tui.widgets.reading_view import ReadingView
from tui.widgets.row_list import RowList
from tui.widgets.words import Words


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
        yield RowList("", widget_id="pins")
        yield Static("", id="span", markup=False)

    def show_pixel(self, u_px: int, v_px: int, window_px: int) -> None:
        """Show the crosshair's pixel, and the window that is sampled around it."""
        self.query_one("#place", Words).say(f"x  {u_px:<5} y  {v_px:<5} {window_px}x{window_px} px")

    def show_reading(self, text: ReadingText, truth: str = "", place: str = "", *, old: bool = False) -> None:
        """Show the reading at the crosshair."""
        self.query_one(ReadingView).show(text, truth, place, old=old)

    def show_pins(self, rows: Sequence[str], warnings: frozenset[int], header: str) -> None:
        """Show the table of pinned points."""
        self.query_one("#pins", RowList).show(rows, warnings, header)

    def show_span(self, text: str) -> None:
        """Show what lies between the pins."""
        span = self.query_one("#span", Static)
        if str(span.content) != text:
            span.update(text)
            span.display = bool(text)

    @on(events.Click, "#place")
    def _ask(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Asked())

    def action_leave(self) -> None:
        """Leave the panel."""
        self.post_message(self.Left())
