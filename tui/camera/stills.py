"""Sources that show pictures: one, or a folder to page through."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.camera.frame import Frame, SourceInfo
from tui.camera.imread import PICTURE_SUFFIXES, Picture, read_noted
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    from tui.storage.recorded import Recorded  # with all that a fit needs, which no first paint waits for


class StillSource:
    """One picture, delivered once, with what was recorded of it; `read` then blocks until `close`."""

    def __init__(self, info: SourceInfo, image: RGBImage, note: str = "", recorded: Recorded | None = None) -> None:
        self.info = info
        self._image = image
        self._note = note
        self._recorded = recorded
        self._delivered = False
        self._closed = threading.Event()

    def read(self) -> Frame:
        """The picture the first time; then block until `close`."""
        if self._delivered:
            self._closed.wait()
        if self._closed.is_set():
            raise SourceEnded(f"{self.info.label}: closed")
        self._delivered = True
        recorded = self._recorded
        frame = Frame(self._image, 0, time.monotonic(), name=self.info.label, note=self._note)
        return frame if recorded is None else replace(frame, mounted=recorded.mounted, recorded=recorded)

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
        self._first: Picture | None = self._load(1)

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
            picture = first
        else:
            self._position = (self._position + step) % len(self._paths)
            picture = self._load(-1 if step < 0 else 1)
        index, self._index = self._index, self._index + 1
        return Frame(picture.image, index, time.monotonic(), name=self._paths[self._position].name, note=picture.note)

    def close(self) -> None:
        """Wake `read`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _load(self, direction: int) -> Picture:
        """The picture at the position, or the next readable one in `direction`, with a note on what was passed."""
        passed: list[str] = []
        for _ in self._paths:
            try:
                picture = read_noted(self._paths[self._position])
            except InputError as error:
                passed.append(str(error))
                self._position = (self._position + direction) % len(self._paths)
                continue
            name = self._paths[self._position].name
            own = f"{name}: {picture.note}" if picture.note else ""
            notes = (f"passed over {passed[0]}" if passed else "", own)
            return Picture(picture.image, "; ".join(filter(None, notes)))
        raise SourceError(f"{self.info.label} none of its {len(self._paths)} pictures can be read: {passed[0]}")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order: not hidden, and with the ending of one.

    Raises:
        SourceError: the folder cannot be listed, or holds no picture.
    """
    paths = [path for path in files_in(folder) if is_picture_name(path)]
    if not paths:
        raise SourceError(f"{folder}: no pictures in this folder (PNG, JPEG, WebP, TIFF or BMP)")
    return paths


def files_in(folder: Path) -> list[Path]:
    """All files of a folder, hidden ones too, in natural order.

    Raises:
        SourceError: the folder cannot be listed.
    """
    try:
        return sorted((path for path in folder.iterdir() if path.is_file()), key=_natural)
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed: {error.strerror or error}") from error


def is_picture_name(path: Path) -> bool:
    """Whether a file of a folder is taken for a picture; what other systems leave there, `._IMG_1.jpg`, is hidden."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
