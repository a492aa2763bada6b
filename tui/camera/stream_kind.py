"""A stream of pictures in a pipe, told by its first bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tui.camera.imread import decode_picture
from tui.camera.jpeg import decode_jpeg
from tui.camera.jpeg_stream import MAX_JPEG_BYTES, JpegStream
from tui.camera.parts import PictureParts, holds_other_pictures, shows_kind
from tui.camera.sequence import PNM_MAGICS, PngStream, PnmStream
from tui.camera.y4m import MAGIC as Y4M_MAGIC
from tui.camera.y4m import Y4mStream, decode_frame
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

READ_KINDS = "JPEG after JPEG, multipart/x-mixed-replace, YUV4MPEG2, PNG or PPM pictures"
_JPEG = b"\xff\xd8\xff"
_MOST_TEXT_BYTES = 64 * 1024
"""Of words that a program may say before its first picture."""
_MOST_SILENT_BYTES = 1024 * 1024
_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200})\r?\n(?=content-)", re.IGNORECASE)
_PICTURE = re.compile(rb"\xff\xd8\xff|(?:\A|(?<=\n))(?:YUV4MPEG2 |\x89PNG\r\n\x1a\n)")
_TEXT = re.compile(rb"[\t\n\r\x1b\x20-\x7e\x80-\xf4]*")
_H264 = "H.264 or H.265, which is not read from a pipe; have it write motion JPEG (rpicam-vid: --codec mjpeg)"
_CONTAINER = "a video file's container; have it write motion JPEG (ffmpeg: -f mjpeg -)"
_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\0\0\0\x01", _H264),
    (0, b"\0\0\x01", _H264),
    (0, b"\x1a\x45\xdf\xa3", _CONTAINER),
    (8, b"WEBP", "WebP pictures; have it write motion JPEG"),
    (0, b"RIFF", _CONTAINER),
    (0, b"FLV\x01", _CONTAINER),
    (0, b"\x47\x40", _CONTAINER),
    (4, b"ftyp", _CONTAINER),
    (0, b"OggS", _CONTAINER),
    (0, b"GIF8", "a GIF; have it write motion JPEG"),
)
"""Where it stands, how it begins, what it is."""


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A picture as it came."""

    data: bytes
    decode: Callable[[bytes, str], RGBImage]
    """(data, what errors call it) -> RGB, uint8, shape (H, W, 3). Raises InputError."""


class _Cutter(Protocol):
    @property
    def inside(self) -> bool: ...

    def feed(self, data: bytes) -> list[bytes]: ...

    def finish(self) -> list[bytes]: ...


class PictureStream:
    """Cuts the bytes of a pipe into pictures, whatever kind they are of; holds at most one of them."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._cutter: _Cutter | None = None
        self._decode: Callable[[bytes, str], RGBImage] = decode_picture
        self._silent_bytes = 0
        self._is_wrapped = False

    @property
    def known(self) -> bool:
        """Whether its first bytes have told what it is."""
        return self._cutter is not None

    @property
    def holds_files(self) -> bool:
        """Whether its pictures are what files hold, so that one of them alone may be a file."""
        return self._cutter is not None and not self._is_wrapped

    @property
    def rate_hz(self) -> float:
        """Frames a second as the stream says, 0 where it does not."""
        return self._cutter.rate_hz if isinstance(self._cutter, Y4mStream) else 0.0

    def feed(self, data: bytes) -> list[Undecoded]:
        """Add bytes; the pictures that are now whole, in order.

        Raises:
            SourceError: it is no stream of pictures; says what it is instead, without naming the source.
        """
        if self._cutter is None:
            self._head += data
            if not self._choose():
                return []
            data = bytes(self._head)
            self._head.clear()
        assert self._cutter is not None  # noqa: S101 - chosen just now
        pictures = self._cutter.feed(data)
        self._silent_bytes = 0 if pictures else self._silent_bytes + len(data)
        if self._silent_bytes > (2 * MAX_JPEG_BYTES if self._cutter.inside else _MOST_SILENT_BYTES):
            raise SourceError("the pictures have stopped, and something else comes instead")
        return [Undecoded(each, self._decode) for each in pictures]

    @property
    def unlike(self) -> str:
        """How what came so far is not like pictures, where no kind of them is known yet; else empty."""
        head = bytes(self._head)
        return _not_pictures(head) if self._cutter is None and head.strip() else ""

    def finish(self) -> list[Undecoded]:
        """After the last bytes: the picture that they leave without an end marker, if there is one.

        Raises:
            SourceError: what came until then is no picture.
        """
        if self._cutter is None:
            if self.unlike:
                raise SourceError(self.unlike)
            return []
        return [Undecoded(each, self._decode) for each in self._cutter.finish()]

    def _choose(self) -> bool:
        """Choose the cutter; False where more bytes are needed for that. What comes before the pictures is dropped."""
        head = self._head
        begun = head.lstrip(b"\t\r\n ")
        boundary = _BOUNDARY.search(head)
        if boundary:
            rest = bytes(head[boundary.start() :])
            if not shows_kind(rest):
                return False
            if holds_other_pictures(rest):
                self._cutter = PictureParts(rest)
            else:
                self._cutter, self._decode = JpegStream(), decode_jpeg
            self._is_wrapped = True
            return True
        if begun.startswith(PNM_MAGICS):
            self._cutter = PnmStream()
            return True
        if found := _PICTURE.search(head):
            if not _TEXT.fullmatch(head, 0, found.start()):
                return self._refuse()
            del head[: found.start()]
            self._begin_at_picture(bytes(head[:9]))
            return True
        # The end may be the beginning of a picture's first bytes.
        text = _TEXT.match(head)
        is_text = text is not None and text.end() >= len(head) - len(_JPEG)
        if (len(head) >= 16 and not is_text) or len(head) > _MOST_TEXT_BYTES:
            return self._refuse()
        return False

    def _begin_at_picture(self, start: bytes) -> None:
        if start.startswith(_JPEG):
            self._cutter, self._decode = JpegStream(), decode_jpeg
        elif start.startswith(Y4M_MAGIC[:9]):
            self._is_wrapped = True
            self._cutter, self._decode = Y4mStream(), decode_frame
        else:
            self._cutter = PngStream()

    def _refuse(self) -> bool:
        raise SourceError(_not_pictures(bytes(self._head)))


def _not_pictures(head: bytes) -> str:
    what = next((words for at, magic, words in _OTHERS if head.startswith(magic, at)), "")
    if not what and _TEXT.fullmatch(head):
        line = head.strip().split(b"\n")[-1].decode("utf-8", "replace")
        shown = "".join(c if c.isprintable() else " " for c in line).strip()[:80]
        what = f"words, not pictures ({shown!r}); with gst-launch-1.0 give -q"
    elif not what:
        what = f"no pictures that are read here; have it write {READ_KINDS}"
    return f"writes {what}"
