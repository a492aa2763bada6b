"""The one way from a map's values to metres: every distance that is read, listed, drawn or written comes from here."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tui.calibration.context import MapContext, map_context
from tui.calibration.kriging import Matrix
from tui.calibration.posterior import Spots, image_places
from tui.calibration.result import Calibration
from tui.geometry.arrays import FloatMap, Vector

_AT_ONCE = 8192
"""Pixels of a map that are reckoned together: what they need stays in the processor's cache."""

_COLUMNS = 160
"""A map that is only looked at is reckoned at about so many pixels a row."""

_ALIKE = 32
"""Pixels that speak for a value of the map: those whose own values are next to it."""


def distances_at(calibration: Calibration, value: Vector, pixels: Matrix, context: MapContext | None = None) -> Vector:
    """What map values at some pixels mean in metres along the optical axis, the correction in it, float64, (M,).

    Each is reckoned by itself: it is the same to the last digit whichever others are asked for with it.

    Args:
        calibration: of the map.
        value: p, float64, (M,); may be NaN.
        pixels: (column, row) of each, float64, (M, 2); NaN where unknown, and the correction over the image is left
            out.
        context: of the map that the values were taken from, to tell those that the network clipped; that of the
            calibration if not given.

    Returns:
        NaN where there is no distance: no value, a clipped one, or a 1/z that is not above 0.
    """
    inverse, known = inverse_at(calibration, value, context)
    metres = np.full(value.shape, np.nan)
    correction = None
    if calibration.posterior is not None and calibration.posterior.corrects:
        correction = calibration.posterior.correction(spots_at(calibration, value, pixels, known))
    metres[known] = metres_of(inverse[known], correction)
    return metres


def inverse_at(calibration: Calibration, value: Vector, context: MapContext | None) -> tuple[Vector, NDArray[np.bool_]]:
    """The trend's 1/z, and where it is a distance; (M,) each. Arguments as of `distances_at`."""
    inverse = calibration.trend.inverse(value)
    known = np.isfinite(value) & (inverse > 0)
    seen_on = context or calibration.context
    if seen_on is not None:
        known &= ~seen_on.clips(value)
    return inverse, known


def metres_of(inverse: Vector, correction: Vector | None) -> Vector:
    """From the trend's 1/z above 0, (M,), and what is to be added to its logarithm; NaN beyond all numbers."""
    with np.errstate(over="ignore"):
        metres = 1.0 / inverse
        if correction is not None:
            metres *= np.exp(-correction)
    metres[np.isinf(metres)] = np.nan
    return metres


def spots_at(calibration: Calibration, value: Vector, pixels: Matrix, which: NDArray[np.bool_]) -> Spots:
    """Those pixels, (M,), where the fitted model is asked; without a context it put all references into one place."""
    known, pixels = calibration.context, pixels[which]
    places = 0.0 * pixels if known is None else image_places(pixels, known.width, known.height)
    return Spots(value[which], places)


def distances(
    inverse_depth: FloatMap, calibration: Calibration, context: MapContext | None = None, every_px: int = 1
) -> FloatMap:
    """A whole map in metres, float32, (H, W), as `distances_at` has each pixel; NaN where there is no distance.

    Args:
        inverse_depth: the map, float32, (H, W).
        calibration: of it.
        context: of it, as for `distances_at`.
        every_px: take only every so-manieth row and column, for something that is only looked at.
    """
    taken = inverse_depth[::every_px, ::every_px]
    rows, columns = np.mgrid[: taken.shape[0], : taken.shape[1]]
    pixels = every_px * np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    value = taken.ravel().astype(np.float64)
    parts = [
        distances_at(calibration, value[begin : begin + _AT_ONCE], pixels[begin : begin + _AT_ONCE], context)
        for begin in range(0, value.size, _AT_ONCE)
    ]
    return np.concatenate(parts).reshape(taken.shape).astype(np.float32)


class MapDistances:
    """What one map says in metres, for whoever draws it; reckoned when first asked for, and then kept.

    Args:
        inverse_depth: the map, float32, (H, W); must not be written to afterwards.
        calibration: of it.
    """

    def __init__(self, inverse_depth: FloatMap, calibration: Calibration) -> None:
        self.inverse_depth = inverse_depth
        self.calibration = calibration
        self.every_px = max(1, inverse_depth.shape[1] // _COLUMNS)
        """Distance of the pixels that `coarse` has, and that `like` looks at."""

    def are_of(self, inverse_depth: FloatMap, calibration: Calibration) -> bool:
        """Whether they are this map's under this calibration, and need not be made anew."""
        return self.inverse_depth is inverse_depth and self.calibration == calibration

    @cached_property
    def context(self) -> MapContext | None:
        """Of the map."""
        return map_context(self.inverse_depth)

    @cached_property
    def coarse(self) -> FloatMap:
        """Metres at every so-manieth pixel, float32; NaN where there is no distance."""
        return distances(self.inverse_depth, self.calibration, self.context, self.every_px)

    @cached_property
    def inverse(self) -> FloatMap:
        """1 / `coarse`, in 1/m: what lines of equal distance are drawn over, as it changes evenly."""
        return (1.0 / self.coarse).astype(np.float32)

    def like(self, value: float) -> Vector:
        """What the pixels whose values are next to this one would read with exactly this value, metres.

        The correction depends on the place, so one value is not equally far everywhere; these are the places where the
        map has such values. Empty where there is no distance.
        """
        values, pixels = self._by_value
        if not values.size:
            return values
        first = int(np.searchsorted(values, value)) - _ALIKE // 2
        first = max(0, min(first, values.size - _ALIKE))
        places = pixels[first : first + _ALIKE]
        metres = distances_at(self.calibration, np.full(len(places), float(value)), places, self.context)
        return metres[np.isfinite(metres)]

    @cached_property
    def _by_value(self) -> tuple[Vector, Matrix]:
        """Some of the map's values in ascending order, and their pixels."""
        every_px = 2 * self.every_px
        taken = self.inverse_depth[::every_px, ::every_px].astype(np.float64)
        rows, columns = np.nonzero(np.isfinite(taken))
        values = taken[rows, columns]
        order = np.argsort(values)
        return values[order], every_px * np.column_stack([columns, rows])[order].astype(np.float64)
