"""A clip from its first frame to its last, as fast as it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.camera.opencv import OpenCapture, open_capture
from tui.camera.played import Sizes
from tui.camera.reel import Reel
from tui.geometry.arrays import RGBImage


class Once:
    """Every frame of a clip once; iterate over it, and then ask what was wrong.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """

    def __init__(self, path: Path, open_with: OpenCapture = open_capture) -> None:
        self._path = path
        self._reel = Reel(path, open_with)
        self.rate_hz = self._reel.rate_hz
        """Nominal frames a second; what nonsense a file says is passed on."""
        self._sizes = Sizes(path.name)
        self._notes: list[str] = []

    def __iter__(self) -> Iterator[tuple[float, RGBImage]]:
        """(seconds from the start, RGB, uint8, shape (H, W, 3)) of each frame that can be decoded."""
        try:
            while self._reel.step():
                image = self._reel.image()
                if image is None:
                    continue
                if note := self._sizes.changed((image.shape[1], image.shape[0])):
                    self._notes.append(note)
                yield self._reel.at_s, image
        finally:
            self._reel.release()

    @property
    def faults(self) -> str:
        """What is missing of the clip, in one line with its name; empty if nothing is."""
        faults = self._reel.faults()
        return f"{self._path}: {faults}" if faults else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What else the user should know: changes of the frames' size."""
        return tuple(self._notes)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._reel.release()
