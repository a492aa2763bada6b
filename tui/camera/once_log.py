"""A recording or a ROS 2 bag from its first picture to its last, as fast as they can be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.camera.bag import is_bag, open_bag, why_no_bag
from tui.camera.mcap_file import is_mcap
from tui.camera.open import open_log
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage
from tui.geometry.mounting import Mounted


def is_log(path: Path) -> bool:
    """Whether it is one, or what is left of one.

    Raises:
        OSError: it cannot be read.
    """
    return (path.is_file() and is_mcap(path)) or is_bag(path) or bool(why_no_bag(path))


class OnceLog:
    """Every picture of one of its topics once; as `tui.camera.once.Once`.

    Args:
        path: of the file, or of a bag's folder.
        topic: of a bag; empty for the one that is played.

    Raises:
        SourceError: it cannot be read; no pictures, no such topic.
    """

    def __init__(self, path: Path, topic: str = "") -> None:
        self._path = path
        try:
            source = open_bag(path, topic) if topic else open_log(path, str(path))
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        if source is None:
            raise SourceError(f"{path}: neither a recording nor a ROS 2 bag")
        self._source = source
        self._notes: list[str] = []
        self._faults = ""
        self.rate_hz = 1 / source.period_s
        """Nominal pictures a second."""
        self.intrinsics = source.info.intrinsics
        """What the log itself says of the camera; None where it says nothing."""
        self.mounted: Mounted | None = None
        """How the picture given last had been turned and cropped; None where nothing is known of it."""

    def __iter__(self) -> Iterator[tuple[float, RGBImage]]:
        """(seconds from the start, RGB, uint8, shape (H, W, 3)) of each picture that can be decoded."""
        try:
            for frame in self._source.through():
                if frame.note:
                    self._notes.append(frame.note)
                self.mounted = frame.mounted
                yield frame.at_s or 0.0, frame.image
            self._faults = self._source.faults()
        finally:
            self.close()

    @property
    def faults(self) -> str:
        """At the end: what is missing of it, in one line with its name; empty if nothing is."""
        return f"{self._path}: {self._faults}" if self._faults else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What else the user should know, each once: other topics, a file that was not closed, changes of size."""
        return tuple(dict.fromkeys(self._notes))

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._source.close()
