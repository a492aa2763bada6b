"""Video files, played at their own pace."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path

from tui.camera.frame import Frame, SourceInfo
from tui.camera.opencv import Capture, OpenCapture, open_capture
from tui.errors import SourceEnded, SourceError

_DEFAULT_RATE_HZ = 25.0
_MAX_RATE_HZ = 240.0
_MAX_GAP_S = 10.0
"""A jump in a file's time stamps beyond this is a fault of the file, not a pause."""
_OPEN_TIMEOUT_S = 10.0
RESUME_AFTER_S = 1.0
"""Whoever comes back later than this finds the clip where it was left instead of racing to catch up."""


class ClipSource:
    """A video file at its own pace, over and over; frames that are late are skipped.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """

    def __init__(self, path: Path, spec: str, open_with: OpenCapture = open_capture) -> None:
        self.info = SourceInfo(spec, path.name, live=False)
        self._path = path
        self._open_with = open_with
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._index = 0
        self._note = ""
        self._started_at_s = -math.inf
        self._capture = self._start()

    def read(self) -> Frame:
        """Wait until the next frame is due, and return it."""
        try:
            with self._using:
                return self._next()
        finally:
            self._release_if_closed()

    def close(self) -> None:
        """Wake `read` and let go of the file."""
        self._closed.set()
        self._release_if_closed()

    def _release_if_closed(self) -> None:
        # Never from under a read that is inside the decoder: then that read does it on its way out.
        if self._closed.is_set() and self._using.acquire(blocking=False):
            self._capture.release()
            self._using.release()

    def _start(self) -> Capture:
        """Open the file and grab its first frame, so that a clip without any is refused at once."""
        try:
            empty = self._path.stat().st_size == 0
        except OSError as error:
            raise SourceError(f"{self._path}: cannot be read: {error.strerror or error}") from error
        if empty:
            raise SourceError(f"{self._path}: is empty (0 bytes); copy or record it again")
        # A resolved path starts with a slash, so that FFmpeg cannot take it for an address.
        capture = self._open_with(str(self._path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
        if capture is None:
            raise SourceError(
                f"{self._path}: neither a picture nor a video that can be decoded (truncated, or another kind of file)"
            )
        if not capture.grab():
            capture.release()
            raise SourceError(f"{self._path}: a video without a single frame that can be decoded")
        rate_hz = capture.rate_hz
        self._period_s = 1 / (rate_hz if 1 <= rate_hz <= _MAX_RATE_HZ else _DEFAULT_RATE_HZ)
        self._at_s = 0.0
        self._grabbed = True
        return capture

    def _next(self) -> Frame:
        while not self._closed.is_set():
            if not self._grabbed and not self._grab():
                self._restart()
            now_s = time.monotonic()
            if now_s - self._due_s() > RESUME_AFTER_S:
                self._started_at_s = now_s - self._at_s
            if self._closed.wait(max(0.0, self._due_s() - now_s)):
                break
            self._grabbed = False
            shown_at_s = time.monotonic()
            if now_s - self._due_s() > self._period_s:
                continue  # late by more than one frame: the next one is nearer to the truth
            image = self._capture.retrieve()
            if image is None:
                continue
            note, self._note = self._note, ""
            index, self._index = self._index, self._index + 1
            minutes, seconds = divmod(self._at_s, 60)
            return Frame(image, index, shown_at_s, name=f"{minutes:.0f}:{seconds:04.1f}", note=note)
        raise SourceEnded(f"{self.info.label}: closed")

    def _due_s(self) -> float:
        return self._started_at_s + self._at_s

    def _grab(self) -> bool:
        if not self._capture.grab():
            return False
        self._grabbed = True
        at_s = self._capture.position_s
        # Time stamps carry variable frame rates; where a file has none, count.
        self._at_s = at_s if self._at_s < at_s < self._at_s + _MAX_GAP_S else self._at_s + self._period_s
        return True

    def _restart(self) -> None:
        end_s = self._at_s + self._period_s
        self._capture.release()
        self._capture = self._start()
        self._started_at_s += end_s
        self._note = f"end of {self.info.label}, starting again"
