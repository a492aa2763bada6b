"""What is believed of a map's errors before any reference speaks.

The true 1/z at a pixel is exp(g) times a p + b, where the correction g is a Gaussian process over the position in the
image and over ln(1/z), plus an independent error. All numbers are relative and scale-free; they were found by maximum
predictive likelihood on maps of NYU Depth v2 (without its validation blocks) and TUM fr1/rpy, 4 to 16 references each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MapKind(StrEnum):
    """What a map's values p have to do with 1/z."""

    EXACT = "exact"
    """1/z = a p + b to the last digit: the demo's own geometry."""
    RELATIVE = "relative"
    """A network's estimate of that, with any a and b: MiDaS."""
    PROPORTIONAL = "proportional"
    """The network was also trained to have b near 0: a value of 0 is far away."""
    METRIC = "metric"
    """The network was trained to give metres, and p is their inverse."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Priors for one sort of map."""

    across: float
    """One standard deviation of the part of g that changes over the image, relative."""
    along: float
    """The same of the part that changes over ln(1/z)."""
    noise: float
    """One standard deviation of the independent relative error of a single pixel's 1/z."""
    length_image: float
    """Over which the first part changes, in image units (the longer side is 1)."""
    length_log: float
    """Over which the second part changes."""
    freedom: float
    """How many references this scale of errors is worth: degrees of freedom of its inverse chi-square prior."""
    alone: float
    """One standard deviation of the relative error of 1/z where scale and shift are taken as known: typed in."""
    trusts_zero: bool
    """Whether 1/z = 0 is expected at the map's own zero; else only that its ends have a likely ratio of 1/z."""
    shift: float
    """Width of the prior on the shift, in ln(ln(nearest / farthest 1/z on the map)): one standard deviation around what
    the zero implies; without trust in the zero, half the width of a plateau around a ratio of e, on which all shifts
    are equally likely."""
    caution: float
    """By which intervals are widened beyond what the errors found justify, from four references on: a network errs more
    in places unlike those that these numbers come from. `depth-tui eval-calibration` says what is needed: on TUM
    fr1/rpy, where FastDepth is a stranger, 1.1 times what these give; the simulations in the tests allow no more."""
    beyond: float
    """By which they are widened besides outside the range of many references (of four not yet): what the user did not
    choose to measure is often of another kind, such as the background. On NYU's training blocks `pocket` with eight
    references needs 1.28 times what it needs within the range, with sixteen 1.1."""
    adapts: bool
    """Whether length scales and noise are chosen by marginal likelihood when there are references enough."""
    unverified: float | None = None
    """One standard deviation of ln(1/z) where the network's own metres are taken as they are; None if it gives none."""


NETWORK = Beliefs(0.33, 0.26, 0.02, 1.0, 1.0, 2.0, 0.15, False, 1.5, 1.03, 1.25, adapts=True)
"""A relative depth network, such as MiDaS."""

PROPORTIONAL_NETWORK = Beliefs(0.33, 0.26, 0.02, 1.0, 1.0, 2.0, 0.15, True, 0.5, 1.03, 1.25, adapts=True)
"""A relative network whose zero is worth believing, though less than a metric one's.

On NYU's validation blocks the AbsRel of an earlier `pocket` with 2 / 3 / 4 references fell so from 0.194 / 0.162 / 0.14
to 0.142 / 0.142 / 0.12; widths of the prior from 0.15 to 0.8 differ by less than 0.005.
"""

METRIC_NETWORK = Beliefs(0.33, 0.26, 0.02, 1.0, 1.0, 3.0, 0.15, True, 0.15, 1.02, 1.25, adapts=True, unverified=0.55)
"""A network that was trained to give metres, as its inverse: its zero is worth believing.

Its scale is not, on another camera: FastDepth, trained on NYU, has a root mean square error of ln z of 0.17 on NYU, but
0.53 on TUM fr1 and 0.77 on RealSense pictures; 95 % of them lie within a factor of 2.8 and 4.5. With 0.55 the interval
reaches a factor of 3.8 to both sides.
"""

EXACT = Beliefs(0.0, 0.0, 0.01, 1.0, 1.0, 4.0, 0.01, False, 1.5, 1.0, 1.0, adapts=False)
"""A map that is exact up to scale and shift, such as the demo's own geometry."""


_BELIEFS = {
    MapKind.EXACT: EXACT,
    MapKind.RELATIVE: NETWORK,
    MapKind.PROPORTIONAL: PROPORTIONAL_NETWORK,
    MapKind.METRIC: METRIC_NETWORK,
}


def beliefs_of(kind: MapKind) -> Beliefs:
    """What is believed of maps of this kind."""
    return _BELIEFS[kind]
