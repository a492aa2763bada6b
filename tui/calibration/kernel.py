"""How the correction hangs together: its covariance over the place in the image and over ln(1/z)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kernel:
    """The correction's covariance: s^2 exp(-(d + w |m|) / l).

    d is the distance in the image, m the difference of ln(1/z): what is near in the image but not in depth has less in
    common. It is a product of one part over the image and one over ln(1/z), so that how steep the correction is over
    the latter can be told at every pixel, and a larger map value be kept nearer (`tui.calibration.order`).
    """

    across: float
    """s, relative."""
    noise: float
    """Of the independent error, relative."""
    length: float
    """l, in image units."""
    warp: float = 0.0
    """w, image units for a step by 1 of ln(1/z)."""

    @property
    def variance(self) -> float:
        """Of the correction at any one place."""
        return self.across**2

    @property
    def steep(self) -> float:
        """W / l: how fast the correction loses itself over ln(1/z), at one place in the image."""
        return self.warp / self.length

    def between(self, apart: Matrix, difference: Matrix) -> Matrix:
        """Covariance at distances in the image and differences of ln(1/z), of shapes that broadcast."""
        covariance: Matrix = self.over_image(apart) * self.at_a_pixel(difference)
        return covariance

    def over_image(self, apart: Matrix) -> Matrix:
        """What a distance in the image leaves of it, of any shape."""
        left: Matrix = np.exp(apart * (-1.0 / self.length))
        return left

    def at_a_pixel(self, difference: Matrix) -> Matrix:
        """Covariance at one place in the image, at differences of ln(1/z) of any shape."""
        covariance: Matrix = self.variance * np.exp(np.abs(difference) * -self.steep)
        return covariance
