"""Lies over the row of keys while a region is outlined: how far it has come, and its keys, which a click presses."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.words import Words

_KEYS = (
    KeyHint("⏎", "corner", "enter"),
    KeyHint("O", "close", "O"),
    KeyHint("⌫", "one back", "backspace"),
    KeyHint("esc", "leave", "escape"),
)


class OutlineBar(Horizontal):
    """One row; the focus stays on the picture."""

    DEFAULT_CSS = """
    OutlineBar {
        layer: prompt; dock: bottom; width: 100%; height: 1; display: none; background: $panel;
        & Words { width: auto; padding: 0 1; color: $text-accent; text-style: bold; }
        & Hints { width: 1fr; background: $panel; }
        & Hints > .keys--key { background: $panel; }
        & Hints > .keys--words { background: $panel; }
    }
    """

    def compose(self) -> ComposeResult:
        """Words, keys."""
        yield Words()
        yield Hints(_KEYS)

    def say(self, words: str) -> None:
        """Show how far it has come; nothing hides it."""
        self.query_one(Words).say(words)
        if self.display != bool(words):
            self.display = bool(words)
