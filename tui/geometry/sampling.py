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

_MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation for a normal distribution."""


_NEAR, _WIDE = 15 / 640, 41 / 640
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
    spread = _MAD_TO_SIGMA * middle(np.sort(np.abs(finite - median)))
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
    near, wide = _patches(values, pixels, _NEAR), np.sort(_patches(values, pixels, _WIDE), axis=1)
    counts = np.count_nonzero(np.isfinite(wide), axis=1).tolist()  # what is not finite comes last
    lows, highs = np.fmin.reduce(near, axis=1).tolist(), np.fmax.reduce(near, axis=1).tolist()
    full = [place for place, count in enumerate(counts) if count == wide.shape[1]]
    plateaus = dict(zip(full, _two_plateaus(wide[full]), strict=True))
    found: list[Around | None] = []
    for place, (count, low, high) in enumerate(zip(counts, lows, highs, strict=True)):
        if count == 0:
            found.append(None)
            continue
        ordered = wide[place, :count]
        whole = (float(ordered[0]), float(ordered[-1]))
        two = plateaus[place] if place in plateaus else _two_plateaus(ordered[None])[0]
        found.append(Around(whole if math.isnan(low) else (low, high), whole, two))
    return found


def _patches(values: FloatMap, pixels: Sequence[tuple[int, int]], side: float) -> Matrix:
    """A window around each pixel, its side in image units, looked at in steps; (N, K), NaN where there is no value.

    At the border its last pixel stands for what lies beyond.
    """
    height, width = values.shape
    half = max(1, round(0.5 * side * max(width, height)))
    across = np.arange(-half, half + 1, math.ceil(2 * half / _ACROSS))
    at = np.array(pixels, dtype=np.intp).reshape(-1, 2)
    columns = np.clip(at[:, :1] + across, 0, width - 1)
    rows = np.clip(at[:, 1:] + across, 0, height - 1)
    patches = values[rows[:, :, None], columns[:, None, :]].reshape(len(at), across.size**2).astype(np.float64)
    return np.where(np.isfinite(patches), patches, np.nan)


def _two_plateaus(ordered: Matrix) -> list[tuple[float, float] | None]:
    """The medians on both sides of the value that divides others, in ascending order, best (Otsu, 1979), each row.

    What divides them so does it after any change of the map's scale and shift. None where it explains too little.

    Args:
        ordered: values in ascending order, (N, K).
    """
    count = ordered.shape[1]
    least = math.ceil(_LEAST_SHARE * count)
    if least < 2:
        return [None] * len(ordered)
    centred = ordered - ordered[:, count // 2, None]
    mean = centred.mean(axis=1)
    below = np.arange(least, count - least + 1)
    sums = np.cumsum(centred, axis=1)[:, below - 1]
    between = (sums - below * mean[:, None]) ** 2 / (below * (count - below))
    best = np.argmax(between, axis=1)
    explained = between[np.arange(len(ordered)), best]
    variance = (centred * centred).mean(axis=1) - mean**2
    told = (explained >= _TOLD_APART * variance) & (variance > 0)
    return [
        (middle(row[:place]), middle(row[place:])) if apart else None
        for row, place, apart in zip(ordered, below[best].tolist(), told.tolist(), strict=True)
    ]


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
    return [each and replace(each, around=seen) for each, seen in zip(medians, around, strict=True)]


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
