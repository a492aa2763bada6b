"""Pictures other than JPEGs in a multipart stream (RFC 2046): they tell no end by themselves, their parts do."""

from __future__ import annotations

import re

from tui.camera.jpeg_stream import MAX_JPEG_BYTES

_OTHER_PICTURE = re.compile(rb"^content-type:[ \t]*image/(?!jpe?g|jpg|pjpeg)", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def holds_other_pictures(beginning: bytes) -> bool:
    """Whether the first part of a multipart stream says that it is a picture, but no JPEG."""
    head = beginning.lstrip(b"\r\n")
    end = _HEADER_END.search(head)
    return end is not None and _OTHER_PICTURE.search(head[: end.end()]) is not None


def has_header(beginning: bytes) -> bool:
    """Whether all of the first part's header is there."""
    return _HEADER_END.search(beginning.lstrip(b"\r\n")) is not None


class PictureParts:
    """Cuts a multipart stream into its parts, by their lengths or by the boundary; holds at most one of them."""

    def __init__(self, boundary: str) -> None:
        """Start with nothing.

        Args:
            boundary: as the answer's header announces it, with or without its dashes.
        """
        self._mark = b"--" + boundary.strip('"').strip("-").encode("latin-1", "replace")
        self._buffer = bytearray()

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a part that goes on."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the parts that are now whole, without their headers."""
        self._buffer += data
        found = []
        while (part := self._part()) is not None:
            found.append(part)
        if len(self._buffer) > MAX_JPEG_BYTES:
            self._buffer.clear()
        return found

    def finish(self) -> list[bytes]:
        """After the last bytes: nothing, since a part without an end is not whole."""
        self._buffer.clear()
        return []

    def _part(self) -> bytes | None:
        start = self._buffer.find(self._mark)
        head = _HEADER_END.search(self._buffer, start + len(self._mark)) if start >= 0 else None
        if head is None:
            return None
        begin = head.end()
        length = _LENGTH.search(self._buffer, start, begin)
        end = begin + int(length[1]) if length and int(length[1]) else self._buffer.find(self._mark, begin)
        if not begin <= end <= len(self._buffer):
            return None
        part = bytes(self._buffer[begin:end])
        del self._buffer[:end]
        return part
