"""Timing: medians and 99th percentiles of repeated work, and how they compare."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one piece of work takes."""

    name: str
    median_ms: float
    p99_ms: float
    runs: int
    baseline: str = ""
    """The stage that this one is compared with; empty if with none."""
    note: str = ""

    def ratio_to(self, other: Stage) -> float:
        """How many times as long the other one takes: above 1, this one is faster."""
        return other.median_ms / self.median_ms


def measure(
    name: str,
    work: Callable[[], object],
    *,
    seconds: float,
    fewest: int = 5,
    warm_up: int = 2,
    baseline: str = "",
    note: str = "",
    most: float = math.inf,
    clock: Callable[[], float] | None = None,
) -> Stage:
    """Repeat `work` for about `seconds`, at least `fewest` times, at most `most`, after some runs that do not count.

    Each run is timed by `clock`, in seconds; by default by the time that passes.
    """
    clock = clock or time.perf_counter
    for _ in range(warm_up):
        work()
    times_ms: list[float] = []
    end_s = time.perf_counter() + seconds
    while len(times_ms) < fewest or (time.perf_counter() < end_s and len(times_ms) < most):
        started_s = clock()
        work()
        times_ms.append(1000 * (clock() - started_s))
    median, p99 = np.percentile(times_ms, (50, 99))
    return Stage(name, float(median), float(p99), len(times_ms), baseline, note)
