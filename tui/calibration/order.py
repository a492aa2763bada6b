"""A larger map value is nearer, at every pixel: how much of the correction's change can be applied for that to be so.

With t the typical ln(1/z), L the trend and g the correction, 1/z rises with p at a pixel if -g'(t) < L'(t) at each t.
There g is a sum over the references: each has its weight, times what the distance in the image leaves of it, times
s^2 exp(-w |t - t_i| / l). So the slopes are made once for each fit, in intervals of t,
and what remains for a pixel are sums over the references.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.calibration.curve import Curve
from tui.calibration.kriging import Linearised, Matrix
from tui.geometry.arrays import Vector

_MOST_FALL = 0.95
"""Of the correction for a rise by 1 of the trend's ln(1/z): the sum of both still rises by 0.05."""

_REACH = 4.0
"""Of ln(1/z) beyond the outermost references: 50 times as near, or as far away."""

_STEPS = 16
"""Intervals of the grid; the references' own places divide them further."""


@dataclass(frozen=True, eq=False, slots=True)
class Guard:
    """The intervals of t in which the correction of some pixel may be too steep, J of them, from far to near."""

    order: NDArray[np.intp]
    """The references from far to near, (N,)."""
    rising: Vector
    """Fall of the correction by each of them, in that order, the distance in the image left out, (N,): at the farthest
    of them if t is nearer than the reference, as if the fall did not end at the reference itself."""
    falling: Vector
    """The same where t is farther than the reference, (N,); it is a rise where `rising` is a fall."""
    behind: NDArray[np.intp]
    """How many of them lie farther than each interval, (J,)."""
    from_farthest: Vector
    """What is left at the far end of each interval of a fall at the farthest reference, (J,)."""
    to_farthest: Vector
    """What a fall at the near end of each interval is at the farthest reference, (J,)."""
    fading: Vector
    """What one end's falls are at the other, as a share of them, (J,)."""
    rise: Vector
    """Least that the trend rises, (J,)."""

    def share(self, over_image: Matrix) -> Vector:
        """Share of the correction's change over t that can be applied at pixels, (M,).

        Args:
            over_image: what the distance in the image leaves of the covariance with each reference, (M, N).
        """
        if not self.rise.size:
            return np.ones(len(over_image))
        falls = np.zeros((2, len(over_image), self.order.size + 1))
        sorted_by_place = over_image[:, self.order]
        np.cumsum(sorted_by_place * self.rising, axis=1, out=falls[0, :, 1:])
        np.cumsum((sorted_by_place * self.falling)[:, ::-1], axis=1, out=falls[1, :, 1:])
        far = falls[0][:, self.behind] * self.from_farthest
        near = falls[1][:, self.order.size - self.behind] * self.to_farthest
        fall = np.maximum(far, far * self.fading) + np.maximum(near, near * self.fading)
        most = _MOST_FALL * self.rise
        share: Vector = (most / np.maximum(fall, most)).min(axis=1)
        return share


def guard(model: Linearised, curve: Curve) -> Guard:
    """Of a fitted model.

    The places of the references are among the ends of the intervals. So the falls by all that lie farther change over
    an interval by one common factor and are the most at one of its ends; so do those by all that lie nearer. The slope
    of the trend is monotone. Intervals in which no pixel can be too steep, as the falls do not do it even without what
    rises against them, are left out.

    Args:
        model: as fitted.
        curve: the trend that is used with it.
    """
    kernel, weighted = model.kernel, model.weighted
    order = np.argsort(model.problem.coordinate)
    coordinate, weighted = model.problem.coordinate[order], weighted[order]
    ends = np.linspace(float(coordinate[0]) - _REACH, float(coordinate[-1]) + _REACH, _STEPS + 1)
    ends = np.sort(np.concatenate([ends, coordinate]))
    gap = ends[1:] - ends[:-1]
    ends, gap = np.concatenate([ends[:1], ends[1:][gap > 0]]), gap[gap > 0]
    steep, farthest = kernel.steep, float(coordinate[0])
    unit = steep * kernel.across**2 * weighted
    rising, falling = unit * np.exp(steep * (coordinate - farthest)), -unit * np.exp(-steep * (coordinate - farthest))
    behind = np.searchsorted(coordinate, ends[:-1], side="right")
    from_farthest, to_farthest = np.exp(-steep * (ends[:-1] - farthest)), np.exp(steep * (ends[1:] - farthest))
    rises = curve.rise(ends)
    rise = np.minimum(rises[1:], rises[:-1])
    far = np.concatenate([[0.0], np.cumsum(np.maximum(rising, 0.0))])[behind] * from_farthest
    near = np.concatenate([[0.0], np.cumsum(np.maximum(falling, 0.0)[::-1])])[coordinate.size - behind] * to_farthest
    told = far + near > _MOST_FALL * rise
    return Guard(
        order,
        rising,
        falling,
        behind[told],
        from_farthest[told],
        to_farthest[told],
        np.exp(-steep * gap[told]),
        rise[told],
    )
