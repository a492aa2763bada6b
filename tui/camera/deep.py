"""Pictures of more than eight bits: which of them are in use, and the upper eight of those."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Eight = npt.NDArray[np.uint8]

_DEPTHS = (8, 10, 12, 14, 16)
"""What sensors and files have."""
_FEW_VALUES = 1000
"""Up to so many, all count; of more, a few outliers do not spread the range."""
_OTHER_ORDER = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L", "RGBX;16B": "RGBX;16L"}
_OTHER_ORDER |= {right: left for left, right in _OTHER_ORDER.items()}
_OTHER_ORDER |= {f"{mode};16N": f"{mode};16B" for mode in ("RGB", "RGBA", "RGBX")}
"""Pillow keeps the upper byte of each 16-bit value; told the other byte order, it keeps the lower one."""
_GREY_ALPHA = "LA;16B"
_PHOTOMETRIC, _MOST_SAMPLE = 262, 281
_WHITE_IS_ZERO = 0


def upper_eight(values: npt.NDArray[np.uint16], stated_bits: int = 0) -> tuple[Eight, str]:
    """The upper 8 of the bits in use, same shape, and a note where those are not all 16.

    In use are those that the file states, if all values fit; else as many as the greatest value needs, of 10, 12, 14
    or 16. Values that are moved up to the left end of the 16 need all of them, and come out right as they are.

    Args:
        values: any shape.
        stated_bits: what the file says of it; 0 where it says nothing.
    """
    needed, bits = int(values.max(initial=0)).bit_length(), bits_in_use(values)
    if needed <= stated_bits <= 16:
        bits = max(8, stated_bits)
    note = "" if bits == 16 else f"{bits} of its 16 bits are in use, and shown"
    return (values >> (bits - 8)).astype(np.uint8), note


def bits_in_use(values: npt.NDArray[np.uint16]) -> int:
    """As many bits as the greatest value needs, of those that sensors have."""
    needed = int(values.max(initial=0)).bit_length()
    return next(depth for depth in _DEPTHS if needed <= depth)


def stretched(values: npt.NDArray[np.generic]) -> tuple[Eight, str]:
    """Floats within 0 .. 1 as they are; other floats and wide integers over their own range, with a note."""
    with np.errstate(invalid="ignore"):  # damaged files hold NaNs of every kind
        numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if values.dtype.kind in "iu" and low >= 0 and high <= 65535:
        return upper_eight(values.astype(np.uint16))
    note = ""
    if values.dtype.kind in "iu" or low < 0 or high > 1:
        if numbers.size > _FEW_VALUES:
            low, high = (float(end) for end in np.percentile(numbers, (0.1, 99.9)))
        note = f"its values from {low:.4g} to {high:.4g} are shown from black to white"
    else:
        low, high = 0.0, 1.0
    numbers -= low
    numbers *= 255 / max(high - low, 1e-12)
    return np.round(np.clip(numbers, 0, 255, out=numbers), out=numbers).astype(np.uint8), note


def is_deep_colour(image: Image.Image) -> bool:
    """Whether an opened picture has 16 bits a channel that Pillow would cut down to the upper 8."""
    return _raw_mode(image) in {*_OTHER_ORDER, _GREY_ALPHA}


def deep_colour(first: Image.Image, second: Image.Image) -> npt.NDArray[np.uint16]:
    """All 16 bits of a picture of `is_deep_colour` that was opened twice; shape (H, W, 3)."""
    if _raw_mode(first) == _GREY_ALPHA:  # two bytes of grey, two of alpha
        _set_raw_mode(first, "RGBA")
        pairs = np.asarray(first).astype(np.uint16)
        grey = pairs[:, :, 0] << 8 | pairs[:, :, 1]
        return np.repeat(grey[:, :, None], 3, axis=2)
    _set_raw_mode(second, _OTHER_ORDER[_raw_mode(first)])
    upper = np.asarray(first)[:, :, :3].astype(np.uint16)
    upper <<= 8
    upper |= np.asarray(second)[:, :, :3]
    return upper


def stated_bits(image: Image.Image, file: BinaryIO) -> int:
    """How many bits a value has, as the file says (PNG's sBIT, TIFF's MaxSampleValue); 0 where it does not."""
    if image.format == "PNG":
        return _significant_bits(file)
    most = _tag(image, _MOST_SAMPLE, 0)
    return most.bit_length() if 255 < most <= 65535 else 0


def is_negative(image: Image.Image) -> bool:
    """Whether a TIFF's greatest value is black; Pillow turns that around for eight bits only."""
    return image.format == "TIFF" and _tag(image, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO


def _significant_bits(file: BinaryIO) -> int:
    file.seek(8)
    for _ in range(100):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IDAT":
            return 0
        length = struct.unpack(">I", head[:4])[0]
        if head[4:] == b"sBIT":
            return max(file.read(min(length, 4)), default=0)
        file.seek(length + 4, 1)
    return 0


def _tag(image: Image.Image, tag: int, default: int) -> int:
    tags: Any = getattr(image, "tag_v2", {})
    try:
        value = tags.get(tag, default)
        return int(max(value) if isinstance(value, tuple) else value)
    except (TypeError, ValueError):
        return default


def _raw_mode(image: Image.Image) -> str:
    tiles: Any = getattr(image, "tile", None)
    if not tiles:
        return ""
    arguments = tiles[0].args
    return str(arguments[0] if isinstance(arguments, tuple) else arguments)


def _set_raw_mode(image: Image.Image, mode: str) -> None:
    tiles: Any = getattr(image, "tile", [])
    for number, tile in enumerate(tiles):
        arguments = (mode, *tile.args[1:]) if isinstance(tile.args, tuple) else mode
        tiles[number] = tile._replace(args=arguments)
