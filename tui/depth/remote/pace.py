"""How long an answer is waited for: as long as answers take of late, and no longer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from statistics import median
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LEAST_WAIT_S: Final = 1.0
MEDIANS: Final = 5.0
"""An answer is waited for as long as so many usual ones take."""

LATE_S: Final = 5.0
"""So much later an answer still tells how long answers take now; after that the connection is given up."""

_KEPT, _KEPT_BEFORE_LATE = 15, 2


class Pace:
    """How long answers take of late."""

    def __init__(self) -> None:
        self._took_s: deque[float] = deque(maxlen=_KEPT)

    def note(self, took_s: float) -> None:
        """One that came in time."""
        self._took_s.append(took_s)

    def note_late(self, took_s: float) -> None:
        """One that came too late, or not at all in so long: one is an accident, two in a row are how it is now."""
        while len(self._took_s) > _KEPT_BEFORE_LATE:
            self._took_s.popleft()
        self._took_s.append(took_s)

    @property
    def wait_s(self) -> float:
        """How long the next one is waited for."""
        return max(LEAST_WAIT_S, MEDIANS * median(self._took_s)) if self._took_s else LEAST_WAIT_S


class Asked(Generic[T]):
    """A question under way in a thread of its own, so that whoever asked need not wait for a late answer."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._future: Future[T] = Future()
        threading.Thread(target=self._run, args=(ask,), name="tui-asked", daemon=True).start()

    def answer(self, within_s: float) -> T:
        """The answer; may be asked for again.

        Raises:
            TimeoutError: it takes longer.
            Exception: what the question itself raised.
        """
        return self._future.result(within_s)

    def _run(self, ask: Callable[[], T]) -> None:
        try:
            self._future.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised where the answer is asked for
            self._future.set_exception(error)
