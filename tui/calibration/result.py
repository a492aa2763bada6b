"""What a calibration is: scale, shift and correction, how well they are known, and what the references leave over."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from tui.calibration.context import MapContext
from tui.calibration.health import UNCHECKED, Health
from tui.calibration.posterior import Posterior, image_place
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
    METRIC = "metric model, unverified"
    """The network's own metres, which no reference has checked."""


@dataclass(frozen=True, slots=True)
class Residual:
    """What the fit leaves over at one reference."""

    reference: Reference
    inverse_depth: float
    """The map's value at the reference, in the map's units."""
    spread: float
    """Its robust standard deviation around there."""
    fitted_m: float | None
    """The distance that scale and shift give there; None if a p + b <= 0, which has none."""
    set_aside: bool = False
    """Whether it contradicts the others so grossly that it does not count."""
    others_m: float | None = None
    """The distance that the other references give there; None if there are no others."""

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

    @property
    def others_relative(self) -> float | None:
        """What the others give over the true distance, less one."""
        return None if self.others_m is None else self.others_m / self.reference.distance_m - 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """1/z = (scale * p + shift) exp(correction), for the map that it was made on."""

    scale: float
    """a, in 1/m per unit of the map; above 0."""
    shift: float
    """b, in 1/m."""
    kind: CalibrationKind
    covariance: Covariance
    """Of scale and shift."""
    noise: float
    """Relative error of a single reading's 1/z that remains with perfect scale and shift; one sigma."""
    freedom: float
    """Degrees of freedom behind `noise`, for Student's t."""
    inverse_depth_range: tuple[float, float] | None
    """Map values that the references span; readings outside are extrapolated. None: typed in, no range known."""
    residuals: tuple[Residual, ...]
    """One a reference, in the order in which they were given, those set aside among them."""
    context: MapContext | None = None
    """Of the map that it was made on, where that is known."""
    condition: float | None = None
    """Condition number of scale and shift, 1 at best; None with one reference, or typed in."""
    health: Health = UNCHECKED
    caution: tuple[float, float] = (1.0, 1.0)
    """By which intervals are widened beyond what the errors found justify: everywhere, and besides that outside the
    references' range."""
    posterior: Posterior | None = field(default=None, compare=False, repr=False)
    """The fitted model behind the intervals and the correction; None if typed in."""

    def inverse_m(self, inverse_depth: float) -> float:
        """1/z in 1/m for a map value, without the correction; at or below 0 where the map is saturated."""
        return self.scale * inverse_depth + self.shift

    def distance_m(self, inverse_depth: float) -> float | None:
        """Distance in metres by scale and shift alone, or None where a p + b <= 0; falls as p rises."""
        return _distance_m(self.inverse_m(inverse_depth))

    def distances_m(self, inverse_depth: FloatMap, every_px: int = 1) -> FloatMap:
        """The whole map in metres with the correction, float32, (H, W); NaN where a p + b <= 0 or p is not finite.

        Without correction 2 ms for 640x480; with it another 2 ms a reference.

        Args:
            inverse_depth: float32, (H, W).
            every_px: take only every so-manieth row and column, for something that is only looked at.
        """
        height, width = inverse_depth.shape
        inverse = self.scale * inverse_depth[::every_px, ::every_px].astype(np.float64) + self.shift
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            metres = np.where(inverse > 0, 1.0 / inverse, np.nan).astype(np.float32)
            if self.posterior is None or not self.posterior.corrects:
                return metres
            known = self.context or MapContext(0.0, 1.0, width, height)
            columns = np.array([image_place(u, 0, known.width, known.height)[0] for u in range(0, width, every_px)])
            rows = np.array([image_place(0, v, known.width, known.height)[1] for v in range(0, height, every_px)])
            corrected: FloatMap = metres * np.exp(
                -self.posterior.correction_map(inverse_depth[::every_px, ::every_px], columns, rows)
            )
            return corrected

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references given; empty if scale and shift were typed in."""
        return tuple(residual.reference for residual in self.residuals)

    @property
    def kept(self) -> tuple[Residual, ...]:
        """The references that count."""
        return tuple(residual for residual in self.residuals if not residual.set_aside)

    @property
    def set_aside(self) -> tuple[Reference, ...]:
        """The references that do not count, as they contradict the others grossly."""
        return tuple(residual.reference for residual in self.residuals if residual.set_aside)

    @property
    def rms_relative(self) -> float | None:
        """Root mean square of the relative residuals; None without references, or where one has no distance."""
        return _rms([residual.relative for residual in self.kept])

    @property
    def leave_one_out(self) -> float | None:
        """Root mean square relative error of each reference read from the others; None with fewer than two."""
        return _rms([residual.others_relative for residual in self.kept])

    @property
    def range_m(self) -> tuple[float, float] | None:
        """Nearest and farthest distance of the references that count."""
        distances_m = [residual.reference.distance_m for residual in self.kept]
        return (min(distances_m), max(distances_m)) if distances_m else None


def _rms(relative: list[float | None]) -> float | None:
    known = [value for value in relative if value is not None]
    if not known or len(known) < len(relative):
        return None
    return math.sqrt(sum(value**2 for value in known) / len(known))


def _distance_m(inverse_m: float) -> float | None:
    """1 / inverse_m where that is a finite distance."""
    if inverse_m <= 0:
        return None
    distance_m = 1.0 / inverse_m
    return distance_m if math.isfinite(distance_m) else None
