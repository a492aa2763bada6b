"""Scale, shift and smooth correction in one Gaussian model: kriging with an uncertain trend.

ln(1/z_i) = ln(a p_i + b) + g_i + e_i. The trend is linearised at the curve found so far, its two parameters get their
normal priors, and with trend, correction g and error e all normal, everything that follows is the conditioning of a
normal distribution (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2.2 and 2.7). Repeating the
linearisation is Gauss-Newton for the maximum a posteriori.

The overall size of the errors is not known beforehand: all variances carry a common factor with a scaled inverse
chi-square prior, so that what is predicted follows Student's t (ibid., 9.9; Gelman et al., Bayesian Data Analysis,
3rd ed., 14.2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.curve import Anchors, Curve
from tui.geometry.arrays import Vector

Matrix = NDArray[np.float64]

_FLAT_NEAR = 9.0
"""Prior variance of c, centred where the fit is: no scale is preferred."""

_FLAT_BEND = 25.0
"""The same for phi where there is no prior on the shift."""

_EDGE = 0.2
"""One standard deviation of phi beyond the edge of a plateau."""

_LEAST_BEND, _MOST_BEND = -9.0, 3.5
"""Of phi: a ratio of the anchors' 1/z from 1.0001 to e^33."""

_MOST_STEPS = 15
_LONGEST_STEP = 0.8
_CONVERGED = 1e-5
_FROZEN_AFTER = 3
"""The correction lives over ln(1/z) of the fit itself; its coordinates stand still after so many steps."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The correction's covariance s^2 exp(-d), d^2 = (image distance / l)^2 + (difference of ln 1/z / m)^2."""

    correction: float
    """s, relative."""
    noise: float
    """Of e, relative."""
    length_image: float
    length_log: float

    def nearness(self, across: Matrix, log_inverse: Vector, to_log_inverse: Vector) -> Matrix:
        """Covariance of the correction at squared image distances `across`, (N, M), and logarithms (N,), (M,)."""
        along = log_inverse[:, None] - to_log_inverse
        squared = across * self.length_image**-2 + along * along * self.length_log**-2
        covariance: Matrix = self.correction**2 * np.exp(-np.sqrt(squared))
        return covariance


@dataclass(frozen=True, slots=True)
class BendPrior:
    """Belief in phi: normal, or level on a plateau and falling off as a normal beyond its edges."""

    mean: float
    sigma: float
    """One standard deviation of the normal; of a plateau as a whole."""
    plateau: float = 0.0
    """Half its width; 0 for a normal."""

    def at(self, bend: float) -> tuple[float, float]:
        """How far the belief pulls phi from `bend`, and its variance there.

        On the plateau it does not pull: a normal that follows phi has its maximum where the likelihood has.
        """
        if self.plateau == 0:
            return self.mean - bend, self.sigma**2
        edge = min(max(bend, self.mean - self.plateau), self.mean + self.plateau)
        return edge - bend, self.sigma**2 if edge == bend else _EDGE**2


@dataclass(frozen=True, slots=True)
class Problem:
    """References as the model sees them."""

    value: Vector
    """p, (N,)."""
    spread: Vector
    """Of p around each reference, (N,)."""
    place: Matrix
    """Position in image units, (N, 2)."""
    across: Matrix
    """Squared distances between the positions, (N, N)."""
    target: Vector
    """ln(1/z) as measured, (N,)."""
    variance: Vector
    """Of that, from the measurement alone, (N,)."""
    anchors: Anchors
    bend: BendPrior | None
    """Belief in phi; None: no belief."""
    freedom: float
    """Of the prior on the common factor."""

    def of(self, kept: NDArray[np.bool_]) -> Problem:
        """The same with some of the references, (N,)."""
        return replace(
            self,
            value=self.value[kept],
            spread=self.spread[kept],
            place=self.place[kept],
            across=self.across[np.ix_(kept, kept)],
            target=self.target[kept],
            variance=self.variance[kept],
        )

    @property
    def freedom_left(self) -> float:
        """Degrees of freedom behind the common factor after the references have spoken."""
        flat = 1.0 if self.bend is not None else min(2.0, self.value.size)
        return self.freedom + self.value.size - flat


