"""How probable the measurements are under other length scales and noises, all candidates at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.calibration.kriging import Kernel, Linearised, Matrix
from tui.geometry.arrays import Vector


def log_evidence(model: Linearised, kernels: Sequence[Kernel]) -> Vector:
    """Log marginal likelihood of the targets under each kernel, up to a constant, (K,).

    Student's t, as the common factor is integrated out (Rasmussen and Williams, 9.9), around the model's own curve.
    """
    problem = model.problem
    count = problem.value.size
    covariance = _stack(kernels, problem.apart, problem.coordinate)
    covariance += (model.trend * model.prior) @ model.trend.T + np.outer(problem.shared, problem.shared)
    noises = np.array([kernel.noise for kernel in kernels])
    local = noises[:, None] ** 2 + (model.local - model.kernel.noise**2)
    covariance.reshape(len(kernels), -1)[:, :: count + 1] += local
    root = np.linalg.cholesky(covariance)
    innovation = np.broadcast_to(model.innovation[:, None], (len(kernels), count, 1))
    misfit = np.linalg.solve(covariance, innovation)[..., 0] @ model.innovation
    log_det = 2.0 * np.sum(np.log(root.reshape(len(kernels), -1)[:, :: count + 1]), axis=1)
    evidence: Vector = -0.5 * log_det - 0.5 * problem.freedom_left * np.log1p(misfit / problem.freedom)
    return evidence


def _stack(kernels: Sequence[Kernel], apart: Matrix, coordinate: Vector) -> Matrix:
    """The correction's covariance between the references under each kernel, (K, N, N); each part is made once."""
    difference = coordinate[:, None] - coordinate
    over_image = {(each.across, each.length_image): each for each in kernels}
    over_log = {(each.along, each.length_log): each for each in kernels}
    images = {key: each.over_image(apart) for key, each in over_image.items()}
    logs = {key: each.over_log(difference) for key, each in over_log.items()}
    return np.stack([images[each.across, each.length_image] + logs[each.along, each.length_log] for each in kernels])
