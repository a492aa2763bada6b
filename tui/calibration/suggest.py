"""Where to measure next: the place in the picture whose distance would tell most about all the others.

Greedy A-optimal design (Pukelsheim, Optimal Design of Experiments, 2006, 6.5; for Gaussian processes Krause, Singh and
Guestrin, JMLR 2008): of the pixels that can be reached, take the one that leaves the narrowest intervals over the whole
picture once it is measured. In a normal model that does not depend on what the measurement will give, so no distance is
needed for it but those that were given already.

What is promised is the relative narrowing of the intervals' mean width in ln z over the picture, for a measurement that
surprises as much as half of all do: besides the variance it reckons with the degree of freedom that is won and with the
range of the references, which the new one may widen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui.calibration.beliefs import Beliefs
from tui.calibration.context import MapContext, map_context
from tui.calibration.fit import fit
from tui.calibration.interval import student_95
from tui.calibration.kriging import Matrix
from tui.calibration.posterior import Spots, image_places
from tui.calibration.reachable import ELSEWHERE, Places, everywhere, reachable
from tui.calibration.reading import read_all
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.errors import InputError
from tui.geometry.arrays import FloatMap, Vector

_SIGMA = 0.01
"""Relative error of a distance measured with a tape."""

_SAYS_NOTHING = 1e3
"""Relative error of a reference that leaves what was believed before as it was."""

_FAR_COSTS = 0.1
"""A place that is e times as far away must bring a tenth more."""

_ALIKE = 1e-9
"""Two places whose widths differ by less, relative, are equally good: the first one is taken."""

_LEAST = 1e-9
"""Of a difference of ln z: below it there is none."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place to measure, and what its distance would bring."""

    u_px: int
    v_px: int
    gain: float
    """How much narrower intervals become, on average over the picture, 0 to 1; 1 where there were none before."""

    @property
    def pixel(self) -> tuple[int, int]:
        """Column and row."""
        return (self.u_px, self.v_px)


@dataclass(frozen=True, eq=False, slots=True)
class _Outlook:
    """What is known of ln(1/z) before the next measurement: C candidates, P places that stand for the picture."""

    covariance: Matrix
    """Of the candidates with candidates and picture, (C, C + P)."""
    noisy: Vector
    """Variance of what is measured at each candidate, (C,)."""
    variance: Vector
    """Of what is read in the picture, (P,)."""
    excess: Vector
    """Variance that intervals have besides, as they lie beyond the references' range, (P,)."""
    log_z: Vector
    """In the picture, (P,)."""
    log_z_there: Vector
    """At the candidates, (C,)."""
    nearest: float
    """End of the references' range, ln z."""
    farthest: float
    freedom: float
    """Degrees of freedom behind the intervals."""

    @property
    def width(self) -> float:
        """Mean half-width of the intervals over the picture, in ln z, up to a constant factor."""
        return student_95(self.freedom) * float(np.sqrt(self.variance + self.excess).mean())

    def widths(self) -> Vector:
        """The same after each of the candidates is measured, (C,)."""
        count = self.noisy.size
        variance = self.variance - self.covariance[:, count:] ** 2 / self.noisy[:, None]
        excess = self.excess * self._share_left(self.log_z_there[:, None])
        mean = np.sqrt(np.maximum(variance, 0.0) + excess).mean(axis=1)
        widths: Vector = student_95(self.freedom + 1.0) * math.sqrt(_factor_after(self.freedom)) * mean
        return widths

    @property
    def nearness(self) -> Vector:
        """What a gain at each candidate is worth to somebody who has to go there, (C,)."""
        nearness: Vector = np.exp(_FAR_COSTS * (self.log_z_there.min() - self.log_z_there))
        return nearness

    def measured(self, chosen: int) -> _Outlook:
        """After that candidate is measured."""
        count, factor, there = self.noisy.size, _factor_after(self.freedom), float(self.log_z_there[chosen])
        shared = self.covariance[chosen]
        shared_candidates = shared[:count] / self.noisy[chosen]
        return replace(
            self,
            covariance=factor * (self.covariance - np.outer(shared_candidates, shared)),
            noisy=factor * np.maximum(self.noisy - shared[:count] * shared_candidates, _SIGMA**2),
            variance=factor * np.maximum(self.variance - shared[count:] ** 2 / self.noisy[chosen], 0.0),
            excess=factor * self.excess * self._share_left(np.array([there])),
            nearest=min(self.nearest, there),
            farthest=max(self.farthest, there),
            freedom=self.freedom + 1.0,
        )

    def _share_left(self, there: Matrix | Vector) -> Matrix | Vector:
        """Of `excess`, which is a square, once the range reaches there, any shape that spreads over (P,)."""
        beyond = np.maximum(np.maximum(self.nearest - self.log_z, self.log_z - self.farthest), 0.0)
        near, far = np.minimum(self.nearest, there), np.maximum(self.farthest, there)
        still = np.maximum(np.maximum(near - self.log_z, self.log_z - far), 0.0)
        share: Matrix | Vector = np.square(still / np.maximum(beyond, _LEAST))
        return np.minimum(share, 1.0)


