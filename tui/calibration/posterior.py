"""What the references, once fitted, say of any other pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.calibration.kriging import Linearised, squared_distances
from tui.geometry.arrays import FloatMap, Vector

CORRECTED_FROM = 4
"""References from which the correction is applied; with fewer it only widens the interval."""


def image_place(u_px: float, v_px: float, width: int, height: int) -> tuple[float, float]:
    """A pixel in image units: from the middle, the longer side being 1."""
    longer = max(width, height)
    return (u_px - (width - 1) / 2) / longer, (v_px - (height - 1) / 2) / longer


@dataclass(frozen=True, slots=True)
class Prediction:
    """ln(1/z) at one pixel, 1/z in 1/m."""

    correction: float
    """To be added to ln(a p + b)."""
    variance: float
    """Of ln(1/z), the common factor in it."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """The fitted model, ready to be asked; made once a fit, asked for each reading."""

    model: Linearised
    weighted: Vector
    """Of the correction: what each reference contributes, (N,)."""
    held: Vector
    """How far (c, phi) were moved away from the most probable ones by smoothing over time, (2,)."""

    @property
    def corrects(self) -> bool:
        """Whether the correction is applied."""
        return self.weighted.size >= CORRECTED_FROM and self.model.kernel.correction > 0

    def predict(self, value: float, spread: float, place: tuple[float, float] | None) -> Prediction:
        """The correction and the whole variance where the map has `value`, give or take `spread`.

        Args:
            value: p.
            spread: its robust standard deviation around the pixel.
            place: of the pixel, see `image_place`; None, and the correction is left out and counted as unknown.
        """
        model, problem, kernel = self.model, self.model.problem, self.model.kernel
        at = np.array([value])
        log_inverse, trends, by_value = model.curve.expand(at)
        trend = trends[0]
        prior = model.prior
        shared = (model.trend * prior) @ trend
        correction = 0.0
        if kernel.correction > 0 and place is not None:
            across = squared_distances(np.array([place]), problem.place)
            nearness = kernel.nearness(across, log_inverse, model.coordinate)[0]
            shared = shared + nearness
            correction = float(nearness @ self.weighted)
        own = kernel.correction**2 + kernel.noise**2 + float(by_value[0] * spread) ** 2
        known = float(shared @ model.precision @ shared)
        variance = model.factor * max(own + float(prior @ trend**2) - known, kernel.noise**2)
        variance += float(trend @ self.held) ** 2
        if not self.corrects:
            return Prediction(0.0, variance + correction**2)
        return Prediction(correction, variance)

    def shift_sigma(self, value: float) -> float:
        """Standard deviation of ln(1/z) from phi alone, which is how the shift is unknown."""
        by_bend = float(self.model.curve.by_parameters(np.array([value]))[0, 1])
        return abs(by_bend) * float(np.sqrt(max(0.0, self.model.parameter_covariance()[1, 1])))

    def correction_map(self, log_inverse: FloatMap, columns: Vector, rows: Vector) -> FloatMap:
        """The correction at every pixel, float32, (H, W).

        About 2 ms for each reference on a map of 640x480.

        Args:
            log_inverse: ln(a p + b), float32, (H, W).
            columns: x in image units, (W,).
            rows: y in image units, (H,).
        """
        model, kernel = self.model, self.model.kernel
        total = np.zeros_like(log_inverse)
        for weight, (x, y), coordinate in zip(
            self.weighted.tolist(), model.problem.place.tolist(), model.coordinate.tolist(), strict=True
        ):
            across = (columns[None, :] - x) ** 2 + (rows[:, None] - y) ** 2
            along = (log_inverse - np.float32(coordinate)) * np.float32(1 / kernel.length_log)
            np.multiply(along, along, out=along)
            along += (across / kernel.length_image**2).astype(np.float32)
            np.sqrt(along, out=along)
            np.negative(along, out=along)
            np.exp(along, out=along)
            along *= np.float32(weight * kernel.correction**2)
            total += along
        return total


def leave_one_out(model: Linearised) -> Vector:
    """ln(1/z) that all other references give at each, (N,), without a new fit: Rasmussen and Williams, 5.4.2."""
    left_out: Vector = model.problem.target - model.weighted / np.diag(model.precision)
    return left_out


def design_condition(value: Vector, distance_m: Vector, low: float, high: float) -> float:
    """Condition number of scale and shift by least squares of the relative errors, in p from 0 to 1 over the map.

    Invariant under affine changes of the map; 1e8 at most.
    """
    place = (value - low) / (high - low)
    one, other = distance_m * place, distance_m * (1.0 - place)
    aa, bb, ab = float(one @ one), float(other @ other), float(one @ other)
    middle, half = 0.5 * (aa + bb), math.hypot(0.5 * (aa - bb), ab)
    return math.sqrt((middle + half) / max(middle - half, 1e-16 * (middle + half)))
