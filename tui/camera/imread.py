"""Pictures from files and bytes, with an error that says what is wrong and a note on what is not as it seems."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tui.camera.deep import deep_colour, is_deep_colour, is_negative, stated_bits, stretched, upper_eight
from tui.camera.limits import check_size, decode_errors, too_large
from tui.camera.magic import HEAD_BYTES, begins_as_picture, why_unreadable
from tui.camera.motion_jpeg import first_spans
from tui.camera.tiff import full_picture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.storage.paths import from_home
from tui.storage.quiet import quiet_libraries

if TYPE_CHECKING:
    from PIL import Image

PICTURE_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".png", ".apng", ".bmp", ".webp", ".tif", ".tiff", ".dng", ".gif", ".ppm", ".pgm"),
        *(".jp2", ".mpo", ".avif", ".heic", ".heif"),
    }
)
"""What a file in a folder must end with to be taken for a picture; some of these are then refused with a remedy."""

_FORMATS = ("PNG", "JPEG", "MPO", "BMP", "WEBP", "TIFF", "GIF", "PPM", "JPEG2000", "AVIF")
"""Pillow's names of what we read; the rest of its readers are for documents, films and printers."""

_ORIENTATION = 0x0112


_BLACK = 20
"""Of 255: where all but one pixel in a hundred are darker, nothing can be made out."""
_FEW_PIXELS = 500
NEARLY_BLACK = "nearly black: is the lens covered, or the exposure too short?"


class NotAPictureError(InputError):
    """The data are not those of any picture format that we read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was read."""

    image: RGBImage
    note: str = ""
    """What the user should know of it, without the file's name: another range of values, one page of several, black."""


def read_picture(path: str | Path) -> RGBImage:
    """`read_noted` for those who have nowhere to show a note. Raises as it does."""
    return read_noted(path).image


def read_noted(path: str | Path) -> Picture:
    """Read a picture as RGB, uint8, shape (H, W, 3), turned upright as its EXIF orientation says.

    Grey, palette and CMYK are converted; of more than 8 bits, the upper 8 of those in use are kept; transparency is
    dropped. Of several pictures in a file it is the first of an animation, the largest page of a TIFF.

    Raises:
        InputError: no such file, a folder, no permission, empty, truncated, not a picture, too large, a thumbnail only.
    """
    path = from_home(path)
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
            picture = _decode(file, str(path))
        return replace(picture, note="; ".join(filter(None, (picture.note, _behind(path)))))
    except PermissionError as error:
        raise InputError(f"{path}: no permission to read it; see: ls -l") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def decode_picture(data: bytes, name: str) -> RGBImage:
    """`decode_noted` without its note, in half the time: as for the pictures of a stream."""
    return _in_memory(data, name, noted=False).image


def decode_noted(data: bytes, name: str) -> Picture:
    """Decode a picture that is held in memory, as `read_noted` does.

    Args:
        data: the file's bytes.
        name: what errors call it.

    Raises:
        InputError: empty, truncated, not a picture, too large.
    """
    return _in_memory(data, name, noted=True)


def _in_memory(data: bytes, name: str, *, noted: bool) -> Picture:
    if not data:
        raise InputError(f"{name}: is empty (0 bytes)")
    return _decode(BytesIO(data), name, noted=noted)


def is_picture(path: Path) -> bool:
    """Whether the file begins as a picture does, whatever its name ends with; also a kind that is only refused."""
    try:
        with path.open("rb") as file, _open(file, str(path)):
            return True
    except NotAPictureError:
        return False
    except InputError:  # too large, broken after its header, or of a kind that is named and refused
        return True


def open_image(file: BinaryIO, name: str) -> Image.Image:
    """Open a picture file without decoding it; sizes that cannot be are refused.

    Raises:
        InputError: not a picture, damaged, too large.
    """
    image = _open(file, name)
    check_size(image, file, name)
    return image


def to_rgb(image: Image.Image) -> RGBImage:
    """An opened picture's current frame, RGB, uint8, shape (H, W, 3). Raises what Pillow does, `decode_errors`."""
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _decode(file: BinaryIO, name: str, *, noted: bool = True) -> Picture:
    with _open(file, name) as first:
        is_tiff = first.format == "TIFF"
    file.seek(0)
    file, chosen = full_picture(file, name) if is_tiff else (file, "")
    with open_image(file, name) as image:
        notes = [chosen, "" if is_tiff else _several(image)]
        try:
            with quiet_libraries() if is_tiff else nullcontext():  # libtiff writes of damage
                rgb, note = _pixels(image, file, name)
        except MemoryError as error:
            raise too_large(name, f"{image.width}x{image.height}") from error
        except decode_errors() as error:
            raise InputError(f"{name}: truncated or damaged {image.format} picture ({_reason(error)})") from error
    if not noted:
        return Picture(rgb)
    notes += [note, NEARLY_BLACK if is_nearly_black(rgb) else ""]
    return Picture(rgb, "; ".join(filter(None, notes)))


