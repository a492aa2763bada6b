"""A clip's frames one after another: on past damaged stretches, each with its own time, and an account at the end."""

from __future__ import annotations

from pathlib import Path

from tui.camera.animated import open_moving
from tui.camera.opencv import OpenCapture
from tui.camera.whole import is_cut_off
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_DEFAULT_RATE_HZ = 25.0
_MAX_RATE_HZ = 240.0
_MAX_GAP_S = 60.0
"""A jump in a file's time stamps beyond this is a fault of the file, not a pause."""
_OPEN_TIMEOUT_S = 10.0
_MOST_FAILURES = 2000
"""The decoder fails once for each frame of a damaged stretch, and for ever at the end."""


class Reel:
    """One run through a clip.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """

    def __init__(self, path: Path, open_with: OpenCapture) -> None:
        self._path = path
        self.at_s = 0.0
        """Time of the frame that was stepped to last, from the start."""
        self.left_out = 0
        """Frames so far that could not be decoded."""
        self._sizes: list[tuple[int, int]] = []
        try:
            if path.stat().st_size == 0:
                raise SourceError(f"{path}: is empty (0 bytes); copy or record it again")
            # A resolved path starts with a slash, so that FFmpeg cannot take it for an address.
            capture = open_moving(path) or open_with(str(path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
            self._is_cut_off = is_cut_off(path)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        if capture is None:
            raise SourceError(
                f"{path}: neither a picture nor a video that can be decoded (truncated, or another kind of file)"
            )
        self._capture = capture
        self.rate_hz = capture.rate_hz
        """Nominal, frames a second; what nonsense a file says is passed on."""
        self.period_s = 1 / (self.rate_hz if 1 <= self.rate_hz <= _MAX_RATE_HZ else _DEFAULT_RATE_HZ)
        if not self._grab():
            capture.release()
            raise SourceError(f"{path}: a video without a single frame that can be decoded")
        self._raw_s = capture.position_s
        self._is_first = True

    def step(self) -> bool:
        """Go to the next frame that is there; False at the end."""
        if self._is_first:
            self._is_first = False
            return True
        failed = self.left_out
        if not self._grab():
            return False
        raw_s = self._capture.position_s
        gap_s = raw_s - self._raw_s
        # Time stamps carry variable frame rates; where a file has none, or they jump, count.
        counted_s = (1 + self.left_out - failed) * self.period_s
        self.at_s += gap_s if 0 < gap_s < _MAX_GAP_S else counted_s
        self._raw_s = raw_s
        return True

    def image(self) -> RGBImage | None:
        """The frame stepped to, RGB, uint8, shape (H, W, 3); None, and counted, if it cannot be decoded."""
        image = self._capture.retrieve()
        if image is None:
            self.left_out += 1
            return None
        size = (image.shape[1], image.shape[0])
        if not self._sizes or self._sizes[-1] != size:
            self._sizes.append(size)
        return image

    def changed_size(self) -> str:
        """A note if the frame taken last has another size than those before it; asked once a frame."""
        if len(self._sizes) < 2:
            return ""
        (width, height), (new_width, new_height) = self._sizes[-2:]
        del self._sizes[:-1]
        return f"{self._path.name}: its frames change from {width}x{height} to {new_width}x{new_height}"

    def faults(self) -> str:
        """At the end: what is missing of the clip, without its name; empty if nothing is."""
        words = []
        if self.left_out:
            frames = "frame is" if self.left_out == 1 else "frames are"
            words.append(f"{self.left_out} damaged {frames} left out")
        if self._is_cut_off:
            words.append("the file is cut off, its end is missing")
        return "; ".join(words)

    def release(self) -> None:
        """Let go of the file; safe to call twice."""
        self._capture.release()

    def _grab(self) -> bool:
        for failures in range(_MOST_FAILURES):
            if self._capture.grab():
                self.left_out += failures
                return True
        return False
