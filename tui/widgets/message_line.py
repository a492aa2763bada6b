"""One row over the keys that says what was done, what cannot be done and why, and remembers what it said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rich.text import Text
from textual.timer import Timer

from tui.widgets.visible import visible
from tui.widgets.words import Dotted, rows_of

_SHOWN_FOR_S = 8.0
_QUIET_BEFORE_TIP_S = 4.0
_MOST_ROWS = 3
_MOST_WAITING = 8
_MOST_KEPT = 500


class Severity(StrEnum):
    """How much a message matters; its value is its CSS class and its name in the log."""

    ERROR = "error"
    """Something that the user asked for, or relies on, cannot be had: stays until a key is pressed or it is cured."""
    WARNING = "warning"
    INFO = "info"
    TIP = "tip"
    """May be said at any time: waits until nothing else has been said for a while."""


_RANK = {Severity.TIP: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


@dataclass(frozen=True, slots=True)
class Told:
    """One message of this session."""

    text: str
    severity: Severity
    at: datetime = field(compare=False)
    """Local wall-clock time, with its offset."""
    key: str = ""
    """What it is about, for who cures it; empty if that is the text itself."""

    def is_about(self, text_or_key: str) -> bool:
        """Whether it is cured by what cures `text_or_key`."""
        return text_or_key in {self.text, self.key}


class MessageLine(Dotted):
    """A row of its own, which covers nothing; only warnings and errors may need more than one.

    What matters more is shown first. What matters less waits: a message stands for some seconds, an error until it is
    cured or a key is pressed, and whatever stands when a key is pressed has been seen, so that an answer to that key
    takes its place.
    """

    DEFAULT_CSS = """
    MessageLine {
        width: 100%; height: 1; padding: 0 1; background: $panel; color: $foreground;
        &.-error { color: $text-error; text-style: bold; }
        &.-warning { color: $text-warning; text-style: bold; }
        &.-tip { color: $foreground-muted; }
    }
    """

    def __init__(self, widget_id: str | None = None, now: Callable[[], datetime] | None = None) -> None:
        super().__init__("", id=widget_id, markup=False)
        self._now = now or (lambda: datetime.now().astimezone())
        self._history: deque[Told] = deque(maxlen=_MOST_KEPT)
        self._errors: deque[Told] = deque(maxlen=_MOST_WAITING)
        """Those that stand; the last one is shown."""
        self._waiting: deque[Told] = deque(maxlen=_MOST_WAITING)
        """Warnings and infos, in their order."""
        self._tips: deque[Told] = deque(maxlen=_MOST_WAITING)
        self._shown: Told | None = None
        self._seen = False
        """Whether a key has been pressed since it is shown."""
        self._timer: Timer | None = None

    # --- for those who have something to say

    def tell(self, text: str, severity: Severity = Severity.INFO, *, key: str = "") -> None:
        """Say something.

        Args:
            text: in one line.
            severity: decides how long it stands and what it may take the place of.
            key: what it is about, for `cure`.
        """
        told = Told(text, severity, self._now(), key)
        self._history.append(told)
        if told.severity is Severity.TIP:
            self._tips.append(told)
            if self._shown is None and self._timer is None:
                self._next_after(_QUIET_BEFORE_TIP_S)
            return
        if told.severity is Severity.ERROR:
            self._errors.append(told)
        shown = self._shown
        if shown is None or self._seen or _RANK[told.severity] >= _RANK[shown.severity]:
            if shown is not None and shown.severity is Severity.TIP and not self._seen:
                self._tips.appendleft(shown)
            self._show(told)
        else:
            self._waiting.append(told)

    def note(self, text: str, severity: Severity) -> None:
        """Only for the messages so far: it is said elsewhere."""
        self._history.append(Told(text, severity, self._now()))

    def cure(self, text_or_key: str) -> None:
        """It is not so any more: whatever was said of it goes, shown or not."""
        for messages in (self._errors, self._waiting, self._tips):
            left = [each for each in messages if not each.is_about(text_or_key)]
            messages.clear()
            messages.extend(left)
        if self._shown is not None and self._shown.is_about(text_or_key):
            self._show_next()

    def key_pressed(self) -> None:
        """The user has pressed a key, which has had no effect yet: what is shown has been seen, an error goes."""
        self._seen = True
        if self._shown is not None and self._shown.severity is Severity.ERROR:
            self._errors.pop()
            self._show_next()

    @property
    def shown(self) -> Told | None:
        """What stands there now."""
        return self._shown

    @property
    def history(self) -> tuple[Told, ...]:
        """The session's messages, oldest first; the oldest of very many are forgotten."""
        return tuple(self._history)

    # --- what is next

    def _show_next(self) -> None:
        """An error that still stands, else what waits, else nothing, and after some quiet a tip."""
        if self._errors:
            self._show(self._errors[-1])
        elif self._waiting:
            self._show(self._waiting.popleft())
        else:
            self._show(None)
            if self._tips:
                self._next_after(_QUIET_BEFORE_TIP_S)

    def _time_is_up(self) -> None:
        self._timer = None
        if self._shown is None and self._tips:
            self._show(self._tips.popleft())
        else:
            self._show_next()

    def _next_after(self, seconds: float) -> None:
        self._timer = self.set_timer(seconds, self._time_is_up)

    def _show(self, told: Told | None) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._shown, self._seen = told, False
        for severity in Severity:
            self.set_class(told is not None and told.severity is severity, f"-{severity}")
        self._fit()
        self.update(visible(told.text) if told else "", layout=False)
        if told is not None and told.severity is not Severity.ERROR:
            self._next_after(_SHOWN_FOR_S)

    def on_resize(self) -> None:
        """The text may need another number of rows."""
        self._fit()

    def _fit(self) -> None:
        """Only another number of rows asks for a new layout of the screen."""
        told, rows = self._shown, 1
        width = self.content_size.width
        if told is not None and _RANK[told.severity] >= _RANK[Severity.WARNING] and width:
            rows = min(_MOST_ROWS, rows_of(visible(told.text), width))
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows


def as_text(messages: Iterable[Told]) -> Text:
    """Messages as rows for a log, in the order given: time, severity, text."""
    styles = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.TIP: "dim"}
    rows = (
        Text.assemble(
            (f"{told.at:%H:%M:%S} ", "dim"), (f"{told.severity:<8}", styles.get(told.severity, "")), visible(told.text)
        )
        for told in messages
    )
    return Text("\n").join(rows)
