"""How many times a second something happened, of late."""

from __future__ import annotations

import threading
from collections import deque

_WINDOW_S = 3.0


class Rate:
    """Events a second over the last three seconds; one thread ticks, any thread reads."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._lock = threading.Lock()

    def tick(self, now_s: float) -> None:
        """Something happened at `now_s` (monotonic seconds)."""
        with self._lock:
            self._times_s.append(now_s)
            self._forget(now_s)

    def per_second(self, now_s: float) -> float:
        """Mean rate over the window; 0 until two events lie in it."""
        with self._lock:
            self._forget(now_s)
            if len(self._times_s) < 2:
                return 0.0
            return (len(self._times_s) - 1) / (self._times_s[-1] - self._times_s[0] or _WINDOW_S)

    def _forget(self, now_s: float) -> None:
        while self._times_s and now_s - self._times_s[0] > _WINDOW_S:
            self._times_s.popleft()
