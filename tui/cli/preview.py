"""A map in metres as a picture that a person looks at: in colours, with a scale below."""

from __future__ import annotations

import math

import numpy as np

from tui.calibration.units import DistanceUnit, format_distance
from tui.cli.film import colored, usual_range
from tui.geometry.arrays import FloatMap, RGBImage

_LEAST_WIDTH = 240
"""A smaller picture stands in the middle of so many pixels, so that there is room for the scale's words."""
_BAR_PX, _WORDS_PX, _MARGIN_PX = 12, 20, 30
_SIZE = 0.45
"""Of the letters, as OpenCV counts."""
_GAP_PX = 12
_ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""Distances that are named on the scale, times powers of ten."""


def preview(distance_m: FloatMap) -> RGBImage:
    """The map, float32, (H, W), NaN unknown (grey), in colours that change evenly with 1/z, near is light; RGB, uint8.

    Below it stands a scale with round distances; what is outside of it, at most 1 % at each end, has its end's colour.
    """
    inverse = (1.0 / distance_m).astype(np.float32)
    low, high = usual_range(inverse)
    if not np.isfinite(inverse).any():
        low, high = 1.0, 1.0
    elif high <= 1.01 * low:  # a wall: some room on both sides, so that its colour means something
        low, high = 0.9 * low, 1.1 * high
    pixels = colored(inverse, low, high)
    width = max(_LEAST_WIDTH, pixels.shape[1])
    left = (width - pixels.shape[1]) // 2
    canvas = np.zeros((pixels.shape[0] + _BAR_PX + _WORDS_PX, width, 3), np.uint8)
    canvas[: pixels.shape[0], left : left + pixels.shape[1]] = pixels
    _draw_scale(canvas[pixels.shape[0] :], low, high)
    return canvas


def _draw_scale(strip: RGBImage, low: float, high: float) -> None:
    """The colours of `high` (near, left) to `low` (far, right), in 1/m, and the round distances among them."""
    import cv2

    width = strip.shape[1]
    if high <= low:
        cv2.putText(
            strip, "no distances", (4, _BAR_PX + 15), cv2.FONT_HERSHEY_SIMPLEX, _SIZE, (220,) * 3, 1, cv2.LINE_AA
        )
        return
    span = np.linspace(high, low, width - 2 * _MARGIN_PX, dtype=np.float32)
    strip[2:_BAR_PX, _MARGIN_PX : width - _MARGIN_PX] = colored(span[None], low, high)
    free = 0
    for distance_m in _round_distances(1 / high, 1 / low):
        words = format_distance(distance_m, DistanceUnit.METRES)
        (wide, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, _SIZE, 1)
        at = _MARGIN_PX + round((high - 1 / distance_m) / (high - low) * (span.size - 1))
        begin = at - wide // 2
        if begin < free or begin + wide > width:
            continue
        cv2.line(strip, (at, _BAR_PX), (at, _BAR_PX + 3), (220, 220, 220))
        cv2.putText(
            strip, words, (begin, _BAR_PX + 16), cv2.FONT_HERSHEY_SIMPLEX, _SIZE, (220, 220, 220), 1, cv2.LINE_AA
        )
        free = begin + wide + _GAP_PX


def _round_distances(near_m: float, far_m: float) -> list[float]:
    """Round distances between two, both ends in; the ends themselves where fewer than two are."""
    least, most = math.floor(math.log10(near_m)), math.ceil(math.log10(far_m))
    every = (digit * 10.0**power for power in range(least, most + 1) for digit in _ROUND)
    found = [each for each in every if near_m <= each <= far_m]
    return found if len(found) >= 2 else [near_m, far_m]
