"""How probable the measurements are under other length scales and noises, all candidates at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.calibration.kernel import Kernel
from tui.calibration.kriging import Linearised, Matrix
from tui.geometry.arrays import Vector


def log_evidence(model: Linearised, kernels: Sequence[Kernel]) -> Vector:
    """Log marginal likelihood of the targets under each kernel, up to a constant, (K,).

    Student's t, as the common factor is integrated out (Rasmussen and Williams, 9.9), around the model's own curve.
    """
    problem, innovation = model.problem, model.innovation
    count = problem.value.size
    noises = np.array([kernel.noise for kernel in kernels])
    local = noises[:, None] ** 2 + (model.local - model.kernel.noise**2)
    # One more row holds y and a number above y' C^-1 y: what the root has in its corner is what is left of that.
    most = 2.0 * float(innovation @ innovation) / local.min(axis=1) + 1.0
    bordered = np.empty((len(kernels), count + 1, count + 1))
    bordered[:, :count, :count] = _stack(kernels, problem.apart, problem.coordinate)
    bordered[:, :count, :count] += (model.trend * model.prior) @ model.trend.T + np.outer(
        problem.shared, problem.shared
    )
    bordered[:, count, :count] = innovation
    diagonal = bordered.reshape(len(kernels), -1)[:, :: count + 2]
    diagonal[:, :count] += local
    diagonal[:, count] = most
    root = np.linalg.cholesky(bordered).reshape(len(kernels), -1)[:, :: count + 2]
    misfit = most - root[:, count] ** 2
    log_det = 2.0 * np.sum(np.log(root[:, :count]), axis=1)
    evidence: Vector = -0.5 * log_det - 0.5 * problem.freedom_left * np.log1p(misfit / problem.freedom)
    return evidence


def _stack(kernels: Sequence[Kernel], apart: Matrix, coordinate: Vector) -> Matrix:
    """The correction's covariance between the references under each kernel, (K, N, N); those alike are made once."""
    difference = coordinate[:, None] - coordinate
    made = {(each.across, each.length): each for each in kernels}
    parts = {key: each.between(apart, difference) for key, each in made.items()}
    return np.stack([parts[each.across, each.length] for each in kernels])
