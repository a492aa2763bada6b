"""The depth video of one clip: its maps in one scale, and in colours that keep their meaning from start to end."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from tui.geometry.arrays import FloatMap
from tui.storage.atomic import make_folder, storage_error, write_atomically
from tui.storage.video import write_video

if TYPE_CHECKING:
    from tui.depth.temporal import Alignment
    from tui.geometry.arrays import RGBImage

COLORS = 256
_DEFAULT_RATE_HZ = 25.0
_MOST_RATE_HZ = 240.0
_SAMPLES_A_FRAME = 2000
_KEPT = np.float32


def colored(inverse_depth: FloatMap, low: float, high: float) -> RGBImage:
    """The map, (H, W), as a picture: `low` and less is the palette's far end, `high` and more its near end."""
    from tui.render.palette import depth_palette

    palette = depth_palette(count=COLORS)
    known = np.isfinite(inverse_depth)
    span = high - low
    stretched = (np.where(known, inverse_depth, low).astype(np.float64) - low) / (span if span > 0 else 1.0)
    levels = np.where(known, np.clip(np.rint((COLORS - 1) * stretched), 0, COLORS - 1), COLORS)
    colors: RGBImage = palette.table.rgb_of[palette.index_of_level[levels.astype(np.intp)]]
    return colors


def usual_range(values: FloatMap) -> tuple[float, float]:
    """What all but 1 % at each end of the known values lies in; (0, 1) where nothing is known."""
    known = values[np.isfinite(values)].astype(np.float64)
    low, high = np.percentile(known, (1, 99)) if known.size else (0.0, 1.0)
    return float(low), float(high)


class Film:
    """Takes the maps of a clip one by one, and writes the video when the colours' range is known: at the end.

    Until then the aligned maps wait in a temporary file beside the video, four bytes a pixel.
    """

    def __init__(self, video: Path, table: Path, rate_hz: float) -> None:
        from tui.depth.temporal import TemporalAligner

        self._video, self._table = video, table
        self._rate_hz = rate_hz if 1 <= rate_hz <= _MOST_RATE_HZ else _DEFAULT_RATE_HZ
        self._aligner = TemporalAligner(1 / self._rate_hz)
        self._alignments: list[Alignment] = []
        self._samples: list[FloatMap] = []
        self._shape: tuple[int, int] | None = None
        make_folder(video.parent)
        self._waiting: IO[bytes] = tempfile.TemporaryFile(dir=video.parent)  # noqa: SIM115  # lives as long as the film

    def add(self, inverse_depth: FloatMap) -> None:
        """Take the next map, (H, W); all have one shape. Raises StorageError where the disk is full."""
        alignment = self._aligner.step(inverse_depth)
        aligned = alignment.apply(inverse_depth)
        self._alignments.append(alignment)
        step = max(1, aligned.size // _SAMPLES_A_FRAME)
        self._samples.append(aligned.ravel()[step // 2 :: step].copy())
        self._shape = (aligned.shape[0], aligned.shape[1])
        try:
            self._waiting.write(aligned.astype(_KEPT).tobytes())
        except OSError as error:
            raise storage_error(self._video, error) from error

    def finish(self) -> None:
        """Write the video and the table. Raises StorageError."""
        if self._shape is None:
            return
        low, high = usual_range(np.concatenate(self._samples))
        write_video(self._video, (colored(each, low, high) for each in self._maps(self._shape)), self._rate_hz)
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("frame", "scale", "shift", "new_scene"))
        for frame, each in enumerate(self._alignments):
            rows.writerow((frame, f"{each.scale:.6g}", f"{each.shift:.6g}", int(each.is_cut)))
        write_atomically(self._table, text.getvalue())

    def close(self) -> None:
        """Drop what waits."""
        self._waiting.close()

    def _maps(self, shape: tuple[int, int]) -> Iterator[FloatMap]:
        self._waiting.seek(0)
        size = shape[0] * shape[1] * np.dtype(_KEPT).itemsize
        while len(data := self._waiting.read(size)) == size:
            yield np.frombuffer(data, _KEPT).reshape(shape).astype(np.float32)
