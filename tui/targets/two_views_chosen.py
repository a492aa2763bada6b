"""Which of the points that two views have measured become references: the surest, spread over the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ACROSS, _DOWN = 8, 6
_PER_CELL = 2
_MOST = 40
MOST_RELATIVE = 0.08
"""One standard deviation, relative to the distance, of a point that is worth being a reference."""
_NEIGHBOURS = 5
_NEAR = 0.06
"""Of the picture's width: how near neighbours are that should be about as far away."""
_JUMP = 0.1
"""Of ln(1/z) between neighbours, from which on an edge lies between them."""

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Points of the first picture with their distances."""

    places_px: Array
    """(column, row), shape (N, 2)."""
    w: Array
    """Inverse depth in 1 / baseline, shape (N,)."""
    own: Array
    """One standard deviation by the point's own pixels, relative, shape (N,)."""
    common: Array
    """What each standard error that all share does to ln z, shape (N, K)."""

    @property
    def sigma(self) -> Array:
        """One standard deviation all in all, relative, shape (N,)."""
        return np.asarray(np.sqrt(self.own**2 + (self.common**2).sum(axis=1)))

    @property
    def told(self) -> Array:
        """The same without the last two of `common`, baseline and focal length: what the pictures do not tell."""
        return np.asarray(np.sqrt(self.own**2 + (self.common[:, :-2] ** 2).sum(axis=1)))

    def of(self, which: Mask | npt.NDArray[np.intp]) -> Candidates:
        """Some of them."""
        return Candidates(self.places_px[which], self.w[which], self.own[which], self.common[which])


def chosen(candidates: Candidates, width: int, height: int) -> Candidates:
    """The best of each cell of a grid, away from edges where possible; at most 40.

    A point beside an edge may be given the distance of what lies before or behind it, in the network's map as well.
    """
    good = candidates.of(candidates.told <= MOST_RELATIVE)
    jumps = _jumps(good, width)
    smooth = jumps < _JUMP
    if smooth.sum() >= _MOST // 2:
        good, jumps = good.of(smooth), jumps[smooth]
    cost = good.told * (1 + jumps / _JUMP)
    cells: dict[tuple[int, int], list[int]] = {}
    for number in np.argsort(cost).tolist():
        u_px, v_px = good.places_px[number]
        held = cells.setdefault((int(u_px * _ACROSS / width), int(v_px * _DOWN / height)), [])
        if len(held) < _PER_CELL:
            held.append(number)
    firsts = [number for held in cells.values() for number in held[:1]]
    seconds = [number for held in cells.values() for number in held[1:]]
    numbers = [*sorted(firsts, key=lambda each: cost[each]), *sorted(seconds, key=lambda each: cost[each])][:_MOST]
    return good.of(np.array(sorted(numbers), dtype=np.intp))


def _jumps(points: Candidates, width: int) -> Array:
    """By how much ln(1/z) differs, beyond the noise, from that of the farthest-off of near neighbours, shape (N,)."""
    found = np.zeros(len(points.w))
    logs = np.log(points.w)
    for number, place in enumerate(points.places_px):
        away = np.linalg.norm(points.places_px - place, axis=1)
        near = np.argsort(away)[1 : _NEIGHBOURS + 1]
        near = near[away[near] < _NEAR * width]
        if not near.size:
            found[number] = _JUMP  # nothing bears it out
        else:
            noise = 2 * np.hypot(points.own[near], points.own[number])
            found[number] = max(0.0, float((np.abs(logs[near] - logs[number]) - noise).max()))
    return found
