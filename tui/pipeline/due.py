"""When the next estimate is due: as often as somebody needs one, and at once if somebody waits."""

from __future__ import annotations

import math
import threading
import time

PATIENCE_S = 1.0
"""Until what failed in passing is tried again with a picture that stands."""


class Due:
    """Waits in one thread, and is told in others."""

    def __init__(self) -> None:
        self._period_s = 0.0
        self._began_s = -math.inf
        self._again_s = -math.inf
        """When what failed in passing may be tried again."""
        self._at_once = threading.Event()

    def want(self, most_per_s: float) -> None:
        """So many a second at most; infinite for as many as come, 0 for those that are asked for alone."""
        self._period_s = 1.0 / most_per_s if most_per_s > 0 else math.inf
        self.ask()

    def ask(self) -> None:
        """Somebody waits: at once, whatever the rate."""
        self._at_once.set()

    def wait(self) -> None:
        """Until it is time; a little less than the rate says, so that no beat is missed."""
        wait_s = threading.TIMEOUT_MAX
        if not math.isinf(self._period_s):
            now_s = time.monotonic()
            wait_s = max(0.0, self._began_s + 0.9 * self._period_s - now_s, self._again_s - now_s)
        self._at_once.wait(wait_s)

    def begin(self) -> None:
        """One begins now."""
        self._at_once.clear()
        self._began_s = time.monotonic()

    def try_again(self) -> None:
        """The last one failed in passing: the next is due after a while."""
        self._again_s = time.monotonic() + PATIENCE_S

    def go_on(self) -> None:
        """Another frame came, for which that does not count."""
        self._again_s = -math.inf
