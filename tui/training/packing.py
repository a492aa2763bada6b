"""All frames in one small file, so that a machine with a GPU, lent for minutes, can be sent them at once.

It is a zip archive of a folder as `tui.evaluation.rgbd` reads it: pictures as they are, depth to within 0.4 % (no
camera of these measures better) and in millimetres. PNG's own compression is left out, which would hide from that of
the archive (LZMA) what repeats: depth comes to less than two thirds of what it was.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui.evaluation.rgbd import MILLIMETRES, find_frames
from tui.training.errors import TrainingError

LIMIT_MIB = 64.0
STEP = 0.0075
"""Between neighbouring depths, as a share of either."""


def pack(folder: Path, file: Path, limit_mib: float = LIMIT_MIB) -> float:
    """Write the frames below `folder` to `file`; return its size in MiB.

    Raises TrainingError where it would be larger than `limit_mib` (then nothing is written), RecordingError where a
    frame cannot be read.
    """
    import cv2

    plain = [cv2.IMWRITE_PNG_COMPRESSION, 0, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".part")
    with zipfile.ZipFile(fresh, "w") as archive:
        for frame in find_frames(folder):
            _, depth_m = frame.load()
            _, flat = cv2.imencode(".png", rounded_mm(depth_m), plain)
            places = (path.relative_to(folder).as_posix() for path in (frame.colour_path, frame.depth_path))
            archive.writestr(next(places), frame.colour_path.read_bytes())
            archive.writestr(next(places), flat.tobytes(), zipfile.ZIP_LZMA)
    size_mib = fresh.stat().st_size / 2**20
    if size_mib > limit_mib:
        fresh.unlink()
        raise TrainingError(f"{folder}: {size_mib:.1f} MiB packed, {limit_mib:g} allowed; leave out a sequence")
    fresh.replace(file)
    return size_mib


def rounded_mm(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Return depth, (H, W), 0 where unknown, in millimetres, each within 0.38 % + 0.5 mm of what it was."""
    known = depth_m > 0
    steps = np.round(np.log(np.where(known, depth_m, 1.0)) / STEP)
    return np.where(known, np.clip(np.round(np.exp(steps * STEP) * MILLIMETRES), 1, 65535), 0).astype(np.uint16)


@contextmanager
def unpacked(data: Path) -> Iterator[Path]:
    """Give the folder of frames that `data` is or, where it is a packed file, holds, for as long as it is needed.

    Raises TrainingError where it is neither.
    """
    if data.is_dir():
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="depth-tui-") as folder:
        try:
            with zipfile.ZipFile(data) as archive:
                archive.extractall(folder)
        except (OSError, zipfile.BadZipFile) as error:
            raise TrainingError(f"{data}: neither a folder nor a packed file ({error}); see pack in --help") from error
        yield Path(folder)
