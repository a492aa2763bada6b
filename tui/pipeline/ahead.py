"""Work that goes ahead of who uses it, several pieces at a time, and comes in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


def ahead(
    items: Iterable[_Item], work: Callable[[_Item], _Done], jobs: int
) -> Iterator[tuple[_Item, Callable[[], _Done]]]:
    """Each item with what came of it, in order; with 1 job, or 0, it is worked on when it is asked for, in this thread.

    What comes with an item waits for its piece of work, and gives its result or raises what it raised. No more than
    `jobs` items are taken before the first of them is asked for.

    Args:
        items: taken in the caller's thread.
        work: called in threads, for `jobs` items at a time.
        jobs: how many.
    """
    if jobs <= 1:
        for item in items:
            yield item, lambda item=item: work(item)  # type: ignore[misc]  # a default holds it
        return
    pool = ThreadPoolExecutor(jobs, "tui-ahead")
    waiting: deque[tuple[_Item, Future[_Done]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) >= jobs:
                first, future = waiting.popleft()
                yield first, future.result
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # who leaves early does not wait for what nobody wants
