"""A quadrilateral's corners to a tenth of a pixel: lines through its four edges by total least squares, intersected.

Unlike a printed marker's, its edges may be bright or dark inside, interrupted by a thumb or by gaps between printed
squares, and long enough to be curved by the lens: lines are straight in the plane in which the lens is undone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.intrinsics import Intrinsics
from tui.targets.edges import fitted_lines, intersections, sampled

_ALONG = np.linspace(0.06, 0.94, 45)
"""Where along an edge it is looked for; the corners themselves are rounded."""
_STEP_PX = 0.5
_FINAL_REACH_PX = 3.0
_AROUND_PEAK = 3
"""Steps to either side of the steepest place over which it is averaged."""
_LEAST_SLOPE = 1.5
"""Grey levels a step: less is noise."""
_PART_OF_USUAL = 0.25
"""Of an edge's usual steepness: a place with less shows another thing."""
_ON_LINE_PX = 0.8
_LEAST_SIDE_PX = 12.0

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outline:
    """A quadrilateral whose edges were found."""

    corners_px: Array
    """Clockwise, shape (4, 2)."""
    support: Array
    """Of each edge: the share of places along it at which the picture shows it, shape (4,)."""
    brighter_inside: npt.NDArray[np.bool_]
    """Of each edge, bool, shape (4,)."""
    scatter_px: float
    """Root mean square distance of those places from the lines."""


def outline_of(
    grey: Grey, corners_px: Array, intrinsics: Intrinsics | None, reach_px: float, *, passes: int = 3
) -> Outline | None:
    """The edges next to a quadrilateral that is known roughly.

    Args:
        grey: picture, shape (H, W).
        corners_px: clockwise, shape (4, 2).
        intrinsics: of the picture, for the lens; None: it has no distortion.
        reach_px: how far an edge may be from where it is thought to be.
        passes: how often it is looked for, each time from where it was found and nearer to it.

    Returns:
        None where an edge is not there, or the quadrilateral is tiny.
    """
    lens = _Lens(intrinsics if intrinsics is not None and any(intrinsics.distortion) else None)
    current = lens.plane(np.asarray(corners_px, np.float64))
    start = current
    found: Outline | None = None
    for number in range(passes):
        reach = reach_px if number == 0 else min(reach_px, _FINAL_REACH_PX)
        found = _pass(grey, current, lens, reach)
        if found is None:
            return None
        moved = np.abs(found.corners_px - start).max()
        if not moved <= 2.0 * reach_px + 1.0:
            return None
        current = found.corners_px
    if found is None:
        return None
    picture = lens.picture(found.corners_px)
    return None if np.isnan(picture).any() else Outline(picture, found.support, found.brighter_inside, found.scatter_px)


def _pass(grey: Grey, corners: Array, lens: _Lens, reach_px: float) -> Outline | None:
    """Once, in the plane."""
    ends = np.roll(corners, -1, axis=0)
    sides = np.linalg.norm(ends - corners, axis=1)
    if not sides.min() >= _LEAST_SIDE_PX:
        return None
    along = (ends - corners) / sides[:, None]
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1)
    reach = min(reach_px, 0.3 * float(sides.min()))
    offsets = np.arange(-reach, reach + 0.5 * _STEP_PX, _STEP_PX)
    feet = corners[:, None] + _ALONG[None, :, None] * (ends - corners)[:, None]
    places = feet[:, :, None] + offsets[None, None, :, None] * outward[:, None, None]
    in_picture = lens.picture(places.reshape(-1, 2)).reshape(places.shape)
    if np.isnan(in_picture).any():
        return None
    height, width = grey.shape
    inside = np.asarray(((in_picture >= 0) & (in_picture <= (width - 1, height - 1))).all(axis=(2, 3)), np.bool_)
    slopes = np.diff(sampled(grey, in_picture), axis=2)
    brighter = np.zeros(4, np.bool_)
    shift, steep = np.zeros(feet.shape[:2]), np.zeros(feet.shape[:2])
    for side in range(4):
        darkening, lightening = (_peaks(sign * slopes[side], offsets) for sign in (-1.0, 1.0))
        totals = [(np.where(inside[side], each[1], 0.0)).sum() for each in (darkening, lightening)]
        brighter[side] = totals[0] >= totals[1]
        shift[side], steep[side] = darkening if brighter[side] else lightening
    usual = np.array([np.median(each[seen]) if seen.any() else 0.0 for each, seen in zip(steep, inside, strict=True)])
    seen = inside & (steep >= np.maximum(_LEAST_SLOPE, _PART_OF_USUAL * usual[:, None]))
    if (seen.sum(axis=1) < 4).any():
        return None
    found = feet + shift[:, :, None] * outward[:, None]
    most = np.maximum(usual, _LEAST_SLOPE)[:, None]
    weights = np.where(seen, np.sqrt(np.clip(steep, 0.0, most)), 0.0)
    lines = fitted_lines(found, weights)
    refined = intersections(lines)
    if refined is None:
        return None
    off = np.abs((found * lines[:, None, :2]).sum(axis=2) - lines[:, 2:])
    on_line = seen & (off <= _ON_LINE_PX)
    # What lies beyond the picture's border can be neither seen nor missed.
    support = on_line.sum(axis=1) / len(_ALONG)
    scatter = math.sqrt(float((off[on_line] ** 2).mean())) if on_line.any() else math.inf
    return Outline(refined, support, brighter, scatter)


def _peaks(slopes: Array, offsets: Array) -> tuple[Array, Array]:
    """(offset, steepness) of the steepest place of each row of slopes, shape (N,) each."""
    count = slopes.shape[1]
    peak = slopes.argmax(axis=1)
    rows = np.arange(len(slopes))[:, None]
    near = np.clip(peak[:, None] + np.arange(-_AROUND_PEAK, _AROUND_PEAK + 1), 0, count - 1)
    weights = np.maximum(0.0, slopes[rows, near])
    weights[:, 1:] *= near[:, 1:] != near[:, :-1]  # none twice at the ends
    middles = 0.5 * (offsets[:-1] + offsets[1:])
    return (weights * middles[near]).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-12), slopes[rows[:, 0], peak]


class _Lens:
    """To and from the plane in which straight things are straight, in pixels of the picture's size."""

    def __init__(self, intrinsics: Intrinsics | None) -> None:
        self._intrinsics = intrinsics
        self._focal, self._centre = np.ones(2), np.zeros(2)
        if intrinsics is not None:
            self._focal = np.array([intrinsics.fx_px, intrinsics.fy_px])
            self._centre = np.array([intrinsics.cx_px, intrinsics.cy_px])

    def plane(self, pixels: Array) -> Array:
        if self._intrinsics is None:
            return pixels
        return np.asarray(self._intrinsics.rays(pixels)[:, :2] * self._focal + self._centre, np.float64)

    def picture(self, points: Array) -> Array:
        if self._intrinsics is None:
            return points
        rays = np.column_stack([(points - self._centre) / self._focal, np.ones(len(points))])
        return np.asarray(self._intrinsics.pixels(rays), np.float64)
