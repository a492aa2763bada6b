"""Sources that show pictures: one, or a folder to page through."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

from tui.camera.frame import Frame, SourceInfo
from tui.camera.imread import PICTURE_SUFFIXES, read_picture
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.arrays import RGBImage


class StillSource:
    """One picture, delivered once; `read` then blocks until `close`."""

    def __init__(self, info: SourceInfo, image: RGBImage) -> None:
        self.info = info
        self._image = image
        self._delivered = False
        self._closed = threading.Event()

    def read(self) -> Frame:
        """The picture the first time; then block until `close`."""
        if self._delivered:
            self._closed.wait()
        if self._closed.is_set():
            raise SourceEnded(f"{self.info.label}: closed")
        self._delivered = True
        return Frame(self._image, 0, time.monotonic(), name=self.info.label)

    def close(self) -> None:
        """Wake `read`."""
        self._closed.set()


class FolderSource:
    """The pictures of a folder in natural order (2.png before 10.png); broken ones are passed over and named.

    Raises:
        SourceError: no pictures in the folder, or none that can be read.
    """

    def __init__(self, folder: Path, spec: str) -> None:
        self.info = SourceInfo(spec, f"{folder.name or folder}/", live=False, still=True)
        self._paths = pictures_in(folder)
        self._position = 0
        self._index = 0
        self._wanted: int | None = 0
        self._changed = threading.Condition()
        self._closed = False
        self._first: tuple[RGBImage, str] | None = self._load(1)

    def page(self, step: int) -> None:
        """Go `step` pictures on or back, wrapping around."""
        with self._changed:
            self._wanted = (self._wanted or 0) + step
            self._changed.notify_all()

    def read(self) -> Frame:
        """The picture that was paged to; blocks until there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wanted is not None)
            if self._closed:
                raise SourceEnded(f"{self.info.label}: closed")
            step = self._wanted or 0
            self._wanted = None
        first, self._first = self._first, None
        if first is not None and step == 0:
            image, note = first
        else:
            self._position = (self._position + step) % len(self._paths)
            image, note = self._load(-1 if step < 0 else 1)
        index, self._index = self._index, self._index + 1
        return Frame(image, index, time.monotonic(), name=self._paths[self._position].name, note=note)

    def close(self) -> None:
        """Wake `read`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _load(self, direction: int) -> tuple[RGBImage, str]:
        """The picture at the position, or the next readable one in `direction`, with a note on what was passed."""
        passed: list[str] = []
        for _ in self._paths:
            try:
                image = read_picture(self._paths[self._position])
            except InputError as error:
                passed.append(str(error))
                self._position = (self._position + direction) % len(self._paths)
                continue
            return image, f"passed over {passed[0]}" if passed else ""
        raise SourceError(f"{self.info.label} none of its {len(self._paths)} pictures can be read: {passed[0]}")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, by suffix, in natural order.

    Raises:
        SourceError: the folder cannot be listed, or holds no picture.
    """
    try:
        paths = [path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file()]
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed: {error.strerror or error}") from error
    if not paths:
        raise SourceError(f"{folder}: no pictures in this folder (PNG, JPEG, WebP, TIFF or BMP)")
    return sorted(paths, key=_natural)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
