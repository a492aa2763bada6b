"""Who else hears of what the app reads: logs, brokers, commands; their threads speak through a queue."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # known before the first paint, needed after it
    from tui.records.listeners import Listening
    from tui.records.outlet import Outlet
    from tui.records.rule import Rule

PERIOD_S = 1.0
"""How often they are told; of an alarm that begins to ring or falls quiet at once."""
_MOST_LINES = 200


class Listeners:
    """Opened before the app takes the terminal, as what cannot be had is said there; closed when it has given it back.

    Args:
        listening: what was asked for; None: nobody.
        period_s: how often they will be told, seconds.
    """

    def __init__(self, listening: Listening | None, period_s: float) -> None:
        self._listening = listening
        self._period_s = period_s
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self.outlets: tuple[Outlet, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The alarms that were asked for."""
        return () if self._listening is None else self._listening.rules

    def open(self) -> None:
        """Open all of them.

        Raises:
            InputError, StorageError: one cannot be opened; none is open then.
        """
        if self._listening is not None:
            self.outlets = self._listening.open(self._lines.append, self._period_s)

    def fetch(self) -> Iterator[str]:
        """What they have to say since the last time: what cannot be delivered, and that it can again."""
        while self._lines:
            yield self._lines.popleft()

    def close(self) -> None:
        """Let them deliver what waits, for a moment."""
        if self.outlets:
            from tui.records.listeners import close_all

            close_all(self.outlets)
