"""What the references, once fitted, say of any other pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.calibration.curve import TYPICAL_SHARE
from tui.calibration.kriging import Linearised, Matrix, distances
from tui.geometry.arrays import Vector

CORRECTED_FROM = 4
"""References from which the correction is applied; with fewer it only widens the interval."""

_MOST_FALL = 0.95
"""Of the correction over ln(1/z) for a rise by 1 of ln(a p + b): the sum of both still rises by 0.05."""

_REACH = 4.0
"""Length scales beyond the outermost references, where the correction's slope has long been less than anywhere else."""

_GRIDS = (33, 257, 2049)


def image_places(pixels: Matrix, width: int, height: int) -> Matrix:
    """Pixels, (column, row), (M, 2), in image units: from the middle, the longer side being 1."""
    places: Matrix = (pixels - np.array([(width - 1) / 2, (height - 1) / 2])) / max(width, height)
    return places


@dataclass(frozen=True, eq=False, slots=True)
class Spots:
    """Where the posterior is asked."""

    value: Vector
    """p, (M,)."""
    place: Matrix
    """See `image_places`, (M, 2); where it is NaN the correction over the image is left out and counts as unknown."""


@dataclass(frozen=True, eq=False, slots=True)
class _Bearing:
    """How some pixels hang together with the references."""

    trend: Matrix
    """Derivatives of ln(1/z) by (c, phi), (M, 2)."""
    by_value: Vector
    """Derivative of ln(1/z) by p, (M,)."""
    shared: Matrix
    """Covariance with the references, (M, N)."""
    weights: Matrix
    """What each reference's innovation counts for, (M, N)."""
    common: Vector
    """Of the error that the references share, (M,)."""
    lag: Vector
    """What smoothing over time holds ln(1/z) off, (M,)."""
    unapplied: Vector
    """The part of the correction that is known but not applied, (M,)."""


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

    # Everything that a reading is made of is reckoned for each pixel by itself, number for number in the same order:
    # sums over the references run along the last axis, and no matrix product takes several pixels at once. So a pixel
    # reads the same to the last digit whether it is asked for alone, in a table or in a whole map.

    def correction(self, spots: Spots) -> Vector:
        """What is to be added to ln(a p + b), (M,)."""
        if not self.corrects:
            return np.zeros(spots.value.size)
        over_image, over_log = self._kernels(spots)
        weighted = self.model.weighted
        applied: Vector = (over_image * weighted).sum(axis=1) + self.gentle * (over_log * weighted).sum(axis=1)
        return applied

    def variance(self, spots: Spots, spread: Vector) -> Vector:
        """Of ln(1/z) at each pixel, its own error in it, (M,).

        The error that references share as their distances come from one focal length is not among those that the
        common factor scales: it is what it was stated to be, and no number of references makes it smaller.

        Args:
            spots: the pixels.
            spread: robust standard deviation of p around each, (M,).
        """
        model, kernel, at = self.model, self.model.kernel, self._bearing(spots)
        prior = model.prior[0] * at.trend[:, 0] ** 2 + model.prior[1] * at.trend[:, 1] ** 2 + kernel.variance
        unknown = np.maximum(prior - (at.weights * at.shared).sum(axis=1) - at.common**2, 0.0)
        own = kernel.noise**2 + (at.by_value * spread) ** 2
        variance: Vector = model.factor * (unknown + own) + at.common**2 + at.lag**2 + at.unapplied**2
        return variance

    def covariance(self, spots: Spots) -> Matrix:
        """Of ln(1/z) at some pixels as they hang together, (M, M), each one's own error on the diagonal."""
        model, kernel, at = self.model, self.model.kernel, self._bearing(spots)
        among = (at.trend * model.prior) @ at.trend.T
        if kernel.variance > 0:
            apart = kernel.over_image(distances(spots.place, spots.place))
            among += np.where(np.isnan(apart), kernel.across**2 * np.eye(spots.value.size), apart)
            place = model.problem.anchors.typical(spots.value)
            among += kernel.over_log(place[:, None] - place)
        unknown = among - at.weights @ at.shared.T - np.outer(at.common, at.common)
        np.fill_diagonal(unknown, np.maximum(np.diag(unknown), 0.0) + kernel.noise**2)
        known = np.outer(at.common, at.common) + np.outer(at.lag, at.lag) + np.outer(at.unapplied, at.unapplied)
        covariance: Matrix = model.factor * unknown + known
        return covariance

    def _bearing(self, spots: Spots) -> _Bearing:
        model, problem = self.model, self.model.problem
        _, trend, by_value = model.curve.expand(spots.value)
        shared = model.prior[0] * trend[:, :1] * model.trend[:, 0] + model.prior[1] * trend[:, 1:] * model.trend[:, 1]
        unapplied = np.zeros(spots.value.size)
        if model.kernel.variance > 0:
            over_image, over_log = self._kernels(spots)
            shared = shared + over_image + over_log
            unapplied = (1.0 - self.gentle if self.corrects else self.gentle) * (over_log * model.weighted).sum(axis=1)
            if not self.corrects:
                unapplied = unapplied + (over_image * model.weighted).sum(axis=1)
        weights = (shared[:, None, :] * model.precision).sum(axis=2)
        common = (weights * problem.shared).sum(axis=1)
        lag = trend[:, 0] * self.held[0] + trend[:, 1] * self.held[1]
        return _Bearing(trend, by_value, shared, weights, common, lag, unapplied)

    def _kernels(self, spots: Spots) -> tuple[Matrix, Matrix]:
        """Covariance of the correction with that at the references: over the image and over ln(1/z), both (M, N)."""
        problem, kernel = self.model.problem, self.model.kernel
        across, along = spots.place[:, :1] - problem.place[:, 0], spots.place[:, 1:] - problem.place[:, 1]
        over_image = kernel.over_image(np.sqrt(across * across + along * along))
        over_image[np.isnan(over_image)] = 0.0
        return over_image, kernel.over_log(problem.anchors.typical(spots.value)[:, None] - problem.coordinate)

    def shift_sigma(self, value: Vector) -> Vector:
        """Standard deviation of ln(1/z) from phi alone, (M,), which is how the shift is unknown."""
        by_bend = self.model.curve.by_parameters(value)[:, 1]
        sigma: Vector = np.abs(by_bend) * math.sqrt(max(0.0, float(self.model.parameter_covariance()[1, 1])))
        return sigma


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
