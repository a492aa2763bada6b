"""What stands in a capture: `capture.json`, which vouches for itself, its picture and its map."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from tui.errors import StorageError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.storage.bounded import read_bounded
from tui.storage.export import CAPTURE, PICTURE, RAW_DEPTH
from tui.storage.plain import Fields
from tui.storage.recorded import Recorded, recorded_from, text_of
from tui.storage.ros import MapMessage
from tui.version import __version__

_MAP = "inverse_depth"
_MOST_BYTES = 64_000_000
"""Of `capture.json`; a hundred references and as many pins are some ten kilobytes."""

_HEAD_BYTES = 4096
"""More than the head of an array in a file needs."""


def capture_text(plain: dict[str, object], image: RGBImage, inverse_depth: FloatMap) -> str:
    """What goes into `capture.json`.

    Args:
        plain: the frame's readings and all that they were read with, as for `tui.storage.recorded.text_of`.
        image: RGB, uint8, (H, W, 3).
        inverse_depth: float32, (H, W).
    """
    own = {"depth_tui": __version__, "picture": _digest(image), "map": _digest(inverse_depth)}
    whole = json.loads(text_of(plain | {"capture": own}))
    whole["capture"]["content"] = content_of(whole)
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)


def read_captured(folder: Path, image: RGBImage) -> Recorded:
    """What was captured with a picture.

    Args:
        folder: the capture.
        image: its picture, as it was read.

    Raises:
        StorageError: something in it is missing, damaged, changed, or of another version; names it.
    """
    path = folder / CAPTURE
    text = _text(path)
    try:
        whole: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{path}: damaged, no JSON; {_remedy(folder)}") from error
    fields = Fields(whole, what=str(path), remedy=_remedy(folder))
    if not isinstance(whole, dict) or not fields.has("capture"):
        fields.fail("not of a capture")
    own = fields.child("capture")
    if content_of(whole) != own.text("content"):
        fields.fail("damaged, or changed since it was captured")
    height, width = image.shape[:2]
    inverse_depth = _map(folder / RAW_DEPTH, height, width, _remedy(folder))
    for name, array, key in ((PICTURE, image, "picture"), (RAW_DEPTH, inverse_depth, "map")):
        if _digest(array) != own.text(key):
            fields.fail(f"{name} beside it is another one than was captured")
    try:
        found = recorded_from(text, MapMessage(inverse_depth, "none", (width, height)))
    except StorageError as error:
        raise StorageError(f"{path}: {str(error).partition(';')[0]}; {_remedy(folder)}") from error
    if found.mounted is not None and found.mounted.size != (width, height):
        fields.fail("its mounting is of pictures of another size")
    return found


def _remedy(folder: Path) -> str:
    return f"{folder / PICTURE} can be measured with references"


def _digest(array: NDArray[Any]) -> str:
    """Of the values and the shape, whatever file they stand in."""
    return hashlib.sha256(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes()).hexdigest()


def content_of(whole: dict[str, Any]) -> str:
    """Of all that a `capture.json` says, but for this itself."""
    own = {name: value for name, value in whole["capture"].items() if name != "content"}
    rest = whole | {"capture": own}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _text(path: Path) -> str:
    try:
        data = read_bounded(path, _MOST_BYTES)
        if len(data) > _MOST_BYTES:
            raise StorageError(f"{path}: too large to be of a capture; {_remedy(path.parent)}")
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StorageError(f"{path}: damaged, not a text; {_remedy(path.parent)}") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read ({error.strerror or error}); {_remedy(path.parent)}") from error


def _map(path: Path, height: int, width: int, remedy: str) -> FloatMap:
    """The map of a picture of that size; no more is unpacked than such a map needs, and nothing in it is run."""
    if path.exists() and not path.is_file():
        raise StorageError(f"{path}: not an ordinary file; {remedy}")
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{_MAP}.npy") as file:
            version = npy.read_magic(file)
            shape, by_columns, kind = (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(
                file, max_header_size=_HEAD_BYTES
            )
            if shape != (height, width) or by_columns or kind != np.dtype("<f4"):
                raise StorageError(f"{path}: not the map of a {width}x{height} picture; {remedy}")
            data = file.read(4 * height * width)
            if len(data) != 4 * height * width or file.read(1):
                raise StorageError(f"{path}: damaged; {remedy}")
    except StorageError:
        raise
    except FileNotFoundError as error:
        raise StorageError(f"{path}: there is none; {remedy}") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from error
    except Exception as error:  # whatever an archive, its packing or a head may be wrong in
        raise StorageError(f"{path}: damaged ({type(error).__name__}); {remedy}") from error
    return np.frombuffer(data, "<f4").reshape(height, width)
