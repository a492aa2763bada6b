"""While there is no picture to read: alarms wait for it, too, and whoever listens hears that there is none."""

from __future__ import annotations

import time
from collections.abc import Callable

from tui.cli.lines import Lines
from tui.instrument.frame import FrameReading
from tui.records.bulletin import Bulletin
from tui.records.desk import Desk

_EVERY_S = 1.0
NOT_YET = "no picture yet"


class Silence:
    """Looks at a desk that has nothing to look at, now and then, however often it is called."""

    def __init__(
        self, desk: Callable[[], Desk], lines: Lines, heard: Callable[[Bulletin], None] = lambda _bulletin: None
    ) -> None:
        """`desk` is asked for it each time; `heard` gets what becomes of its alarms."""
        self._desk, self._lines, self._heard = desk, lines, heard
        self._next_s = float("-inf")

    def look(self, why: str, *, last: bool = False) -> None:
        """Nothing is to be seen, and `why`; `last` where nothing will be any more."""
        now_s = time.monotonic()
        if now_s < self._next_s and not last:
            return
        self._next_s = now_s + _EVERY_S
        bulletin = self._desk().look(FrameReading(stale=why), last=last)
        self._lines.tell(bulletin)
        self._heard(bulletin)
