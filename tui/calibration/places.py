"""References that were measured at one place count once.

They check each other's tape, but not the map: what a network errs by there is the same for all of them. Each as a
reference of its own would make the errors look small, and the calibration checked, where nothing was checked but one
place: of two places measured six times each, every fifth reading said to be ok was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui.calibration.kriging import Problem
from tui.calibration.reference import ReferenceSample

_NEAR = 0.05
"""Image units, 32 px of a picture 640 px wide: over so much of a surface a network's error hardly changes."""

_ALIKE = 0.05
"""Of ln(1/z), as measured and as the map shows it: what differs by more is another surface, or another opinion."""

_EQUALLY_WELL = 1.2
"""Ratio of two standard deviations up to which neither is the better one."""


def places_of(samples: Sequence[ReferenceSample], problem: Problem) -> NDArray[np.intp]:
    """For each reference the one that speaks for its place, (N,); itself where it is alone, or the best measured.

    Of several that are measured equally well it is the middle one. The order of entry plays no part. Where there is
    one place alone each speaks for itself: whatever is made of it is said to be poor, as all are at about one distance.

    Args:
        samples: the references.
        problem: posed of them, with a context: without one nothing is known of where they are.
    """
    first = np.arange(len(samples))
    near = problem.apart <= _NEAR
    for of_each in (problem.coordinate, problem.target):
        near &= np.abs(of_each[:, None] - of_each) <= _ALIKE
    speaks = first.copy()
    left = np.ones(len(samples), dtype=bool)
    for index in sorted(first.tolist(), key=lambda each: _order(samples[each])):
        if left[index]:
            members = np.flatnonzero(near[index] & left)
            left[members] = False
            speaks[members] = _best(members.tolist(), samples)
    return first if (speaks == speaks[0]).all() else speaks


def _order(sample: ReferenceSample) -> tuple[float, ...]:
    """Of references, whichever was given first."""
    given = sample.reference
    return given.u_px, given.v_px, given.distance_m, given.sigma_m


def _best(members: Sequence[int], samples: Sequence[ReferenceSample]) -> int:
    given = {each: samples[each].reference for each in members}
    sigma = {each: one.sigma_m / one.distance_m for each, one in given.items()}
    best = [each for each in members if sigma[each] <= _EQUALLY_WELL * min(sigma.values())]
    best.sort(key=lambda each: (given[each].distance_m, _order(samples[each])))
    return best[len(best) // 2]
