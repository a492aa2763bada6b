"""YUV4MPEG2, uncompressed video in a pipe (`man yuv4mpeg`): what `ffmpeg -f yuv4mpegpipe` and y4menc write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

MAGIC = b"YUV4MPEG2 "
_FRAME = b"FRAME"
_MOST_HEADER_BYTES = 1024
_MOST_FRAME_BYTES = 128 * 1024 * 1024
"""8K in 4:4:4 fits; what claims more is damaged."""
_OUT_OF_STEP = (
    "a YUV4MPEG2 stream out of step: a frame does not begin where it should; ffmpeg writes so what has an odd width "
    "and more than 8 bits: -pix_fmt yuv420p"
)
_COLOUR = re.compile(r"(420|411|422|444|mono)(?:jpeg|mpeg2|paldv)?(alpha)?(?:p?(9|10|12|14|16))?")
_RATE = re.compile(r"F(\d{1,9}):(\d{1,9})")
_DIVISORS = {"420": (2, 2), "411": (4, 1), "422": (2, 1), "444": (1, 1)}
"""Of the chroma planes, by columns and rows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the frames of one stream lie in memory: Y, U and V planes one after another."""

    width: int
    height: int
    chroma: str
    """'420', '411', '422', '444' or 'mono'."""
    bits: int
    has_alpha: bool
    is_full_range: bool
    """0-255 instead of 16-235."""
    rate_hz: float
    """Frames a second; 0 where it is not known."""

    @property
    def chroma_size(self) -> tuple[int, int]:
        """Columns and rows of U and V; zeros where there are none."""
        across, down = _DIVISORS.get(self.chroma, (0, 0))
        return (-(-self.width // across), -(-self.height // down)) if across else (0, 0)

    @property
    def frame_bytes(self) -> int:
        """Of one frame, without its header."""
        columns, rows = self.chroma_size
        luma = self.width * self.height
        samples = luma * (2 if self.has_alpha else 1) + 2 * columns * rows
        return samples * (1 if self.bits == 8 else 2)

    def decode(self, data: bytes) -> RGBImage:
        """One frame, without its header, as RGB, uint8, shape (H, W, 3).

        The matrix is that of BT.601, as the format cannot name another one.
        """
        import cv2

        width, height = self.width, self.height
        if self.chroma == "420" and self.bits == 8 and not (self.is_full_range or width % 2 or height % 2):
            rows = np.frombuffer(data, np.uint8, width * height * 3 // 2).reshape(height * 3 // 2, width)
            return np.asarray(cv2.cvtColor(rows, cv2.COLOR_YUV2RGB_I420), np.uint8)
        luma = self._plane(data, 0, width, height, 219, 16)
        if self.chroma == "mono":
            return np.repeat(luma[:, :, None], 3, axis=2)
        columns, rows_c = self.chroma_size
        planes = [luma]
        for number in (1, 0):  # OpenCV wants V before U
            plane = self._plane(data, width * height + number * columns * rows_c, columns, rows_c, 224, 128)
            across, down = _DIVISORS[self.chroma]
            whole = cv2.resize(plane, (columns * across, rows_c * down), interpolation=cv2.INTER_LINEAR)
            planes.append(np.asarray(whole, np.uint8)[:height, :width])
        return np.asarray(cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB), np.uint8)

    def _plane(self, data: bytes, at: int, columns: int, rows: int, span: int, pivot: int) -> NDArray[np.uint8]:
        """Samples from `at` on, stretched to the full range around the value that stays where it is."""
        import cv2

        kind: DTypeLike = np.uint8 if self.bits == 8 else np.dtype("<u2")
        size = 1 if self.bits == 8 else 2
        raw = np.frombuffer(data, kind, columns * rows, at * size).reshape(rows, columns)
        eight = raw.astype(np.uint8) if self.bits == 8 else np.minimum(raw >> (self.bits - 8), 255).astype(np.uint8)
        if self.is_full_range:
            return eight
        zero = 0 if pivot == 16 else 128
        table = np.clip(np.rint((np.arange(256) - pivot) * (255 / span) + zero), 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(eight, table), np.uint8)


class Y4mStream:
    """Cuts a stream of bytes into its frames; holds at most one frame and what was fed last."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._header = b""
        self._layout: Layout | None = None

    @property
    def rate_hz(self) -> float:
        """Frames a second as the header says, 0 where it does not."""
        return self._layout.rate_hz if self._layout else 0.0

    @property
    def inside(self) -> bool:
        """Whether the last bytes were of a frame that goes on."""
        return self._layout is not None

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; the frames that are now whole, each behind its stream's header, for `decode_frame`.

        Raises:
            SourceError: a header that cannot be read, or a size that cannot be.
        """
        self._buffer += data
        found: list[bytes] = []
        while True:
            line = self._line()
            if line is None:
                return found
            if line.startswith(MAGIC.strip()):  # another stream behind the first has its own
                self._header, self._layout = line + b"\n", parse_header(line)
                del self._buffer[: len(line) + 1]
                continue
            if self._layout is None or line.split(b" ", 1)[0] != _FRAME:
                raise SourceError(_OUT_OF_STEP)
            begin, size = len(line) + 1, self._layout.frame_bytes
            if len(self._buffer) < begin + size:
                return found
            with memoryview(self._buffer) as view:
                found.append(b"".join((self._header, view[begin : begin + size])))
            del self._buffer[: begin + size]

    def finish(self) -> list[bytes]:
        """After the last bytes: nothing, since a frame that is cut off is not whole."""
        self._buffer.clear()
        return []

    def _line(self) -> bytes | None:
        """The header at the beginning of the buffer, without its line feed; None where more bytes are needed."""
        end = self._buffer.find(b"\n", 0, _MOST_HEADER_BYTES)
        if end >= 0:
            return bytes(self._buffer[:end])
        if len(self._buffer) >= _MOST_HEADER_BYTES:
            raise SourceError(_OUT_OF_STEP if self._layout else "a YUV4MPEG2 stream whose header has no end")
        return None


def decode_frame(data: bytes, _name: str = "") -> RGBImage:
    """What `Y4mStream` has cut, as RGB, uint8, shape (H, W, 3)."""
    header, _, frame = data.partition(b"\n")
    return parse_header(header).decode(frame)


@lru_cache(maxsize=2)
def parse_header(line: bytes) -> Layout:
    """What a stream's first line says: `YUV4MPEG2 W640 H480 F30:1 C420jpeg`.

    Raises:
        SourceError: no size, one that cannot be, or colours that are not read.
    """
    words = line.decode("ascii", "replace").split()[1:]
    sizes = {word[0]: word[1:] for word in words if word[0] in "WH"}
    width, height = (int(sizes[key]) if _is_count(sizes.get(key, "")) else 0 for key in "WH")
    if width < 1 or height < 1:
        raise SourceError("a YUV4MPEG2 stream that does not say how large its pictures are")
    colour = next((word[1:] for word in words if word[0] == "C"), "420")
    match = _COLOUR.fullmatch(colour)
    if match is None:
        raise SourceError(
            f"YUV4MPEG2 in {colour[:20]!r} is not read, but 420, 411, 422, 444 and mono; with ffmpeg: -pix_fmt yuv420p"
        )
    layout = Layout(
        width,
        height,
        match[1],
        int(match[3] or 8),
        bool(match[2]),
        any(w.upper() == "XCOLORRANGE=FULL" for w in words),
        _rate_hz(words),
    )
    if layout.frame_bytes > _MOST_FRAME_BYTES:
        raise SourceError(f"a YUV4MPEG2 stream that claims pictures of {width}x{height}, more than is read")
    return layout


def _rate_hz(words: list[str]) -> float:
    match = next((found for word in words if (found := _RATE.fullmatch(word))), None)
    return int(match[1]) / int(match[2]) if match and int(match[2]) else 0.0


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6
