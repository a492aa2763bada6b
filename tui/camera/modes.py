"""Which picture sizes and rates a camera has, in each of its formats.

Numbers and layouts: linux/videodev2.h (struct v4l2_frmsizeenum, v4l2_frmivalenum).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tui.camera.controls import Ioctl

_VIDIOC_ENUM_FRAMESIZES, _VIDIOC_ENUM_FRAMEINTERVALS = 0xC02C564A, 0xC034564B
_SIZE = struct.Struct("=III6I8x")
_INTERVAL = struct.Struct("=IIIII6I8x")
_DISCRETE = 1
_MOST = 64


@dataclass(frozen=True, slots=True)
class Mode:
    """One picture size in one format."""

    fourcc: str
    """'MJPG'."""
    size: str
    """'1280x720', or '32x32 to 1920x1080' where the camera has everything between."""
    rates_hz: tuple[float, ...]
    """The largest first; empty where the driver does not say."""

    @property
    def largest(self) -> tuple[int, int]:
        """Width and height, pixels; of a range its upper end."""
        width, height = self.size.rpartition(" ")[2].split("x")
        return int(width), int(height)


def ask_modes(file: int, ioctl: Ioctl, pixel_formats: tuple[int, ...]) -> tuple[Mode, ...]:
    """VIDIOC_ENUM_FRAMESIZES and _FRAMEINTERVALS of formats, on an open device file."""
    return tuple(
        Mode(fourcc_of(pixel_format), words, _rates(file, ioctl, pixel_format, *size))
        for pixel_format in pixel_formats
        for words, size in _sizes(file, ioctl, pixel_format)
    )


def fourcc_of(pixel_format: int) -> str:
    """Four letters from a number of the driver's or OpenCV's; empty where these are none."""
    raw = struct.pack("=I", pixel_format & 0x7FFFFFFF)  # the highest bit marks big-endian ones
    return raw.decode("ascii").strip() if all(32 <= byte < 127 for byte in raw) else ""


def _sizes(file: int, ioctl: Ioctl, pixel_format: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """In words, and one size that stands for it."""
    for index in range(_MOST):
        answer = bytearray(_SIZE.pack(index, pixel_format, 0, *[0] * 6))
        try:
            ioctl(file, _VIDIOC_ENUM_FRAMESIZES, answer)
        except OSError:  # EINVAL after the last one, ENOTTY where the driver does not tell
            return
        _, _, kind, *numbers = _SIZE.unpack(bytes(answer))
        if kind == _DISCRETE:
            yield f"{numbers[0]}x{numbers[1]}", (numbers[0], numbers[1])
            continue
        least_width, most_width, _, least_height, most_height, _ = numbers
        yield f"{least_width}x{least_height} to {most_width}x{most_height}", (most_width, most_height)
        return


def _rates(file: int, ioctl: Ioctl, pixel_format: int, width: int, height: int) -> tuple[float, ...]:
    found = []
    for index in range(_MOST):
        answer = bytearray(_INTERVAL.pack(index, pixel_format, width, height, 0, *[0] * 6))
        try:
            ioctl(file, _VIDIOC_ENUM_FRAMEINTERVALS, answer)
        except OSError:
            break
        *_, kind, above, below, most_above, most_below, _, _ = _INTERVAL.unpack(bytes(answer))
        intervals = [(above, below)] if kind == _DISCRETE else [(above, below), (most_above, most_below)]
        found += [round(down / up, 3) for up, down in intervals if up and down]
        if kind != _DISCRETE:
            break
    return tuple(sorted(set(found), reverse=True))
