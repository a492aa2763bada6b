"""A clip from its first frame to its last, as fast as it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.camera.clip import ClipSource
from tui.camera.opencv import OpenCapture, open_capture
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_OPEN_TIMEOUT_S = 10.0


def frames_once(path: Path, open_with: OpenCapture = open_capture) -> Iterator[RGBImage]:
    """Every frame of a video file once, RGB, uint8, shape (H, W, 3); a frame that cannot be decoded is left out.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """
    ClipSource(path, str(path), open_with).close()  # says what is wrong with a file that is no clip
    capture = open_with(str(path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
    if capture is None:
        raise SourceError(f"{path}: cannot be opened any more; was it moved?")
    try:
        while capture.grab():
            image = capture.retrieve()
            if image is not None:
                yield image
    finally:
        capture.release()
