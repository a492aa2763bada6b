"""Range sensors beside the camera: what runs them, what they wrote last, and whether that is still true."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.calibration.ranged import RangeStream, Ranging
from tui.camera.range_link import Link, is_joined_late, label_of, open_link
from tui.errors import SourceError

STALE_S = 1.0
"""Between a distance and a frame: what is farther away in time says nothing of it."""

_LOOK_S = 0.1
_SOON_S = 0.5
"""Until what delivered and ended is started again: a command that measures once and ends is asked twice a second."""
_MOST_WAIT_S = 10.0
"""Between two starts of what delivers nothing."""
_MOST_HELD = 4096
_JOIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Ranged:
    """What one sensor says of one frame."""

    source: str
    ranging: Ranging | None
    """None where it says nothing that counts."""
    why: str = ""
    """Then, why; for a person."""
    failed: bool = False
    """Whether something is wrong with it, rather than that it has not begun."""


class Rangefinder:
    """One sensor, in a thread of its own: started, and started again when it ends, until it is closed.

    Args:
        source: `exec:COMMAND` or `serial:/dev/ttyUSB0:115200`.
        changed: called in the thread when it begins to deliver, also after a silence, and when something is wrong.
        clock: of the frames.
        opening: opens the source.
    """

    def __init__(
        self,
        source: str,
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        opening: Callable[[str], Link] = open_link,
    ) -> None:
        self.source = source
        self.label = label_of(source)
        self._changed, self._clock, self._opening = changed, clock, opening
        self._lock = threading.Lock()
        self._held: deque[tuple[float, Ranging]] = deque(maxlen=_MOST_HELD)
        self._problem = ""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tui-range", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """What is wrong with it now; empty if nothing is."""
        return self._problem

    @property
    def count(self) -> int:
        """Distances that are held."""
        return len(self._held)

    def at(self, at_s: float) -> Ranged:
        """The distance nearest in time, or why there is none within `STALE_S`."""
        with self._lock:
            nearest = min(reversed(self._held), key=lambda each: abs(each[0] - at_s), default=None)
        if nearest is not None and abs(nearest[0] - at_s) <= STALE_S:
            return Ranged(self.source, nearest[1])
        silence = "no distance yet" if nearest is None else f"no distance for {abs(at_s - nearest[0]):.1f} s"
        problem = self._problem
        return Ranged(self.source, None, f"{self.label}: {silence}{f': {problem}' if problem else ''}", bool(problem))

    def close(self) -> None:
        """End it, and what it runs; the thread does that, for which it is waited a while."""
        self._closing.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        wait_s = _SOON_S
        while not self._closing.is_set():
            delivered = False
            try:
                delivered = self._listen()
            except SourceError as error:
                self._note(str(error))
            except Exception as error:  # noqa: BLE001 - a driver may raise anything: it must not end a sensor unsaid
                self._note(f"{type(error).__name__}: {error}")
            wait_s = _SOON_S if delivered else min(2 * wait_s, _MOST_WAIT_S)
            self._closing.wait(wait_s)

    def _listen(self) -> bool:
        """Until it ends; whether anything came.

        Raises:
            SourceError: nothing came, or it ended otherwise than well; says why.
        """
        delivered = False
        stream = RangeStream(joined_late=is_joined_late(self.source))
        link = self._opening(self.source)
        try:
            while not self._closing.is_set():
                data = link.read(_LOOK_S)
                if data is None:
                    delivered = self._take(stream.finish()) or delivered
                    self._note(stream.complaint or ("" if delivered else "it ended without a distance"))
                    break
                if data:
                    delivered = self._take(stream.feed(data)) or delivered
                    self._note(stream.complaint)
        except SourceError as error:
            self._note(str(error))
        finally:
            link.close()
        return delivered

    def _note(self, problem: str) -> None:
        begins = problem and not self._problem
        self._problem = problem
        if begins and self.at(self._clock()).ranging is None:
            self._changed()

    def _take(self, found: Sequence[Ranging]) -> bool:
        if not found:
            return False
        now_s = self._clock()
        with self._lock:
            begins = not self._held or now_s - self._held[-1][0] > STALE_S
            self._held.extend((now_s, each) for each in found[-_MOST_HELD:])
        if begins:
            self._changed()
        return True


class Rangefinders:
    """All that are wanted; several threads may use it.

    Args:
        changed: called in any thread when one begins to deliver, or something is wrong with it.
        clock: of the frames.
        opening: opens a source.
    """

    def __init__(
        self,
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        opening: Callable[[str], Link] = open_link,
    ) -> None:
        self._changed, self._clock, self._opening = changed, clock, opening
        self._lock = threading.Lock()
        self._running: dict[str, Rangefinder] = {}
        self._last: tuple[float, dict[str, Ranged]] = (0.0, {})

    def want(self, sources: Sequence[str]) -> None:
        """Run these and no others; those that run go on."""
        with self._lock:
            gone = [self._running.pop(each) for each in tuple(self._running) if each not in sources]
            for source in sources:
                if source not in self._running:
                    self._running[source] = Rangefinder(source, self._changed, self._clock, self._opening)
        for each in gone:
            threading.Thread(target=each.close, name="tui-close", daemon=True).start()

    def at(self, at_s: float, *, still: bool = False) -> tuple[Ranged, ...]:
        """What they say of a frame.

        Args:
            at_s: when it was taken.
            still: of a picture that never changes, for which the present distance is taken.
        """
        with self._lock:
            running = tuple(self._running.values())
            last = self._last[1] if self._last[0] == at_s else {}
        now_s = self._clock() if still else at_s
        found = {each.source: last.get(each.source) or each.at(now_s) for each in running}
        with self._lock:  # a frame that stands for long is looked at again when the distance is forgotten
            self._last = (at_s, {name: each for name, each in found.items() if each.ranging is not None})
        return tuple(found.values())

    def now(self) -> tuple[Ranged, ...]:
        """What they say at present, of whatever frame."""
        with self._lock:
            running = tuple(self._running.values())
        now_s = self._clock()
        return tuple(each.at(now_s) for each in running)

    def close(self, timeout_s: float) -> None:
        """End all, at once, and wait for it for a while."""
        with self._lock:
            gone = tuple(self._running.values())
            self._running.clear()
        closing = [threading.Thread(target=each.close, name="tui-close", daemon=True) for each in gone]
        deadline_s = time.monotonic() + timeout_s
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(max(0.0, deadline_s - time.monotonic()))
