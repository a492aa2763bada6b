"""What was said in this session, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.message_line import Told, as_text


class MessageLogDialog(ModalScreen[None]):
    """Shows messages until a key closes it; arrows and page keys scroll."""

    DEFAULT_CSS = """
    MessageLogDialog {
        align: center middle;
        & > Vertical {
            width: 120; max-width: 96%; height: auto; max-height: 90%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; max-height: 100%; }
        & Hints { dock: bottom; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "close", id="log.close", key_display="esc"),
    ]

    def __init__(self, history: Sequence[Told]) -> None:
        """Show these messages.

        Args:
            history: oldest first, as `MessageLine.history` has them.
        """
        super().__init__()
        self._history = tuple(history)

    def compose(self) -> ComposeResult:
        """The messages, scrollable."""
        with Vertical() as box:
            box.border_title = "Messages"
            with VerticalScroll():
                yield Static(as_text(reversed(self._history)) if self._history else "nothing has been said yet")
            yield Hints((KeyHint("esc", "close", "escape"),))
