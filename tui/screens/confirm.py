"""A question that is answered by yes or no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.key_bar import Hints, KeyHint


class ConfirmDialog(ModalScreen[bool]):
    """True for enter, False for escape."""

    DEFAULT_CSS = """
    ConfirmDialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 96%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & Hints { dock: bottom; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "yes", id="confirm.yes"),
        Binding("escape,n", "dismiss(False)", "no", id="confirm.no"),
    ]

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Static(self._question, markup=False)
            yield Hints((KeyHint("⏎", "yes", "enter"), KeyHint("esc", "no", "escape")))
