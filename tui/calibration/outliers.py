"""Which references contradict the others so grossly that they are set aside.

For each reference: how probable is its measurement given all the others, under the model of `tui.calibration.kriging`,
against the chance of a mistake (a wrong number, someone in front) that may be anything? Leaving one out of a normal
model needs no new fit (Rasmussen and Williams, 5.4.2); that the common factor of the errors is estimated without the
suspect makes the test redescending. Pairs are tried exhaustively, so that two do not cover for each other.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tui.calibration.kriging import Linearised, Matrix, all_pairs
from tui.geometry.arrays import Vector

FEWEST = 4
"""References from which a gross mistake can be told."""

_MISTAKES = 0.05
"""Mistakes expected among all references together, before any is seen; `tui.calibration.mistakes` looks at few."""

_TAILS = 4.0
"""Degrees of freedom of what others predict, at most: a network's errors have heavier tails than a normal."""

_FREEDOM = 1.0
"""Of the prior on the common factor here: how large errors are is learned from the others."""

_MISTAKE_SIZE = 1.5
"""One standard deviation of ln(1/z) of a mistake."""


def most_set_aside(count: int) -> int:
    """How many of so many references may be set aside: the others must be the majority, and three."""
    return max(0, (count - 2) // 2) if count >= FEWEST else 0


def without_outliers(model: Linearised, *, pairs: bool = True) -> NDArray[np.bool_]:
    """True for each reference that is kept, (N,); `pairs` tries two at once too."""
    count = model.problem.value.size
    kept = np.ones(count, dtype=bool)
    precision, weighted, misfit = model.precision, model.weighted, model.misfit
    for _ in range(most_set_aside(count)):
        worst = _worst(
            precision, weighted, misfit, model, allow_pair=pairs and int(np.sum(~kept)) + 2 <= most_set_aside(count)
        )
        if not worst:
            break
        for place in sorted(worst, reverse=True):
            own, row = precision[place, place], precision[place]
            misfit -= float(weighted[place]) ** 2 / float(own)
            weighted = np.delete(weighted - row * (weighted[place] / own), place)
            precision = np.delete(np.delete(precision - np.outer(row, row) / own, place, 0), place, 1)
            kept[np.flatnonzero(kept)[place]] = False
        if int(np.sum(~kept)) >= most_set_aside(count):
            break
    return kept


def _worst(
    precision: Matrix, weighted: Vector, misfit: float, model: Linearised, *, allow_pair: bool
) -> tuple[int, ...]:
    """The one reference, or the two, most probably mistaken; empty if none is."""
    gain = _gain(precision, weighted, misfit, model)
    first = int(np.argmax(gain))
    if gain[first] > 0:
        return (first,)
    if not allow_pair:
        return ()
    return _worst_pair(precision, weighted, misfit, model)


def _gain(precision: Matrix, weighted: Vector, misfit: float, model: Linearised) -> Vector:
    """How much more probable each is as a mistake than as what the others predict, log, (N,)."""
    variance = 1.0 / np.diag(precision)
    gain: Vector = _as_mistake(weighted * variance, variance, model) - _as_true(precision, weighted, misfit, model)
    return gain


def _as_true(precision: Matrix, weighted: Vector, misfit: float, model: Linearised) -> Vector:
    """Log density of each as what the others predict, (N,)."""
    variance = 1.0 / np.diag(precision)
    error = weighted * variance
    freedom = _freedom_left(model, weighted.size) - 1
    factor = (_FREEDOM + misfit - weighted * error) / freedom
    tails = min(freedom, _TAILS)
    rest = math.lgamma((tails + 1) / 2) - math.lgamma(tails / 2) - 0.5 * math.log(tails * math.pi)
    as_true: Vector = rest - 0.5 * np.log(factor * variance)
    return as_true - 0.5 * (tails + 1) * np.log1p(error**2 / (tails * factor * variance))


def _worst_pair(precision: Matrix, weighted: Vector, misfit: float, model: Linearised) -> tuple[int, ...]:
    one, other = all_pairs(weighted.size)
    aa, bb, ab = precision[one, one], precision[other, other], precision[one, other]
    determinant = aa * bb - ab * ab
    variance_one, variance_other = bb / determinant, aa / determinant
    error_one = (bb * weighted[one] - ab * weighted[other]) / determinant
    error_other = (aa * weighted[other] - ab * weighted[one]) / determinant
    explained = error_one * weighted[one] + error_other * weighted[other]
    freedom = _freedom_left(model, weighted.size) - 2
    if freedom <= 0:
        return ()
    factor = (_FREEDOM + misfit - explained) / freedom
    as_true = -math.log(2 * math.pi) - np.log(factor) + 0.5 * np.log(determinant)
    as_true -= 0.5 * (freedom + 2) * np.log1p(explained / (freedom * factor))
    gain = _as_mistake(error_one, variance_one, model) + _as_mistake(error_other, variance_other, model) - as_true
    best = int(np.argmax(gain))
    return (int(one[best]), int(other[best])) if gain[best] > 0 else ()


def _freedom_left(model: Linearised, count: int) -> float:
    """Degrees of freedom behind the common factor with so many references left."""
    return model.problem.freedom_left - model.problem.freedom + _FREEDOM - (model.problem.value.size - count)


def _as_mistake(error: Vector, variance: Vector, model: Linearised) -> Vector:
    """Log density of an error as a mistake's, and that it is one."""
    total = _MISTAKE_SIZE**2 + variance
    share = math.log(_MISTAKES / model.problem.value.size)
    return share - 0.5 * np.log(2 * math.pi * total) - 0.5 * error**2 / total
