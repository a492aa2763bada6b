"""Which one of a few references is a mistake: a typo, a wrong unit, something in front.

Where references are few, the shift and a correction of the believed size go a long way towards explaining a mistake,
and the first one given may be it as well as the last. So every reference is tried as the mistake: all others are
fitted without it, and the probability of all measurements together says whether they were better off so (Bayesian
model comparison; Gelman et al., Bayesian Data Analysis, 3rd ed., 7.4). Errors may be as large as believed, or small;
how large distances usually are with this network counts too, where that is known. The order of entry plays no part.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tui.calibration.curve import Curve
from tui.calibration.kernel import Kernel
from tui.calibration.kriging import Linearised, Problem, solve
from tui.calibration.problem import first_guess
from tui.calibration.usual import Usual

FEW = 6
"""Up to so many references each is tried by fitting all others without it."""

_FEWEST_BESIDE_TWO = 3
"""References that must be left when two are set aside."""

_EXPECTED = 0.15
"""Mistakes expected among all references together, before any is seen."""

_SMALL = 0.35
"""Times the correction believed: on many maps errors are that small."""

_ROUGH = 0.05
"""Noise at least: less would take the unevenness of a few for a mistake."""

_FREEDOM = 12.0
"""How surely these two sizes of error are known: degrees of freedom of their inverse chi-square prior."""

_SIZES = ((0.7, 1.3), (0.3, 4.0))
"""Of ln(distance) of a mistake: shares, and standard deviations. Feet for metres, and centimetres for metres."""

_GROSS = math.log(1.5)
"""A smaller error is no mistake but the network's."""

_FITS = 1.5
"""Square of the error of each reference over what is believed, up to which they agree."""

_CLEARLY = 1.5
"""By how much, in log probability, one must be more probably the mistake than any other."""

_BEYOND, _SURELY = math.log(3.0), 5.0
"""A reference is left out if its error is at least the first, or that it is one more probable by the second, log; else
it is named, and kept. Where networks err, honest references contradict each other by as much, on NYU's training blocks
and HoloLens pictures by a factor of 2.8 at most: leaving those out made readings with four references worse by 4 to
6 %, and intervals hold 2 points less."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a few references."""

    kept: NDArray[np.bool_]
    """True for each that counts, (N,)."""
    suspects: tuple[int, ...] = ()
    """Places of those one of which is a mistake, where nothing tells which; a single one may be one."""


def find_mistakes(problem: Problem, kernel: Kernel, usual: Usual | None) -> Found:
    """Judge two to six references; two alone can only be told apart by what distances are usual.

    Args:
        problem: the references.
        kernel: errors as believed.
        usual: distances that this network's values stand for.
    """
    count = problem.value.size
    everything = np.ones(count, dtype=bool)
    if count < 2 or (count == 2 and usual is None):
        return Found(everything)
    rough = replace(kernel, noise=max(kernel.noise, _ROUGH))
    small = replace(rough, across=_SMALL * kernel.across)
    share = _EXPECTED / count

    def without(places: Sequence[int]) -> tuple[float, float, float]:
        """If those at these places are mistakes: log probability of all, misfit of each that is left, least error.

        The probability is 0 if they are not gross.
        """
        least = math.inf
        kept = everything.copy()
        kept[list(places)] = False
        others = problem.of(kept)
        model = solve(others, rough, guess(others))
        found = math.log(0.5) + float(
            np.logaddexp(_log_evidence(model), _log_evidence(solve(others, small, model.curve)))
        )
        found += _of_usual(others, usual)
        for place in places:
            error = float(problem.target[place] - model.curve.log_inverse(problem.value[place : place + 1])[0])
            least = min(least, abs(error))
            if least < _GROSS:
                return -math.inf, math.inf, least
            found += _as_mistake(error) + math.log(share)
        return found + (count - len(places)) * math.log1p(-share), model.misfit / others.value.size, least

    nobody, misfit, _ = without(())
    alone, misfits, errors = zip(*(without((place,)) for place in range(count)), strict=True)
    best = max(alone)
    if best > nobody:
        misfit = misfits[alone.index(best)]
    if count - 2 >= _FEWEST_BESIDE_TWO and misfit > _FITS:  # one less heals nothing: two that cover for each other
        pairs = list(combinations(range(count), 2))
        both = [without(pair)[0] for pair in pairs]
        if max(both) > max(best, nobody) + _CLEARLY:
            return Found(_all_but(count, pairs[int(np.argmax(both))]))
    if best <= nobody:
        return Found(everything)
    near = tuple(place for place in range(count) if alone[place] > max(nobody, best - _CLEARLY))
    if len(near) == 1 and (errors[near[0]] >= _BEYOND or best > nobody + _SURELY):
        return Found(_all_but(count, near))
    return Found(everything, near)


def guess(problem: Problem) -> Curve:
    """Where to begin: as `first_guess`, and for one reference the curve through it that is believed."""
    if problem.value.size > 1:
        return first_guess(problem)
    believed = Curve(problem.anchors, 0.0, problem.bend.mean if problem.bend is not None else 0.0)
    return replace(believed, near=float(problem.target[0] - believed.log_inverse(problem.value)[0]))


def _all_but(count: int, places: Sequence[int]) -> NDArray[np.bool_]:
    kept = np.ones(count, dtype=bool)
    kept[list(places)] = False
    return kept


def _log_evidence(model: Linearised) -> float:
    """Log marginal likelihood of the targets, Student's t; its flat direction is the same for all that are compared."""
    problem = model.problem
    count = problem.value.size - (1 if problem.bend is not None else min(2, problem.value.size))
    _, log_det = np.linalg.slogdet(model.precision)
    return (
        math.lgamma((_FREEDOM + count) / 2)
        - math.lgamma(_FREEDOM / 2)
        - 0.5 * count * math.log(_FREEDOM * math.pi)
        + 0.5 * float(log_det)
        - 0.5 * (_FREEDOM + count) * math.log1p(max(model.misfit, 0.0) / _FREEDOM)
    )


def _of_usual(problem: Problem, usual: Usual | None) -> float:
    """Log density of how far away everything is, as far as that is known."""
    if usual is None or not (problem.value > 0).all():
        return 0.0
    return usual.log_density(float(np.median(np.log(problem.value) - problem.target)) - math.log(usual.typical_m))


def _as_mistake(error: float) -> float:
    """Log density of an error as a mistake's."""
    parts = [math.log(share / (size * math.sqrt(2 * math.pi))) - 0.5 * (error / size) ** 2 for share, size in _SIZES]
    return float(np.logaddexp.reduce(parts))
