"""The fit: from references to 1/z = (a p + b) exp(g), or k p^gamma exp(g), with a, k and gamma above 0.

p is relative inverse depth, z the distance along the optical axis. Errors are relative, so a reference at 5 m counts
as much as one at 0.5 m. The trend is the most probable one given the references and a prior on its bend; how large
errors are, and how they hang together (the correction g), is stated in `tui.calibration.beliefs` and reckoned with in
`tui.calibration.kriging`.

Where the map's zero is far away, the trend is a power of p, and the belief is that gamma is about 1: nothing changes
under a change of the map's scale. Where the zero tells nothing, it is a p + b, and the prior on the shift is a belief
about the map as a whole: that the 1/z of its nearest and farthest things have a ratio of about e. Stated so, nothing
changes under an affine change of the map (with its context). No scale is preferred: one reference sets it, each further
one makes the prior matter less. Without a context one reference takes b = 0, and several a p + b without a prior.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.contradiction import check_one_distance_a_place
from tui.calibration.degenerate import check_grossly, check_order, check_told_apart
from tui.calibration.evidence import log_evidence
from tui.calibration.health import assess
from tui.calibration.judged import doubts_of, unusual, which_is_wrong
from tui.calibration.kernel import Kernel
from tui.calibration.kriging import Linearised, linearise, settle, solve
from tui.calibration.mistakes import FEW, find_mistakes, guess
from tui.calibration.outliers import FEWEST, without_outliers
from tui.calibration.places import places_of
from tui.calibration.posterior import Posterior, design_condition, leave_one_out
from tui.calibration.problem import first_guess, pose
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind, Given
from tui.calibration.trend import Trend
from tui.errors import InputError

_MAX_TYPED = 1e9
"""Beyond any scale or shift of any network, and small enough never to overflow."""

_LENGTHS = (0.4, 2.5)
"""Times that believed."""
_NOISES = (0.06, 0.15)
_STEP_PENALTY = 1.0
_ALMOST_EXACT, _EXACT_PENALTY = 0.01, 6.0


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
    whole = pose(samples, beliefs, context)
    kernel = Kernel(beliefs.across, beliefs.noise, beliefs.length, beliefs.warp)
    doubts: tuple[str, ...] = () if context is None else doubts_of(samples, whole, kernel)
    speaks = np.arange(len(samples))
    if context is not None and kernel.variance > 0:  # else there is no error that those at one place would share
        speaks = places_of(samples, whole)
    alone = speaks == np.arange(len(samples))
    places = [sample for sample, is_alone in zip(samples, alone.tolist(), strict=True) if is_alone]
    problem = whole.of(alone)
    if context is not None and len(places) <= FEW:
        found = find_mistakes(problem, kernel, context.usual)
        kept, others = found.kept, problem.of(found.kept)
        inliers = solve(others, kernel, guess(others))
        doubts = (*which_is_wrong([places[place] for place in found.suspects]), *doubts)
    else:
        start = first_guess(problem)
        begun = linearise(problem, kernel, start)
        kept = without_outliers(begun)
        inliers = settle(begun) if kept.all() else solve(problem.of(kept), kernel, start)
        if len(places) >= FEWEST:  # the guess was rough: are they outliers of the fit too?
            around = inliers if kept.all() else linearise(problem, kernel, inliers.curve)
            again = without_outliers(around, pairs=not kept.all())
            if not np.array_equal(again, kept):
                kept, inliers = again, solve(problem.of(again), kernel, inliers.curve)
    of_kept = [sample for sample, keep in zip(places, kept.tolist(), strict=True) if keep]
    check_one_distance_a_place(of_kept)
    if context is None or not beliefs.adapts:
        check_order(of_kept)
    elif len(of_kept) < FEWEST:
        check_grossly(of_kept)
    if beliefs.adapts and len(of_kept) >= FEWEST:
        inliers = _adapted(inliers)
    if context is not None:
        doubts = (*doubts, *unusual(of_kept, context.usual))
    counts = kept[np.cumsum(alone)[speaks] - 1]
    given = tuple(
        Given(each.reference, each.sample, not count, place)
        for each, count, place in zip(samples, counts.tolist(), speaks.tolist(), strict=True)
    )
    return replace(_calibration(given, int(np.sum(~kept)), inliers, context, doubts), beliefs=beliefs)


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
    return Calibration(Trend(scale, shift), CalibrationKind.TYPED, beliefs.alone, beliefs.freedom, None, ())


def _adapted(model: Linearised) -> Linearised:
    """Solved anew with the length and the noise that make the measurements most probable.

    The length may be 0.4, 1 or 2.5 times that believed, the noise that believed, 6 or 15 %; each step away costs its
    share of log evidence. One more candidate is a map that is exact up to scale and shift.
    """
    kernels, penalties = _candidates(model.kernel)
    best = int(np.argmax(log_evidence(model, kernels) - np.array(penalties)))
    return model if best == 0 else solve(model.problem, kernels[best], model.curve)


@lru_cache(maxsize=8)
def _candidates(believed: Kernel) -> tuple[tuple[Kernel, ...], tuple[float, ...]]:
    """The kernels to choose from, the believed one first, and what each costs."""
    kernels = [believed]
    kernels += [replace(believed, length=factor * believed.length) for factor in _LENGTHS]
    penalties = [0.0] + [_STEP_PENALTY] * (len(kernels) - 1)
    penalties += [each + _STEP_PENALTY for each in penalties] + [2 * _STEP_PENALTY]
    kernels += [replace(each, noise=_NOISES[0]) for each in kernels] + [replace(believed, noise=_NOISES[1])]
    exact = replace(believed, across=_ALMOST_EXACT, noise=_ALMOST_EXACT)
    return (*kernels, exact), (*penalties, _EXACT_PENALTY)


def _calibration(
    given: tuple[Given, ...],
    aside: int,
    model: Linearised,
    context: MapContext | None,
    doubts: Sequence[str],
) -> Calibration:
    """With the range that the references span, each widened by its own spread; `aside` places are set aside."""
    problem, kernel = model.problem, model.kernel
    several = problem.value.size > 1
    condition = None
    if several:
        condition = design_condition(problem)
    kind = CalibrationKind.SCALE
    if several:
        kind = CalibrationKind.POWER if problem.anchors.power else CalibrationKind.SCALE_AND_SHIFT
    counting = [each.sample for each in given if not each.set_aside]
    calibration = Calibration(
        model.curve.trend,
        kind,
        math.sqrt(model.factor * (kernel.variance + kernel.noise**2)),
        problem.freedom_left,
        (min(each.value - each.spread for each in counting), max(each.value + each.spread for each in counting)),
        given,
        context,
        condition,
        posterior=Posterior.of(model),
    )
    near_m, far_m = calibration.range_m or (1.0, 1.0)
    error = _typical_error(model) if several else None
    what = "reference" if problem.value.size + aside == len(given) else "place"
    health = assess(problem.value.size, aside, (near_m, far_m), condition, error, doubts, what)
    return replace(calibration, health=health)


def _typical_error(model: Linearised) -> float:
    """Root mean square relative error of each reference told by the others, about; no new fit is made for it."""
    relative = np.expm1(model.problem.target - leave_one_out(model))
    return math.sqrt(float(relative @ relative) / relative.size)
