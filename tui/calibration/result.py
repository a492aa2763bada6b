"""What a calibration is: scale, shift, how well they are known, and what the references leave over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tui.calibration.reference import Reference
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import Sample

Covariance = tuple[tuple[float, float], tuple[float, float]]
"""Of (scale, shift), in that order."""


class CalibrationKind(StrEnum):
    """How a calibration came about."""

    TYPED = "typed"
    SCALE = "scale"
    SCALE_AND_SHIFT = "scale and shift"


@dataclass(frozen=True, slots=True)
class Residual:
    """What the fit leaves over at one reference."""

    reference: Reference
    inverse_depth: float
    """The map's value at the reference, in the map's units."""
    spread: float
    """Its robust standard deviation around there."""
    fitted_m: float | None
    """The distance that the calibration gives there; None if a p + b <= 0, which has none."""

    @classmethod
    def of(cls, reference: Reference, sample: Sample, inverse_m: float) -> Residual:
        """From the fitted 1/z at the reference, in 1/m."""
        return cls(reference, sample.value, sample.spread, _distance_m(inverse_m))

    @property
    def residual_m(self) -> float | None:
        """Fitted minus true distance."""
        return None if self.fitted_m is None else self.fitted_m - self.reference.distance_m

    @property
    def relative(self) -> float | None:
        """Fitted over true distance, less one."""
        return None if self.residual_m is None else self.residual_m / self.reference.distance_m


@dataclass(frozen=True, slots=True)
class Calibration:
    """1/z = scale * p + shift, for the map (or the fixed camera and model) that it was made on."""

    scale: float
    """a, in 1/m per unit of the map; above 0."""
    shift: float
    """b, in 1/m."""
    kind: CalibrationKind
    covariance: Covariance
    """Of scale and shift; the noise model is stated in `tui.calibration.fit`."""
    noise: float
    """Relative error of a single reading's 1/z that remains with perfect scale and shift; one sigma."""
    freedom: float
    """Degrees of freedom behind `noise`, for Student's t."""
    inverse_depth_range: tuple[float, float] | None
    """Map values that the references span; readings outside are extrapolated. None: typed in, no range known."""
    residuals: tuple[Residual, ...]
    """One a reference, in the order in which they were given."""

    def inverse_m(self, inverse_depth: float) -> float:
        """1/z in 1/m for a map value; at or below 0 where the map is saturated."""
        return self.scale * inverse_depth + self.shift

    def distance_m(self, inverse_depth: float) -> float | None:
        """Distance in metres, or None where a p + b <= 0."""
        return _distance_m(self.inverse_m(inverse_depth))

    def distances_m(self, inverse_depth: FloatMap) -> FloatMap:
        """The whole map in metres, float32, (H, W); NaN where a p + b <= 0 or the map has no value."""
        inverse = self.scale * inverse_depth.astype(np.float64) + self.shift
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            return np.where(inverse > 0, 1.0 / inverse, np.nan).astype(np.float32)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references behind the fit; empty if scale and shift were typed in."""
        return tuple(residual.reference for residual in self.residuals)

    @property
    def rms_relative(self) -> float | None:
        """Root mean square of the relative residuals; None without references, or where one has no distance."""
        relative = [residual.relative for residual in self.residuals]
        known = [value for value in relative if value is not None]
        if not known or len(known) < len(relative):
            return None
        return math.sqrt(sum(value**2 for value in known) / len(known))

    @property
    def range_m(self) -> tuple[float, float] | None:
        """Nearest and farthest distance of the references."""
        distances_m = [reference.distance_m for reference in self.references]
        return (min(distances_m), max(distances_m)) if distances_m else None


def _distance_m(inverse_m: float) -> float | None:
    """1 / inverse_m where that is a finite distance."""
    if inverse_m <= 0:
        return None
    distance_m = 1.0 / inverse_m
    return distance_m if math.isfinite(distance_m) else None