@dataclass(frozen=True, slots=True)
class Linearised:
    """The normal model around one curve."""

    problem: Problem
    kernel: Kernel
    curve: Curve
    log_inverse: Vector
    """Of the curve at the references, (N,)."""
    coordinate: Vector
    """ln(1/z) that stands for the references in the correction, (N,)."""
    trend: Matrix
    """Derivatives of `log_inverse` by (c, phi), (N, 2)."""
    offset: float
    """Prior mean of phi less the curve's."""
    prior: Vector
    """Prior variances of (c, phi), (2,)."""
    precision: Matrix
    """Inverse of the covariance of the targets with the trend's uncertainty in it, (N, N)."""
    innovation: Vector
    """Targets less their prior mean, (N,)."""

    @property
    def weighted(self) -> Vector:
        """Precision times innovation, (N,)."""
        return self.precision @ self.innovation

    @property
    def misfit(self) -> float:
        """Sum of squares that the common factor is estimated from."""
        return float(self.innovation @ self.weighted)

    @property
    def factor(self) -> float:
        """The common factor of all variances."""
        return (self.problem.freedom + self.misfit) / self.problem.freedom_left

    def step(self) -> Vector:
        """From the curve's (c, phi) to the most probable one of this linear model, (2,)."""
        step: Vector = self.prior * (self.trend.T @ self.weighted) + np.array([0.0, self.offset])
        return step

    def parameter_covariance(self) -> Matrix:
        """Of (c, phi), (2, 2), the common factor in it."""
        gain = self.prior[:, None] * self.trend.T
        covariance: Matrix = self.factor * (np.diag(self.prior) - gain @ self.precision @ gain.T)
        return covariance


def linearise(problem: Problem, kernel: Kernel, curve: Curve, coordinate: Vector | None = None) -> Linearised:
    """The normal model around a curve; `coordinate` if the correction's shall not follow it."""
    log_inverse, trend, by_value = curve.expand(problem.value)
    if coordinate is None:
        coordinate = log_inverse
    offset, bend_variance = (0.0, _FLAT_BEND) if problem.bend is None else problem.bend.at(curve.bend)
    prior = np.array([_FLAT_NEAR, bend_variance])
    covariance = (trend * prior) @ trend.T
    if kernel.correction > 0:
        covariance += kernel.nearness(problem.across, coordinate, coordinate)
    own = kernel.noise**2 + problem.variance + (by_value * problem.spread) ** 2
    covariance.flat[:: own.size + 1] += own
    innovation = problem.target - log_inverse - trend[:, 1] * offset
    return Linearised(
        problem, kernel, curve, log_inverse, coordinate, trend, offset, prior, np.linalg.inv(covariance), innovation
    )


def squared_distances(place: Matrix, to_place: Matrix) -> Matrix:
    """Between (N, 2) and (M, 2), (N, M)."""
    x = place[:, None, 0] - to_place[:, 0]
    y = place[:, None, 1] - to_place[:, 1]
    squared: Matrix = x * x + y * y
    return squared


def solve(problem: Problem, kernel: Kernel, start: Curve, coordinate: Vector | None = None) -> Linearised:
    """The maximum a posteriori, and the normal model around it; `coordinate` if the correction's are known."""
    curve = start
    for count in range(_MOST_STEPS):
        if count == _FROZEN_AFTER and coordinate is None:
            coordinate = curve.log_inverse(problem.value)
        model = linearise(problem, kernel, curve, coordinate)
        step = model.step()
        near, bend = step.tolist()
        if max(abs(near), abs(bend)) < _CONVERGED:
            return model
        longest = _LONGEST_STEP
        curve = Curve(
            curve.anchors,
            curve.near + min(max(near, -longest), longest),
            min(max(curve.bend + min(max(bend, -longest), longest), _LEAST_BEND), _MOST_BEND),
        )
    return linearise(problem, kernel, curve, coordinate)


def log_evidence(model: Linearised, kernels: list[Kernel]) -> Vector:
    """Log marginal likelihood of the targets under each kernel, up to a constant, (K,); Student's t (ibid., 9.9)."""
    problem = model.problem
    coordinate = model.coordinate
    covariance = kernel_stack(kernels, problem.across, coordinate) + (model.trend * model.prior) @ model.trend.T
    local = problem.variance + (model.curve.by_value(problem.value) * problem.spread) ** 2
    diagonal = np.arange(problem.value.size)
    noises = np.array([kernel.noise for kernel in kernels])
    covariance[:, diagonal, diagonal] += noises[:, None] ** 2 + local
    root = np.linalg.cholesky(covariance)
    whitened = np.linalg.solve(root, np.broadcast_to(model.innovation, (len(kernels), diagonal.size))[..., None])
    misfit = np.sum(whitened[..., 0] ** 2, axis=1)
    log_det = 2.0 * np.sum(np.log(root[:, diagonal, diagonal]), axis=1)
    evidence: Vector = -0.5 * log_det - 0.5 * problem.freedom_left * np.log1p(misfit / problem.freedom)
    return evidence


def kernel_stack(kernels: list[Kernel], across: Matrix, coordinate: Vector) -> Matrix:
    """The correction's covariance between the references under each kernel, (K, N, N)."""
    along = (coordinate[:, None] - coordinate[None, :]) ** 2
    table = np.array([[k.correction**2, k.length_image**-2, k.length_log**-2] for k in kernels])
    size, image, log = (table[:, i, None, None] for i in range(3))
    stack: Matrix = size * np.exp(-np.sqrt(image * across + log * along))
    return stack
