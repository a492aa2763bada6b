"""Scale, shift and smooth correction in one Gaussian model: kriging with an uncertain trend.

ln(1/z_i) = L(p_i) + g_i + e_i, L being the trend of `tui.calibration.curve`, linearised at the one found so far unless
it is linear by itself. Its two parameters get their normal priors, and with trend, correction g and error e all normal,
everything that follows is the conditioning of a normal distribution (Rasmussen and Williams, Gaussian Processes for
Machine Learning, 2.2 and 2.7). Repeating the linearisation is Gauss-Newton for the maximum a posteriori.

The overall size of the errors is not known beforehand: all variances carry a common factor with a scaled inverse
chi-square prior, so that what is predicted follows Student's t (ibid., 9.9; Gelman et al., Bayesian Data Analysis,
3rd ed., 14.2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui.calibration.curve import Anchors, Curve
from tui.calibration.kernel import Kernel
from tui.geometry.arrays import Vector

Matrix = NDArray[np.float64]

_FLAT_NEAR = 9.0
"""Prior variance of c, centred where the fit is: no scale is preferred."""

_FLAT_BEND = 25.0
"""The same for the bend where there is no prior on it."""

_EDGE = 0.2
"""One standard deviation of the bend beyond the edge of a plateau."""

_MOST_STEPS = 15
_LONGEST_STEP = 0.8
_CONVERGED = 1e-4
"""Once a step is shorter, what is left after it is far less than that again."""
_STILL = 1e-3
"""Of the bend: what the spread of the map's values means for ln(1/z) is reckoned anew once it has moved by more."""


@dataclass(frozen=True, slots=True)
class BendPrior:
    """Belief in the bend: normal, or level on a plateau and falling off as a normal beyond its edges."""

    mean: float
    sigma: float
    """One standard deviation of the normal; of a plateau as a whole."""
    plateau: float = 0.0
    """Half its width; 0 for a normal."""

    def at(self, bend: float) -> tuple[float, float]:
        """How far the belief pulls the bend from `bend`, and its variance there.

        On the plateau it does not pull: a normal that follows the bend has its maximum where the likelihood has.
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
    apart: Matrix
    """Distances between the positions, (N, N)."""
    coordinate: Vector
    """ln(1/z) as it would be by the typical trend: where the correction has each reference, (N,)."""
    target: Vector
    """ln(1/z) as measured, (N,)."""
    variance: Vector
    """Of that, from the measurement alone, (N,)."""
    shared: Vector
    """One standard deviation of the error of the target that is the same for all that have one, (N,)."""
    anchors: Anchors
    bend: BendPrior | None
    """Belief in the bend; None: no belief."""
    freedom: float
    """Of the prior on the common factor."""

    def of(self, kept: NDArray[np.bool_]) -> Problem:
        """The same with some of the references, (N,)."""
        if kept.all():
            return self
        return replace(
            self,
            value=self.value[kept],
            spread=self.spread[kept],
            place=self.place[kept],
            apart=self.apart[np.ix_(kept, kept)],
            coordinate=self.coordinate[kept],
            target=self.target[kept],
            variance=self.variance[kept],
            shared=self.shared[kept],
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
    trend: Matrix
    """Derivatives of `log_inverse` by (c, bend), (N, 2)."""
    offset: float
    """Prior mean of the bend less the curve's."""
    prior: Vector
    """Prior variances of (c, bend), (2,)."""
    local: Vector
    """Variance of each target by itself, (N,)."""
    precision: Matrix
    """Inverse of the covariance of the targets with the trend's uncertainty in it, (N, N)."""
    innovation: Vector
    """Targets less their prior mean, (N,)."""
    weighted: Vector
    """Precision times innovation, (N,)."""
    misfit: float
    """Sum of squares that the common factor is estimated from."""
    smooth: Matrix
    """Covariance of the targets from what hangs together, the trend left out, (N, N)."""
    inverse: Matrix
    """Of that with `local`, (N, N)."""

    @property
    def factor(self) -> float:
        """The common factor of all variances."""
        return (self.problem.freedom + self.misfit) / self.problem.freedom_left

    def parameter_covariance(self) -> Matrix:
        """Of (c, bend), (2, 2), the common factor in it."""
        gain = self.prior[:, None] * self.trend.T
        covariance: Matrix = self.factor * (np.diag(self.prior) - gain @ self.precision @ gain.T)
        return covariance


def linearise(problem: Problem, kernel: Kernel, curve: Curve) -> Linearised:
    """The normal model around a curve."""
    expanded = curve.expand(problem.value)
    local = _local(problem, kernel, expanded[2])
    smooth = _smooth(problem, kernel)
    return _model(problem, kernel, curve, expanded, local, smooth, _inverse(smooth, local))