def is_nearly_black(image: RGBImage) -> bool:
    """Whether nothing can be made out in a picture, uint8, (H, W, 3); of a few dots that cannot be said."""
    height, width = image.shape[:2]
    if height * width < _FEW_PIXELS:
        return False
    sample = image[:: 1 + height // 500, :: 1 + width // 500].max(axis=2)
    return float(np.percentile(sample, 99)) < _BLACK


def _open(file: BinaryIO, name: str) -> Image.Image:
    # Pillow, not OpenCV: bit for bit the same pixels, but libpng and libjpeg under OpenCV write their
    # complaints straight to the terminal, past every setting, and never say what was wrong.
    from PIL import Image, UnidentifiedImageError

    head = file.read(HEAD_BYTES)
    file.seek(0)
    if why := why_unreadable(head):
        raise InputError(f"{name}: is {why}")
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        return Image.open(file, formats=_formats())
    except UnidentifiedImageError as error:
        if begins_as_picture(head) and len(head) == HEAD_BYTES:
            raise InputError(
                f"{name}: truncated or damaged picture, or one of a rare kind; save it as a PNG of 8 or 16 bits"
            ) from error
        raise NotAPictureError(f"{name}: not a picture that can be read; use PNG, JPEG, WebP, TIFF or BMP") from error
    except Image.DecompressionBombError as error:
        raise too_large(name, "it") from error
    except decode_errors() as error:
        raise InputError(f"{name}: truncated or damaged picture ({_reason(error)})") from error


def _formats() -> list[str]:
    """Those of `_FORMATS` that this Pillow has."""
    from PIL import Image

    Image.init()
    return [each for each in _FORMATS if each in Image.OPEN]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _several(image: Image.Image) -> str:
    """A note where the file holds more pictures than the one that is read."""
    try:
        count = int(getattr(image, "n_frames", 1))
        image.seek(0)
    except decode_errors():
        return ""
    if count < 2:
        return ""
    if image.format == "MPO":
        return f"the first of its {count} pictures is shown (a stereo camera's, or previews)"
    return f"the first of its {count} frames is shown"


def _behind(path: Path) -> str:
    """A note where another JPEG follows the first one, which does not say so."""
    spans = first_spans(path, 2)
    if len(spans) < 2 or spans[0].is_multi:
        return ""
    width, height = spans[1].size
    return f"another picture of {width}x{height} follows in the file, the first is shown"


def _pixels(image: Image.Image, file: BinaryIO, name: str) -> tuple[RGBImage, str]:
    """The picture's values, and a note on how they were brought into 8 bits."""
    if not is_deep_colour(image) and image.mode != "F" and not image.mode.startswith("I"):
        image.load()
        return to_rgb(_upright(image)), ""
    position = file.tell()
    bits = stated_bits(image, file)
    file.seek(position)
    if is_deep_colour(image):
        copy = BytesIO(_whole(file))
        with open_image(copy, name) as second:
            values, note = upper_eight(deep_colour(image, second), bits)
    else:
        grey = np.asarray(image)
        if grey.dtype in (np.dtype("<u2"), np.dtype(">u2")):
            values, note = upper_eight(grey.astype(np.uint16), bits)
        else:
            values, note = stretched(grey)
        values = 255 - values if is_negative(image) else values
        values = np.broadcast_to(values[:, :, None], (*values.shape, 3))
    # Asked after loading, because Pillow turns TIFFs by itself and then says so.
    return np.ascontiguousarray(_turned(values, _orientation(image))), note


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    if _orientation(image) == 1:  # which would be copied
        return image
    try:
        return ImageOps.exif_transpose(image)
    except decode_errors():  # a damaged EXIF block is no reason to refuse the picture
        return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except decode_errors():
        return 1


def _turned(values: RGBImage, orientation: int) -> RGBImage:
    """As `ImageOps.exif_transpose`, for what Pillow has no mode for."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return values
