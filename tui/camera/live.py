"""Sources that do not wait for us: the newest frame wins."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from tui.camera.frame import Frame, SourceInfo
from tui.errors import SourceEnded, SourceError
from tui.geometry.arrays import RGBImage

_JOIN_S = 0.2
"""Long enough for a healthy camera to finish its frame and be free for whoever opens it next."""


class NotYet(SourceError):
    """A stream that does not answer now, and may later: what refuses for good raises another `SourceError`."""


class Producer(Protocol):
    """An opened camera or stream; only the thread that opened it calls `next` and `close`."""

    def next(self) -> RGBImage:
        """Block until the next picture.

        Raises:
            SourceError: there are no more; says why.
        """
        ...

    def close(self) -> None:
        """Release the device."""
        ...


class LiveSource:
    """Runs a producer in a daemon thread, so that a driver that hangs never holds up `read` or `close`."""

    def __init__(
        self,
        info: SourceInfo,
        open_producer: Callable[[], Producer],
        *,
        open_timeout_s: float = 10.0,
        stall_s: float = 10.0,
        patient: bool = False,
        notes: deque[str] | None = None,
    ) -> None:
        """Start opening at once.

        Args:
            info: what the source is.
            open_producer: called in the thread; raises SourceError.
            open_timeout_s: how long `wait_open` waits.
            stall_s: how long `read` waits for a picture before it gives up.
            patient: after that time `wait_open` leaves the waiting to `read`, as for what does not answer yet.
            notes: what the producer has to say; it goes along with the next frame.
        """
        self.info = info
        self._open_timeout_s = open_timeout_s
        self._stall_s = stall_s
        self._patient = patient
        self._notes: deque[str] = deque() if notes is None else notes
        self._changed = threading.Condition()
        self._opened = False
        self._latest: tuple[RGBImage, float, int] | None = None
        self._read_count = 0
        self._error: SourceError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, args=(open_producer,), name="tui-camera", daemon=True)
        self._thread.start()

    def wait_open(self) -> None:
        """Block until the device is open, or does not answer yet: then `read` says so, as of one that was lost.

        Raises:
            SourceError: it cannot be opened, or not in time; the source is then closed.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._opened or self._error is not None, self._open_timeout_s
            )
            error = self._error
            if error is None and not self._opened and not self._patient:
                error = SourceError(f"{self.info.label}: does not open within {self._open_timeout_s:g} s")
        if error is not None and self._latest is None and not isinstance(error, NotYet):
            self.close()
            raise error

    def wait_frame(self, timeout_s: float) -> None:
        """Block until a first frame is there; it stays there for `read`.

        Raises:
            SourceError: it failed, or there is no frame in time; the source is then closed.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._latest is not None or self._error is not None, timeout_s
            )
            if self._latest is not None:
                return
            error = self._error or SourceError(f"{self.info.label}: delivers no picture within {timeout_s:g} s")
        self.close()
        raise error

    def read(self) -> Frame:
        """The newest frame that was not read yet; blocks until there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._fresh() or self._error is not None, self._stall_s)
            if self._closed:
                raise SourceEnded(f"{self.info.label}: closed")
            if self._latest is not None and self._fresh():
                image, at_s, self._read_count = self._latest
                return Frame(image, self._read_count - 1, at_s, note=self._noted())
            if self._error is not None:
                raise self._error
        raise SourceError(f"{self.info.label}: no picture for {self._stall_s:g} s; is it still connected?")

    def close(self) -> None:
        """Wake `read` and release the device, or leave that to the thread if the driver does not answer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S)

    def _noted(self) -> str:
        notes = []
        while self._notes:
            notes.append(self._notes.popleft())
        return "; ".join(notes)

    def _fresh(self) -> bool:
        return self._latest is not None and self._latest[2] > self._read_count

    def _run(self, open_producer: Callable[[], Producer]) -> None:
        producer: Producer | None = None
        failure = SourceError(f"{self.info.label}: stopped by a fault of this program")
        try:
            producer = open_producer()
            with self._changed:
                self._opened = True
                self._changed.notify_all()
            count = 0
            while not self._closed:
                image = producer.next()
                count += 1
                with self._changed:
                    self._latest = (image, time.monotonic(), count)
                    self._changed.notify_all()
        except SourceError as error:
            failure = error
        finally:
            # First let go, then tell: whoever opens it again may find a camera with room for one.
            try:
                if producer is not None:
                    producer.close()
            finally:
                with self._changed:
                    self._error = failure
                    self._changed.notify_all()
