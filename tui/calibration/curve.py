"""The trend, written by what it says at two places of the map, its anchors; in one of two forms.

Affine, for a map that knows 1/z up to scale and shift: with X = (p - low) / (high - low), 1/z = e^c (W + (1 - W) X)
and W = exp(-e^phi), so that c is ln 1/z at the near anchor `high` and e^phi the logarithm of the ratio between the two
anchors' 1/z. Any (c, phi) has a > 0 and 1/z > 0 between the anchors, and as the anchors move with the map, (c, phi) do
not change under an affine change of p.

Power, for a map whose zero is far away: ln 1/z = c + gamma ln(p / high). It is linear in (c, gamma), has no shift that
could reach 0, and does not change under a change of the map's scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.trend import Trend
from tui.geometry.arrays import Vector

_LEAST = 1e-6
"""Of 1/z, relative to the near anchor's, where a p + b is at or below 0; of p where there is a power of it."""

TYPICAL_SHARE = 0.25
"""1/z at the far anchor over that at the near one in the affine form, before any reference."""

_LEAST_BEND, _MOST_BEND = -9.0, 3.5
"""Of phi: a ratio of the anchors' 1/z from 1.0001 to e^33."""

_NO_SHIFT = 1e-7
"""Of 1/z at the near anchor: a shift below it changes nothing that could be measured."""

_LEAST_EXPONENT, _MOST_EXPONENT = 0.1, 6.0


@dataclass(frozen=True, slots=True)
class Anchors:
    """Two map values, far and near."""

    low: float
    high: float
    power: bool = False
    """Whether the trend is a power of p; both anchors are above 0 then."""

    def place(self, inverse_depth: Vector) -> Vector:
        """0 at the far anchor, 1 at the near one; over ln p where the trend is a power of it; (N,)."""
        if self.power:
            return 1.0 + self._log(inverse_depth) / math.log(self.high / self.low)
        return (inverse_depth - self.low) / (self.high - self.low)

    def typical(self, inverse_depth: Vector) -> Vector:
        """ln(1/z) over that of the near anchor by a typical trend, (N,): a scale along which things lie evenly.

        It depends on no reference and, as the anchors move with the map, not on its scale (nor, in the affine form,
        on a shift of it).
        """
        if self.power:
            return self._log(inverse_depth)
        return np.log(np.maximum(TYPICAL_SHARE + (1.0 - TYPICAL_SHARE) * self.place(inverse_depth), _LEAST))

    def _log(self, inverse_depth: Vector) -> Vector:
        """Ln(p / high), (N,)."""
        return np.log(np.maximum(inverse_depth * (1.0 / self.high), _LEAST))


@dataclass(frozen=True, slots=True)
class Curve:
    """One trend between two anchors."""

    anchors: Anchors
    near: float
    """c: ln of 1/z at the near anchor, 1/z in 1/m."""
    bend: float
    """phi: ln of the ln of the ratio of the anchors' 1/z; gamma where the trend is a power of p."""

    def at(self, near: float, bend: float) -> Curve:
        """The same form with other parameters, the bend kept within what a curve can have."""
        least, most = (_LEAST_EXPONENT, _MOST_EXPONENT) if self.anchors.power else (_LEAST_BEND, _MOST_BEND)
        return replace(self, near=near, bend=min(max(bend, least), most))

    @property
    def trend(self) -> Trend:
        """As a function of p alone."""
        anchors, unit = self.anchors, math.exp(self.near)
        if anchors.power:
            return Trend(unit * anchors.high**-self.bend, 0.0, self.bend)
        scale = -unit * math.expm1(-math.exp(self.bend)) / (anchors.high - anchors.low)
        shift = unit * self._far_share - scale * anchors.low
        return Trend(scale, 0.0 if abs(shift) < _NO_SHIFT * unit else shift)

    @property
    def _far_share(self) -> float:
        """W: 1/z at the far anchor over that at the near one."""
        return math.exp(-math.exp(self.bend))

    def log_inverse(self, inverse_depth: Vector) -> Vector:
        """Ln 1/z, (N,)."""
        return self.expand(inverse_depth)[0]

    def expand(self, inverse_depth: Vector) -> tuple[Vector, NDArray[np.float64], Vector]:
        """Ln 1/z, (N,); its derivatives by (c, bend), (N, 2); and by p, (N,), in 1 per unit of the map."""
        anchors = self.anchors
        trend = np.ones((inverse_depth.size, 2))
        if anchors.power:
            trend[:, 1] = logs = anchors.typical(inverse_depth)
            by_value = self.bend / np.maximum(inverse_depth, _LEAST * anchors.high)
            return self.near + self.bend * logs, trend, by_value
        share, place = self._far_share, anchors.place(inverse_depth)
        steep = 1.0 - share
        relative = np.maximum(share + steep * place, _LEAST)
        trend[:, 1] = (-math.exp(self.bend) * share) * (1.0 - place) / relative
        return self.near + np.log(relative), trend, steep / (anchors.high - anchors.low) / relative

    def rise(self, typical: Vector) -> Vector:
        """Derivative of ln 1/z by the typical one, (N,), at places of the latter; monotone in it.

        In the affine form it is 1 / (1 + s exp(-t)), s = W (1 - W0) / (1 - W) - W0, with W and W0 the far shares of
        this curve and of the typical one; infinite where this curve has reached 0 before the typical one has.
        """
        if self.anchors.power:
            return np.full(typical.shape, self.bend)
        share = self._far_share
        stretch = share * (1.0 - TYPICAL_SHARE) / (1.0 - share) - TYPICAL_SHARE
        below = 1.0 + stretch * np.exp(-typical)
        return np.where(below > 0, 1.0 / np.where(below > 0, below, 1.0), np.inf)

    def by_shift(self, inverse_depth: Vector) -> Vector:
        """Derivative of ln 1/z by the bend as far as it can take 1/z to 0, (N,): a power cannot."""
        if self.anchors.power:
            return np.zeros(inverse_depth.size)
        return self.expand(inverse_depth)[1][:, 1]
