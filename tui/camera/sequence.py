"""PNG or PPM pictures one after another in a pipe, found by walking them."""

from __future__ import annotations

import re

from tui.camera.jpeg_stream import MAX_JPEG_BYTES
from tui.errors import SourceError

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PNM_MAGICS = (b"P5", b"P6")
_PNM_HEADER = re.compile(rb"P([56])" + rb"(?:\s+|#[^\n]{0,200}\n)+(\d{1,6})" * 3 + rb"\s")
_MOST_HEADER_BYTES = 1024
_SPACE = b"\t\n\v\f\r "


class PngStream:
    """Cuts a stream of bytes into its PNG pictures, by the lengths of their chunks."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        """How far the buffer's first picture has been walked."""

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a picture that goes on."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the pictures that are now whole.

        Raises:
            SourceError: no picture begins where one should.
        """
        self._buffer += data
        found = []
        while (picture := self._picture()) is not None:
            found.append(picture)
        return found

    def finish(self) -> list[bytes]:
        """After the last bytes: nothing, since a picture that is cut off is not whole."""
        self._buffer.clear()
        self._at = 0
        return []

    def _picture(self) -> bytes | None:
        buffer = self._buffer
        if self._at == 0:
            if len(buffer) < len(PNG_MAGIC):
                return None
            if not buffer.startswith(PNG_MAGIC):
                raise SourceError("a sequence of PNG pictures out of step: no picture begins where one should")
            self._at = len(PNG_MAGIC)
        while len(buffer) >= self._at + 8:
            length = int.from_bytes(buffer[self._at : self._at + 4], "big")
            is_end = buffer[self._at + 4 : self._at + 8] == b"IEND"
            if self._at + length > MAX_JPEG_BYTES:
                raise SourceError("a PNG picture that claims to be larger than any is")
            if len(buffer) < self._at + 12 + length:
                return None
            self._at += 12 + length
            if is_end:
                picture = bytes(buffer[: self._at])
                del buffer[: self._at]
                self._at = 0
                return picture
        return None


class PnmStream:
    """Cuts a stream of bytes into its binary PGM and PPM pictures, by the sizes that they state."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._whole = 0
        """Bytes of the picture that the buffer begins with; 0 where that is not known yet."""

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a picture that goes on."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the pictures that are now whole.

        Raises:
            SourceError: no picture begins where one should, or one of a size that cannot be.
        """
        self._buffer += data
        found: list[bytes] = []
        while True:
            if not self._whole:
                self._whole = self._size()
            if not self._whole or len(self._buffer) < self._whole:
                return found
            found.append(bytes(memoryview(self._buffer)[: self._whole]))
            del self._buffer[: self._whole]
            self._whole = 0

    def finish(self) -> list[bytes]:
        """After the last bytes: nothing, since a picture that is cut off is not whole."""
        self._buffer.clear()
        self._whole = 0
        return []

    def _size(self) -> int:
        while self._buffer and self._buffer[0] in _SPACE:
            del self._buffer[0]
        header = _PNM_HEADER.match(self._buffer, 0, _MOST_HEADER_BYTES)
        if header is None:
            begins = self._buffer[:2] in (b"", b"P", *PNM_MAGICS)
            if not begins or len(self._buffer) >= _MOST_HEADER_BYTES:
                raise SourceError("a sequence of PPM pictures out of step: no picture begins where one should")
            return 0
        width, height, highest = (int(header[k]) for k in (2, 3, 4))
        size = width * height * (3 if header[1] == b"6" else 1) * (1 if highest < 256 else 2)
        if not 0 < size <= MAX_JPEG_BYTES * 2:
            raise SourceError(f"a PPM picture that claims to be {width}x{height}, more than is read")
        return header.end() + size
