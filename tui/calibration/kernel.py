"""How the correction hangs together: its covariance over the room and over ln(1/z)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kernel:
    """The correction's covariance: s^2 exp(-(d + w |m|) / l) over the room plus h^2 exp(-m^2 / 2 k^2) over ln(1/z).

    d is the distance in the image, m the difference of ln(1/z): what is near in the image but not in depth has less in
    common. Each part is a product of one over the image and one over ln(1/z), so that how steep the correction is over
    the latter can be told at every pixel, and a larger map value be kept nearer (`tui.calibration.order`).
    """

    across: float
    """s, relative."""
    along: float
    """h, relative."""
    noise: float
    """Of e, relative."""
    length_image: float
    """l, in image units."""
    length_log: float
    """k."""
    warp: float = 0.0
    """w, image units for a step by 1 of ln(1/z)."""

    @property
    def variance(self) -> float:
        """Of the correction at any one place."""
        return self.across**2 + self.along**2

    @property
    def steep(self) -> float:
        """W / l: how fast the first part falls over ln(1/z)."""
        return self.warp / self.length_image

    def over_room(self, apart: Matrix, difference: Matrix) -> Matrix:
        """The first part, at distances in the image and differences of ln(1/z) of any one shape."""
        part: Matrix = np.exp(apart * (-1.0 / self.length_image)) * self.at_a_pixel(difference)
        return part

    def at_a_pixel(self, difference: Matrix) -> Matrix:
        """The first part at one place in the image, at differences of any shape."""
        part: Matrix = self.across**2 * np.exp(np.abs(difference) * -self.steep)
        return part

    def over_log(self, difference: Matrix) -> Matrix:
        """The part over ln(1/z), at differences of any shape."""
        part: Matrix = self.along**2 * np.exp(difference * difference * (-0.5 / self.length_log**2))
        return part
