"""A clip from its first frame to its last, as fast as it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.camera.clip import ClipSource
from tui.camera.opencv import OpenCapture, open_capture
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_OPEN_TIMEOUT_S = 10.0


def rate_of(path: Path, open_with: OpenCapture = open_capture) -> float:
    """Nominal frames a second of a video file; what nonsense a file says is passed on.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """
    ClipSource(path, str(path), open_with).close()
    capture = open_with(str(path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
    if capture is None:
        raise _gone(path)
    try:
        return capture.rate_hz
    finally:
        capture.release()


def frames_once(path: Path, open_with: OpenCapture = open_capture) -> Iterator[RGBImage]:
    """Every frame of a video file once, RGB, uint8, shape (H, W, 3); a frame that cannot be decoded is left out.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """
    ClipSource(path, str(path), open_with).close()  # says what is wrong with a file that is no clip
    capture = open_with(str(path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
    if capture is None:
        raise _gone(path)
    try:
        while capture.grab():
            image = capture.retrieve()
            if image is not None:
                yield image
    finally:
        capture.release()


def _gone(path: Path) -> SourceError:
    return SourceError(f"{path}: cannot be opened any more; was it moved?")
