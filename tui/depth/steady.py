"""Steadier maps of a camera that stands still: averaged over time wherever nothing moves.

A network's map flickers by about a per cent from frame to frame, because the picture's noise does. Where the picture
stays what it was, an exponential moving average of p takes most of that away; where it changes, the newest map counts
alone, so that nothing lags behind what moves. While the camera itself moves, nothing is averaged.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tui.depth.estimator import DepthMap
from tui.geometry.arrays import FloatMap, RGBImage

TIME_CONSTANT_S = 0.5
"""Of the average. On `vtest.avi`, whose maps flicker by 0.8 % from frame to frame where nothing moves, 0.2 % remain."""

_BACKGROUND_S = 2.0
"""Over which the picture that is taken for unmoved follows the one there is: so long something new counts as new."""

_MOVED_GREY = 7.0
"""Grey levels by which a place differs from what it was if something moves there; a sensor's noise is less, once
averaged over the places of a map."""

_REACH = 1.0 / 64
"""Of the map's longer side: so near to something that moves the network's map changes too."""

_MOST_MOVING = 0.4
"""Of the picture: with more it is the camera that moves, or another scene."""

_COARSE = 72
"""Longer side of the picture by which it is told whether the camera moves, pixels."""

_TURNING = 0.02
"""Shift between two pictures `_LOOK_S` apart from which the camera moves, coarse pixels. Pedestrians before a camera
that stands still give 0.006 at most, what is held in a hand gives 0.03 at least."""

_COUNTS_GREY = 4.0
"""Grey levels of difference that count half: what one thing does tells nothing of the camera."""

_LOOK_S = 0.5
_STILL_S = 1.0
"""A camera that has moved is taken to stand still after so long."""

_Grey = NDArray[np.float32]


class Steady:
    """Averages the maps of one source, in their order.

    Args:
        time_constant_s: of the average; 0 for none.
    """

    def __init__(self, time_constant_s: float = TIME_CONSTANT_S) -> None:
        self.time_constant_s = time_constant_s
        self.forget()

    def forget(self) -> None:
        """Another source, or another model: the next map is the first."""
        self._average: FloatMap | None = None
        self._count = 0
        self._grey: _Grey = np.empty((0, 0), np.float32)
        self._view: _Grey = np.empty((0, 0), np.float32)
        self._viewed_s = self._moved_s = self._at_s = -math.inf

    @property
    def moving(self) -> bool:
        """Whether the camera itself moves, or has just moved."""
        return self._at_s - self._moved_s < _STILL_S

    def follow(self, image: RGBImage, found: DepthMap, at_s: float) -> DepthMap:
        """The map, averaged with those before where nothing moves.

        Args:
            image: that it was made from.
            found: the map.
            at_s: when the picture was taken, on any clock that runs forward.
        """
        import cv2

        step_s, self._at_s = at_s - self._at_s, at_s
        if self.time_constant_s <= 0 or step_s <= 0:
            return found
        values = found.small
        height, width = values.shape
        grey = _grey(image, width, height)
        average, background = self._average, self._grey
        if average is None or average.shape != values.shape:
            self._average, self._grey, self._count = values, grey, 1
            self._look(grey, at_s)
            return found
        lighter = grey - background
        lighter -= np.median(lighter[::4, ::4])  # another exposure of the whole is no motion
        moving = np.asarray(np.abs(lighter) > _MOVED_GREY, dtype=np.uint8)
        self._grey = background + np.float32(-math.expm1(-step_s / _BACKGROUND_S)) * (grey - background)
        if float(moving.mean()) > _MOST_MOVING:
            self._moved_s, self._grey = at_s, grey
        self._look(grey, at_s)
        if self.moving:
            self._average, self._count = values, 1
            return found
        side = 2 * max(1, round(_REACH * max(width, height))) + 1
        counts_alone = cv2.dilate(moving, np.ones((side, side), np.uint8)) > 0
        counts_alone |= ~np.isfinite(average)
        self._count += 1  # the first maps count alike, however quickly they come
        weight = np.float32(max(-math.expm1(-step_s / self.time_constant_s), 1.0 / self._count))
        self._average = np.where(counts_alone, values, average + weight * (values - average))
        return found.replaced(self._average)

    def _look(self, grey: _Grey, at_s: float) -> None:
        """See whether the camera moves, by the shift of the whole since a while ago."""
        import cv2

        if at_s - self._viewed_s < _LOOK_S:
            return
        height, width = grey.shape
        shrink = min(1.0, _COARSE / max(width, height))
        size = (max(8, round(shrink * width)), max(8, round(shrink * height)))
        view = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        before, self._view, self._viewed_s = self._view, view, at_s
        if before.shape != view.shape:
            return
        if _shift(before, view) > _TURNING:
            self._moved_s = at_s


def _shift(before: _Grey, now: _Grey) -> float:
    """How far the whole has moved, pixels: one step of Lucas and Kanade (1981), weighted as Cauchy's errors are."""
    down, across = np.gradient(0.5 * (before + now))
    change = now - before
    change = change - np.median(change)
    weight = 1.0 / (1.0 + (change / _COUNTS_GREY) ** 2)
    aa, ab, bb = (float(np.sum(weight * each)) for each in (across * across, across * down, down * down))
    ac, bc = float(np.sum(weight * across * change)), float(np.sum(weight * down * change))
    whole = aa * bb - ab * ab
    if whole <= 0:
        return 0.0  # nothing to be seen
    return math.hypot(bb * ac - ab * bc, aa * bc - ab * ac) / whole


def _grey(image: RGBImage, width: int, height: int) -> _Grey:
    import cv2

    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.float32)
