"""More shades than there are: in braille, where there are no colours, and between the nearest of 256 colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage
from tui.render.colors import eight_bit_rgb, luminance, nearest_eight_bit
from tui.render.levels import Levels, step_levels
from tui.render.oklab import linear_light, oklab

DOTS_DOWN, DOTS_ACROSS = 4, 2
"""Of a braille cell."""
_BITS = np.array([[0, 3], [1, 4], [2, 5], [6, 7]], np.int64)
"""Which bit of the character's number each dot is (Unicode, block Braille Patterns)."""
_HELD = 0.22
"""Share of the whole range by which a dot that is set counts as brighter, and one that is not as darker, than it is."""

_SHARPER = (2, 150, 0)
"""Radius in dots, per cent, threshold: edges are what dots show best."""

_BAYER = (
    np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float64) + 0.5
) / 16  # fmt: skip
"""Thresholds that no two neighbours share (Bayer 1973)."""


_MOST_APART = 0.13
"""How far apart, in OKLab, two colours may be that stand for one between them: else they look like specks."""
_TINT = np.array([1.0, 1.5, 1.5], np.float32)
"""Specks of another hue are seen sooner than those of another lightness."""


class Dots:
    """Turns brightness into dots by error diffusion; what stays the same keeps its dots from frame to frame.

    Args:
        levels: of brightness that are told apart.
        hysteresis: in levels.
    """

    def __init__(self, levels: int, hysteresis: float) -> None:
        self._levels, self._hysteresis = levels, hysteresis
        self._luma: Levels | None = None
        self._dots: npt.NDArray[np.bool_] | None = None

    def reset(self) -> None:
        """Forget the frame before."""
        self._luma = self._dots = None

    def codes(self, picture: RGBImage) -> npt.NDArray[np.int64]:
        """The dots of each cell, as bits 0..255.

        Args:
            picture: RGB, uint8, one pixel a dot, shape (4 * rows, 2 * columns, 3).

        Returns:
            int64, shape (rows, columns).
        """
        from PIL import Image, ImageFilter

        luma = luminance(picture) * np.float32((self._levels - 1) / 255)
        before = self._luma
        self._luma = step_levels(luma, before, self._hysteresis)
        if self._dots is None or before is None or (self._luma != before).any():
            # Not linear light: dots leave most of a cell dark, so that they look as bright as their share of the scale.
            plain = Image.fromarray(np.rint(self._luma * np.float32(255 / (self._levels - 1))).astype(np.uint8))
            light = np.asarray(plain.filter(ImageFilter.UnsharpMask(*_SHARPER)), np.float32) / 255
            if self._dots is not None:
                # Each dot is told what it was: the errors that spread from a change die away instead of moving all
                # dots behind it. What that adds in the mean is taken off first.
                light = light * (1 - 2 * _HELD) + _HELD + np.where(self._dots, _HELD, -_HELD)
            grey = Image.fromarray(np.rint(255 * np.clip(light, 0, 1)).astype(np.uint8))
            self._dots = np.asarray(grey.convert("1", dither=Image.Dither.FLOYDSTEINBERG))
        height, width = self._dots.shape
        cells = self._dots.reshape(height // DOTS_DOWN, DOTS_DOWN, width // DOTS_ACROSS, DOTS_ACROSS)
        codes: npt.NDArray[np.int64] = (cells.astype(np.int64) << _BITS[None, :, None, :]).sum(axis=(1, 3))
        return codes


def between_eight_bit(rgb: RGBImage) -> npt.NDArray[np.int32]:
    """One of the two nearest of 256 colours for each half cell, in a pattern whose mean is the colour that is meant.

    Args:
        rgb: RGB, uint8, shape (H, W, 3).

    Returns:
        Indices 16..255, int32, shape (H, W).
    """
    height, width = rgb.shape[:2]
    meant = rgb.reshape(-1, 3).astype(np.float64)
    nearest = nearest_eight_bit(meant)
    own = np.array([(0, 0, 0)] * 16 + [eight_bit_rgb(index) for index in range(16, 256)], np.float64)
    error = meant - own[nearest]
    other = nearest_eight_bit(np.clip(meant + error, 0, 255))
    alike = other == nearest
    other[alike] = nearest_eight_bit(np.clip(meant + 3 * error, 0, 255)[alike])
    light = linear_light(own)
    way = light[other] - light[nearest]
    length = np.square(way).sum(axis=1)
    share = ((linear_light(meant) - light[nearest]) * way).sum(axis=1) / np.where(length > 0, length, 1)
    rows, columns = np.indices((height, width))
    apart = np.sqrt(np.square((oklab(light[nearest]) - oklab(light[other])) * _TINT).sum(axis=1))
    taken = (share > _BAYER[rows % 4, columns % 4].ravel()) & (length > 0) & (apart < _MOST_APART)
    found: npt.NDArray[np.int32] = np.where(taken, other, nearest).astype(np.int32).reshape(height, width)
    return found
