"""A one-place mailbox between threads: the newest item wins, and what was overwritten is counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one item; `put` never blocks, `take` waits for one."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._item: T | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were replaced before anyone took them."""
        return self._dropped

    def put(self, item: T, *, counted: bool = True) -> None:
        """Leave `item`, replacing one that nobody has taken; after `close` nothing happens.

        What is replaced has been dropped, unless it is not `counted`: nobody wanted it.
        """
        with self._ready:
            if self._closed:
                return
            if self._item is not None and counted:
                self._dropped += 1
            self._item = item
            self._ready.notify()

    def put_behind(self, item: T) -> bool:
        """Leave `item` where nothing lies; what lies there is newer: False then."""
        with self._ready:
            if self._closed or self._item is not None:
                return False
            self._item = item
            self._ready.notify()
            return True

    def wait(self) -> bool:
        """Wait for an item and leave it there; False when the mailbox was closed."""
        with self._ready:
            self._ready.wait_for(lambda: self._item is not None or self._closed)
            return not self._closed

    def take(self, timeout_s: float | None = None) -> T | None:
        """Wait for an item and remove it; None when the mailbox was closed or the time is up."""
        with self._ready:
            self._ready.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return None if self._closed else item

    def clear(self, unwanted: Callable[[T], bool] = lambda _item: True) -> None:
        """Forget what lies there, where it is `unwanted`; it does not count as dropped."""
        with self._ready:
            if self._item is not None and unwanted(self._item):
                self._item = None

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Wake every taker with None, now and from now on."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
