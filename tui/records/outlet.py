"""Between the instrument and whoever listens: a bounded queue and a thread each, so that nothing stalls reading."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from tui.errors import DepthTuiError
from tui.records.bulletin import Bulletin

WAITING_MOST = 1_000
"""Bulletins that wait for one listener; then the oldest are lost, and counted."""

_RETRY_FIRST_S, _RETRY_MOST_S = 0.5, 30.0
_LAST_WORD_S = 2.0
"""For so long a listener may still take what waits, when the program ends."""


class SinkError(DepthTuiError):
    """A listener could not take a bulletin; it is tried again."""


class NotTaken(DepthTuiError):
    """A listener will never take this bulletin; it is lost."""


class Sink(Protocol):
    """Somebody who listens; called from one thread, and may take its time."""

    name: str
    """For messages: 'log run.db', 'mqtt broker:1883'."""
    late_s: float
    """From what age on a bulletin is worth nothing to it; infinite for a log."""
    events_only: bool
    """Whether it wants only what says that an alarm began to ring or fell quiet."""

    def put(self, bulletin: Bulletin) -> None:
        """Deliver.

        Raises:
            SinkError: not now; the same bulletin comes again later.
            NotTaken: never; the next one may do better.
        """
        ...

    def idle(self, now_s: float) -> None:
        """Nothing has come for a moment: time to flush, to renew, to say that nothing comes."""
        ...

    def close(self) -> None:
        """The end: what is open is finished and closed."""
        ...


class Outlet:
    """A sink with its queue and its thread; `send` never blocks."""

    def __init__(
        self, sink: Sink, tell: Callable[[str], None], *, waiting_most: int = WAITING_MOST, beat_s: float = 1.0
    ) -> None:
        """`tell` is called from the sink's thread with one line, when delivering fails and when it works again."""
        self.sink = sink
        self._tell = tell
        self._waiting: deque[Bulletin] = deque()
        self._most = waiting_most
        self._beat_s = beat_s
        self._change = threading.Condition()
        self._closing = False
        self.delivered = 0
        self.lost = 0
        """What was never delivered: too many waited, or it was too old by then."""
        self.problem = ""
        """Why delivering does not work now; empty while it does."""
        self._thread = threading.Thread(target=self._run, name=f"tui-sink {sink.name}", daemon=True)
        self._thread.start()

    def send(self, bulletin: Bulletin) -> None:
        """Hand over one more; returns at once."""
        if self.sink.events_only and not bulletin.events:
            return
        with self._change:
            if self._closing:
                return
            self._waiting.append(bulletin)
            if len(self._waiting) > self._most:
                self._waiting.popleft()
                self.lost += 1
            self._change.notify()

    @property
    def waiting(self) -> int:
        """How many are not delivered yet."""
        return len(self._waiting)

    def end(self) -> None:
        """Deliver what waits, and end; returns at once."""
        with self._change:
            self._closing = True
            self._change.notify()

    def close(self, last_word_s: float = _LAST_WORD_S) -> None:
        """The same, and wait for it for a moment; what hangs is left behind."""
        self.end()
        self._thread.join(last_word_s)
        if self._thread.is_alive() or self._waiting:
            self._tell(f"{self.sink.name}: {len(self._waiting)} not delivered at the end")

    def _run(self) -> None:
        retry_s = _RETRY_FIRST_S
        while True:
            bulletin = self._next()
            if bulletin is None:
                if self._closing and not self._waiting:  # something may have come just before that
                    break
                self._unless_it_fails(lambda: self.sink.idle(time.monotonic()))
                continue
            if time.monotonic() - bulletin.at_s > self.sink.late_s:
                self._taken(bulletin, lost=True)
                continue
            try:
                self.sink.put(bulletin)
            except SinkError as error:
                self._say(str(error), "it is tried again")
                if self._closing:
                    break
                with self._change:
                    self._change.wait_for(lambda: self._closing, retry_s)
                retry_s = min(2 * retry_s, _RETRY_MOST_S)
                continue
            except Exception as error:  # noqa: BLE001 - a library's own fault must not end a log unsaid
                kind = "" if isinstance(error, NotTaken) else f"{type(error).__name__}: "
                self._say(f"{kind}{' '.join(str(error).split())}"[:300], "this one is lost")
                self._taken(bulletin, lost=True)
                continue
            retry_s = _RETRY_FIRST_S
            self._taken(bulletin)
            self.delivered += 1
            self._say("")
        self._unless_it_fails(self.sink.close)

    def _unless_it_fails(self, done: Callable[[], None]) -> None:
        """What nobody waits for; a library's own fault with it must not end a log unsaid, either."""
        try:
            done()
        except SinkError:
            return
        except Exception as error:  # noqa: BLE001 - as above
            self._say(f"{type(error).__name__}: {' '.join(str(error).split())}"[:300], "it goes on")

    def _next(self) -> Bulletin | None:
        """The oldest that waits, which stays there until it is delivered; None after a moment without one."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closing, self._beat_s)
            return self._waiting[0] if self._waiting else None

    def _taken(self, bulletin: Bulletin, *, lost: bool = False) -> None:
        """Take it out of the queue, unless it had to leave for newer ones meanwhile."""
        with self._change:
            if self._waiting and self._waiting[0] is bulletin:
                self._waiting.popleft()
                self.lost += lost

    def _say(self, problem: str, then: str = "") -> None:
        """One line when it begins to fail, or fails in another way, and one when it works again."""
        before, self.problem = self.problem, problem
        if problem and problem != before:
            self._tell(f"{self.sink.name}: {problem}; {then}")
        elif before and not problem:
            lost = f", {self.lost} lost" if self.lost else ""
            self._tell(f"{self.sink.name}: works again{lost}")
