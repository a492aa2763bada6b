"""What is known of a whole map beside its values at the references: its robust range, its size, where it clips.

Everything here moves with the map under an affine change of its values, so whatever is stated relative to it is
invariant under such a change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.usual import Usual
from tui.geometry.arrays import FloatMap, Vector

LOW_PERCENT, HIGH_PERCENT = 1.0, 99.0
"""Percentiles that stand for the farthest and the nearest thing on a map; beyond them lie stray pixels."""

_WANTED_SAMPLES = 6000
"""A regular grid of about this many pixels gives the percentiles to a fraction of a percent in 0.2 ms."""

_PLATEAU_SHARE = 0.05
_CONTINUOUS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class MapContext:
    """The frame in which priors on scale and shift are stated."""

    low: float
    """1st percentile of the map's values."""
    high: float
    """99th percentile."""
    width: int
    """Of the map, pixels."""
    height: int
    zero: float | None = 0.0
    """The map value at which 1/z = 0 is expected, before any reference: a network's own zero. None: no such belief."""
    floor: float | None = None
    """Value at which the map is clipped at its far end: what lies there is at least so far away."""
    ceiling: float | None = None
    """Value at which the map is clipped at its near end."""
    usual: Usual | None = None
    """What distances the values of such maps usually stand for."""

    def clips(self, value: Vector) -> NDArray[np.bool_]:
        """Whether values lie on, or beyond, one of the map's plateaus; (N,)."""
        clipped = np.zeros(value.shape, np.bool_)
        if self.floor is not None:
            clipped |= value <= self.floor
        if self.ceiling is not None:
            clipped |= value >= self.ceiling
        return clipped

    def stating(self, usual: Usual | None) -> MapContext:
        """The same of a map whose values usually stand for something else: another camera took the picture."""
        return self if usual is None or not usual.per_focal else replace(self, usual=usual)


def map_context(inverse_depth: FloatMap, zero: float | None = 0.0, usual: Usual | None = None) -> MapContext | None:
    """Look at a map, float32, (H, W); None where it has no finite value. `usual`: what is known of such maps.

    The map clips where at least 5 % of its pixels share exactly its smallest (or largest) value although most of its
    other pixels do not share theirs with another: a network's last activation cut them off. A map of few levels (a
    quantised network, flat surfaces) has shared values everywhere, and its ends are no plateaus.
    """
    height, width = inverse_depth.shape
    step = max(1, int((width * height / _WANTED_SAMPLES) ** 0.5))
    grid = inverse_depth[step // 2 :: step, step // 2 :: step]
    values = np.sort(grid[np.isfinite(grid)])
    if values.size == 0:
        values = np.sort(inverse_depth[np.isfinite(inverse_depth)])
        if values.size == 0:
            return None
    low, high = _between(values, LOW_PERCENT), _between(values, HIGH_PERCENT)
    floor, ceiling = _plateaus(values)
    return MapContext(low, high, width, height, zero, floor, ceiling, usual)


def _between(ordered: FloatMap | Vector, percent: float) -> float:
    """Percentile of values in ascending order, linear between them."""
    place = percent / 100 * (ordered.size - 1)
    below = int(place)
    above = min(below + 1, ordered.size - 1)
    return float(ordered[below] + (place - below) * (float(ordered[above]) - float(ordered[below])))


def _plateaus(ordered: FloatMap | Vector) -> tuple[float | None, float | None]:
    least, most = ordered[0], ordered[-1]
    first = int(np.searchsorted(ordered, least, side="right"))
    last = int(np.searchsorted(ordered, most, side="left"))
    middle = ordered[first:last]
    if middle.size < _CONTINUOUS_SHARE * ordered.size or middle.size < 2:
        return None, None
    if np.count_nonzero(np.diff(middle)) < _CONTINUOUS_SHARE * (middle.size - 1):
        return None, None
    floor = float(least) if first >= _PLATEAU_SHARE * ordered.size else None
    ceiling = float(most) if ordered.size - last >= _PLATEAU_SHARE * ordered.size else None
    return floor, ceiling
