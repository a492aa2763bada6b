"""From a map to a few levels that stand still: a range that adapts slowly, and hysteresis in every cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap

Levels = npt.NDArray[np.int16]
"""One level a half cell, int16, shape (H, W); see `LevelQuantiser` for the one that means 'unknown'."""

_PERCENTILES = (1.0, 99.0)
_GLIDE = 0.15
"""Share of the way to the target range that one frame goes."""
_OUTWARD = 0.04
"""The range widens when values lie further outside than this share of it."""
_INWARD = 0.16
"""The range narrows when values leave more than this share of it unused."""
_ARRIVED = 0.01
_CUT = 4.0
"""A range that grows or shrinks by this factor at once belongs to another scene: jump, do not glide."""


def step_levels(
    position: npt.NDArray[np.float32], previous: npt.NDArray[np.int16] | None, hysteresis: float
) -> npt.NDArray[np.int16]:
    """Round to levels, but keep a previous level until the value is further from it than `hysteresis` levels.

    Args:
        position: finite, in levels, float32, any shape.
        previous: levels of the frame before, same shape, or None for the first.
        hysteresis: in levels, at least 0.5; 0.5 is plain rounding.
    """
    fresh = np.rint(position).astype(np.int16)
    if previous is None or previous.shape != fresh.shape:
        return fresh
    return np.where(np.abs(position - previous) > np.float32(hysteresis), fresh, previous)


@dataclass(frozen=True, slots=True)
class ValueRange:
    """What the lowest and the highest level stand for, in the map's own unit."""

    low: float
    high: float


class AdaptiveRange:
    """Follows the spread of the values as an eye adapts: not at all for small changes, gently for larger ones."""

    def __init__(self) -> None:
        self._range: ValueRange | None = None
        self._pinned = False
        self._gliding = [False, False]

    @property
    def current(self) -> ValueRange | None:
        """None before the first finite value."""
        return self._range

    @property
    def is_pinned(self) -> bool:
        """Whether the range is held."""
        return self._pinned

    def pin(self, low: float, high: float) -> None:
        """Hold this range until `release`."""
        self._range = ValueRange(low, high)
        self._pinned = True

    def release(self) -> None:
        """Adapt again, from where the range is."""
        self._pinned = False

    def reset(self) -> None:
        """Forget the scene; a pinned range stays."""
        if not self._pinned:
            self._range = None

    def update(self, values: FloatMap) -> ValueRange | None:
        """Take a frame's values into account and return the range to use for it; None if nothing is known yet."""
        if self._pinned:
            return self._range
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return self._range
        low, high = (float(x) for x in np.percentile(finite, _PERCENTILES))
        least = max(1e-3 * max(abs(low), abs(high)), 1e-9)
        if high - low < least:
            low, high = (low + high - least) / 2, (low + high + least) / 2
        target = ValueRange(low, high)
        self._range = target if self._range is None else self._towards(self._range, target)
        return self._range

    def _towards(self, now: ValueRange, target: ValueRange) -> ValueRange:
        span, target_span = now.high - now.low, target.high - target.low
        apart = target.low > now.high or target.high < now.low
        if apart or not 1 / _CUT < target_span / span < _CUT:
            self._gliding = [False, False]
            return target
        # Positive: values lie outside the range at that end.
        outside = ((now.low - target.low) / span, (target.high - now.high) / span)
        for end, share in enumerate(outside):
            if share > _OUTWARD or share < -_INWARD:
                self._gliding[end] = True
            elif abs(share) < _ARRIVED:
                self._gliding[end] = False
        low = now.low + _GLIDE * (target.low - now.low) if self._gliding[0] else now.low
        high = now.high + _GLIDE * (target.high - now.high) if self._gliding[1] else now.high
        return ValueRange(low, high)


class LevelQuantiser:
    """Maps values to levels 0 .. count - 1 (larger value, higher level); `count` itself means 'unknown'.

    Args:
        count: how many levels.
        hysteresis: a cell changes its level only when it has moved by more than this many levels.
    """

    def __init__(self, count: int = 24, hysteresis: float = 0.9) -> None:
        self.count = count
        self.range = AdaptiveRange()
        """May be another quantiser's, so that the colours mean the same at once."""
        self._hysteresis = hysteresis
        self._levels: Levels | None = None

    @property
    def unknown(self) -> int:
        """The level of a cell without a value."""
        return self.count

    def reset(self) -> None:
        """Forget the scene, for instance when the source changes."""
        self.range.reset()
        self._levels = None

    def forget_levels(self) -> None:
        """The cells show other places from now on."""
        self._levels = None

    def quantise(self, values: FloatMap) -> Levels:
        """Levels of one frame.

        Args:
            values: float32, shape (H, W), not finite where unknown.

        Returns:
            int16, shape (H, W), in 0 .. count.
        """
        span = self.range.update(values)
        if span is None:
            self._levels = np.full(values.shape, self.unknown, np.int16)
            return self._levels
        with np.errstate(invalid="ignore", over="ignore"):
            position = (values - np.float32(span.low)) * np.float32(
                (self.count - 1) / max(span.high - span.low, math.ulp(1.0) * abs(span.high), 1e-30)
            )
        finite = np.isfinite(values)
        position = np.clip(np.where(finite, position, np.float32(0)), 0, self.count - 1)
        previous = self._levels
        if previous is not None and previous.shape == position.shape:
            # A cell that was unknown has no level to stay at: start it where rounding puts it.
            previous = np.where(previous == self.unknown, np.rint(position).astype(np.int16), previous)
        stepped = step_levels(position, previous, self._hysteresis)
        self._levels = np.where(finite, stepped, np.int16(self.unknown))
        return self._levels
