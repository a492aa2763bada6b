"""Video files, played at their own pace."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path

from tui.camera.frame import Frame, SourceInfo
from tui.camera.opencv import OpenCapture, open_capture
from tui.camera.reel import Reel
from tui.errors import SourceEnded

RESUME_AFTER_S = 1.0
"""Whoever comes back later than this finds the clip where it was left instead of racing to catch up."""


class ClipSource:
    """A video file at its own pace, over and over; frames that are late are skipped, damaged ones left out and counted.

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
        self._reel = Reel(path, open_with)
        self._stepped = self._reel.step()

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
            self._reel.release()
            self._using.release()

    def _next(self) -> Frame:
        while not self._closed.is_set():
            if not self._stepped and not self._reel.step():
                self._restart()
            self._stepped = True
            now_s = time.monotonic()
            if now_s - self._due_s() > RESUME_AFTER_S:
                self._started_at_s = now_s - self._reel.at_s
            if self._closed.wait(max(0.0, self._due_s() - now_s)):
                break
            self._stepped = False
            shown_at_s = time.monotonic()
            if now_s - self._due_s() > self._reel.period_s:
                continue  # late by more than one frame: the next one is nearer to the truth
            image = self._reel.image()
            if image is None:
                continue
            note, self._note = "; ".join(filter(None, (self._note, self._reel.changed_size()))), ""
            index, self._index = self._index, self._index + 1
            minutes, seconds = divmod(self._reel.at_s, 60)
            return Frame(image, index, shown_at_s, name=f"{minutes:.0f}:{seconds:04.1f}", note=note)
        raise SourceEnded(f"{self.info.label}: closed")

    def _due_s(self) -> float:
        return self._started_at_s + self._reel.at_s

    def _restart(self) -> None:
        end_s = self._reel.at_s + self._reel.period_s
        faults = self._reel.faults()
        self._reel.release()
        self._reel = Reel(self._path, self._open_with)
        self._reel.step()
        self._started_at_s += end_s
        self._note = "; ".join(filter(None, (f"end of {self.info.label}, starting again", faults)))
