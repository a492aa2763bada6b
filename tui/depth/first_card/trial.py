"""What a network gives for test pictures whose depth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.depth.estimator import LazyEstimator
from tui.geometry.arrays import FloatMap, RGBImage, Vector

_CLEAR = 0.4
"""Rank correlation with the truth from which the direction of the values is believed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A network's raw values over the test pictures."""

    known_share: float
    """Of the pixels, what has a number at all."""
    low: float
    """1st percentile; 0 where nothing has a number."""
    high: float
    """99th."""
    agreement: float
    """Rank correlation with the true 1/z, mean over the pictures: 1 where nearer is larger, -1 where farther is."""

    middle: float
    """Median."""
    true_m: float
    """Median of the true depth at the same pixels, metres."""

    @property
    def is_flat(self) -> bool:
        """Whether all values are the same."""
        return self.high - self.low <= 1e-6 * max(abs(self.low), abs(self.high))

    @property
    def kind(self) -> str:
        """What the values are by their direction, as in a card; empty where it is not clear."""
        if self.known_share == 0 or self.is_flat or abs(self.agreement) < _CLEAR:
            return ""
        return "inverse_depth" if self.agreement > 0 else "depth_m"

    @property
    def problem(self) -> str:
        """Why it cannot be the map, as it is; empty where it can."""
        return self.words if self.known_share == 0 or self.is_flat else ""

    @property
    def words(self) -> str:
        """What was seen, in a line."""
        if self.known_share == 0:
            return "no number anywhere: scale, mean or std are wrong, or the file is damaged"
        if self.is_flat:
            return f"{self.low:.4g} everywhere, whatever is seen: it is not the map, or scale, mean or std are wrong"
        direction = {
            "inverse_depth": "larger where it is nearer",
            "depth_m": "larger where it is farther",
            "": "neither larger where it is nearer nor where it is farther",
        }[self.kind]
        missing = f", {1 - self.known_share:.0%} without a number" if self.known_share < 1 else ""
        values = f"values from {self.low:.4g} to {self.high:.4g}{missing}"
        return f"{values}, {direction} (rank correlation {self.agreement:+.2f})"


def tried(estimator: LazyEstimator, pictures: Sequence[tuple[RGBImage, FloatMap]]) -> Trial:
    """Run a network whose card leaves its values as they are.

    Args:
        estimator: gives raw values.
        pictures: each with its true depth along the optical axis, metres, (H, W).

    Raises:
        ModelError: the network cannot be run.
    """
    every: list[Vector] = []
    depths_m: list[Vector] = []
    agreements, known, total = [], 0, 0
    for picture, depth_m in pictures:
        raw = estimator.infer(picture).small
        truth = 1.0 / _resampled(depth_m, raw.shape)
        valid = np.isfinite(raw) & np.isfinite(truth)
        total += raw.size
        known += int(valid.sum())
        every.append(raw[valid].astype(np.float64))
        depths_m.append(1.0 / truth[valid].astype(np.float64))
        agreements.append(_rank_correlation(every[-1], truth[valid].astype(np.float64)))
    values = np.concatenate(every)
    low, high = np.percentile(values, [1, 99]) if values.size else (0.0, 0.0)
    middle, true_m = (float(np.median(each)) if each.size else 0.0 for each in (values, np.concatenate(depths_m)))
    return Trial(known / max(1, total), float(low), float(high), float(np.mean(agreements)), middle, true_m)


def _resampled(depth_m: FloatMap, shape: tuple[int, ...]) -> FloatMap:
    """The nearest value at each place of a smaller or larger map."""
    rows, columns = (
        ((np.arange(n) + 0.5) * size / n).astype(int) for n, size in zip(shape, depth_m.shape, strict=True)
    )
    return depth_m[np.ix_(rows, columns)]


def _rank_correlation(first: Vector, second: Vector) -> float:
    """Spearman's; 0 where one of the two does not vary."""
    from scipy.stats import spearmanr  # its own cost

    if first.size < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(spearmanr(first, second).statistic)
