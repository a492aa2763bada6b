"""Video files, played at their own pace."""

from __future__ import annotations

from pathlib import Path

from tui.camera.frame import SourceInfo
from tui.camera.opencv import OpenCapture, open_capture
from tui.camera.played import PlayedSource
from tui.camera.reel import Reel


class ClipSource(PlayedSource):
    """A video file.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """

    def __init__(self, path: Path, spec: str, open_with: OpenCapture = open_capture) -> None:
        super().__init__(SourceInfo(spec, path.name, live=False), lambda: Reel(path, open_with))
