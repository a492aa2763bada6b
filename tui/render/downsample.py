"""Fewer pixels from many, at the speed of a live picture: sums of strided rows and columns, no resampling library."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, RGBImage

_MOST_TAPS = 8
"""Samples a side for one output pixel; 8 x 8 x 255 still fits 16 bits."""
_MAP_TAPS = 3
"""Samples a side for one output value of a map."""


@lru_cache(maxsize=64)
def _taps(n_out: int, n_in: int, most: int) -> npt.NDArray[np.intp]:
    """Evenly spread source indices for each output index, shape (taps, n_out).

    As many taps as source pixels fall on one output pixel, but at least one and never more than `most`; with an integer
    ratio up to `most` this is the exact area average.
    """
    count = max(1, min(most, -(-n_in // n_out)))
    centres = (np.arange(count)[:, None] + 0.5) / count
    return np.minimum(((np.arange(n_out)[None, :] + centres) * n_in / n_out).astype(np.intp), n_in - 1)


def shrink_image(image: RGBImage, height: int, width: int) -> RGBImage:
    """Area average of a picture.

    Args:
        image: RGB, uint8, shape (H, W, 3).
        height: rows of the result.
        width: columns of the result.

    Returns:
        RGB, uint8, shape (height, width, 3); a size larger than the picture's repeats its pixels.
    """
    row_taps = _taps(height, image.shape[0], _MOST_TAPS)
    column_taps = _taps(width, image.shape[1], _MOST_TAPS)
    rows = image[row_taps[0]].astype(np.uint16)
    for tap in row_taps[1:]:
        rows += image[tap]
    total = rows[:, column_taps[0]]
    for tap in column_taps[1:]:
        total += rows[:, tap]
    count = len(row_taps) * len(column_taps)
    mean: RGBImage = ((total + count // 2) // count).astype(np.uint8)
    return mean


def shrink_map(values: FloatMap, height: int, width: int) -> FloatMap:
    """Mean of the finite values under each output pixel.

    Args:
        values: float32, shape (H, W); NaN and infinity where nothing is known.
        height: rows of the result.
        width: columns of the result.

    Returns:
        float32, shape (height, width); NaN where no sample was finite.
    """
    row_taps = _taps(height, values.shape[0], _MAP_TAPS)
    column_taps = _taps(width, values.shape[1], _MAP_TAPS)
    patches = values[row_taps[:, None, :, None], column_taps[None, :, None, :]]
    patches = patches.reshape(-1, height, width)
    finite = np.isfinite(patches)
    count = finite.sum(axis=0, dtype=np.int32)
    total = np.where(finite, patches, np.float32(0)).sum(axis=0, dtype=np.float32)
    mean = np.full((height, width), np.nan, np.float32)
    np.divide(total, count, out=mean, where=count > 0, dtype=np.float32, casting="same_kind")
    return mean