def suggest(
    inverse_depth: FloatMap,
    calibration: Calibration | None,
    beliefs: Beliefs,
    count: int = 1,
    *,
    window_px: int = 5,
    avoid: Sequence[tuple[int, int]] = (),
    declined: Sequence[tuple[int, int]] = (),
) -> tuple[Suggestion, ...]:
    """The places to measure next, best first, each under the assumption that those before it were measured.

    Nothing changes under a change of the map's scale (nor of its shift, for a network that knows none), nor where all
    distances given so far are multiplied by the same factor.

    Args:
        inverse_depth: the map, float32, (H, W).
        calibration: made on it; None if there is none.
        beliefs: what is believed of such maps.
        count: how many.
        window_px: in which a reference will be sampled.
        avoid: pixels, (column, row), next to which nothing is proposed, besides the calibration's own references.
        declined: pixels that were proposed and not measured: something else is wanted, so what is proposed lies well
            away from them.

    Returns:
        Fewer than `count`, or none, where the picture has no more places that are smooth enough.
    """
    context = map_context(inverse_depth)
    if context is None or count < 1:
        return ()
    given = [] if calibration is None else [each.reference.pixel for each in calibration.given]
    candidates = reachable(inverse_depth, context, beliefs, window_px)
    candidates = candidates.where(candidates.far_from([*given, *avoid], context))
    candidates = candidates.where(candidates.far_from(declined, context, ELSEWHERE))
    picture = everywhere(inverse_depth, context, window_px)
    if not candidates.count or not picture.count:
        return ()
    if calibration is not None and calibration.posterior is not None:
        return tuple(_design(calibration, candidates, picture, context, count))
    return _first(calibration, beliefs, candidates, picture, context, count)


