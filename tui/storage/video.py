"""Pictures as a video file, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tui.errors import StorageError
from tui.geometry.arrays import RGBImage
from tui.storage.atomic import make_folder, storage_error

_CODEC = "mp4v"


def write_video(path: Path, pictures: Iterable[RGBImage], rate_hz: float) -> None:
    """Write `pictures`, RGB, uint8, all (H, W, 3), at a constant rate as MPEG-4 into the .mp4 file `path`.

    Sides that are odd lose their last row or column: the codec's colour takes pairs.

    Raises:
        StorageError: the folder cannot be written to, the disk is full, or there is no encoder; nothing
            half-written remains.
    """
    import cv2

    make_folder(path.parent)
    try:
        descriptor, name = tempfile.mkstemp(prefix=".depth-tui-", suffix=path.suffix, dir=path.parent)
        os.close(descriptor)
    except OSError as error:
        raise storage_error(path, error) from error
    partial = Path(name)
    writer: cv2.VideoWriter | None = None
    try:
        for picture in pictures:
            height, width = (side - side % 2 if side > 1 else side for side in picture.shape[:2])
            if writer is None:
                writer = cv2.VideoWriter(
                    str(partial), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*_CODEC), rate_hz, (width, height)
                )
                if not writer.isOpened():
                    raise StorageError(f"{path} cannot be written: no video encoder for pictures of {width}x{height}")
            writer.write(cv2.cvtColor(picture[:height, :width], cv2.COLOR_RGB2BGR))
        if writer is None:
            raise StorageError(f"{path} cannot be written: the clip has no frames")
        writer.release()
        _publish(partial, path)
    finally:
        if writer is not None:
            writer.release()
        partial.unlink(missing_ok=True)


def _publish(partial: Path, path: Path) -> None:
    try:
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        raise storage_error(path, error) from error
