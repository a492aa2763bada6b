"""What every dialog of the main screen needs: where it opens, what it steers, and how its answer is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from tui.instrument.instrument import Instrument
from tui.instrument.said import Severity
from tui.render.colors import ColorMode
from tui.storage.answers import Answers
from tui.widgets.question import Question


@dataclass(frozen=True, slots=True)
class Asking:
    """Given to each group of dialogs."""

    screen: Screen[None]
    """On which they open."""
    instrument: Instrument
    order: Callable[[Callable[[], object]], bool]
    """Carries out an order and shows what came of it; says why it could not, and is then False."""
    color_mode: Callable[[], ColorMode]
    ask: Callable[[Question], None]
    """Asks in the last rows of the screen."""
    answers: Answers
    """What was answered before."""

    def tell(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Say something."""
        self.order(lambda: self.instrument.voice.say(text, severity))
