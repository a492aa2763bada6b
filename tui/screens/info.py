"""A longer text than a line can hold, such as an error that shows a correct model card."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.key_bar import Hints, KeyHint


class InfoDialog(ModalScreen[None]):
    """Shows a text until a key closes it."""

    DEFAULT_CSS = """
    InfoDialog {
        align: center middle;
        & > Vertical {
            width: 100; max-width: 96%; height: auto; max-height: 96%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; max-height: 100%; }
        & Hints { dock: bottom; }
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
        with Vertical() as box:
            box.border_title = self._title
            with VerticalScroll():
                yield Static(self._text, markup=False)
            yield Hints((KeyHint("esc", "close", "escape"),))
