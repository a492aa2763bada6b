"""The calibration panel: references with true and fitted distance, the fit, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from tui.widgets.row_list import RowList
from tui.widgets.words import Words


class CalibrationPanel(Vertical):
    """References and the fit."""

    DEFAULT_CSS = """
    CalibrationPanel {
        & #fit { height: auto; max-height: 2; }
        & #advice { height: auto; max-height: 6; color: $foreground-muted; }
        & #advice.-warning { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back to the picture", id="calibration.leave", show=False),
    ]

    class Left(Message):
        """The user wants the focus back on the picture."""

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)

    def compose(self) -> ComposeResult:
        """References, fit, advice."""
        yield RowList("", widget_id="references")
        yield Words(id="fit")
        yield Words(id="advice")

    def show(
        self, header: str, rows: Sequence[str], fit: str, advice: str, *, warning: bool, suspects: frozenset[int]
    ) -> None:
        """Show the references (those in `suspects` stand out), the fit, and advice."""
        self.query_one("#references", RowList).show(rows, suspects, header)
        for selector, text in (("#fit", fit), ("#advice", advice)):
            self.query_one(selector, Words).say(text)
        self.query_one("#advice").set_class(warning, "-warning")

    def action_leave(self) -> None:
        """Leave the panel."""
        self.post_message(self.Left())
