"""Noise and regular patterns over a surface, softened where a pixel is wider than what they show."""

from __future__ import annotations

from functools import cache

import numpy as np

from tui.training.scenes.geometry import Floats

TEXELS = 512
ROW = 256
"""Points are looked up in rows of this length: OpenCV's remap takes no picture of 2^15 rows or columns."""


@cache
def table(fall_off: float, stretch: float = 1.0) -> Floats:
    """Return noise, (512, 512), mean 0 and standard deviation 1, that repeats without a seam.

    Its amplitude falls with frequency to the power `fall_off` (0 is white, 1 like clouds and plaster); `stretch` draws
    it out along the second axis.
    """
    rng = np.random.default_rng([int(fall_off * 100), int(stretch * 100)])
    spectrum = np.fft.rfft2(rng.normal(size=(TEXELS, TEXELS)))
    rows = np.fft.fftfreq(TEXELS)[:, None] * TEXELS
    columns = np.fft.rfftfreq(TEXELS)[None] * TEXELS * stretch
    spectrum /= np.maximum(np.hypot(rows, columns), 1.0) ** fall_off
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=(TEXELS, TEXELS))
    return (noise / noise.std()).astype(np.float32)


def noise(u_m: Floats, v_m: Floats, tile_m: float, fall_off: float = 1.0, stretch: float = 1.0) -> Floats:
    """Return noise at points (n,), its table laid out over `tile_m`, linearly between texels."""
    import cv2

    count = len(u_m)
    if count == 0:
        return np.zeros(0, np.float32)
    rows = -(-count // ROW)
    place = np.zeros((2, rows * ROW), np.float32)
    scale = np.float32(TEXELS / tile_m)
    np.mod(u_m * scale, TEXELS, out=place[0, :count])
    np.mod(v_m * scale, TEXELS, out=place[1, :count])
    x, y = place.reshape(2, rows, ROW)
    found = cv2.remap(table(fall_off, stretch), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found, np.float32).ravel()[:count]


@cache
def _cells() -> Floats:
    return np.random.default_rng(5).random((64, 64)).astype(np.float32)


def cell(column: Floats, row: Floats, kind: int = 0) -> Floats:
    """Return one number from 0 to 1 for each whole (column, row), different for each `kind`."""
    i = column.astype(np.int32) + 17 * kind
    j = row.astype(np.int32) + 29 * kind
    return _cells()[j & 63, (i + 7 * (j >> 6)) & 63]


def near_lines(x_m: Floats, period_m: float, width_m: float, pixel_m: Floats) -> Floats:
    """Return how much of each pixel, (n,), is covered by lines of `width_m` every `period_m`."""
    away = np.abs((x_m / np.float32(period_m) + 0.5) % 1 - 0.5) * np.float32(period_m)
    wide = np.maximum(pixel_m, np.float32(1e-5))
    sharp = np.clip((np.float32(width_m / 2) - away) / wide + 0.5, 0, np.minimum(np.float32(width_m) / wide, 1))
    # where a pixel is as wide as the period, its mean is all that is seen
    share = np.clip(wide / np.float32(period_m) * 2 - 0.5, 0, 1)
    return np.asarray(sharp * (1 - share) + share * np.float32(width_m / period_m), np.float32)


def seen(size_m: float, pixel_m: Floats) -> Floats:
    """Return the contrast left, 0..1, of something of `size_m` at pixels that cover `pixel_m`."""
    return np.asarray(np.clip(1.5 - pixel_m * np.float32(2 / size_m), 0, 1), np.float32)


def mix(first: Floats, second: Floats, share: Floats) -> Floats:
    """Return colours (3, n) from the first, (3, n) or (3, 1), to the second by `share`, (n,)."""
    return np.asarray(first + (second - first) * share, np.float32)
