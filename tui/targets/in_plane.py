"""Lengths in the plane of a sheet of known sides, from its four corners alone: no focal length is needed for them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics
from tui.targets.pose import solutions
from tui.targets.sheets import SheetSpec

_WIDTHS = (0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 2.8)
"""Focal lengths in widths of the picture: from 84 to 20 degrees across. They tell only how the sheet lies."""
_PRIOR_FREEDOM = 4.0
_LENS_SIGMA = 0.005
"""Relative: a lens whose distortion is not known."""
_LIKELY = 0.05
_MOST_RMS_PX, _MOST_RMS_OF_SIDE = 1.0, 0.006
"""What fits worse is another rectangle."""
_BOTH_WITHIN = 1 / 1.96**2

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InPlane:
    """A length between two pixels, both in the sheet's plane."""

    length_m: float
    sigma_m: float
    """One standard deviation."""


class SheetPlane:
    """A sheet's plane as one picture shows it.

    Upright and lying are told apart by which fits a camera of any usual focal length; where both do, intervals hold
    the lengths by either.

    Args:
        spec: the sheet.
        corners_px: clockwise, shape (4, 2).
        size: of the picture, (width, height).
        noise_px: one standard deviation of a corner in each direction.
    """

    def __init__(self, spec: SheetSpec, corners_px: Array, size: tuple[int, int], noise_px: float) -> None:
        self._spec, self._corners_px, self._noise_px = spec, corners_px, noise_px
        costs = [_cost(stance, corners_px, size) for stance in spec.stances]
        variance = (_PRIOR_FREEDOM * noise_px**2 + min(costs)) / (_PRIOR_FREEDOM + 2)
        order = sorted(range(len(costs)), key=costs.__getitem__)
        self._stances = [
            (spec.stances[index], math.exp(-(costs[index] - costs[order[0]]) / (2 * variance))) for index in order
        ]
        self._stances = [each for each in self._stances if each[1] > _LIKELY]
        sides_px = np.linalg.norm(np.roll(corners_px, -1, axis=0) - corners_px, axis=1)
        self.fits = math.sqrt(min(costs) / 4) <= _MOST_RMS_PX + _MOST_RMS_OF_SIDE * float(sides_px.mean())
        """Whether some usual camera may see it like this."""

    def length(self, start_px: tuple[float, float], end_px: tuple[float, float]) -> InPlane | None:
        """Between two pixels; None where one lies beyond the plane's horizon, or so near to it that nothing is known.

        Its variance has the corners' noise by their slopes, the sheet's size, what a lens bends, and the square of
        how far another way of lying would put it.
        """
        ends = np.array([start_px, end_px], np.float64)
        (stance, _), *others = self._stances
        value = _between(stance, self._corners_px, ends)
        if value is None or not value > 0:
            return None
        slopes = []
        for index in range(8):
            moved = self._corners_px.copy()
            moved.reshape(-1)[index] += self._noise_px
            there = _between(stance, moved, ends)
            if there is None:
                return None
            slopes.append(there - value)
        variance = float(np.square(slopes).sum()) + (value * math.hypot(self._spec.relative_sigma, _LENS_SIGMA)) ** 2
        for other, weight in others:
            there = _between(other, self._corners_px, ends)
            if there is not None:
                variance += max(weight / (1 + weight), _BOTH_WITHIN) * (there - value) ** 2
        sigma_m = math.sqrt(variance)
        return InPlane(value, sigma_m) if sigma_m < value else None


def _between(object_m: Array, corners_px: Array, ends_px: Array) -> float | None:
    cv2 = load_cv2()
    homography = cv2.getPerspectiveTransform(
        np.asarray(corners_px, np.float32), np.asarray(object_m[:, :2], np.float32)
    )
    points = np.column_stack([np.vstack([ends_px, corners_px.mean(axis=0)]), np.ones(3)]) @ np.asarray(homography).T
    if (points[:2, 2] * points[2, 2] <= 0).any():
        return None
    flat = points[:2, :2] / points[:2, 2:]
    return float(np.linalg.norm(flat[1] - flat[0]))


def _cost(object_m: Array, corners_px: Array, size: tuple[int, int]) -> float:
    """The least sum of squares in pixels that a camera of a usual focal length leaves."""
    width, height = size
    least = math.inf
    for widths in _WIDTHS:
        focal_px = widths * max(size)
        camera = Intrinsics(focal_px, focal_px, (width - 1) / 2, (height - 1) / 2, width, height)
        found = [each[2] for each in solutions(object_m, corners_px, camera) if each[1][2] > 0]
        least = min([least, *found])
    return least if math.isfinite(least) else 1e9