def solve(problem: Problem, kernel: Kernel, start: Curve) -> Linearised:
    """The maximum a posteriori, and the normal model around it: Gauss-Newton over (c, bend)."""
    return settle(linearise(problem, kernel, start))


def settle(begun: Linearised) -> Linearised:
    """`solve` from where a model is linearised already."""
    problem, kernel, curve, smooth = begun.problem, begun.kernel, begun.curve, begun.smooth
    local, inverse, reckoned_at = begun.local, begun.inverse, begun.curve.bend
    expanded = curve.expand(problem.value)
    for _ in range(_MOST_STEPS):
        log_inverse, trend, by_value = expanded
        if abs(curve.bend - reckoned_at) > _STILL:
            local = _local(problem, kernel, by_value)
            inverse, reckoned_at = _inverse(smooth, local), curve.bend
        offset, bend_variance = _prior(problem, curve)
        if offset == 0.0:  # a belief that follows the bend would only shorten the steps
            bend_variance = max(bend_variance, _FLAT_BEND)
        ((aa, ab), (_, bb)) = (trend.T @ (gain := inverse @ trend)).tolist()
        a, b = ((problem.target - log_inverse) @ gain).tolist()
        aa, bb, b = aa + 1.0 / _FLAT_NEAR, bb + 1.0 / bend_variance, b + offset / bend_variance
        determinant = aa * bb - ab * ab
        near, bend = (bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant
        longest = _LONGEST_STEP
        curve = curve.at(curve.near + min(max(near, -longest), longest), curve.bend + min(max(bend, -longest), longest))
        expanded = curve.expand(problem.value)
        if max(abs(near), abs(bend)) < _CONVERGED:
            break
    return _model(problem, kernel, curve, expanded, local, smooth, inverse)


def _smooth(problem: Problem, kernel: Kernel) -> Matrix:
    """Covariance of the targets from the correction and from the error that they share, (N, N)."""
    covariance = problem.shared[:, None] * problem.shared
    if kernel.variance > 0:
        covariance += kernel.between(problem.apart, problem.coordinate[:, None] - problem.coordinate)
    return covariance


def _local(problem: Problem, kernel: Kernel, by_value: Vector) -> Vector:
    """Variance of each target by itself, (N,)."""
    spread = by_value * problem.spread
    local: Vector = kernel.noise**2 + problem.variance + spread * spread
    return local


def _inverse(smooth: Matrix, local: Vector) -> Matrix:
    covariance = smooth.copy()
    covariance.flat[:: local.size + 1] += local
    return np.asarray(np.linalg.inv(covariance), dtype=np.float64)


def _prior(problem: Problem, curve: Curve) -> tuple[float, float]:
    """How far the belief in the bend pulls, and its variance."""
    return (0.0, _FLAT_BEND) if problem.bend is None else problem.bend.at(curve.bend)


def _model(
    problem: Problem,
    kernel: Kernel,
    curve: Curve,
    expanded: tuple[Vector, Matrix, Vector],
    local: Vector,
    smooth: Matrix,
    inverse: Matrix,
) -> Linearised:
    """Around a curve, from the inverse without the trend, whose uncertainty is a change of rank two (Woodbury)."""
    log_inverse, trend, _ = expanded
    offset, bend_variance = _prior(problem, curve)
    prior = np.array([_FLAT_NEAR, bend_variance])
    gain = inverse @ trend
    ((aa, ab), (_, bb)) = (trend.T @ gain).tolist()
    aa, bb = aa + 1.0 / _FLAT_NEAR, bb + 1.0 / bend_variance
    middle = np.array([[bb, -ab], [-ab, aa]]) * (1.0 / (aa * bb - ab * ab))
    precision = inverse - gain @ middle @ gain.T
    innovation = problem.target - log_inverse - trend[:, 1] * offset
    weighted = precision @ innovation
    misfit = float(innovation @ weighted)
    return Linearised(
        problem,
        kernel,
        curve,
        log_inverse,
        trend,
        offset,
        prior,
        local,
        precision,
        innovation,
        weighted,
        misfit,
        smooth,
        inverse,
    )


def distances(place: Matrix, to_place: Matrix) -> Matrix:
    """Between (N, 2) and (M, 2), (N, M)."""
    across, along = place[:, :1] - to_place[:, 0], place[:, 1:] - to_place[:, 1]
    apart: Matrix = np.sqrt(across * across + along * along)
    return apart


@lru_cache(maxsize=64)
def all_pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The lower and the higher place of each pair of so many; not to be written to."""
    lower, higher = np.triu_indices(count, 1)
    return lower, higher
