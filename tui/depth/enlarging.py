"""How a network's own small map comes to the picture's size: a value, so that it can be sent and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, check_map


class Kernel(StrEnum):
    """What lies between the values of the small map."""

    NONE = "none"
    """Nothing: it has the picture's size."""
    LINEAR = "linear"
    CUBIC = "cubic"


@dataclass(frozen=True, slots=True)
class Enlarging:
    """Makes a map of the picture's size."""

    kernel: Kernel = Kernel.NONE
    width: int = 0
    """Of the picture, pixels; of no meaning without a kernel."""
    height: int = 0

    def __call__(self, small: FloatMap) -> FloatMap:
        """The map, float32, (H, W), from the small one, float32, (h, w)."""
        if self.kernel is Kernel.NONE:
            return small
        return (cubic if self.kernel is Kernel.CUBIC else linear)(small, self.width, self.height)


def cubic(values: FloatMap, width: int, height: int) -> FloatMap:
    """By the same kernel (a = -0.75, edges repeated, no antialiasing) as torch's bicubic interpolation upstream."""
    import cv2  # paid for by the first picture, not by the program's start

    enlarged = np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return check_map(enlarged.reshape(height, width), height, width)


def linear(values: FloatMap, width: int, height: int) -> FloatMap:
    """`values` interpolated to shape (height, width); unknown (NaN) where more than half of the weight is unknown."""
    import cv2  # paid for by the first picture, not by the program's start

    resized = with_unknown(values, lambda each: cv2.resize(each, (width, height), interpolation=cv2.INTER_LINEAR))
    return check_map(resized.reshape(height, width), height, width)


def with_unknown(values: FloatMap, warp: Callable[[FloatMap], npt.ArrayLike]) -> FloatMap:
    """A map warped by weighted means; unknown (NaN) where more than half of the weight is unknown."""
    known = np.isfinite(values)
    filled = values if known.all() else np.where(known, values, np.float32(0))
    warped = np.asarray(warp(filled), dtype=np.float32)
    if known.all():
        return warped
    weight = np.asarray(warp(known.astype(np.float32)), dtype=np.float32)
    enough = weight >= 0.5
    return np.where(enough, warped / np.where(enough, weight, 1), np.nan).astype(np.float32)
