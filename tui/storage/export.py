"""Captures: the picture, its map and all that made the readings of one instant, in a folder of their own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tui.errors import StorageError
from tui.storage.atomic import make_folder, storage_error, write_atomically
from tui.storage.paths import captures_dir

PICTURE = "picture.png"
RAW_DEPTH = "depth.npz"
DEPTH_16_BIT = "depth_16bit.png"
DISTANCES = "depth_m.npz"
POINTS = "points.ply"
CAMERA_SHOWN, MAP_SHOWN = "camera_shown.png", "map_shown.png"
READINGS = "readings.json"
CAPTURE = "capture.json"
"""What the readings were made with: a folder that holds it is a capture that can be read again."""
EXPLAINED = "README.txt"
_MOST_A_SECOND = 1000


def is_capture(folder: Path) -> bool:
    """Whether a folder says that it is one; not of those of before, which do not hold what they were read with."""
    return (folder / CAPTURE).is_file()


def why_no_capture(folder: Path) -> str:
    """Why a folder cannot be read as a capture, in words."""
    if (folder / READINGS).is_file() and (folder / PICTURE).is_file():
        return (
            f"{folder}: a capture without {CAPTURE}, as depth-tui of before wrote them: what its readings were made "
            f"with is not kept; measure {folder / PICTURE} with references"
        )
    return f"{folder}: is a folder, not a picture, and holds no {CAPTURE}, as a capture does; name a picture in it"


def save_capture(files: Mapping[str, bytes], root: Path | None = None, now: datetime | None = None) -> Path:
    """Write a capture into a fresh folder named after the local time, and return that folder.

    It appears whole or not at all: everything is written into a hidden folder beside it, which is then renamed.

    Args:
        files: contents by name, as `tui.instrument.captured` makes them.
        root: folder of all captures; the user's own if None.
        now: local time, for tests.

    Raises:
        StorageError: names the folder and the remedy; nothing half-written remains.
    """
    root = captures_dir() if root is None else root
    stamp = f"{now or datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"
    partial = root / f".{stamp}.{os.getpid()}-{threading.get_ident()}.partial"  # two of one second never mix
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
