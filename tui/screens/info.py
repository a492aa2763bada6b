"""A longer text than a line can hold, such as an error that shows a correct model card."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class InfoDialog(ModalScreen[None]):
    """Shows a text until a key closes it."""

    DEFAULT_CSS = """
    InfoDialog {
        align: center middle;
        & > VerticalScroll {
            width: 100; max-width: 96%; height: auto; max-height: 96%;
            border: round $accent; background: $surface; padding: 0 1;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "dismiss", "close", id="info.close", key_display="esc"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, scrollable."""
        with VerticalScroll() as box:
            box.border_title = self._title
            box.border_subtitle = "esc closes"
            yield Static(self._text, markup=False)
