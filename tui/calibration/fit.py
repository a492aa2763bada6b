"""The fit of scale and shift: 1/z = a p + b, with a > 0.

p is relative inverse depth, z the distance along the optical axis. What is fitted is the relative error
r_i = z_i (a p_i + b) - 1, so a reference at 5 m counts as much as one at 0.5 m.

Noise model. r_i is normal with variance s^2 + (sigma_i / z_i)^2: the network's own error s, and that of the
measurement. s is not known beforehand and a handful of references says little of it, so it has a prior: `noise`
worth `PRIOR_FREEDOM` references (scaled inverse chi-square; Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6 and
14.2). Hence s^2 = (nu0 s0^2 + sum w_i r_i^2) / (nu0 + n - 2), and readings follow Student's t with nu0 + n - 2 degrees
of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.degenerate import check_order, check_single, check_told_apart
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind, Covariance, Residual
from tui.errors import InputError

NETWORK_NOISE = 0.15
"""Relative error (one sigma) of a depth network's a p + b that is assumed before any reference speaks.

With it the 95 % intervals of FastDepth, from 1 to 16 references, cover 93-98 % of the truth on NYU Depth v2."""

EXACT_NOISE = 0.01
"""The same for a map that is exact up to scale and shift, such as the demo's own geometry."""

PRIOR_FREEDOM = 4.0
"""How many degrees of freedom that prior noise is worth."""

SHIFT_SIGMA = 0.3
"""Prior on the shift where one reference cannot fit it: 0 with this sigma, in units of the reference's 1/z."""

_MAX_TYPED = 1e9
"""Beyond any scale or shift of any network, and small enough never to overflow."""


def fit(samples: Sequence[ReferenceSample], noise: float = NETWORK_NOISE) -> Calibration:
    """Scale from one reference (shift 0), scale and shift from two or more.

    Least squares of the relative errors. A stated sigma weighs in beside `noise`; references given without one all
    carry the same relative sigma and so count the same.

    Args:
        samples: the references as seen on one map.
        noise: prior relative error of the network, one sigma.

    Raises:
        DegenerateReferences: if they do not determine a calibration with a > 0; says which and why.
        InputError: if there are none.
    """
    if not samples:
        raise InputError("no references: give the true distance of at least one pixel")
    if len(samples) == 1:
        return _fit_scale(samples[0], noise)
    check_told_apart(samples)
    return _fit_both(samples, noise)


def typed(scale: float, shift: float, noise: float = NETWORK_NOISE) -> Calibration:
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
    return Calibration(scale, shift, CalibrationKind.TYPED, ((0.0, 0.0), (0.0, 0.0)), noise, PRIOR_FREEDOM, None, ())


def _fit_scale(sample: ReferenceSample, noise: float) -> Calibration:
    """Take b = 0 and a = 1 / (z p); the covariance carries the prior on b, so that readings far away widen."""
    check_single(sample)
    p, z_m = sample.sample.value, sample.reference.distance_m
    scale = 1.0 / (z_m * p)
    error = noise**2 + (sample.reference.sigma_m / z_m) ** 2 + (sample.sample.spread / p) ** 2
    shift_variance = (SHIFT_SIGMA / z_m) ** 2
    covariance = (
        (error * scale**2 + shift_variance / p**2, -shift_variance / p),
        (-shift_variance / p, shift_variance),
    )
    return _calibration(scale, 0.0, CalibrationKind.SCALE, covariance, noise, PRIOR_FREEDOM, [sample])


def _fit_both(samples: Sequence[ReferenceSample], noise: float) -> Calibration:
    """Weighted least squares in p centred and scaled to its range, for the sake of the condition number."""
    p = np.array([each.sample.value for each in samples])
    spread = np.array([each.sample.spread for each in samples])
    z_m = np.array([each.reference.distance_m for each in samples])
    sigma_m = np.array([each.reference.sigma_m for each in samples])
    centre, width = float(p.mean()), float(np.ptp(p))
    weights = 1.0 / (1.0 + (sigma_m / z_m / noise) ** 2)
    design = np.column_stack([z_m * (p - centre) / width, z_m])
    normal_inverse = np.linalg.inv(design.T @ (weights[:, None] * design))
    to_parameters = normal_inverse @ (design.T * weights)
    slope, level = to_parameters @ np.ones(len(samples))
    check_order(samples, float(slope))
    scale = float(slope) / width
    relative = design @ np.array([slope, level]) - 1.0
    freedom = PRIOR_FREEDOM + len(samples) - 2
    variance = (PRIOR_FREEDOM * noise**2 + float(weights @ relative**2)) / freedom
    from_spread = to_parameters * (scale * z_m * spread)
    centred = variance * normal_inverse + from_spread @ from_spread.T
    back = np.array([[1.0 / width, 0.0], [-centre / width, 1.0]])
    ((aa, ab), (_, bb)) = back @ centred @ back.T
    covariance = ((float(aa), float(ab)), (float(ab), float(bb)))
    shift = float(level) - scale * centre
    return _calibration(
        scale, shift, CalibrationKind.SCALE_AND_SHIFT, covariance, math.sqrt(variance), freedom, samples
    )


def _calibration(
    scale: float,
    shift: float,
    kind: CalibrationKind,
    covariance: Covariance,
    noise: float,
    freedom: float,
    samples: Sequence[ReferenceSample],
) -> Calibration:
    """With the range that the references span (each widened by its own spread) and what is left over at each."""
    low = min(each.sample.value - each.sample.spread for each in samples)
    high = max(each.sample.value + each.sample.spread for each in samples)
    residuals = tuple(Residual.of(each.reference, each.sample, scale * each.sample.value + shift) for each in samples)
    return Calibration(scale, shift, kind, covariance, noise, freedom, (low, high), residuals)
