"""The network that is in use: replaced at once, and closed when nobody is at work with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tui.depth.estimator import DepthEstimator


class InUse:
    """One thread is at work with it, another replaces it and never waits for that work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: DepthEstimator | None = None
        self._at_work: DepthEstimator | None = None
        self._replaced: list[DepthEstimator] = []
        """While they were at work; closed when that ends."""
        self.busy = False
        """Whether somebody is at work, be it without a network."""

    @property
    def now(self) -> DepthEstimator | None:
        """What the next work is done with."""
        return self._now

    def replace(self, estimator: DepthEstimator | None) -> DepthEstimator | None:
        """Use another one from the next work on.

        Returns:
            The one before, to be closed by the caller; None where it is at work, and closed after that.
        """
        with self._lock:
            old, self._now = self._now, estimator
            if old is estimator:
                return None
            if old is not None and old is self._at_work:
                self._replaced.append(old)
                return None
            return old

    @contextmanager
    def at_work(self) -> Iterator[DepthEstimator | None]:
        """Work with the one that is in use; it stays open until that ends."""
        with self._lock:
            self._at_work = self._now
        self.busy = True
        try:
            yield self._at_work
        finally:
            with self._lock:
                self._at_work = None
                replaced, self._replaced = self._replaced, []
            self.busy = False
            for each in replaced:
                let_go(each)


def let_go(estimator: DepthEstimator) -> None:
    """Close one that nobody wants any more; whatever its engine raises then, another one is in use."""
    with suppress(Exception):
        estimator.close()
