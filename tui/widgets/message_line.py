"""One line over the keys that says something for a while: what was done, what cannot be done and why."""

from __future__ import annotations

from textual.timer import Timer
from textual.widgets import Static

_SHOWN_FOR_S = 8.0


class MessageLine(Static):
    """Hidden until there is something to say; lies over the panes, so that nothing moves when it appears."""

    DEFAULT_CSS = """
    MessageLine {
        width: 100%; height: auto; max-height: 3; padding: 0 1;
        background: $panel; color: $foreground; display: none;
        &.-warning { color: $text-warning; text-style: bold; }
        &.-open { display: block; }
    }
    """

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__("", id=widget_id, markup=False)
        self._told: set[str] = set()
        self._timer: Timer | None = None

    def tell(self, text: str, *, warning: bool = False) -> None:
        """Say something, for some seconds."""
        self.update(text)
        self.set_class(warning, "-warning")
        self.add_class("-open")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SHOWN_FOR_S, self._hide)

    def tell_once(self, text: str, *, warning: bool = False) -> None:
        """Say something unless it is empty or was said before."""
        if text and text not in self._told:
            self._told.add(text)
            self.tell(text, warning=warning)

    def forget(self) -> None:
        """What was said before may be said again: for another source or model."""
        self._told.clear()

    def _hide(self) -> None:
        self.remove_class("-open")
