"""JPEG pictures one after another in a file: raw motion JPEG, or a picture with a preview behind it."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SOI = b"\xff\xd8\xff"
_EOI, _SOS = 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""
_NO_SIZE = {0xC4, 0xC8, 0xCC}
"""Markers among those of a frame's header that are none."""
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_MOST_PADDING = 4096
"""Between two pictures of a stream; what stands further off is something else."""
_ENDINGS = (".mjpeg", ".mjpg")
_MULTI_PICTURE = b"MPF\0"


@dataclass(frozen=True, slots=True)
class Span:
    """Where one JPEG stands in a file."""

    start: int
    end: int
    size: tuple[int, int]
    """Width and height, pixels; zeros where it is too damaged to say."""
    is_multi: bool
    """Whether it says that the pictures behind it are its own (MPO)."""


class JpegFile:
    """A file of JPEG pictures, read where it lies: it may be larger than the memory. Raises OSError."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def spans(self) -> Iterator[Span]:
        """The pictures in their order."""
        at = self._data.find(_SOI)
        while at >= 0:
            span = _span(self._data, at)
            yield span
            at = self._data.find(_SOI, max(span.end, at + 2))

    def bytes_of(self, span: Span) -> bytes:
        """The picture as a file of its own."""
        return self._data[span.start : span.end]

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._data.close()


def is_motion_jpeg(path: Path) -> bool:
    """Whether a file is a stream of JPEGs: more behind the first, of its size or more than one, whatever its ending.

    Raises:
        OSError: it cannot be read.
    """
    pictures = first_spans(path, 3)
    if len(pictures) < 2 or pictures[0].is_multi:
        return False
    return len(pictures) > 2 or pictures[0].size == pictures[1].size or path.suffix.lower() in _ENDINGS


def first_spans(path: Path, count: int) -> list[Span]:
    """Up to `count` JPEGs that follow each other from the beginning of a file; none if it begins otherwise.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as head:
        if head.read(3) != _SOI:
            return []
    file = JpegFile(path)
    try:
        found: list[Span] = []
        for span in file.spans():
            far = span.start > (found[-1].end if found else 0) + _MOST_PADDING
            if far or span.size == (0, 0) or len(found) == count:
                break
            found.append(span)
        return found
    finally:
        file.close()


def _span(data: mmap.mmap, start: int) -> Span:
    """The JPEG that begins at `start`, by its segments: a thumbnail within its header is no picture of its own."""
    at, size, is_multi, length = start + 2, (0, 0), False, len(data)
    has_scan = False
    while at + 4 <= length and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == _EOI:
            return Span(start, at + 2, size, is_multi)
        elif marker in _ALONE:
            at += 2
        else:
            if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE and at + 9 <= length:
                size = (data[at + 7] << 8 | data[at + 8], data[at + 5] << 8 | data[at + 6])
            is_multi |= marker == 0xE2 and data[at + 4 : at + 8] == _MULTI_PICTURE
            at += 2 + (data[at + 2] << 8 | data[at + 3])
            if marker == _SOS:
                has_scan = True
                after = _AFTER_SCAN.search(data, at)
                at = after.start() if after else length
    if data[at : at + 2] == b"\xff\xd9":
        return Span(start, at + 2, size, is_multi)
    # A length in a damaged header leads anywhere: look for the next picture from here.
    return Span(start, min(at, length) if has_scan else start + 2, size, is_multi)
