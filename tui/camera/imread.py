"""Pictures from files and bytes, with an error that says what is wrong."""

from __future__ import annotations

import struct
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 100_000_000
"""A larger picture would need gigabytes on its way through a network."""

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".jp2"}
)
"""What a file in a folder must end with to be taken for a picture."""

_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM", "JPEG2000")
"""Pillow's names of what we read; the rest of its readers are for documents, films and printers."""

_DECODE_ERRORS = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, struct.error)
"""What Pillow's readers raise on broken data."""


class NotAPictureError(InputError):
    """The data are not those of any picture format that we read."""


def read_picture(path: str | Path) -> RGBImage:
    """Read a picture as RGB, uint8, shape (H, W, 3), turned upright as its EXIF orientation says.

    Grey, palette, CMYK and 16-bit pictures are converted (16 bits keep their upper 8); transparency is dropped.

    Raises:
        InputError: no such file, a folder, no permission, empty, truncated, not a picture, too large.
    """
    path = Path(path).expanduser()
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder, not a picture")
        if not path.exists():
            raise InputError(f"{path}: no such file")
        if not path.is_file():
            raise InputError(f"{path}: not an ordinary file")
        if path.stat().st_size == 0:
            raise InputError(f"{path}: is empty (0 bytes); copy or record it again")
        with path.open("rb") as file:
            return _decode(file, str(path))
    except PermissionError as error:
        raise InputError(f"{path}: no permission to read it; see: ls -l") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def decode_picture(data: bytes, name: str) -> RGBImage:
    """Decode a picture that is held in memory, as `read_picture` does.

    Args:
        data: the file's bytes.
        name: what errors call it.

    Raises:
        InputError: empty, truncated, not a picture, too large.
    """
    if not data:
        raise InputError(f"{name}: is empty (0 bytes)")
    return _decode(BytesIO(data), name)


def is_picture(path: Path) -> bool:
    """Whether the file begins as a picture does, whatever its name ends with."""
    try:
        with path.open("rb") as file, _open(file, str(path)):
            return True
    except NotAPictureError:
        return False
    except InputError:  # too large, or broken after its header
        return True


def _decode(file: BinaryIO, name: str) -> RGBImage:
    with _open(file, name) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_large(name, f"{width}x{height}")
        try:
            image.load()
            return _to_rgb(_upright(image))
        except MemoryError as error:
            raise _too_large(name, f"{width}x{height}") from error
        except _DECODE_ERRORS as error:
            raise InputError(f"{name}: truncated or damaged {image.format} picture ({error})") from error


def _open(file: BinaryIO, name: str) -> Image.Image:
    # Pillow, not OpenCV: bit for bit the same pixels, but libpng and libjpeg under OpenCV write their
    # complaints straight to the terminal, past every setting, and never say what was wrong.
    from PIL import Image, UnidentifiedImageError

    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        return Image.open(file, formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise NotAPictureError(f"{name}: not a picture that can be read; use PNG, JPEG, WebP, TIFF or BMP") from error
    except Image.DecompressionBombError as error:
        raise _too_large(name, "which") from error
    except _DECODE_ERRORS as error:
        raise InputError(f"{name}: truncated or damaged picture ({error})") from error


def _too_large(name: str, size: str) -> InputError:
    return InputError(
        f"{name}: {size} is more than {MAX_PIXELS // 1_000_000} million pixels; scale the picture down first"
    )


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except _DECODE_ERRORS:  # a damaged EXIF block is no reason to refuse the picture
        return image


def _to_rgb(image: Image.Image) -> RGBImage:
    if image.mode.startswith("I") or image.mode == "F":
        grey = _eight_bits(np.asarray(image))
        return np.ascontiguousarray(np.broadcast_to(grey[:, :, None], (*grey.shape, 3)))
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _eight_bits(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """16-bit values keep their upper 8 bits; wider integers and floats are stretched over their own range."""
    numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if values.dtype.kind in "iu" and low >= 0 and high <= 65535:
        return (numbers.astype(np.uint16) >> 8).astype(np.uint8)
    return np.round((numbers - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
