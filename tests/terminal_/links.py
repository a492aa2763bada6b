"""Links that behave as a formula says."""

from __future__ import annotations


class Link:
    """Carries bytes at a rate, in order, after a delay."""

    def __init__(self, bytes_per_s: float, delay_s: float) -> None:
        self._rate, self._delay_s = bytes_per_s, delay_s
        self.free_s = 0.0
        self._under_way: list[tuple[float, int]] = []
        self.longest_wait_s = 0.0
        self.total = 0

    def send(self, now_s: float, count: int) -> None:
        self.longest_wait_s = max(self.longest_wait_s, self.free_s - now_s)
        self.free_s = max(now_s, self.free_s) + count / self._rate
        self.total += count
        self._under_way.append((self.free_s + self._delay_s, self.total))

    def arrivals(self, now_s: float) -> list[tuple[float, int]]:
        there = [item for item in self._under_way if item[0] <= now_s]
        self._under_way = self._under_way[len(there) :]
        return there
