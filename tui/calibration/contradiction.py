"""References that no map can satisfy: two distances at one place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from tui.calibration.degenerate import Contradiction
from tui.calibration.kriging import all_pairs
from tui.calibration.reference import ReferenceSample

_ONE_PLACE_PX = 2.0
"""So near to each other, two pixels are sampled from mostly the same ones."""

_ONE_VALUE = 1e-6
"""Relative: two values no farther apart, but for half their spreads, are of one surface, not the sides of an edge."""

_SIGMAS = 4.0
_LEAST, _LEAST_BESIDE = math.log(1.05), math.log(1.25)
"""Of ln(distance), at one pixel and beside it: what a sloppy tape, an edge and a slanted floor explain."""


def check_one_distance_a_place(samples: Sequence[ReferenceSample]) -> None:
    """At one pixel, or nearly one, there is one distance: of two that differ by more than their errors, one is wrong.

    Which one it is, nothing tells; so neither is used in silence. Two at the edge of a thing, which the map tells
    apart, may both be right.

    Raises:
        Contradiction: names both.
    """
    for one, other in _side_by_side(samples):
        if not _of_one_surface(one, other) or _agree(one, other):
            continue
        raise Contradiction(
            f"references {one.reference} and {other.reference} give one place two distances; remove the wrong one",
            [one.reference, other.reference],
        )


def _side_by_side(samples: Sequence[ReferenceSample]) -> Iterator[tuple[ReferenceSample, ReferenceSample]]:
    """The pairs, in the order in which they were given, that are sampled from mostly the same pixels."""
    places = np.array([(each.reference.u_px, each.reference.v_px) for each in samples]).reshape(-1, 2)
    one, other = all_pairs(len(samples))
    near = np.flatnonzero(np.hypot(*(places[one] - places[other]).T) <= _ONE_PLACE_PX)
    for first, second in zip(one[near].tolist(), other[near].tolist(), strict=True):
        yield samples[first], samples[second]


def _of_one_surface(one: ReferenceSample, other: ReferenceSample) -> bool:
    a, b = one.reference, other.reference
    p, q = one.sample, other.sample
    slack = 0.0 if a.pixel == b.pixel else 0.5 * (p.spread + q.spread)
    return abs(p.value - q.value) <= slack + _ONE_VALUE * max(abs(p.value), abs(q.value))


def _agree(one: ReferenceSample, other: ReferenceSample) -> bool:
    a, b = one.reference, other.reference
    sigma = math.hypot(a.sigma_m / a.distance_m, b.sigma_m / b.distance_m)
    least = _LEAST if a.pixel == b.pixel else _LEAST_BESIDE
    return abs(math.log(a.distance_m / b.distance_m)) <= max(_SIGMAS * sigma, least)
