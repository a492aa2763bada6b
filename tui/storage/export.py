"""Captures: the picture, the raw depth and the readings of one instant, in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tui.errors import StorageError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.storage.atomic import make_folder, storage_error, write_atomically
from tui.storage.encode import encode_npz, encode_png, encode_png16
from tui.storage.paths import captures_dir

PICTURE = "picture.png"
RAW_DEPTH = "depth.npz"
DEPTH_16_BIT = "depth_16bit.png"
READINGS = "readings.json"
_MOST_A_SECOND = 1000


def save_capture(
    image: RGBImage,
    inverse_depth: FloatMap,
    readings: Mapping[str, object],
    root: Path | None = None,
    now: datetime | None = None,
) -> Path:
    """Write a capture into a fresh folder named after the local time, and return that folder.

    It appears whole or not at all: everything is written into a hidden folder beside it, which is then renamed.

    Args:
        image: RGB, uint8, shape (H, W, 3).
        inverse_depth: the raw map that belongs to the picture, float32, shape (H, W).
        readings: plain data, such as `tui.calibration.report.report` makes.
        root: folder of all captures; the user's own if None.
        now: local time, for tests.

    Raises:
        StorageError: names the folder and the remedy; nothing half-written remains.
    """
    root = captures_dir() if root is None else root
    stamp = f"{now or datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"
    files = {
        PICTURE: encode_png(image),
        RAW_DEPTH: encode_npz(inverse_depth),
        DEPTH_16_BIT: encode_png16(inverse_depth),
        READINGS: json.dumps(readings, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
    }
    partial = root / f".{stamp}.{os.getpid()}.partial"
    try:
        make_folder(partial)
        for name, data in files.items():
            write_atomically(partial / name, data)
        return _publish(partial, root, stamp)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _publish(partial: Path, root: Path, stamp: str) -> Path:
    """Rename to the first name that is free; a folder that is there already is never touched."""
    for number in range(1, _MOST_A_SECOND):
        folder = root / (stamp if number == 1 else f"{stamp}_{number}")
        try:
            folder.mkdir()  # takes the name, so that no other program can
        except FileExistsError:
            continue
        except OSError as error:
            raise storage_error(folder, error) from error
        try:
            partial.replace(folder)
        except OSError as error:
            folder.rmdir()
            raise storage_error(folder, error) from error
        return folder
    raise StorageError(f"{root / stamp} cannot be written: too many captures of this second; try again")
