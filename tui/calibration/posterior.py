"""What the references, once fitted, say of any other pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.calibration.curve import TYPICAL_SHARE
from tui.calibration.kriging import Linearised, Matrix, distances
from tui.geometry.arrays import FloatMap, Vector

CORRECTED_FROM = 4
"""References from which the correction is applied; with fewer it only widens the interval."""

_MOST_FALL = 0.95
"""Of the correction over ln(1/z) for a rise by 1 of ln(a p + b): the sum of both still rises by 0.05."""

_REACH = 4.0
"""Length scales beyond the outermost references, where the correction's slope has long been less than anywhere else."""

_GRIDS = (33, 257, 2049)
_KNOTS = 2049
"""Of the table of the correction over ln(1/z) for a whole map: its error is below 1e-5."""


def image_place(u_px: float, v_px: float, width: int, height: int) -> tuple[float, float]:
    """A pixel in image units: from the middle, the longer side being 1."""
    longer = max(width, height)
    return (u_px - (width - 1) / 2) / longer, (v_px - (height - 1) / 2) / longer


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the posterior is asked."""

    value: float
    """p."""
    spread: float
    """Its robust standard deviation around the pixel."""
    place: tuple[float, float] | None
    """See `image_place`; None, and the correction over the image is left out and counted as unknown."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """ln(1/z) at one or more pixels, 1/z in 1/m."""

    correction: Vector
    """To be added to ln(a p + b), (M,)."""
    covariance: Matrix
    """Of ln(1/z), (M, M); on its diagonal each pixel's own error too."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """The fitted model, ready to be asked; made once a fit, asked for each reading."""

    model: Linearised
    held: Vector
    """How far (c, phi) were moved away from the most probable ones by smoothing over time, (2,)."""
    gentle: float
    """Share of the correction over ln(1/z) that is applied: all, unless a larger map value would then be farther."""

    @classmethod
    def of(cls, model: Linearised) -> Posterior:
        """Of a fitted model, nothing smoothed."""
        return cls(model, np.zeros(2), gentle_share(model, model.curve.bend))

    def moved(self, held: Vector) -> Posterior:
        """With (c, phi) moved away from the most probable ones, (2,)."""
        return Posterior(self.model, held, gentle_share(self.model, self.model.curve.bend + float(held[1])))

    @property
    def corrects(self) -> bool:
        """Whether the correction is applied."""
        return self.model.weighted.size >= CORRECTED_FROM and self.model.kernel.variance > 0

    def predict(self, spots: Sequence[Spot]) -> Prediction:
        """The correction and the whole covariance at some pixels, as they hang together.

        The error that references share as their distances come from one focal length is not among those that the
        common factor scales: it is what it was stated to be, and no number of references makes it smaller.
        """
        model, problem, kernel = self.model, self.model.problem, self.model.kernel
        value = np.array([spot.value for spot in spots])
        _, trend, by_value = model.curve.expand(value)
        spread = np.array([spot.spread for spot in spots])
        shared = (trend * model.prior) @ model.trend.T
        among = (trend * model.prior) @ trend.T
        correction = left_out = np.zeros(len(spots))
        if kernel.variance > 0:
            known = np.array([spot.place is not None for spot in spots])
            place = np.array([spot.place or (0.0, 0.0) for spot in spots])
            over_image = kernel.over_image(distances(place, problem.place)) * known[:, None]
            at = problem.anchors.typical(value)
            over_log = kernel.over_log(at[:, None] - problem.coordinate)
            shared += over_image + over_log
            among += kernel.over_image(distances(place, place)) * (
                known[:, None] & known | np.eye(known.size, dtype=bool)
            )
            among += kernel.over_log(at[:, None] - at)
            along = over_log @ model.weighted
            correction = over_image @ model.weighted + self.gentle * along
            left_out = (1.0 - self.gentle) * along
        weights = shared @ model.precision
        common = weights @ problem.shared
        own = kernel.noise**2 + (by_value * spread) ** 2
        unknown = among - weights @ shared.T - np.outer(common, common)
        np.fill_diagonal(unknown, np.maximum(np.diag(unknown), 0.0) + own)
        lag = trend @ self.held
        covariance = model.factor * unknown + np.outer(common, common) + np.outer(lag, lag)
        if not self.corrects:
            return Prediction(np.zeros(len(spots)), covariance + np.outer(correction, correction))
        return Prediction(correction, covariance + np.outer(left_out, left_out))

    def shift_sigma(self, value: float) -> float:
        """Standard deviation of ln(1/z) from phi alone, which is how the shift is unknown."""
        by_bend = float(self.model.curve.by_parameters(np.array([value]))[0, 1])
        return abs(by_bend) * float(np.sqrt(max(0.0, self.model.parameter_covariance()[1, 1])))

    def correction_map(self, inverse_depth: FloatMap, columns: Vector, rows: Vector) -> FloatMap:
        """The correction at every pixel, float32, (H, W).

        About 2 ms for each reference on a map of 640x480.

        Args:
            inverse_depth: p, float32, (H, W); NaN where there is none.
            columns: x in image units, (W,).
            rows: y in image units, (H,).
        """
        model, kernel = self.model, self.model.kernel
        total = np.zeros_like(inverse_depth)
        if kernel.across > 0:
            for weight, (x, y) in zip(model.weighted.tolist(), model.problem.place.tolist(), strict=True):
                across = ((columns[None, :] - x) ** 2 + (rows[:, None] - y) ** 2).astype(np.float32)
                np.sqrt(across, out=across)
                across *= np.float32(-1.0 / kernel.length_image)
                np.exp(across, out=across)
                across *= np.float32(weight * kernel.across**2)
                total += across
        if kernel.along > 0:
            at = model.problem.anchors.typical(inverse_depth.astype(np.float64))
            finite = at[np.isfinite(at)]
            low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
            knots = np.linspace(low, high, _KNOTS)
            along = self.gentle * (kernel.over_log(knots[:, None] - model.problem.coordinate) @ model.weighted)
            total += np.interp(at, knots, along).astype(np.float32)
        return total


