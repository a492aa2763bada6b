"""Robust sampling of a map around one pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, Vector

Matrix = NDArray[np.float64]

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation for a normal distribution."""


NEAR, WIDE = 15 / 640, 41 / 640
"""Sides of the windows in which a pixel's surroundings are looked at, in image units (the longer side is 1)."""

_ACROSS = 10
"""A window is looked at in at most about so many steps to each side."""

_LEAST_SHARE = 0.15
"""Of the wide window that each of two plateaus takes up at least."""

_TOLD_APART = 0.85
"""Share of the variance in the wide window that two plateaus explain at least; of an even slope they explain 0.75."""


@dataclass(frozen=True, slots=True)
class Around:
    """A map's values in a near and a wide window around a pixel, about 15 and 41 px of a picture 640 px wide."""

    near: tuple[float, float]
    """Smallest and largest."""
    wide: tuple[float, float]
    """The same."""
    plateaus: tuple[float, float] | None
    """The lower and the higher of two values between which the wide window is divided; None where it is not."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of a map around a pixel."""

    value: float
    """Median of the finite neighbours."""
    spread: float
    """Robust standard deviation of the finite neighbours (1.4826 MAD), in the map's unit."""
    count: int
    """How many finite neighbours there were."""
    around: Around | None = field(default=None, compare=False)
    """What else the map shows there, for a reading; None where nobody looked, as for references, whose fit asks only
    for the rest."""


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
    spread = MAD_TO_SIGMA * middle(np.sort(np.abs(finite - median)))
    return Sample(median, spread, int(finite.size))


def sample_or_none(inverse_depth: FloatMap, u_px: int, v_px: int, window_px: int = 5) -> Sample | None:
    """`sample_median` with a look around, for a reading; None where the map has no finite value in the window.

    Raises:
        InputError: a pixel outside the map, or a window that is not odd and positive.
    """
    height, width = inverse_depth.shape
    check_pixel(u_px, v_px, width, height)
    half = max(0, window_px // 2)
    patch = inverse_depth[max(0, v_px - half) : v_px + half + 1, max(0, u_px - half) : u_px + half + 1]
    if window_px > 0 and window_px % 2 == 1 and not np.isfinite(patch).any():
        return None
    return replace(
        sample_median(inverse_depth, u_px, v_px, window_px), around=look_around(inverse_depth, [(u_px, v_px)])[0]
    )


def look_around(values: FloatMap, pixels: Sequence[tuple[int, int]]) -> list[Around | None]:
    """What the map, float32, (H, W), shows around pixels, (column, row); None where there is nothing finite."""
    near, wide = _patches(values, pixels, NEAR), _patches(values, pixels, WIDE)
    lows, highs = np.fmin.reduce(near, axis=1).tolist(), np.fmax.reduce(near, axis=1).tolist()
    least, most = np.fmin.reduce(wide, axis=1).tolist(), np.fmax.reduce(wide, axis=1).tolist()
    found: list[Around | None] = []
    for low, high, *whole, two in zip(lows, highs, least, most, _plateaus(wide).tolist(), strict=True):
        if math.isnan(whole[0]):
            found.append(None)
            continue
        ends = (whole[0], whole[1])
        found.append(Around(ends if math.isnan(low) else (low, high), ends, None if math.isnan(two[0]) else (*two,)))
    return found


def plateaus_at(values: FloatMap, pixels: Sequence[tuple[int, int]] | NDArray[np.intp]) -> Matrix:
    """The two plateaus of `look_around` at pixels, (column, row), (N, 2): (N, 2), NaN where there are none."""
    return _plateaus(_patches(values, pixels, WIDE))


def steps_across(shape: tuple[int, ...], side: float) -> NDArray[np.intp]:
    """Where a window, its side in image units, of a map of this shape is looked at along each axis, pixels."""
    half = max(1, round(0.5 * side * max(shape)))
    return np.arange(-half, half + 1, math.ceil(2 * half / _ACROSS))


def _patches(values: FloatMap, pixels: Sequence[tuple[int, int]] | NDArray[np.intp], side: float) -> Matrix:
    """A window around each pixel, its side in image units, looked at in steps; (N, K), NaN where there is no value.

    At the border its last pixel stands for what lies beyond.
    """
    height, width = values.shape
    across = steps_across(values.shape, side)
    at = np.array(pixels, dtype=np.intp).reshape(-1, 2)
    columns = np.clip(at[:, :1] + across, 0, width - 1)
    rows = np.clip(at[:, 1:] + across, 0, height - 1)
    patches = values[rows[:, :, None], columns[:, None, :]].reshape(len(at), across.size**2).astype(np.float64)
    return np.where(np.isfinite(patches), patches, np.nan)


def _plateaus(wide: Matrix) -> Matrix:
    """The two plateaus of the values in each row, (N, K), NaN left out: (N, 2), NaN where there are none."""
    ordered = np.sort(wide, axis=1)  # what is NaN comes last
    counts = np.count_nonzero(np.isfinite(ordered), axis=1)
    found = np.full((len(wide), 2), np.nan)
    for count in np.flatnonzero(np.bincount(counts)).tolist():
        which = np.flatnonzero(counts == count)
        found[which] = _two_plateaus(ordered[which, :count])
    return found


def _two_plateaus(ordered: Matrix) -> Matrix:
    """The medians on both sides of the value that divides others, in ascending order, best (Otsu, 1979), each row.

    What divides them so does it after any change of the map's scale and shift. NaN where it explains too little.

    Args:
        ordered: values in ascending order, (N, K).

    Returns:
        The lower and the higher one, (N, 2).
    """
    count = ordered.shape[1]
    found = np.full((len(ordered), 2), np.nan)
    least = math.ceil(_LEAST_SHARE * count)
    if least < 2:
        return found
    centred = ordered - ordered[:, count // 2, None]
    mean = centred.mean(axis=1)
    below = np.arange(least, count - least + 1)
    sums = np.cumsum(centred, axis=1)[:, below - 1]
    between = (sums - below * mean[:, None]) ** 2 / (below * (count - below))
    best = np.argmax(between, axis=1)
    explained = between[np.arange(len(ordered)), best]
    variance = (centred * centred).mean(axis=1) - mean**2
    told = np.flatnonzero((explained >= _TOLD_APART * variance) & (variance > 0))
    place = below[best[told]]
    for side, begin, length in ((0, 0 * place, place), (1, place, count - place)):
        lower, upper = begin + (length - 1) // 2, begin + length // 2
        found[told, side] = 0.5 * (ordered[told, lower] + ordered[told, upper])
    return found


def samples_or_none(
    inverse_depth: FloatMap, pixels: Sequence[tuple[int, int]], window_px: int = 5
) -> list[Sample | None]:
    """`sample_or_none` at several pixels, (column, row), for less.

    Raises:
        InputError: as `sample_or_none`, for the first pixel that is wrong.
    """
    try:
        medians: list[Sample | None] = [*sample_medians(inverse_depth, pixels, window_px)] if pixels else []
    except InputError:
        return [sample_or_none(inverse_depth, *pixel, window_px) for pixel in pixels]
    around = look_around(inverse_depth, pixels)
    return [
        each and Sample(each.value, each.spread, each.count, seen) for each, seen in zip(medians, around, strict=True)
    ]


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
        spreads = MAD_TO_SIGMA * np.sort(np.abs(patches - medians[:, None]), axis=1)[:, middle]
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
