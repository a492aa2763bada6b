"""A JPEG as cameras send it: whole, or without its end marker."""

from __future__ import annotations

import re

import numpy as np

from tui.camera.imread import decode_picture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage

_EOI = b"\xff\xd9"
_TEXT_BEHIND = re.compile(rb"[\r\n][\t\r\n\x20-\x7e]{7,}\Z")
"""The boundary and header of the next part, at the end of a picture that lacks its end marker."""
_FILLER = b"\xdb\x6d\xb6" * 700
"""Entropy-coded data that never read as 'the block ends here', usually 00 or 1010 (ITU-T T.81, K.3.3), whatever was
cut off before them, as the zeros that a decoder puts for what is missing do."""


def decode_jpeg(data: bytes, name: str) -> RGBImage:
    """Decode a JPEG, RGB, uint8, shape (H, W, 3), also one without its end marker (FF D9), if it has all of its pixels.

    Args:
        data: what `JpegStream` found, or a part of a multipart stream; white space may follow the picture.
        name: what errors call it.

    Raises:
        InputError: not a picture, damaged, cut off.
    """
    data = data.rstrip(b"\r\n")
    if not data.startswith(b"\xff\xd8") or data.endswith(_EOI):
        return decode_picture(data, name)
    data = data[: found.start()] if (found := _TEXT_BEHIND.search(data, max(0, len(data) - 4096))) else data
    # A decoder fills in what is missing before an end marker without a word. It looks at what follows the last pixel
    # only if that was not the last pixel: then the picture depends on it.
    image = decode_picture(data + _EOI, name)
    if not np.array_equal(image, decode_picture(data + _FILLER + _EOI, name)):
        raise InputError(f"{name}: cut off: the end of the JPEG picture is missing")
    return image
