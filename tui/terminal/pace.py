"""How many bytes may be sent now. No clock inside: time comes as an argument."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from tui.terminal.bandwidth import Bandwidth


class Pace(Protocol):
    """What the sender asks and tells."""

    def allowance(self, now_s: float) -> int | None:
        """Bytes that may be sent now; None for any number. Not positive: wait."""
        ...

    def sent(self, now_s: float, total: int) -> None:
        """`total` bytes have been handed over since the start, however urgent they were."""
        ...

    def arrived(self, now_s: float, total: int) -> None:
        """The first `total` bytes have come to the other side, as far as that can be seen."""
        ...


class Unpaced:
    """No limit, but nothing new is begun while the writer still has more than a little to write."""

    MOST_WAITING = 4_096

    def __init__(self) -> None:
        self._sent = self._arrived = 0

    def allowance(self, now_s: float) -> int | None:
        """Anything, or nothing."""
        del now_s
        return None if self._sent - self._arrived <= self.MOST_WAITING else 0

    def sent(self, now_s: float, total: int) -> None:
        """Count."""
        del now_s
        self._sent = total

    def arrived(self, now_s: float, total: int) -> None:
        """Count."""
        del now_s
        self._arrived = total


class FixedPace:
    """A budget in bytes a second, as a bucket that fills at that rate and may be overdrawn by what is urgent.

    The debt mirrors what a link of exactly that rate has still to carry: while there is one, nothing else is sent, so
    that no queue stays behind a burst.

    Args:
        bytes_per_s: the budget.
        burst_s: how much may be saved up, in seconds of the budget: what a key may have to wait for.
    """

    _SHARE = 0.97
    """Of the budget that is used, so that a link of exactly that rate empties in time."""

    def __init__(self, bytes_per_s: float, burst_s: float = 0.03) -> None:
        self._rate = bytes_per_s * self._SHARE
        self._burst = max(600.0, bytes_per_s * burst_s)
        self._tokens = 0.0
        self._at_s: float | None = None
        self._total = 0

    def allowance(self, now_s: float) -> int | None:
        """What has been saved up."""
        self._fill(now_s)
        return int(self._tokens) if self._tokens >= self._burst / 2 else 0

    def sent(self, now_s: float, total: int) -> None:
        """Take it from the budget."""
        self._fill(now_s)
        self._tokens -= total - self._total
        self._total = total

    def arrived(self, now_s: float, total: int) -> None:
        """A budget does not ask the link."""

    def _fill(self, now_s: float) -> None:
        if self._at_s is not None:
            self._tokens = min(self._burst, self._tokens + self._rate * (now_s - self._at_s))
        self._at_s = now_s


class LinkPace:
    """Keeps no more bytes under way than the link carries without a queue building up.

    The time from sending to arriving, less the shortest one seen, is the time spent in queues (Brakmo and Peterson,
    TCP Vegas, 1994). The window moves in proportion to how far that is from `QUEUE_S` (LEDBAT, RFC 6817): it is what a
    key's effect has to wait.
    """

    QUEUE_S = 0.03
    LEAST, MOST = 1_500, 1_000_000
    _FIRST = 4_000
    """Small, so that the first answers tell how long the way is and not how long this took."""
    _MEMORY_S = 20.0
    """How long the shortest time is believed; then the way may have become another."""

    def __init__(self) -> None:
        self.window = self._FIRST
        """Bytes that may be under way."""
        self._sent = self._arrived = 0
        self._marks: deque[tuple[int, float, bool]] = deque()
        self._shortest_s = float("inf")
        self._shortest_at_s = 0.0
        self._set_at_s = float("-inf")
        self._full = self._was_full = False
        self._allowed = 0
        self._explored = False

    def allowance(self, now_s: float) -> int | None:
        """What the window leaves room for."""
        del now_s
        room = self.window - (self._sent - self._arrived)
        if room < self.LEAST / 2:
            self._full = True
            return 0
        # In parts: what is sent at one go waits for itself, and that would look like a queue.
        self._allowed = min(room, max(self.LEAST, self.window // 4))
        return self._allowed

    def sent(self, now_s: float, total: int) -> None:
        """Note when, to know later how long it took."""
        if total > self._sent:
            full = self._full or total - self._sent > 0.8 * self._allowed
            self._marks.append((total, now_s, full))
            self._full = False
            self._sent = total

    def arrived(self, now_s: float, total: int) -> None:
        """Open the window a little or close it, by how long the newest bytes of these took."""
        self._arrived = max(self._arrived, total)
        taken: tuple[float, bool] | None = None
        while self._marks and self._marks[0][0] <= total:
            _, sent_s, full = self._marks.popleft()
            taken = (now_s - sent_s, full)
        if taken is not None:
            self._learn(now_s, *taken)

    def relearn(self) -> None:
        """What `arrived` speaks of is another place from now on, with another way to it."""
        self._marks.clear()
        self._shortest_s = float("inf")
        self._explored = False

    def _learn(self, now_s: float, took_s: float, full: bool) -> None:
        if took_s <= self._shortest_s or now_s - self._shortest_at_s > self._MEMORY_S:
            self._shortest_s, self._shortest_at_s = took_s, now_s
        full = full or self._sent - self._arrived > self.window / 2
        self._was_full = self._was_full or full
        if now_s - self._set_at_s < took_s:
            return  # once a round: what the last change did is not known earlier
        spare = 1 - (took_s - self._shortest_s) / self.QUEUE_S
        if spare < 0:
            self._explored = True
            self.window = max(self.LEAST, int(self.window * max(0.6, 1 + 0.3 * spare)))
        elif self._was_full:
            self.window = min(self.MOST, int(self.window * (1 + (0.3 if self._explored else 0.8) * spare)) + 200)
        self._was_full = False
        self._set_at_s = now_s


def pace_for(bandwidth: Bandwidth) -> Pace:
    """The pace that a setting asks for."""
    if bandwidth.bytes_per_s is not None:
        return FixedPace(bandwidth.bytes_per_s)
    return LinkPace() if bandwidth.follows_link else Unpaced()
