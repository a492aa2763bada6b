"""The first paint: the panes' frames, at once, while the rest of the program is imported behind them."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static


class StartingScreen(Screen[None]):
    """Looks like the main screen with nothing in it yet; what is typed meanwhile is kept for it."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: list[str] = []
        """Keys that were pressed before the main screen was there."""

    def compose(self) -> ComposeResult:
        """The same ids as the main screen, so that the same style sheet places them."""
        yield Static(" depth-tui  starting", id="starting-status", markup=False)
        with Container(id="panes"):
            with Container(id="pictures"):
                yield _pane("camera-pane", "Camera")
                yield _pane("depth-pane", "Depth")
            with Container(id="panels"):
                yield _pane("coordinates", "Coordinates")
                yield _pane("calibration", "Calibration")
        yield Static("", id="starting-message")
        yield Static(" ? all keys  q quit", id="starting-keys", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Keep the key; q leaves at once."""
        if event.key == "q":
            self.app.exit()
        self.typed.append(event.key)


def _pane(pane_id: str, title: str) -> Static:
    pane = Static("", id=pane_id, classes="pane")
    pane.border_title = title
    return pane