def _first(
    calibration: Calibration | None,
    beliefs: Beliefs,
    candidates: Places,
    picture: Places,
    context: MapContext,
    count: int,
) -> tuple[Suggestion, ...]:
    """Without a reference the first is chosen under what is believed of the map alone, the rest as if it were there.

    No scale is preferred, so that any distance will do for that.
    """
    try:
        blank = _with_one(candidates, candidates.count // 2, _SAYS_NOTHING, beliefs, context)
        covariance, variance = _joint(blank, candidates.joined(picture), context)
        first, noisy = candidates.count, variance[: candidates.count] + _SIGMA**2
        left = np.maximum(variance[first:] - covariance[:first, first:] ** 2 / noisy[:, None], 0.0)
        chosen = _least(np.sqrt(left).mean(axis=1))
        begun = _with_one(candidates, chosen, _SIGMA, beliefs, context)
    except InputError:  # a flat map, say: no reference makes distances of it
        return ()
    suggestion = Suggestion(*candidates.pixel(chosen), _narrowing(calibration, begun, picture, context))
    others = candidates.where(candidates.far_from([suggestion.pixel], context))
    return (suggestion, *_design(begun, others, picture, context, count - 1))


def _with_one(candidates: Places, index: int, sigma: float, beliefs: Beliefs, context: MapContext) -> Calibration:
    """Fitted to a single candidate at 1 m."""
    reference = Reference(*candidates.pixel(index), 1.0, sigma)
    return fit([ReferenceSample(reference, candidates.samples[index])], beliefs, context)


def _narrowing(before: Calibration | None, after: Calibration, picture: Places, context: MapContext) -> float:
    """Of the mean interval; all where there were none."""
    if before is None:
        return 1.0
    wide, narrow = (_half_widths(each, picture, context)[1] for each in (before, after))
    known = np.isfinite(wide) & np.isfinite(narrow)
    return max(0.0, 1.0 - float(narrow[known].sum() / wide[known].sum())) if known.any() else 0.0


def _design(
    calibration: Calibration, candidates: Places, picture: Places, context: MapContext, count: int
) -> list[Suggestion]:
    """Greedily: after each the model is conditioned on it, which takes no distance."""
    found: list[Suggestion] = []
    outlook, candidates = _outlook(calibration, candidates, picture, context)
    free = np.ones(candidates.count, np.bool_)
    while outlook is not None and free.any() and len(found) < count:
        gains = np.where(free, 1.0 - outlook.widths() / outlook.width, -np.inf)
        chosen = _least(-gains * outlook.nearness)
        found.append(Suggestion(*candidates.pixel(chosen), max(0.0, float(gains[chosen]))))
        free &= candidates.far_from([found[-1].pixel], context)
        outlook = outlook.measured(chosen)
    return found


def _outlook(
    calibration: Calibration, candidates: Places, picture: Places, context: MapContext
) -> tuple[_Outlook | None, Places]:
    """Of the candidates that have a distance, which come with it; None where nothing has."""
    log_z, _ = _half_widths(calibration, candidates, context)
    candidates = candidates.where(np.isfinite(log_z))
    there = log_z[np.isfinite(log_z)]
    log_z, half_width = _half_widths(calibration, picture, context)
    known = np.isfinite(log_z)
    picture, log_z, half_width = picture.where(known), log_z[known], half_width[known]
    if not candidates.count or not picture.count:
        return None, candidates
    both = candidates.joined(picture)
    covariance, variance = _joint(calibration, both, context)
    count = candidates.count
    reads = variance[count:]
    plain = float((half_width / np.sqrt(reads)).min())  # of those within the range, or next to it
    nearest, farthest = _range(calibration, both.value, np.concatenate([there, log_z]))
    outlook = _Outlook(
        covariance=covariance[:count],
        noisy=variance[:count] + _SIGMA**2,
        variance=reads,
        excess=np.maximum(np.square(half_width / plain) - reads, 0.0),
        log_z=log_z,
        log_z_there=there,
        nearest=nearest,
        farthest=farthest,
        freedom=calibration.freedom,
    )
    return outlook, candidates


def _range(calibration: Calibration, value: Vector, log_z: Vector) -> tuple[float, float]:
    """What the references span, as ln z of the map's values at its ends."""
    if calibration.inverse_depth_range is None:
        return -math.inf, math.inf
    order = np.argsort(value)
    farthest, nearest = np.interp(calibration.inverse_depth_range, value[order], log_z[order]).tolist()
    return min(nearest, farthest), max(nearest, farthest)


def _joint(calibration: Calibration, places: Places, context: MapContext) -> tuple[Matrix, Vector]:
    """Covariance of ln(1/z), (N, N), and its variance with what the map's spread adds, (N,)."""
    assert calibration.posterior is not None  # noqa: S101 - the caller has made sure
    spots = Spots(places.value, image_places(places.pixels, context.width, context.height))
    return calibration.posterior.covariance(spots), calibration.posterior.correction_and_variance(spots, places.spread)[
        1
    ]


def _half_widths(calibration: Calibration, places: Places, context: MapContext) -> tuple[Vector, Vector]:
    """Ln z and half of its interval, both (N,); NaN where there is no distance."""
    readings = read_all(calibration, places.samples, [places.pixel(index) for index in range(places.count)], context)
    metres = np.array([each.distance_m or math.nan for each in readings])
    low_m = np.array([each.low_m or math.nan for each in readings])
    return np.log(metres), np.log(metres / low_m)


def _factor_after(freedom: float) -> float:
    """By which the common factor of all variances changes with a measurement that surprises as half of all do."""
    from scipy.special import stdtrit

    return (freedom + float(stdtrit(freedom, 0.75)) ** 2) / (freedom + 1.0)


def _least(worth: Vector) -> int:
    """The first of those that are as small as the smallest."""
    least = float(worth.min())
    return int(np.flatnonzero(worth <= least + _ALIKE * abs(least))[0])
