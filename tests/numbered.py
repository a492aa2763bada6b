"""Clips whose frames say their number: sixteen fields, black or white, that survive any coding."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np

from tui.geometry.arrays import RGBImage

_SIDE_PX = 16


def numbered_picture(number: int) -> RGBImage:
    """A picture of 128x64, the bits of its number in two rows of eight under and over grey that moves."""
    picture = np.full((64, 128, 3), 128, np.uint8)
    picture[:16] = 60 + (np.arange(128)[None, :, None] + 3 * number) % 120
    for bit in range(16):
        row, column = divmod(bit, 8)
        top, left = 24 + row * _SIDE_PX, column * _SIDE_PX
        picture[top : top + _SIDE_PX, left : left + _SIDE_PX] = 235 if number >> bit & 1 else 20
    return picture


def number_of(picture: RGBImage) -> int:
    """The number that such a picture says."""
    fields = picture[24:56].astype(float).mean(axis=2).reshape(2, _SIDE_PX, 8, _SIDE_PX)
    bits = fields[:, 4:12, :, 4:12].mean(axis=(1, 3)).ravel() > 128
    return int(sum(1 << index for index, on in enumerate(bits) if on))


def numbered_clip(path: Path, frames: int, rate_hz: float = 20.0, fourcc: str = "MJPG") -> Path:
    """A clip of them, by OpenCV."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*fourcc), rate_hz, (128, 64))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(numbered_picture(number)[:, :, ::-1])
    writer.release()
    return path


def numbered_by_ffmpeg(path: Path, frames: int, *options: str, rate_hz: float = 20.0) -> Path:
    """The same by ffmpeg, with options for its encoder."""
    raw = b"".join(numbered_picture(number).tobytes() for number in range(frames))
    head = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "128x64", "-r", f"{rate_hz:g}", "-i", "-")
    command = ("ffmpeg", "-v", "error", "-y", *head, *options, str(path))
    subprocess.run(command, input=raw, check=True, timeout=60)
    return path
