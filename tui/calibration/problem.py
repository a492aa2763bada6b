"""From references to the numbers of the model: anchors, priors, and a first guess that no outlier can spoil."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.beliefs import Beliefs
from tui.calibration.context import MapContext
from tui.calibration.curve import Anchors, Curve
from tui.calibration.degenerate import check_not_flat, check_single
from tui.calibration.kriging import BendPrior, Problem, all_pairs, distances
from tui.calibration.posterior import image_places
from tui.calibration.reference import ReferenceSample
from tui.geometry.arrays import Vector
from tui.geometry.sampling import middle

_NEAREST_ZERO = 0.05
"""The far anchor keeps this share of the range away from the map's zero, where 1/z has no logarithm."""

_SPAN = 2.0
"""Of the anchors' values, where a power of p knows no map and one value."""

_MOST_PAIRS = 70
"""All pairs of up to 12 references; of more, every second, third ... pair."""

_LEAST_SHARE, _MOST_SHARE = 0.02, 0.98
"""Of the far anchor's 1/z in the near one's, for a first guess."""


def pose(samples: Sequence[ReferenceSample], beliefs: Beliefs, context: MapContext | None) -> Problem:
    """The references as the model sees them.

    Raises:
        DegenerateReferences: one reference without a context whose value is not above 0, or a flat map.
    """
    value = np.array([each.sample.value for each in samples])
    target = -np.log([each.reference.distance_m for each in samples])
    relative = np.array([each.reference.sigma_m / each.reference.distance_m for each in samples])
    shared = np.array([each.reference.shared for each in samples])
    if context is None:
        place = np.zeros((len(samples), 2))
    else:
        pixels = np.array([(each.reference.u_px, each.reference.v_px) for each in samples])
        place = image_places(pixels, context.width, context.height)
    anchors, bend = _anchors(samples, value, beliefs, context)
    return Problem(
        value=value,
        spread=np.array([each.sample.spread for each in samples]),
        place=place,
        apart=distances(place, place),
        coordinate=anchors.typical(value),
        target=target,
        variance=np.maximum(relative**2 - shared**2, 0.0),
        shared=shared,
        anchors=anchors,
        bend=bend,
        freedom=beliefs.freedom,
    )


def _anchors(
    samples: Sequence[ReferenceSample], value: Vector, beliefs: Beliefs, context: MapContext | None
) -> tuple[Anchors, BendPrior | None]:
    """Far and near anchor, the form of the trend between them, and the belief in its bend."""
    least, most = float(value.min()), float(value.max())
    if beliefs.exponent is not None and least > 0 and (context is None or context.zero == 0.0):
        return _power_anchors(samples, least, most, beliefs.exponent, context)
    sigma = beliefs.shift / math.sqrt(3.0)
    if context is None:
        if len(samples) > 1:
            return Anchors(least, most), None
        check_single(samples[0])
        return Anchors(0.5 * most, most), BendPrior(math.log(math.log(2.0)), sigma)
    high, zero = max(context.high, most), context.zero
    if zero is not None and least > zero and len(samples) == 1:
        low = min(max(context.low, zero + _NEAREST_ZERO * (high - zero)), least)
        if high <= low * (1 + 1e-6):  # a flat map, but the zero gives its one reference a scale
            low = zero + 0.5 * (high - zero)
        check_not_flat(samples, low, high)
        return Anchors(low, high), BendPrior(math.log(math.log((high - zero) / (low - zero))), sigma)
    low = min(context.low, least)
    check_not_flat(samples, low, high)
    return Anchors(low, high), BendPrior(0.0, sigma, beliefs.shift)


def _power_anchors(
    samples: Sequence[ReferenceSample], least: float, most: float, sigma: float, context: MapContext | None
) -> tuple[Anchors, BendPrior]:
    """As `_anchors`, for 1/z as a power of p that is expected to be p itself."""
    if context is None:
        low, high = least, most
    else:
        high = max(context.high, most)
        low = min(max(context.low, _NEAREST_ZERO * high), least)
        if len(samples) > 1:
            check_not_flat(samples, low, high)
    if high <= low * (1 + 1e-6):  # a flat map, but the zero gives its one reference a scale
        low = high / _SPAN
    return Anchors(low, high, power=True), BendPrior(1.0, sigma)


def first_guess(problem: Problem) -> Curve:
    """The trend through the pair of references that half of all references agree with best.

    Least median of squares by exhaustive pairs (Rousseeuw, JASA 1984), of relative errors: no minority spoils it.
    """
    anchors, prior = problem.anchors, problem.bend
    bend = prior.mean if prior else 0.0
    if problem.value.size >= 3 or prior is None or prior.plateau > 0:
        found = _bend_of_best_pair(problem)
        if found is not None:
            bend = found
        if prior is not None:
            allowed = prior.plateau or 2.0 * prior.sigma
            bend = min(max(bend, prior.mean - allowed), prior.mean + allowed)
    guess = Curve(anchors, 0.0, bend)
    left = np.sort(problem.target - guess.log_inverse(problem.value))
    return Curve(anchors, middle(left), bend)


def _bend_of_best_pair(problem: Problem) -> float | None:
    """The bend of the best pair with a > 0, or gamma > 0; None if there is none."""
    anchors = problem.anchors
    if anchors.power:
        found = _best_pair(problem.coordinate, problem.target, np.ones(problem.value.size), 1.0)
        return None if found is None else found[0]
    inverse = np.exp(problem.target)
    found = _best_pair(problem.value, inverse, inverse, anchors.high - anchors.low)
    if found is None:
        return None
    scale, shift = found
    near, far = scale * anchors.high + shift, scale * anchors.low + shift
    share = min(max(far / near if near > 0 else _LEAST_SHARE, _LEAST_SHARE), _MOST_SHARE)
    return math.log(-math.log(share))


def _best_pair(value: Vector, wanted: Vector, unit: Vector, reach: float) -> tuple[float, float] | None:
    """Slope, above 0, and offset of the line through the pair whose median error over `unit` is least; None if none."""
    one, other = all_pairs(value.size)
    if not one.size:
        return None
    every = 1 + one.size // _MOST_PAIRS
    one, other = one[::every], other[::every]
    apart = value[one] - value[other]
    told = np.abs(apart) > 1e-9 * reach
    slope = np.where(told, wanted[one] - wanted[other], -1.0) / np.where(told, apart, 1.0)
    offset = wanted[one] - slope * value[one]
    error = np.abs((slope[:, None] * value + offset[:, None] - wanted) / unit)
    typical = np.where(told & (slope > 0), np.sort(error, axis=1)[:, value.size // 2], np.inf)
    best = int(np.argmin(typical))
    return (float(slope[best]), float(offset[best])) if math.isfinite(typical[best]) else None
