"""Pictures other than JPEGs in a multipart stream (RFC 2046): they tell no end by themselves, their parts do."""

from __future__ import annotations

import re

from tui.camera.jpeg_stream import MAX_JPEG_BYTES

_OTHER_PICTURE = re.compile(rb"^content-type:[ \t]*image/(?!jpe?g|jpg|pjpeg)", re.IGNORECASE | re.MULTILINE)
_NO_PICTURE = re.compile(rb"^content-type:[ \t]*(?!image/|application/octet-stream)[^\s]", re.IGNORECASE | re.MULTILINE)
_JPEG = b"\xff\xd8\xff"
_BEGINS_OTHERWISE = re.compile(
    rb"\r?\n\r?\n(?:\x89PNG\r\n|GIF8[79]a|RIFF....WEBP|BM....\0\0\0\0|II\*\0|MM\0\*|P[56]\s|....ftypavif)", re.DOTALL
)
"""A part whose content begins as a picture that is no JPEG, whatever its header calls it."""
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_SNIFFED_BYTES = 512


def holds_other_pictures(beginning: bytes) -> bool:
    """Whether the first picture of a multipart stream is no JPEG, by its own first bytes or by what its part says."""
    head = beginning.lstrip(b"\r\n")
    end = _HEADER_END.search(head)
    return end is not None and (
        _OTHER_PICTURE.search(head[: end.end()]) is not None or _BEGINS_OTHERWISE.search(head) is not None
    )


def shows_kind(beginning: bytes) -> bool:
    """Whether so much of a multipart stream tells whether its pictures are JPEGs, or no more of it would."""
    return len(beginning) >= _SNIFFED_BYTES or _JPEG in beginning or holds_other_pictures(beginning)


class PictureParts:
    """Cuts a multipart stream into its parts, by their lengths or by the boundary; holds at most one of them."""

    def __init__(self, beginning: bytes, announced: str = "") -> None:
        """Start with nothing.

        Args:
            beginning: of the stream, with its first boundary; it is to be fed all the same.
            announced: the boundary as the answer's header has it, with or without its dashes; it may be wrong.
        """
        self._mark = b"--" + announced.strip('"').strip("-").encode("latin-1", "replace")
        if (announced == "" or self._mark not in beginning) and (found := _BOUNDARY.search(beginning)):
            self._mark = b"--" + found[1].strip(b"-")
        self._buffer = bytearray()

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a part that goes on."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the parts that are now whole, without headers; those that say they are no pictures are dropped."""
        self._buffer += data
        found = []
        while (part := self._part()) is not None:
            header, content = part
            if not _NO_PICTURE.search(header):
                found.append(content)
        if len(self._buffer) > MAX_JPEG_BYTES:
            self._buffer.clear()
        return found

    def finish(self) -> list[bytes]:
        """After the last bytes: nothing, since a part without an end is not whole."""
        self._buffer.clear()
        return []

    def _part(self) -> tuple[bytes, bytes] | None:
        """The first part's header and content, once all of it is there."""
        start = self._buffer.find(self._mark)
        head = _HEADER_END.search(self._buffer, start + len(self._mark)) if start >= 0 else None
        if head is None:
            return None
        begin = head.end()
        length = _LENGTH.search(self._buffer, start, begin)
        if length and int(length[1]):
            end = begin + int(length[1])
            # No boundary stands in a part: one before its end tells that the length is wrong.
            if (early := self._buffer.find(b"\n" + self._mark, begin, end)) >= 0:
                end = early
        else:
            end = self._buffer.find(self._mark, begin)
        if not begin <= end <= len(self._buffer):
            return None
        part = bytes(self._buffer[start:begin]), bytes(self._buffer[begin:end])
        del self._buffer[:end]
        return part
