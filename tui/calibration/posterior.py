"""What the references, once fitted, say of any other pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.calibration.kriging import Linearised, Matrix, Problem, distances
from tui.calibration.order import Guard, guard
from tui.geometry.arrays import Vector

CORRECTED_FROM = 4
"""References from which the correction is applied; with fewer it only widens the interval."""


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
class _Kernels:
    """Covariance of the correction at some pixels with that at the references."""

    over_image: Matrix
    """What the distance in the image leaves of it, (M, N)."""
    whole: Matrix
    """(M, N)."""


@dataclass(frozen=True, eq=False, slots=True)
class _Bearing:
    """How some pixels hang together with the references."""

    trend: Matrix
    """Derivatives of ln(1/z) by (c, bend), (M, 2)."""
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
    applied: Vector
    """The correction, (M,)."""
    unapplied: Vector
    """The part of it that is known but not applied, (M,)."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """The fitted model, ready to be asked; made once a fit, asked for each reading."""

    model: Linearised
    held: Vector
    """How far (c, bend) were moved away from the most probable ones by smoothing over time, (2,)."""
    guard: Guard
    """Says at which share the correction's change over ln(1/z) is applied: all of it, unless a larger map value would
    then be farther."""

    @classmethod
    def of(cls, model: Linearised) -> Posterior:
        """Of a fitted model, nothing smoothed."""
        return cls(model, np.zeros(2), guard(model, model.curve))

    def moved(self, held: Vector) -> Posterior:
        """With (c, bend) moved away from the most probable ones, (2,)."""
        curve = self.model.curve
        moved = curve.at(curve.near + float(held[0]), curve.bend + float(held[1]))
        return Posterior(self.model, held, guard(self.model, moved))

    @property
    def corrects(self) -> bool:
        """Whether the correction is applied."""
        return self.model.weighted.size >= CORRECTED_FROM and self.model.kernel.variance > 0

    # Everything that a reading is made of is reckoned for each pixel by itself, number for number in the same order:
    # sums over the references run in their order or along the last axis, and no matrix product takes several pixels at
    # once. So a pixel reads the same to the last digit whether it is asked for alone, in a table or in a whole map.

    def correction(self, spots: Spots) -> Vector:
        """What is to be added to the trend's ln(1/z), (M,)."""
        if not self.corrects:
            return np.zeros(spots.value.size)
        return self._applied(self._kernels(spots))[0]

    def correction_and_variance(self, spots: Spots, spread: Vector) -> tuple[Vector, Vector]:
        """`correction`, and the variance of ln(1/z) at each pixel, its own error in it; (M,) each.

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
        return at.applied, model.factor * (unknown + own) + at.common**2 + at.lag**2 + at.unapplied**2

    def covariance(self, spots: Spots) -> Matrix:
        """Of ln(1/z) at some pixels as they hang together, (M, M), each one's own error on the diagonal."""
        model, kernel, at = self.model, self.model.kernel, self._bearing(spots)
        among = (at.trend * model.prior) @ at.trend.T
        if kernel.variance > 0:
            place = model.problem.anchors.typical(spots.value)
            difference = place[:, None] - place
            whole = kernel.between(distances(spots.place, spots.place), difference)
            among += np.where(np.isnan(whole), kernel.variance * np.eye(spots.value.size), whole)
        unknown = among - at.weights @ at.shared.T - np.outer(at.common, at.common)
        np.fill_diagonal(unknown, np.maximum(np.diag(unknown), 0.0) + kernel.noise**2)
        known = np.outer(at.common, at.common) + np.outer(at.lag, at.lag) + np.outer(at.unapplied, at.unapplied)
        covariance: Matrix = model.factor * unknown + known
        return covariance

    def _bearing(self, spots: Spots) -> _Bearing:
        model, problem = self.model, self.model.problem
        _, trend, by_value = model.curve.expand(spots.value)
        shared = model.prior[0] * trend[:, :1] * model.trend[:, 0] + model.prior[1] * trend[:, 1:] * model.trend[:, 1]
        applied, unapplied = np.zeros(spots.value.size), np.zeros(spots.value.size)
        if model.kernel.variance > 0:
            found = self._kernels(spots)
            shared = shared + found.whole
            applied, known = self._applied(found)
            unapplied = known - applied
        weights = np.zeros(shared.shape)
        for own, row in zip(shared.T, model.precision, strict=True):  # which is symmetric
            weights += own[:, None] * row
        common = (weights * problem.shared).sum(axis=1)
        lag = trend[:, 0] * self.held[0] + trend[:, 1] * self.held[1]
        return _Bearing(trend, by_value, shared, weights, common, lag, applied, unapplied)

    def _applied(self, found: _Kernels) -> tuple[Vector, Vector]:
        """The correction as it is applied and as it is known, both (M,).

        Only its change over ln(1/z) can disturb the order of a pixel's values, so only that is applied in part: what
        it would be there for a value in the references' middle is applied as a whole.
        """
        model, kernel = self.model, self.model.kernel
        known = (found.whole * model.weighted).sum(axis=1)
        if not self.corrects:
            return np.zeros(known.size), known
        to_middle = model.problem.coordinate.mean() - model.problem.coordinate
        level = (found.over_image * (kernel.at_a_pixel(to_middle) * model.weighted)).sum(axis=1)
        return level + self.guard.share(found.over_image) * (known - level), known

    def _kernels(self, spots: Spots) -> _Kernels:
        problem, kernel = self.model.problem, self.model.kernel
        over_image = kernel.over_image(distances(spots.place, problem.place))
        over_image[np.isnan(over_image)] = 0.0
        difference = problem.anchors.typical(spots.value)[:, None] - problem.coordinate
        return _Kernels(over_image, over_image * kernel.at_a_pixel(difference))

    def shift_sigma(self, value: Vector) -> Vector:
        """Standard deviation of ln(1/z) from the shift alone, (M,); 0 where the trend has none."""
        sigma: Vector = np.abs(self.model.curve.by_shift(value)) * math.sqrt(
            max(0.0, float(self.model.parameter_covariance()[1, 1]))
        )
        return sigma


def leave_one_out(model: Linearised) -> Vector:
    """ln(1/z) that all other references give at each, (N,), without a new fit: Rasmussen and Williams, 5.4.2."""
    left_out: Vector = model.problem.target - model.weighted / np.diag(model.precision)
    return left_out


def design_condition(problem: Problem) -> float:
    """Condition number of the trend by least squares of the relative errors, in what it says at the two anchors.

    Invariant under the changes of the map that the trend allows for; 1e8 at most.
    """
    place = problem.anchors.place(problem.value)
    by_anchor = np.ones(place.size) if problem.anchors.power else np.exp(-problem.target)
    one, other = by_anchor * place, by_anchor * (1.0 - place)
    aa, bb, ab = float(one @ one), float(other @ other), float(one @ other)
    middle, half = 0.5 * (aa + bb), math.hypot(0.5 * (aa - bb), ab)
    return math.sqrt((middle + half) / max(middle - half, 1e-16 * (middle + half)))