def gentle_share(model: Linearised, bend: float) -> float:
    """The largest share of the correction over ln(1/z) with which 1/z still rises everywhere as p does, up to 1.

    With t the typical ln(1/z), W and W0 the far shares of the curve and of the typical one, and L = ln(a p + b),
    dt / dL = 1 + s exp(-t), s = W (1 - W0) / (1 - W) - W0. So L and a share of the correction g(t) rise together where
    that share of -g'(t) dt / dL is below 1. It is looked at on a grid of t; between two of its points g' changes by no
    more than its derivative, at most h^2 / k^2 times the sum of all weights, lets it, and dt / dL is monotone.

    Args:
        model: as fitted.
        bend: phi of the curve that is used with it.
    """
    kernel, coordinate = model.kernel, model.problem.coordinate
    if kernel.along == 0:
        return 1.0
    far = math.exp(-math.exp(bend))
    stretch = far * (1.0 - TYPICAL_SHARE) / (1.0 - far) - TYPICAL_SHARE
    weights = kernel.along**2 * model.weighted
    bound = float(np.abs(weights).sum()) / kernel.length_log**2
    reach = _REACH * kernel.length_log
    low, high = float(coordinate.min()) - reach, float(coordinate.max()) + reach
    fall = 0.0
    for count in _GRIDS:
        grid = np.linspace(low, high, count)
        apart = (grid[:, None] - coordinate) * (1.0 / kernel.length_log)
        falling = (apart * np.exp(-0.5 * apart * apart)) @ (weights * (1.0 / kernel.length_log))
        falling += 0.5 * (high - low) / (count - 1) * bound
        ratio = np.maximum(1.0 + stretch * np.exp(-grid), 0.0)
        fall = float((np.maximum(falling[1:], falling[:-1]) * np.maximum(ratio[1:], ratio[:-1])).max())
        if fall <= _MOST_FALL:
            return 1.0
    return _MOST_FALL / fall


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
