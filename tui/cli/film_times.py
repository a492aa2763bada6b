"""Frames at times of their own, on the constant grid that a video file has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_EVEN = 0.5
"""Frames that are no more than this share of the usual gap off their place have a constant rate."""
_SLOWEST_HZ, _FASTEST_HZ = 1.0, 100.0
_MOST_SLOTS = 200_000
_MOST_SLOTS_A_FRAME = 100
_NEVER_TOO_MANY_SLOTS = 2_000


@dataclass(frozen=True, slots=True)
class Grid:
    """When each frame is shown."""

    rate_hz: float
    repeats: tuple[int, ...]
    """How many of the grid's pictures show each frame; 0 for one that another follows too soon."""


def grid_of(times_s: Sequence[float], period_s: float) -> Grid:
    """The grid for frames at `times_s`, ascending, of which the last is shown for `period_s`.

    A constant rate is kept. Else the grid is as fine as the shortest usual gap, and frames are repeated; it is made
    coarser where that would give more pictures than are worth it, so that every frame stays within one of them of
    its time.
    """
    times = np.asarray(times_s, dtype=np.float64) - times_s[0]
    count = len(times)
    usual_s = float(times[-1]) / (count - 1) if count > 1 else period_s
    if float(np.abs(times - usual_s * np.arange(count)).max()) <= _EVEN * usual_s:
        # The rate that the file states, unless that would be off by the end.
        states = abs(period_s - usual_s) * count <= _EVEN * usual_s
        return Grid(1 / (period_s if states else usual_s), (1,) * count)
    span_s = float(times[-1]) + period_s
    shortest_s = float(np.percentile(np.diff(times), 2))
    most = max(_NEVER_TOO_MANY_SLOTS, min(_MOST_SLOTS, _MOST_SLOTS_A_FRAME * count))
    rate_hz = min(max(1 / max(shortest_s, 1e-6), 1 / period_s, _SLOWEST_HZ), _FASTEST_HZ, most / span_s)
    rate_hz = round(rate_hz, 3) if rate_hz >= 1 else rate_hz  # what a file can say exactly
    starts = np.rint(times * rate_hz).astype(int)
    end = max(int(starts[-1]) + 1, round(span_s * rate_hz))
    return Grid(rate_hz, tuple(int(each) for each in np.diff(np.append(starts, end))))
