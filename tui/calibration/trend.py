"""The trend of a calibration: what a map's value means before any correction, 1/z = scale p^exponent + shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.geometry.arrays import Vector


@dataclass(frozen=True, slots=True)
class Trend:
    """1/z = scale p^exponent + shift, one of two forms: a p + b (exponent 1), or a power of p without a shift."""

    scale: float
    """In 1/m per unit of the map (to the power of the exponent); above 0."""
    shift: float = 0.0
    """In 1/m; 0 unless the exponent is 1."""
    exponent: float = 1.0
    """Above 0."""

    def inverse(self, value: Vector) -> Vector:
        """1/z in 1/m, (N,), of map values; NaN, or not above 0, where there is no distance."""
        if self.exponent == 1.0:
            return self.scale * value + self.shift
        with np.errstate(invalid="ignore"):
            powers: Vector = self.scale * np.where(value > 0, value, np.nan) ** self.exponent
        return powers

    def relative_slope(self, value: Vector) -> Vector:
        """Derivative of ln(1/z) by the map's value, (N,), in 1 per unit of the map, where there is a distance."""
        if self.exponent == 1.0:
            return self.scale / (self.scale * value + self.shift)
        return self.exponent / value

    def __str__(self) -> str:
        """'1/z = 0.83 p + 0.041', '1/z = 0.83 p^1.12'; a number that would print as 0 is left out."""
        power = "" if f"{self.exponent:.3g}" == "1" else f"^{self.exponent:.3g}"
        sign = "-" if self.shift < 0 else "+"
        shift = f" {sign} {abs(self.shift):.4g}" if self.shift else ""
        return f"1/z = {self.scale:.4g} p{power}{shift}"
