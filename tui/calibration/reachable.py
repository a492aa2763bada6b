"""Places in a picture: those where somebody could hold a tape, and a grid that stands for the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.calibration.beliefs import Beliefs
from tui.calibration.context import MapContext
from tui.calibration.kriging import Matrix
from tui.geometry.arrays import FloatMap, Vector
from tui.geometry.sampling import Sample, sample_medians

_SIDE = 0.04
"""Of the patch that must be smooth, in units of the picture's longer side: 26 pixels of 640."""

_MARGIN = 0.02
"""Between that patch and the picture's border."""

APART = 0.08
"""Between a proposed place and any other that was proposed or measured, in the same units."""

ELSEWHERE = 0.2
"""Between a proposed place and one that somebody did not want."""

_SMOOTH = 0.15
"""The most by which ln(1/z) may change within a patch: a floor seen at a slant, but no edge."""

_FAR_SHARE = 0.25
"""1/z at the far end of a map over that at its near end, where the map's own zero says nothing."""

_LEAST = 1e-6
_COLUMNS = 36
_MOST_CANDIDATES = 200
_PICTURE = 300


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Pixels of one map, and what it shows there."""

    pixels: Matrix
    """(column, row), whole numbers, (N, 2)."""
    samples: tuple[Sample, ...]
    """One each."""

    @classmethod
    def on(cls, inverse_depth: FloatMap, columns: NDArray[np.intp], rows: NDArray[np.intp], window_px: int) -> Places:
        """Those pixels of a map; each must have a value."""
        pixels = np.column_stack([columns, rows])
        samples = sample_medians(inverse_depth, list(zip(columns.tolist(), rows.tolist(), strict=True)), window_px)
        return cls(pixels.astype(np.float64), tuple(samples))

    @property
    def count(self) -> int:
        """How many."""
        return len(self.samples)

    @property
    def value(self) -> Vector:
        """p, (N,)."""
        return np.array([each.value for each in self.samples])

    @property
    def spread(self) -> Vector:
        """Of p around each, (N,)."""
        return np.array([each.spread for each in self.samples])

    def pixel(self, index: int) -> tuple[int, int]:
        """Column and row of one."""
        u_px, v_px = self.pixels[index].tolist()
        return int(u_px), int(v_px)

    def joined(self, other: Places) -> Places:
        """These, then those."""
        return Places(np.vstack([self.pixels, other.pixels]), (*self.samples, *other.samples))

    def where(self, which: NDArray[np.bool_]) -> Places:
        """Some of them, (N,)."""
        kept = np.flatnonzero(which)
        return Places(self.pixels[kept], tuple(self.samples[index] for index in kept.tolist()))

    def far_from(
        self, pixels: Sequence[tuple[int, int]], context: MapContext, apart: float = APART
    ) -> NDArray[np.bool_]:
        """Which are not within a distance of any of these pixels, (N,); it is in units of the picture's longer side."""
        least_px = max(1.5, apart * max(context.width, context.height))
        far = np.ones(self.count, np.bool_)
        for u_px, v_px in pixels:
            far &= np.hypot(self.pixels[:, 0] - u_px, self.pixels[:, 1] - v_px) >= least_px
        return far


def reachable(inverse_depth: FloatMap, context: MapContext, beliefs: Beliefs, window_px: int) -> Places:
    """Where the picture is smooth over a patch of some size, which lies in the picture as a whole and has no gap.

    Smooth is where 1/z changes little: by ln p, where the map's zero is believed, else by p from the map's far to its
    near end. Of too many, the smoothest that are spread over the picture are kept.
    """
    import cv2

    longer = max(context.width, context.height)
    half = max(2, window_px // 2, round(_SIDE * longer / 2))
    margin = half + max(1, round(_MARGIN * longer))
    step = max(1, round(longer / _COLUMNS))
    rows, columns = _grid(context, margin, step)
    if not rows.size:
        return Places(np.empty((0, 2)), ())
    patch = np.ones((2 * half + 1, 2 * half + 1), np.uint8)
    known = np.isfinite(inverse_depth)
    whole = known.all()
    high = cv2.dilate(inverse_depth if whole else np.where(known, inverse_depth, np.float32(np.inf)), patch)
    low = cv2.erode(inverse_depth if whole else np.where(known, inverse_depth, np.float32(-np.inf)), patch)
    low_value, high_value = low[rows, columns].astype(np.float64), high[rows, columns].astype(np.float64)
    with np.errstate(invalid="ignore"):
        change = _log_inverse(high_value, context, beliefs) - _log_inverse(low_value, context, beliefs)
        smooth = (change <= _SMOOTH) & np.isfinite(low_value) & np.isfinite(high_value)
        smooth &= ~context.clips(low_value) & ~context.clips(high_value)
    chosen = np.flatnonzero(smooth)
    if chosen.size > _MOST_CANDIDATES:
        chosen = chosen[np.linspace(0, chosen.size - 1, _MOST_CANDIDATES).astype(np.intp)]
    return Places.on(inverse_depth, columns[chosen], rows[chosen], window_px)


def everywhere(inverse_depth: FloatMap, context: MapContext, window_px: int) -> Places:
    """A regular grid over the picture, but for what the network gives no value for, or clips."""
    step = max(1, round(math.sqrt(context.width * context.height / _PICTURE)))
    rows, columns = _grid(context, step // 2, step)
    value = inverse_depth[rows, columns].astype(np.float64)
    known = np.isfinite(value)
    known[known] = ~context.clips(value[known])
    return Places.on(inverse_depth, columns[known], rows[known], window_px)


def _grid(context: MapContext, margin: int, step: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels of a grid, centred between the margins; empty where those leave nothing."""
    across, down = (_line(size, margin, step) for size in (context.width, context.height))
    columns, rows = np.meshgrid(across, down)
    return rows.ravel(), columns.ravel()


def _line(size: int, margin: int, step: int) -> NDArray[np.intp]:
    room = size - 1 - 2 * margin
    return np.arange(margin + room % step // 2, size - margin, step) if room >= 0 else np.empty(0, np.intp)


def _log_inverse(value: Vector, context: MapContext, beliefs: Beliefs) -> Vector:
    """About ln(1/z), up to a constant, (N,)."""
    if beliefs.exponent is not None and context.zero is not None:
        scale = max(context.high - context.zero, _LEAST * abs(context.high))
        return np.log(np.maximum((value - context.zero) / scale, _LEAST))
    place = (value - context.low) / (context.high - context.low)
    return np.log(np.maximum(_FAR_SHARE + (1.0 - _FAR_SHARE) * place, _LEAST))
