"""When the next estimate is due: as often as somebody needs one, and at once if somebody waits."""

from __future__ import annotations

import math
import threading
import time

PATIENCE_S = 1.0
"""Until what failed in passing is tried again with a picture that stands."""


class Due:
    """Waits in one thread, and is told in others: whatever they say counts at once, also for who waits already."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._period_s = 0.0
        self._began_s = -math.inf
        self._again_s = -math.inf
        """When what failed in passing may be tried again."""
        self._asked = False

    def want(self, most_per_s: float) -> None:
        """So many a second at most; infinite for as many as come, 0 for those that are asked for alone."""
        with self._changed:
            self._period_s = 1.0 / most_per_s if most_per_s > 0 else math.inf
            self._asked = True
            self._changed.notify()

    def ask(self) -> None:
        """Somebody waits: at once, whatever the rate."""
        with self._changed:
            self._asked = True
            self._changed.notify()

    def wait(self) -> None:
        """Until it is time; a little less than the rate says, so that no beat is missed."""
        with self._changed:
            while not self._asked and (left_s := self._due_s() - time.monotonic()) > 0:
                self._changed.wait(min(left_s, threading.TIMEOUT_MAX))

    def begin(self) -> None:
        """One begins now."""
        with self._changed:
            self._asked = False
            self._began_s = time.monotonic()

    def try_again(self) -> None:
        """The last one failed in passing: the next is due after a while."""
        with self._changed:
            self._again_s = time.monotonic() + PATIENCE_S

    def go_on(self) -> None:
        """Another frame came, for which that does not count."""
        with self._changed:
            self._again_s = -math.inf
            self._changed.notify()

    def _due_s(self) -> float:
        return math.inf if math.isinf(self._period_s) else max(self._began_s + 0.9 * self._period_s, self._again_s)
