"""What two or more views tell of the first one's points, up to scale; the scale; and references of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.errors import InputError
from tui.targets.two_views_chosen import Candidates

_MOST_APART = 3.5
"""Standard deviations between what references say of the scale."""

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """Points of the first picture, in units of the way to the last view."""

    places_px: Array
    """Shape (N, 2)."""
    w: Array
    """Inverse depths, shape (N,)."""
    own: Array
    """One standard deviation of ln w by a point's own pixels, shape (N,)."""
    common: Array
    """What each standard error of the views' motion does to ln z, shape (N, K)."""
    by_focal: Array
    """By how much ln z grows with ln f, shape (N,)."""
    good: Mask
    """Which of them may become references."""

    def of(self, which: Mask | npt.NDArray[np.intp]) -> Told:
        """Some of them."""
        return Told(
            self.places_px[which],
            self.w[which],
            self.own[which],
            self.common[which],
            self.by_focal[which],
            self.good[which],
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """How long the unit is."""

    unit_m: float
    sigma: float
    """One standard deviation, relative, beside what follows."""
    common: Array
    """What each standard error of the views' motion does to its logarithm, shape (K,)."""
    by_focal: float = 0.0
    """By how much its logarithm grows with ln f."""
    references: tuple[Reference, ...] = ()
    """Those that told it, each with what its error has in common with everything that is scaled by it."""


def scale_of_way(way_m: float, sigma_m: float, told: Told) -> Scale:
    """Of a way that was measured."""
    return Scale(way_m, sigma_m / way_m, np.zeros(told.common.shape[1]))


def scale_of_references(references: Sequence[Reference], at: Told) -> Scale:
    """Of tape references, by what the views tell of their pixels: their mean, weighted by how sure each is.

    Args:
        references: distances that were measured in the first picture.
        at: of their pixels, one row each.

    Raises:
        InputError: they contradict each other.
    """
    tape = np.array([each.sigma_m / each.distance_m for each in references])
    logs = np.log(np.array([each.distance_m for each in references]) * at.w)
    variance = tape**2 + at.own**2
    apart = logs[:, None] - logs
    spread = (at.common[:, None] - at.common) ** 2
    sigma = np.sqrt(variance[:, None] + variance + spread.sum(axis=2))
    off = np.abs(apart) / sigma
    if off.max() > _MOST_APART:
        one, other = np.unravel_index(int(off.argmax()), off.shape)
        first, second = references[int(one)], references[int(other)]
        raise InputError(
            f"reference {first} and reference {second} contradict each other: by one the camera was moved by "
            f"{100 * math.exp(logs[one]):.3g} cm, by the other by {100 * math.exp(logs[other]):.3g} cm; check both"
        )
    share = (1 / variance) / (1 / variance).sum()
    own = math.sqrt(float((share**2 * variance).sum()))
    unit_m = math.exp(float(share @ logs))
    common = -share @ at.common  # the unit grows where z in units shrinks
    by_focal = -float(share @ at.by_focal)
    whole = math.sqrt(own**2 + float(common @ common))
    tied = tuple(
        replace(each, shared=float(part * relative**2 / whole))
        for each, part, relative in zip(references, share, tape, strict=True)
    )
    return Scale(unit_m, own, common, by_focal, tied)


def candidates_of(told: Told, scale: Scale, focal_sigma: float) -> Candidates:
    """Of those that are good, all that their errors have in common: of the motion, the scale and the focal length."""
    good = told.of(told.good)
    common = np.column_stack(
        [
            good.common + scale.common,
            np.full(len(good.w), scale.sigma),
            focal_sigma * (good.by_focal + scale.by_focal),
        ]
    )
    return Candidates(good.places_px, good.w, good.own, common)


def references_of(picked: Candidates, scale: Scale, label: str, shrunk: float) -> tuple[Reference, ...]:
    """With the greatest part of what they share as `shared`; the rest counts as each one's own."""
    values, vectors = np.linalg.eigh(picked.common @ picked.common.T)
    shared = vectors[:, -1] * math.sqrt(max(float(values[-1]), 0.0))
    shared *= 1.0 if shared.sum() >= 0 else -1.0
    distances_m = scale.unit_m / picked.w
    references = []
    for (u, v), distance_m, relative, part in zip(picked.places_px, distances_m, picked.sigma, shared, strict=True):
        u_px, v_px = ((each + 0.5) / shrunk - 0.5 for each in (float(u), float(v)))
        sigma_m = float(relative * distance_m)
        references.append(Reference(u_px, v_px, float(distance_m), sigma_m, label, float(part)))
    return tuple(references)
