"""How many bytes a second have been sent lately."""

from __future__ import annotations

from collections import deque


class Meter:
    """A sliding window over a total that only grows.

    Args:
        window_s: how far back it looks, seconds.
    """

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, int]] = deque()

    def sample(self, now_s: float, total: int) -> float:
        """Bytes a second over the window.

        Args:
            now_s: a clock that does not go back, seconds.
            total: bytes sent since the start.
        """
        samples = self._samples
        if not samples or now_s > samples[-1][0]:
            samples.append((now_s, total))
        while len(samples) > 2 and samples[1][0] <= now_s - self._window_s:
            samples.popleft()
        first_s, first = samples[0]
        seconds = max(now_s - first_s, 1e-9)
        return (total - first) / seconds if len(samples) > 1 else 0.0
