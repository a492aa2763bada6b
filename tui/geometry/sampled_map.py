"""What `tui.geometry.sampling` says of a pixel, of all pixels of a map at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, Vector
from tui.geometry.sampling import MAD_TO_SIGMA, NEAR, WIDE, Matrix, plateaus_at, steps_across

_AT_ONCE = 1 << 21
"""Values of windows that are sorted together."""


@dataclass(frozen=True, eq=False, slots=True)
class MapSamples:
    """The `Sample` of each pixel, row by row, H W of them."""

    inverse_depth: FloatMap
    """The map, float32, (H, W); NaN wherever it is not finite."""
    value: Vector
    """Median of the finite neighbours; NaN where there are none."""
    spread: FloatMap
    """Their robust standard deviation, 1.4826 MAD, float32; 0 where there are none."""
    ends: FloatMap
    """Smallest and largest value of the near window, then of the wide one, float32, (H W, 4); NaN where none."""

    def plateaus(self, which: NDArray[np.intp]) -> Matrix:
        """Lower and higher plateau of the wide windows around some pixels, by their places: (N, 2), NaN where none."""
        width = self.inverse_depth.shape[1]
        return plateaus_at(self.inverse_depth, np.column_stack([which % width, which // width]))


def sample_map(inverse_depth: FloatMap, window_px: int = 5) -> MapSamples:
    """Sample a map, (H, W), at every pixel as `sample_or_none` does.

    Raises:
        InputError: a window that is not odd and positive.
    """
    if window_px < 1 or window_px % 2 == 0:
        raise InputError(f"window of {window_px} px: use an odd number of pixels, such as 5")
    values = np.where(np.isfinite(inverse_depth), inverse_depth, np.float32(np.nan)).astype(np.float32)
    parts = [_middles(windows) for windows in _windows(values, window_px)]
    value = np.concatenate([each for each, _ in parts])
    spread = np.concatenate([each for _, each in parts])
    near, wide = (_ends(values, side) for side in (NEAR, WIDE))
    near = np.where(np.isnan(near), wide, near)
    return MapSamples(values, value, spread, np.column_stack([near, wide]))


def _windows(values: FloatMap, window_px: int) -> Iterator[FloatMap]:
    """The windows around the pixels of some rows at a time, each in ascending order, NaN last: (N, window_px^2)."""
    height, width = values.shape
    half, count = window_px // 2, window_px * window_px
    padded = np.pad(values, half, constant_values=np.nan)
    rows = max(1, _AT_ONCE // (width * count))
    for top in range(0, height, rows):
        below = min(height, top + rows) + 2 * half
        part = sliding_window_view(padded[top:below], (window_px, window_px)).reshape(-1, count)
        yield np.sort(part, axis=1)


def _middles(ordered: FloatMap) -> tuple[Vector, FloatMap]:
    """Median and spread of the finite values of each row, (N, K) in ascending order; (N,) each."""
    size = ordered.shape[1]
    counts = size - np.count_nonzero(np.isnan(ordered), axis=1)
    value, spread = np.full(len(ordered), np.nan), np.zeros(len(ordered), np.float32)
    for count in np.unique(counts[counts > 0]).tolist():
        which = np.flatnonzero(counts == count)
        columns = ordered[which, :count].T.astype(np.float64)
        middle = 0.5 * (columns[(count - 1) // 2] + columns[count // 2])
        value[which] = middle
        places = sorted({(count - 1) // 2, count // 2})
        spread[which] = MAD_TO_SIGMA * np.mean([_nearest(columns, middle, place) for place in places], axis=0)
    return value, spread


def _nearest(columns: Matrix, middle: Vector, place: int) -> Vector:
    """How far the so-manieth nearest of each column's values, in ascending order, (K, N), is from its middle, (N,).

    So many values that are nearest lie side by side: it is the least over all runs of the farther of a run's ends.
    """
    best = np.full(middle.shape, np.inf)
    for first in range(len(columns) - place):
        np.minimum(best, np.maximum(middle - columns[first], columns[first + place] - middle), out=best)
    return best


def _ends(values: FloatMap, window: float) -> FloatMap:
    """Smallest and largest finite value in a window around each pixel, its side in image units; (H W, 2) or NaN."""
    height, width = values.shape
    across = steps_across(values.shape, window)
    reach = -int(across[0])
    columns, rows = (np.clip(np.arange(-reach, side + reach), 0, side - 1) for side in (width, height))
    found = []
    for extreme in (np.fmin, np.fmax):
        wide = values[:, columns]
        along = wide[:, :width].copy()
        for step in (across[1:] + reach).tolist():
            extreme(along, wide[:, step : step + width], out=along)
        tall = along[rows]
        both = tall[:height].copy()
        for step in (across[1:] + reach).tolist():
            extreme(both, tall[step : step + height], out=both)
        found.append(both.ravel())
    return np.column_stack(found)
