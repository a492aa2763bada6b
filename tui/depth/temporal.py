"""Scale and shift of successive maps brought into agreement, so that a depth video does not flicker.

A relative network knows inverse depth up to a scale and a shift, and these change from frame to frame even where
nothing else does. Each map is therefore fitted to its aligned predecessor over the pixels that kept their depth: robust
reduced major axis regression (Tukey's weights, slope from the ratio of the spreads), because least squares would
shrink the scale a little with every frame: both maps are noisy. What is found fades towards the network's own scale and
shift over some seconds, so errors do not add up over a long clip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.geometry.arrays import FloatMap, Vector

FADE_S = 5.0
"""Time constant with which scale and shift return to the network's own."""

_MOST_SAMPLES = 12_000
_FEWEST_SAMPLES = 50
_ITERATIONS = 15
_TUKEY = 4.685
"""Cut-off in standard deviations: 95 % efficiency for normal errors (Beaton and Tukey, 1974)."""
_MAD_TO_SIGMA = 1.4826
_LEAST_CORRELATION = 0.6
_LEAST_SHARE = 0.3
"""Of the weights: where fewer pixels agree, or less well, it is another scene."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """`aligned = scale * inverse_depth + shift`."""

    scale: float
    shift: float
    is_cut: bool = False
    """Whether the scene changed at once, so that this map starts anew."""

    def apply(self, inverse_depth: FloatMap) -> FloatMap:
        """The aligned map, float32, of the same shape."""
        aligned: FloatMap = np.float32(self.scale) * inverse_depth + np.float32(self.shift)
        return aligned


class TemporalAligner:
    """Aligns the maps of one clip, all of one shape, in their order."""

    def __init__(self, period_s: float, fade_s: float = FADE_S) -> None:
        """Take the time between frames in seconds, and FADE_S or another time constant."""
        self._kept = math.exp(-period_s / fade_s)
        self._last: Vector | None = None

    def step(self, inverse_depth: FloatMap) -> Alignment:
        """Return the alignment of the next map, (H, W), NaN where it says nothing."""
        values = values_on_grid(inverse_depth)
        found = None if self._last is None else line_between(values, self._last)
        if found is None:
            alignment = Alignment(1.0, 0.0, is_cut=self._last is not None)
        else:
            scale, shift = found
            alignment = Alignment(scale**self._kept, shift * self._kept)
        self._last = alignment.scale * values + alignment.shift
        return alignment


def values_on_grid(inverse_depth: FloatMap) -> Vector:
    """Values on a regular grid, the same for every map of a shape."""
    step = max(1, math.isqrt(math.ceil(inverse_depth.size / _MOST_SAMPLES)))
    return inverse_depth[step // 2 :: step, step // 2 :: step].astype(np.float64).ravel()


def line_between(x: Vector, y: Vector) -> tuple[float, float] | None:
    """(scale, shift) with y = scale x + shift for most of the values; None where there is no such line."""
    if x.shape != y.shape:
        return None
    known = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(known) < _FEWEST_SAMPLES:
        return None
    x, y = x[known], y[known]
    (x_low, x_middle, x_high), (y_low, y_middle, y_high) = (np.percentile(each, (25, 50, 75)) for each in (x, y))
    smallest = 1e-9 * max(float(np.abs(x).max()), float(np.abs(y).max()), 1e-30)
    if x_high - x_low <= smallest or y_high - y_low <= smallest:
        return None
    scale = float((y_high - y_low) / (x_high - x_low))
    shift = float(y_middle - scale * x_middle)
    weights = np.ones_like(x)
    for _ in range(_ITERATIONS):
        residuals = y - (scale * x + shift)
        sigma = max(_MAD_TO_SIGMA * float(np.median(np.abs(residuals))), smallest)
        weights = np.clip(1 - (residuals / (_TUKEY * sigma)) ** 2, 0, None) ** 2
        total = float(weights.sum())
        x_mean, y_mean = float(weights @ x) / total, float(weights @ y) / total
        xx, yy = float(weights @ (x - x_mean) ** 2), float(weights @ (y - y_mean) ** 2)
        if xx <= 0 or yy <= 0:
            return None
        before, scale = scale, math.sqrt(yy / xx)
        shift = y_mean - scale * x_mean
        if abs(scale - before) <= 1e-6 * scale:
            break
    correlation = float(weights @ ((x - x_mean) * (y - y_mean))) / math.sqrt(xx * yy)
    if correlation < _LEAST_CORRELATION or total < _LEAST_SHARE * len(x):
        return None
    return scale, shift
