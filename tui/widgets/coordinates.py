"""The coordinates panel: x and y fields, the reading there, and the table of pinned points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label

from tui.calibration.wording import ReadingText
from tui.widgets.reading_view import ReadingView
from tui.widgets.row_list import RowList
from tui.widgets.words import Words, set_most

_PIN_COLUMNS = 48
"""For a pin with its pixel and why it is doubted."""


class CoordinatesPanel(Vertical):
    """Where the crosshair is, what is read there, and what is pinned."""

    DEFAULT_CSS = """
    CoordinatesPanel {
        & #fields { height: 1; }
        & #fields Label { width: auto; padding: 0 1 0 0; }
        & #fields Input {
            width: 9; height: 1; border: none; padding: 0 1; margin: 0 2 0 0; background: $surface-lighten-1;
        }
        & #fields Input:focus { background: $accent 40%; }
        & #span { height: auto; max-height: 3; display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back to the picture", id="coordinates.leave", show=False),
    ]

    class Typed(Message):
        """The user typed a coordinate and pressed enter; the text is as it was typed."""

        def __init__(self, x: str, y: str) -> None:
            super().__init__()
            self.x = x
            self.y = y

    class Left(Message):
        """The user wants the focus back on the picture."""

    def compose(self) -> ComposeResult:
        """Fields, reading, pins."""
        with Horizontal(id="fields"):
            yield Label("x")
            yield Input(id="field-x", max_length=7, compact=True, select_on_focus=True)
            yield Label("y")
            yield Input(id="field-y", max_length=7, compact=True, select_on_focus=True)
            yield Label("", id="window")
        yield ReadingView(id="reading")
        yield RowList("", widget_id="pins", column=_PIN_COLUMNS)
        yield Words(id="span")

    def focus_fields(self) -> None:
        """Put the cursor into the x field."""
        self.screen.set_focus(self.query_one("#field-x", Input))

    def show_pixel(self, u_px: int, v_px: int, window_px: int) -> None:
        """Show the crosshair's pixel, without disturbing fields that are being typed in."""
        fields = [
            (self.query_one(selector, Input), value) for selector, value in (("#field-x", u_px), ("#field-y", v_px))
        ]
        if self.screen.focused not in [field for field, _ in fields]:
            for field, value in fields:
                if field.value != str(value):
                    field.value = str(value)
        label = self.query_one("#window", Label)
        text = f"{window_px}x{window_px} px"
        if str(label.content) != text:
            label.update(text)

    def show_reading(self, text: ReadingText, truth: str = "", place: str = "", *, old: bool = False) -> None:
        """Show the reading at the crosshair."""
        self.query_one(ReadingView).show(text, truth, place, old=old)

    def show_pins(self, rows: Sequence[str], warnings: frozenset[int], header: str) -> None:
        """Show the table of pinned points; a new one is the last."""
        pins = self.query_one("#pins", RowList)
        pins.show(rows, warnings, header, len(rows) - 1 if len(rows) > len(pins.rows) else None)

    def rows_in(self, columns: int, *, digits: bool) -> int:
        """How many rows it takes where it has so many columns, with the reading written large or not."""
        reading = self.query_one(ReadingView).rows_in(columns, digits=digits)
        pins, span = self.query_one("#pins", RowList), self.query_one("#span", Words)
        return 1 + reading + pins.height_wanted(columns) + span.rows_in(columns)

    def fit(self, rows: int) -> None:
        """So many rows there are: where they are few, what is said leaves some to the pins."""
        columns = self.content_size.width
        least = self.query_one("#pins", RowList).height_least(columns)
        most = max(2, rows - 1 - least - self.query_one("#span", Words).rows_in(columns))
        set_most(self.query_one(ReadingView), most)

    def show_span(self, text: str) -> None:
        """Show what lies between the pins."""
        span = self.query_one("#span", Words)
        span.say(text)
        span.display = bool(text)

    @on(Input.Submitted, "#field-x")
    def _to_y(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.set_focus(self.query_one("#field-y", Input))

    @on(Input.Submitted, "#field-y")
    def _go(self, event: Input.Submitted) -> None:
        event.stop()
        x, y = (self.query_one(selector, Input).value.strip() for selector in ("#field-x", "#field-y"))
        self.post_message(self.Typed(x, y))

    def action_leave(self) -> None:
        """Leave the fields without going anywhere."""
        self.post_message(self.Left())
