"""The distances of a whole map with their intervals: each pixel says what a reading there would."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tui.calibration.context import MapContext
from tui.calibration.interval import NORMAL_95, Seen, intervals, may_lie_at_edge, uneven
from tui.calibration.result import Calibration
from tui.geometry.arrays import FloatMap
from tui.geometry.sampled_map import MapSamples, sample_map

_AT_ONCE = 4096
"""Pixels that are reckoned together: what they need stays in the processor's cache."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MetricMap:
    """One picture in metres, all of shape (H, W)."""

    distance_m: FloatMap
    """Along the optical axis, float32; NaN where there is none."""
    low_m: FloatMap
    """Lower end of the 95 % interval, float32; NaN where there is no distance."""
    high_m: FloatMap
    """Upper end of it; infinite where it has none, NaN where there is no distance."""
    edge: Mask
    """Whether the pixel lies between two things: its interval holds both."""
    clipped: Mask
    """Whether there is no distance as the network clips its values there, or says that it is too far."""
    extrapolated: Mask
    """Whether it is nearer or farther than all references."""

    @property
    def known(self) -> Mask:
        """Where there is a distance."""
        return np.isfinite(self.distance_m)

    @property
    def surface(self) -> Mask:
        """Where the distance is that of one thing: known, and at no edge."""
        return self.known & ~self.edge

    @cached_property
    def sigma(self) -> FloatMap:
        """One standard deviation of the distance, relative to it, float32; infinite where there is no upper end."""
        with np.errstate(invalid="ignore"):
            sigma: FloatMap = (np.log(self.high_m / self.low_m) / (2.0 * NORMAL_95)).astype(np.float32)
        return sigma

    @classmethod
    def without(cls, shape: tuple[int, int]) -> MetricMap:
        """Of a picture that gives no distance."""
        nothing, nowhere = np.full(shape, np.nan, np.float32), np.zeros(shape, np.bool_)
        return cls(nothing, nothing, nothing, nowhere, nowhere, nowhere)


def metric_map(
    inverse_depth: FloatMap, calibration: Calibration, context: MapContext | None = None, window_px: int = 5
) -> MetricMap:
    """Read a map, float32, (H, W), at every pixel, as `tui.calibration.reading.read_all` does.

    Args:
        inverse_depth: the map.
        calibration: of it.
        context: of it, to tell values that the network clipped; that of the calibration if not given.
        window_px: side of the window whose median each pixel reads.

    Raises:
        InputError: a window that is not odd and positive.
    """
    samples = sample_map(inverse_depth, window_px)
    height, width = inverse_depth.shape
    distance_m, low_m, high_m = (np.empty(height * width, np.float32) for _ in range(3))
    edge, extrapolated = (np.empty(height * width, np.bool_) for _ in range(2))
    for begin in range(0, height * width, _AT_ONCE):
        which = np.arange(begin, min(begin + _AT_ONCE, height * width))
        pixels = np.column_stack([which % width, which // width]).astype(np.float64)
        found = intervals(calibration, _seen(samples, which, calibration), pixels, context)
        distance_m[which], low_m[which], high_m[which] = found.distance_m, found.low_m, found.high_m
        edge[which], extrapolated[which] = np.isfinite(found.edges_m[:, 0]), found.excess > 0
    clipped = np.isfinite(samples.value) & ~np.isfinite(distance_m)
    floats = (each.reshape(height, width) for each in (distance_m, low_m, high_m))
    masks = (each.reshape(height, width) for each in (edge, clipped, extrapolated))
    return MetricMap(*floats, *masks)


def _seen(samples: MapSamples, which: NDArray[np.intp], calibration: Calibration) -> Seen:
    """What the map shows at some pixels; plateaus are looked for only where they could make an edge."""
    value, ends = samples.value[which], samples.ends[which].astype(np.float64)
    might = np.flatnonzero(may_lie_at_edge(uneven(calibration, ends)[:, 0]) & np.isfinite(value))
    plateaus = np.full((which.size, 2), np.nan)
    plateaus[might] = samples.plateaus(which[might])
    return Seen(value, samples.spread[which].astype(np.float64), np.column_stack([ends, plateaus]))
