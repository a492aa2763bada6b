"""1/z = a p + b, written by what it says at two places of the map.

With X = (p - low) / (high - low), 1/z = e^c (W + (1 - W) X) and W = exp(-e^phi): c is ln 1/z at the near anchor `high`,
e^phi the logarithm of the ratio between the two anchors' 1/z. Any (c, phi) has a > 0 and 1/z > 0 between the
anchors, and as the anchors move with the map, (c, phi) do not change under an affine change of p.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.geometry.arrays import Vector

_LEAST = 1e-6
"""Of 1/z, relative to the near anchor's, where a p + b is at or below 0."""

TYPICAL_SHARE = 0.25
"""1/z at the far anchor over that at the near one, before any reference."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Two map values, far and near."""

    low: float
    high: float

    def place(self, inverse_depth: Vector) -> Vector:
        """0 at the far anchor, 1 at the near one; (N,)."""
        return (inverse_depth - self.low) / (self.high - self.low)

    def typical(self, inverse_depth: Vector) -> Vector:
        """ln(1/z) over that of the near anchor with the typical shift, (N,): a scale along which things lie evenly.

        It depends on no reference and, as the anchors move with the map, not on an affine change of it.
        """
        return np.log(np.maximum(TYPICAL_SHARE + (1.0 - TYPICAL_SHARE) * self.place(inverse_depth), _LEAST))


@dataclass(frozen=True, slots=True)
class Curve:
    """One scale and shift."""

    anchors: Anchors
    near: float
    """c: ln of 1/z at the near anchor, 1/z in 1/m."""
    bend: float
    """phi: ln of the ln of the ratio of the anchors' 1/z."""

    @property
    def far_share(self) -> float:
        """W: 1/z at the far anchor over that at the near one."""
        return math.exp(-math.exp(self.bend))

    @property
    def scale(self) -> float:
        """a, in 1/m per unit of the map."""
        anchors = self.anchors
        return -math.exp(self.near) * math.expm1(-math.exp(self.bend)) / (anchors.high - anchors.low)

    @property
    def shift(self) -> float:
        """b, in 1/m."""
        return math.exp(self.near) * self.far_share - self.scale * self.anchors.low

    def relative(self, inverse_depth: Vector) -> Vector:
        """1/z over that of the near anchor, (N,); at least 1e-6."""
        share = self.far_share
        return np.maximum(share + (1.0 - share) * self.anchors.place(inverse_depth), _LEAST)

    def log_inverse(self, inverse_depth: Vector) -> Vector:
        """Ln 1/z, (N,)."""
        return self.near + np.log(self.relative(inverse_depth))

    def expand(self, inverse_depth: Vector) -> tuple[Vector, NDArray[np.float64], Vector]:
        """`log_inverse`, `by_parameters` and `by_value` at once, for less."""
        share, place = self.far_share, self.anchors.place(inverse_depth)
        steep = 1.0 - share
        relative = np.maximum(share + steep * place, _LEAST)
        trend = np.ones((relative.size, 2))
        trend[:, 1] = (-math.exp(self.bend) * share) * (1.0 - place) / relative
        by_value = steep / (self.anchors.high - self.anchors.low) / relative
        return self.near + np.log(relative), trend, by_value

    def by_parameters(self, inverse_depth: Vector) -> NDArray[np.float64]:
        """Derivatives of ln 1/z by (c, phi), (N, 2)."""
        return self.expand(inverse_depth)[1]

    def by_value(self, inverse_depth: Vector) -> Vector:
        """Derivative of ln 1/z by the map's value, (N,), in 1 per unit of the map."""
        return self.expand(inverse_depth)[2]

    def to_scale_and_shift(self) -> NDArray[np.float64]:
        """Jacobian of (a, b) by (c, phi), (2, 2)."""
        anchors, ratio = self.anchors, math.exp(self.bend)
        steep = math.exp(self.near) * ratio * self.far_share / (anchors.high - anchors.low)
        return np.array([[self.scale, steep], [self.shift, -steep * anchors.high]])
