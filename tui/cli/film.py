"""The depth video of one clip: its maps in one scale, and in colours that keep their meaning from start to end."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import numpy as np

from tui.cli.film_times import grid_of
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
        self._times_s: list[float] = []
        self._samples: list[FloatMap] = []
        self._shape: tuple[int, int] | None = None
        make_folder(video.parent)
        self._waiting: IO[bytes] = tempfile.TemporaryFile(dir=video.parent)  # noqa: SIM115  # lives as long as the film

    def add(self, at_s: float, inverse_depth: FloatMap) -> None:
        """Take the next map, (H, W), shown from `at_s` on; one of another shape is fitted into that of the first.

        Raises:
            StorageError: the disk is full.
        """
        if self._shape is None:
            self._shape = (inverse_depth.shape[0], inverse_depth.shape[1])
        inverse_depth = _fitted(inverse_depth, self._shape)
        alignment = self._aligner.step(inverse_depth)
        aligned = alignment.apply(inverse_depth)
        self._alignments.append(alignment)
        self._times_s.append(at_s)
        step = max(1, aligned.size // _SAMPLES_A_FRAME)
        self._samples.append(aligned.ravel()[step // 2 :: step].copy())
        try:
            self._waiting.write(aligned.astype(_KEPT).tobytes())
        except OSError as error:
            raise storage_error(self._video, error) from error

    def finish(self) -> None:
        """Write the video and the table. Raises StorageError."""
        if self._shape is None:
            return
        low, high = usual_range(np.concatenate(self._samples))
        grid = grid_of(self._times_s, 1 / self._rate_hz)
        write_video(self._video, self._pictures(self._shape, grid.repeats, low, high), grid.rate_hz)
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("frame", "time_s", "scale", "shift", "new_scene"))
        for frame, (at_s, each) in enumerate(zip(self._times_s, self._alignments, strict=True)):
            rows.writerow((frame, f"{at_s:.3f}", f"{each.scale:.6g}", f"{each.shift:.6g}", int(each.is_cut)))
        write_atomically(self._table, text.getvalue())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what waits."""
        self._waiting.close()

    def _pictures(self, shape: tuple[int, int], repeats: Sequence[int], low: float, high: float) -> Iterator[RGBImage]:
        for inverse_depth, count in zip(self._maps(shape), repeats, strict=True):
            if count:
                yield from repeat(colored(inverse_depth, low, high), count)

    def _maps(self, shape: tuple[int, int]) -> Iterator[FloatMap]:
        self._waiting.seek(0)
        size = shape[0] * shape[1] * np.dtype(_KEPT).itemsize
        while len(data := self._waiting.read(size)) == size:
            yield np.frombuffer(data, _KEPT).reshape(shape).astype(np.float32)


def _fitted(inverse_depth: FloatMap, shape: tuple[int, int]) -> FloatMap:
    """The map as large as fits into `shape` with its sides' ratio kept; unknown (NaN) around it."""
    if inverse_depth.shape == shape:
        return inverse_depth
    import cv2

    scale = min(shape[0] / inverse_depth.shape[0], shape[1] / inverse_depth.shape[1])
    height, width = (
        max(1, min(side, round(scale * own))) for side, own in zip(shape, inverse_depth.shape, strict=True)
    )
    whole = np.full(shape, np.nan, np.float32)
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    whole[top : top + height, left : left + width] = cv2.resize(
        inverse_depth, (width, height), interpolation=cv2.INTER_NEAREST
    )
    return whole
