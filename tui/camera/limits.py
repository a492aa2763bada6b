"""What a picture file may say of itself, and how reading one may fail."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from tui.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 100_000_000
"""A larger picture would need gigabytes on its way through a network."""
_PLAUSIBLE_PIXELS = 16_000_000
_MOST_PIXELS_A_BYTE = 300
"""A picture beyond _PLAUSIBLE_PIXELS that packs more of them into a byte is a bomb, or its header is damaged."""


def check_size(image: Image.Image, file: BinaryIO, name: str) -> None:
    """Refuse what an opened picture, not yet decoded, says of its size, if it is too large or cannot be.

    Raises:
        InputError: says the size.
    """
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise too_large(name, f"{width}x{height}")
    at = file.tell()
    length = file.seek(0, 2)
    file.seek(at)
    if width * height > max(_PLAUSIBLE_PIXELS, _MOST_PIXELS_A_BYTE * length):
        raise InputError(
            f"{name}: damaged, or made to fill the memory: says {width}x{height}, but has {length} bytes; save it again"
        )


def too_large(name: str, size: str) -> InputError:
    """What to say of a picture of `size`, as text."""
    return InputError(
        f"{name}: {size} is more than {MAX_PIXELS // 1_000_000} million pixels; scale the picture down first"
    )


def decode_errors() -> tuple[type[Exception], ...]:
    """What Pillow's readers raise on broken data."""
    from PIL import Image

    errors = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError)
    return (*errors, AssertionError, struct.error, Image.DecompressionBombError)
