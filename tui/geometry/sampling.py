"""Robust sampling of a map around one pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, Vector

_MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation for a normal distribution."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of a map around a pixel."""

    value: float
    """Median of the finite neighbours."""
    spread: float
    """Robust standard deviation of the finite neighbours (1.4826 MAD), in the map's unit."""
    count: int
    """How many finite neighbours there were."""


def check_pixel(u_px: int, v_px: int, width: int, height: int) -> None:
    """Refuse a pixel that lies outside a picture of the given size.

    Raises:
        InputError: names the pixel and the valid range.
    """
    if not (0 <= u_px < width and 0 <= v_px < height):
        raise InputError(
            f"({u_px}, {v_px}) is outside the {width}x{height} picture; x is 0..{width - 1}, y is 0..{height - 1}"
        )


def sample_median(values: FloatMap, u_px: int, v_px: int, window_px: int = 5) -> Sample:
    """Median of the finite values in a square window, cut off at the borders.

    Args:
        values: float32, shape (H, W).
        u_px: column, 0 at the left.
        v_px: row, 0 at the top.
        window_px: odd side of the window; 1 is the pixel alone.

    Raises:
        InputError: pixel outside the map, a window that is not odd and positive, or no finite value in the window.
    """
    height, width = values.shape
    check_pixel(u_px, v_px, width, height)
    if window_px < 1 or window_px % 2 == 0:
        raise InputError(f"window of {window_px} px: use an odd number of pixels, such as 5")
    half = window_px // 2
    patch = values[max(0, v_px - half) : v_px + half + 1, max(0, u_px - half) : u_px + half + 1]
    finite = np.sort(patch[np.isfinite(patch)].astype(np.float64))
    if finite.size == 0:
        raise InputError(f"({u_px}, {v_px}) has no depth in a window of {window_px} px; try another pixel")
    median = middle(finite)
    spread = _MAD_TO_SIGMA * middle(np.sort(np.abs(finite - median)))
    return Sample(median, spread, int(finite.size))


def sample_or_none(inverse_depth: FloatMap, u_px: int, v_px: int, window_px: int = 5) -> Sample | None:
    """`sample_median`, but None where the map has no finite value in the window.

    Raises:
        InputError: a pixel outside the map, or a window that is not odd and positive.
    """
    height, width = inverse_depth.shape
    check_pixel(u_px, v_px, width, height)
    half = max(0, window_px // 2)
    patch = inverse_depth[max(0, v_px - half) : v_px + half + 1, max(0, u_px - half) : u_px + half + 1]
    if window_px > 0 and window_px % 2 == 1 and not np.isfinite(patch).any():
        return None
    return sample_median(inverse_depth, u_px, v_px, window_px)


def sample_medians(values: FloatMap, pixels: Sequence[tuple[int, int]], window_px: int = 5) -> list[Sample]:
    """`sample_median` at several pixels, (column, row), for less: whole windows without gaps are looked at all at once.

    Raises:
        InputError: as `sample_median`, for the first pixel that is wrong.
    """
    height, width = values.shape
    half = window_px // 2
    columns, rows = np.array([pixel[0] for pixel in pixels]), np.array([pixel[1] for pixel in pixels])
    whole = (columns >= half) & (columns < width - half) & (rows >= half) & (rows < height - half)
    if np.count_nonzero(whole) < 2 or window_px < 1 or window_px % 2 == 0:
        return [sample_median(values, u_px, v_px, window_px) for u_px, v_px in pixels]
    across = np.arange(-half, half + 1)
    inside_rows, inside_columns = rows[whole, None, None], columns[whole, None, None]
    patches = values[inside_rows + across[:, None], inside_columns + across].astype(np.float64)
    patches = np.sort(patches.reshape(len(patches), -1), axis=1)  # what is not finite comes last, or is -inf and first
    gapless = np.isfinite(patches[:, 0]) & np.isfinite(patches[:, -1])
    middle = patches.shape[1] // 2  # a window has an odd number of pixels
    medians = patches[:, middle]
    with np.errstate(invalid="ignore"):
        spreads = _MAD_TO_SIGMA * np.sort(np.abs(patches - medians[:, None]), axis=1)[:, middle]
    found = zip(medians.tolist(), spreads.tolist(), gapless.tolist(), strict=True)
    samples = []
    for (u_px, v_px), is_whole in zip(pixels, whole.tolist(), strict=True):
        median, spread, is_gapless = next(found) if is_whole else (0.0, 0.0, False)
        if is_gapless:
            samples.append(Sample(median, spread, patches.shape[1]))
        else:
            samples.append(sample_median(values, u_px, v_px, window_px))
    return samples


def middle(ordered: Vector) -> float:
    """The median of values in ascending order; for a few dozen of them much quicker than `np.median`."""
    count = ordered.size
    return 0.5 * float(ordered[(count - 1) // 2] + ordered[count // 2])
