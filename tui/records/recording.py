"""Recording: every frame that is read, with its map and readings, written by a thread of its own."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui.errors import DepthTuiError
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session
from tui.pipeline.priority import stand_back
from tui.records.encoding import Encoder
from tui.records.rolling import Limits, RollingFile

_WAITING = 8
"""Frames that may wait for the disk; a further one is dropped."""

_FLUSH_S = 0.4
"""So much is lost at most where the program is killed, beside what waits."""

_SYNC_S = 5.0
_RATE_OVER_S = 20.0


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """What a recording costs, at one moment."""

    path: Path
    """The file that is being written."""
    size: int
    """Of all its files, bytes."""
    bytes_per_min: float
    frames: int
    dropped: int
    """Frames that came faster than they could be written."""
    problem: str
    """Why it has ended; empty while it goes on."""

    @property
    def words(self) -> str:
        """'REC 12 MB, 8.2 MB/min, 3 dropped'."""
        dropped = f", {self.dropped} dropped" if self.dropped else ""
        return f"REC {_megabytes(self.size)}, {_megabytes(self.bytes_per_min)}/min{dropped}"


class Recording:
    """Takes frames as they are read, and never holds up who reads them.

    Args:
        path: of the first file.
        limits: of all files together.
        failed: told in one line why the recording has ended, in its thread; the status says it as well.

    Raises:
        InputError: the name is not one of an .mcap file.
        StorageError: the file cannot be made.
    """

    def __init__(self, path: Path, limits: Limits, failed: Callable[[str], object] = str) -> None:
        self._file = RollingFile(path, limits)
        self._failed = failed
        self._encoder = Encoder()
        self._waiting: queue.Queue[tuple[FrameReading, Session] | None] = queue.Queue(_WAITING)
        self._last: tuple[object, ...] = ()
        self._clock_ns = time.time_ns() - time.monotonic_ns()
        """From the monotonic clock to that on the wall; times within a recording never run backwards."""
        self._at_ns = 0
        self._frames = self._dropped = 0
        self._size, self._path, self._problem = self._file.size, self._file.path, ""
        self._sizes: deque[tuple[float, int]] = deque([(time.monotonic(), self._size)])
        self._written = self._size
        self._flushed_s = self._synced_s = time.monotonic()
        self._unflushed = False
        self._thread = threading.Thread(target=self._run, name="tui-record", daemon=True)
        self._thread.start()

    def take(self, reading: FrameReading, session: Session) -> None:
        """Record what is read now, unless that was recorded already; returns at once."""
        result = reading.result
        if result is None or reading.captured_at is None or self._problem:
            return
        what = (result, session.references, session.fixed, session.pins, session.targets, session.intrinsics)
        if len(what) == len(self._last) and all(one is other for one, other in zip(what, self._last, strict=True)):
            return
        self._last = what
        try:
            self._waiting.put_nowait((reading, session))
        except queue.Full:
            self._dropped += 1

    @property
    def status(self) -> RecordingStatus:
        """What it costs."""
        (began_s, before), now_s = self._sizes[0], time.monotonic()
        rate = 60 * (self._written - before) / max(1.0, now_s - began_s)
        return RecordingStatus(self._path, self._size, rate, self._frames, self._dropped, self._problem)

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what waits and the index, for a while; safe to call twice."""
        try:
            self._waiting.put(None, timeout=timeout_s)
        except queue.Full:
            return  # the disk hangs
        self._thread.join(timeout_s)

    def _run(self) -> None:
        stand_back()
        try:
            while self._one():
                pass
            self._file.close()
            self._note_size()
        except DepthTuiError as error:
            self._end(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, reading goes on, and this is said
            self._end(f"{type(error).__name__}: {error}")

    def _one(self) -> bool:
        """Write the next frame, or what waits to be flushed; False at the end."""
        try:
            item = self._waiting.get(timeout=_FLUSH_S)
        except queue.Empty:
            self._flush()
            return True
        if item is None or self._problem:
            return item is not None
        reading, session = item
        result = reading.result
        assert result is not None  # noqa: S101 - `take` has looked
        at_ns = max(self._at_ns + 1000, self._clock_ns + round(1e9 * result.frame.captured_at_s))
        self._file.write(at_ns, self._encoder.messages(reading, session, at_ns))
        self._at_ns, self._unflushed = at_ns, True
        self._frames += 1
        if time.monotonic() - self._flushed_s >= _FLUSH_S:
            self._flush()
        return True

    def _flush(self) -> None:
        now_s = time.monotonic()
        if self._unflushed:
            self._file.flush()
            self._unflushed, self._flushed_s = False, now_s
            self._note_size()
        if now_s - self._synced_s >= _SYNC_S:
            self._file.sync()
            self._synced_s = time.monotonic()

    def _note_size(self) -> None:
        size, now_s = self._file.size, time.monotonic()
        self._written += max(0, size - self._size)
        self._size, self._path = size, self._file.path
        self._sizes.append((now_s, self._written))
        while len(self._sizes) > 2 and now_s - self._sizes[1][0] > _RATE_OVER_S:
            self._sizes.popleft()

    def _end(self, why: str) -> None:
        self._problem = f"recording ended: {why}"
        self._file.abandon()
        self._failed(self._problem)
        with contextlib.suppress(queue.Empty):  # room for who closes it, or has just looked whether it goes on
            while True:
                self._waiting.get_nowait()


def _megabytes(size: float) -> str:
    """'0.3 MB', '12 MB', '1.2 GB'."""
    if size >= 1e9:
        return f"{size / 1e9:.1f} GB"
    return f"{size / 1e6:.1f} MB" if size < 9.95e6 else f"{size / 1e6:.0f} MB"
