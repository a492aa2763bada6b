"""JPEG pictures found in a stream of bytes by walking their markers, whatever stands between them."""

from __future__ import annotations

import re

MAX_JPEG_BYTES = 64 * 1024 * 1024
"""A longer run without an end is not a picture."""

_SOI = b"\xff\xd8\xff"
_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends a run of entropy-coded data: no stuffed zero, restart marker or fill byte (ITU-T T.81, B.1.1.2)."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SOI_CODE = 0xD8
_EOI_CODE = 0xD9
_SOS = 0xDA


class JpegStream:
    """Cuts a stream of bytes into its JPEGs: motion JPEG in a pipe, a `.mjpeg` file, a multipart body.

    Segments are passed over by their length, so that a thumbnail inside EXIF is neither a picture nor the end of one.
    What lies between pictures is dropped. Holds at most one picture and what was fed last; how the bytes are cut into
    pieces makes no difference.
    """

    def __init__(self, max_bytes: int = MAX_JPEG_BYTES) -> None:
        """Start with nothing.

        Args:
            max_bytes: a longer picture is dropped.
        """
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._at = 0
        """How far the buffer has been looked at."""
        self._inside = False
        """Whether the buffer begins with a picture's start."""
        self._in_scan = False
        self._has_scan = False
        self._too_long = False

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a picture that goes on."""
        return self._inside

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the pictures that are now whole, in order, each from its FF D8 to its FF D9.

        A picture whose end marker is missing comes out when the next one begins, up to there and without an end
        marker; whether all of it is there is for the decoder to say (`tui.camera.jpeg.decode_jpeg`).
        """
        self._buffer += data
        found: list[bytes] = []
        while self._step(found):
            pass
        if self._inside and self._at > self._max_bytes:
            self._drop(self._at)
            self._too_long = True
        return found

    def finish(self) -> list[bytes]:
        """After the last bytes: the picture that they leave without an end marker, if there is one; begins anew."""
        found: list[bytes] = []
        if self._inside and self._has_scan:
            self._emit(len(self._buffer), found)
        self._buffer.clear()
        self._leave()
        return found

    def _step(self, found: list[bytes]) -> bool:
        """Walk over one marker; False where more bytes are needed for that."""
        if not self._inside:
            return self._seek()
        return self._scan(found) if self._in_scan else self._segment(found)

    def _seek(self) -> bool:
        start = self._buffer.find(_SOI)
        if start < 0:
            self._drop(len(self._buffer) - len(_SOI) + 1)
            return False
        self._drop(start)
        self._enter()
        return True

    def _segment(self, found: list[bytes]) -> bool:
        buffer, at = self._buffer, self._at
        if len(buffer) < at + 2:
            return False
        marker = buffer[at + 1]
        if buffer[at] != 0xFF or marker == 0x00:
            return self._give_up(at)
        if marker == 0xFF:  # a fill byte
            self._at += 1
        elif marker in {_SOI_CODE, _EOI_CODE}:
            return self._end(found)
        elif marker in _STANDALONE:
            self._at += 2
        else:
            return self._pass_segment(marker)
        return True

    def _pass_segment(self, marker: int) -> bool:
        buffer, at = self._buffer, self._at
        if len(buffer) < at + 4:
            return False
        length = int.from_bytes(buffer[at + 2 : at + 4], "big")
        if length < 2:
            return self._give_up(at)
        if len(buffer) < at + 2 + length:
            return False
        self._at = at + 2 + length
        self._in_scan = marker == _SOS
        self._has_scan |= self._in_scan
        return True

    def _scan(self, found: list[bytes]) -> bool:
        match = _IN_SCAN.search(self._buffer, self._at)
        if match is None:
            self._at = max(self._at, len(self._buffer) - 1)  # its last byte may be half a marker
            return False
        self._at = match.start()
        marker = self._buffer[self._at + 1]
        if marker in {_SOI_CODE, _EOI_CODE}:
            return self._end(found)
        if marker < 0xC0:  # reserved: damaged
            return self._give_up(self._at)
        self._in_scan = False  # the tables and the next scan of a progressive picture
        return True

    def _end(self, found: list[bytes]) -> bool:
        """At an end marker, or at the start of the next picture, which ends this one as well."""
        next_begins = self._buffer[self._at + 1] == _SOI_CODE
        end = self._at if next_begins else self._at + 2
        if self._has_scan:
            self._emit(end, found)
        self._drop(end)
        if next_begins:
            self._enter()
        else:
            self._leave()
        return True

    def _enter(self) -> None:
        self._leave()
        self._inside, self._at = True, 2

    def _leave(self) -> None:
        self._inside = self._in_scan = self._has_scan = self._too_long = False
        self._at = 0

    def _give_up(self, at: int) -> bool:
        """Damaged: look for the next picture from here, not from its start, where a thumbnail may follow."""
        self._drop(at)
        self._leave()
        return True

    def _emit(self, end: int, found: list[bytes]) -> None:
        if not self._too_long and end <= self._max_bytes:
            found.append(bytes(self._buffer[:end]))

    def _drop(self, count: int) -> None:
        count = max(0, count)
        del self._buffer[:count]
        self._at = max(0, self._at - count)
