"""A larger map value is nearer, at every pixel: how much of the correction can be applied for that to be so.

With t the typical ln(1/z), L the trend and g the correction, 1/z rises with p at a pixel if -g'(t) < L'(t) at each t.
There g is a sum over the references: of the part over the room, each has its weight, times what the distance in the
image leaves of it, times s^2 exp(-w |t - t_i| / l); the part over ln(1/z) is the same at every pixel. So the slopes are
made once for each fit, in intervals of t, and what remains for a pixel are sums over the references.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.calibration.curve import Curve
from tui.calibration.kriging import Linearised, Matrix
from tui.geometry.arrays import Vector

_MOST_FALL = 0.95
"""Of the correction for a rise by 1 of the trend's ln(1/z): the sum of both still rises by 0.05."""

_REACH = 4.0
"""Lengths k beyond the outermost references, where the part over ln(1/z) has long lost its slope."""

_STEPS = 32
"""Intervals of the grid; the references' own places divide them further."""


@dataclass(frozen=True, eq=False, slots=True)
class Guard:
    """The intervals of t in which the correction of some pixel may be too steep, J of them, from far to near."""

    behind: Matrix
    """Fall of the part over the room at the far end, by each reference that lies farther, the distance in the image
    left out, (J, N)."""
    ahead: Matrix
    """The same at the near end, by each that lies nearer, (J, N)."""
    fading: Vector
    """What one end's falls are at the other, as a share of them, (J,)."""
    along: Vector
    """Most that the part over ln(1/z) falls, (J,)."""
    rise: Vector
    """Least that the trend rises, (J,)."""

    def share(self, over_image: Matrix) -> Vector:
        """Share of the correction that can be applied at pixels, (M,).

        Args:
            over_image: what the distance in the image leaves of each reference's part over the room, (M, N).
        """
        share = np.ones(len(over_image))
        for behind, ahead, fading, along, rise in zip(
            self.behind, self.ahead, self.fading, self.along, self.rise, strict=True
        ):
            far, near = (over_image * behind).sum(axis=1), (over_image * ahead).sum(axis=1)
            fall = np.maximum(far, far * fading) + np.maximum(near, near * fading) + along
            share = np.minimum(share, _MOST_FALL * rise / np.maximum(fall, _MOST_FALL * rise))
        return share


def guard(model: Linearised, curve: Curve) -> Guard:
    """Of a fitted model.

    Where the places of the references are among the ends of the intervals, the falls by all that lie farther change
    over an interval by one common factor, so that they are the most at one of its ends; so do those by all that lie
    nearer. The slope of the part over ln(1/z) changes between two ends by no more than its derivative, at most h^2 /
    k^2 times the sum of all weights, lets it; that of the trend is monotone. Intervals in which no pixel can be too
    steep, as the falls that stand against each other there do not do it even alone, are left out.

    Args:
        model: as fitted.
        curve: the trend that is used with it.
    """
    kernel, coordinate, weighted = model.kernel, model.problem.coordinate, model.weighted
    reach = _REACH * kernel.length_log
    ends = np.linspace(float(coordinate.min()) - reach, float(coordinate.max()) + reach, _STEPS + 1)
    ends = np.unique(np.concatenate([ends, coordinate]))
    apart = ends[:, None] - coordinate
    gap = np.diff(ends)
    scaled = apart * (1.0 / kernel.length_log)
    weights = kernel.along**2 / kernel.length_log * weighted
    slopes = (scaled * np.exp(-0.5 * scaled * scaled) * weights).sum(axis=1)
    along = np.maximum(slopes[1:], slopes[:-1]) + 0.5 * gap * float(np.abs(weights).sum()) / kernel.length_log
    falls = np.sign(apart) * kernel.steep * kernel.at_a_pixel(apart) * weighted
    here = np.sign(0.5 * (apart[1:] + apart[:-1]))  # the same all over an interval
    one = kernel.steep * kernel.across**2 * weighted
    behind = np.where(here > 0, np.where(apart[:-1] == 0, one, falls[:-1]), 0.0)
    ahead = np.where(here < 0, np.where(apart[1:] == 0, -one, falls[1:]), 0.0)
    rises = curve.rise(ends)
    rise = np.minimum(rises[1:], rises[:-1])
    most = np.maximum(behind, 0.0).sum(axis=1) + np.maximum(ahead, 0.0).sum(axis=1) + along
    steep = most > _MOST_FALL * rise
    fading = np.exp(-kernel.steep * gap)
    return Guard(behind[steep], ahead[steep], fading[steep], along[steep], rise[steep])
