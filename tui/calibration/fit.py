"""The fit: from references to 1/z = (a p + b) exp(g), with a > 0.

p is relative inverse depth, z the distance along the optical axis. Errors are relative, so a reference at 5 m counts
as much as one at 0.5 m. Scale and shift are the most probable ones given the references and a prior on the shift; how
large errors are, and how they hang together (the correction g), is stated in `tui.calibration.beliefs` and reckoned
with in `tui.calibration.kriging`.

The prior on the shift is a belief about the map as a whole: that 1/z = 0 at the map's own zero, and so that the 1/z
of its nearest and farthest things have the ratio of their values (above zero); where the zero tells nothing, that
their ratio is about e. Stated so, nothing changes under an affine change of the map (with its context), and no scale
is preferred. One reference sets the scale; each further one makes the prior matter less. Without a context one
reference takes b = 0 and several are fitted without a prior.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.degenerate import check_grossly, check_order, check_told_apart
from tui.calibration.health import assess
from tui.calibration.kriging import Kernel, Linearised, linearise, log_evidence, solve
from tui.calibration.outliers import FEWEST, without_outliers
from tui.calibration.posterior import Posterior, design_condition, leave_one_out
from tui.calibration.problem import first_guess, pose
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind, Residual
from tui.errors import InputError

_MAX_TYPED = 1e9
"""Beyond any scale or shift of any network, and small enough never to overflow."""

_LENGTH_FACTORS = (0.4, 1.0, 2.5)
_NOISES = (0.01, 0.05, 0.15)
_STEP_PENALTY = 1.0
_ALMOST_EXACT, _EXACT_PENALTY = 0.01, 4.0


def fit(
    samples: Sequence[ReferenceSample],
    beliefs: Beliefs = NETWORK,
    context: MapContext | None = None,
) -> Calibration:
    """Scale from one reference, scale and shift from two or more, a correction and a watch for mistakes from four.

    Args:
        samples: the references as seen on one map.
        beliefs: priors for this sort of map.
        context: of that map; without it there is no prior on the shift, and no correction over the image.

    Raises:
        DegenerateReferences: if they do not determine a calibration with a > 0; says which and why.
        InputError: if there are none.
    """
    if not samples:
        raise InputError("no references: give the true distance of at least one pixel")
    if len(samples) > 1:
        check_told_apart(samples, same_distance_will_do=context is not None)
    problem = pose(samples, beliefs, context)
    kernel = Kernel(beliefs.correction, beliefs.noise, beliefs.length_image, beliefs.length_log)
    kept = np.ones(len(samples), dtype=bool)
    start = first_guess(problem)
    model = linearise(problem, kernel, start)
    for _ in range(2 if len(samples) >= FEWEST else 1):
        found = without_outliers(model)
        same, kept = bool(np.array_equal(found, kept)), found
        inliers = solve(problem.of(kept), kernel, start)
        if same and kept.all():
            break
        start = inliers.curve
        model = linearise(problem, kernel, start)
    of_kept = [sample for sample, keep in zip(samples, kept.tolist(), strict=True) if keep]
    if context is None or not beliefs.adapts:
        check_order(of_kept)
    elif len(of_kept) < FEWEST:
        check_grossly(of_kept)
    if beliefs.adapts and len(of_kept) >= FEWEST:
        inliers = _adapted(inliers)
    return replace(_calibration(samples, kept, inliers, context), caution=beliefs.caution)


def typed(scale: float, shift: float, beliefs: Beliefs = NETWORK) -> Calibration:
    """The calibration of a scale and shift that the user states, taken as exact; no value counts as extrapolated.

    Raises:
        InputError: if either is not finite, or the scale is not above 0.
    """
    if not (math.isfinite(scale) and math.isfinite(shift)):
        raise InputError(f"scale {scale} and shift {shift}: both must be finite numbers")
    if max(abs(scale), abs(shift)) > _MAX_TYPED:
        raise InputError(f"scale {scale:g} and shift {shift:g}: neither may be beyond {_MAX_TYPED:g}")
    if scale <= 0:
        raise InputError(f"scale {scale:g}: must be above 0, as larger map values are nearer")
    known = ((0.0, 0.0), (0.0, 0.0))
    return Calibration(scale, shift, CalibrationKind.TYPED, known, beliefs.alone, beliefs.freedom, None, ())


def _adapted(model: Linearised) -> Linearised:
    """Solved anew with the length scales and the noise that make the measurements most probable.

    Lengths may be 0.4, 1 or 2.5 times those believed, the noise 1, 5 or 15 %; each step away costs its share of log
    evidence. One more candidate is a map that is exact up to scale and shift.
    """
    believed = model.kernel
    kernels, penalties = [], []
    for factor in _LENGTH_FACTORS:
        for noise in _NOISES:
            kernels.append(
                replace(
                    believed,
                    noise=noise,
                    length_image=factor * believed.length_image,
                    length_log=factor * believed.length_log,
                )
            )
            penalties.append(_STEP_PENALTY * ((factor != 1.0) + _NOISES.index(noise)))
    kernels.append(replace(believed, correction=_ALMOST_EXACT, noise=_ALMOST_EXACT))
    penalties.append(_EXACT_PENALTY)
    best = kernels[int(np.argmax(log_evidence(model, kernels) - np.array(penalties)))]
    return model if best == believed else solve(model.problem, best, model.curve, model.coordinate)


def _calibration(
    samples: Sequence[ReferenceSample],
    kept: NDArray[np.bool_],
    model: Linearised,
    context: MapContext | None,
) -> Calibration:
    """With the range that the references span (each widened by its own spread) and what is left over at each."""
    curve, problem, kernel = model.curve, model.problem, model.kernel
    scale, shift = curve.scale, curve.shift
    if abs(shift) < 1e-12 * scale * max(abs(curve.anchors.low), abs(curve.anchors.high)):
        shift = 0.0
    jacobian = curve.to_scale_and_shift()
    ((aa, ab), (_, bb)) = jacobian @ model.parameter_covariance() @ jacobian.T
    several = problem.value.size > 1
    others = iter(np.exp(-leave_one_out(model)).tolist())
    residuals = []
    for each, keep in zip(samples, kept.tolist(), strict=True):
        inverse_m = scale * each.sample.value + shift
        fitted_m = 1.0 / inverse_m if inverse_m > 0 else None
        others_m = (next(others) if keep else fitted_m) if several else None
        residuals.append(Residual(each.reference, each.sample.value, each.sample.spread, fitted_m, not keep, others_m))
    condition = None
    if several:
        condition = design_condition(problem.value, np.exp(-problem.target), curve.anchors.low, curve.anchors.high)
    calibration = Calibration(
        scale,
        shift,
        CalibrationKind.SCALE_AND_SHIFT if several else CalibrationKind.SCALE,
        ((float(aa), float(ab)), (float(ab), float(bb))),
        math.sqrt(model.factor * (kernel.correction**2 + kernel.noise**2)),
        problem.freedom_left,
        (float((problem.value - problem.spread).min()), float((problem.value + problem.spread).max())),
        tuple(residuals),
        context,
        condition,
        posterior=Posterior(model, model.weighted, np.zeros(2)),
    )
    near_m, far_m = calibration.range_m or (1.0, 1.0)
    health = assess(
        problem.value.size, len(samples) - problem.value.size, (near_m, far_m), condition, calibration.leave_one_out
    )
    return replace(calibration, health=health)
