"""The colour systems of terminals: which colours there are, and the nearest one to a given colour."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet

from tui.render.oklab import linear_light, oklab

RGB = tuple[int, int, int]

_CUBE_STEPS = np.array([0, 95, 135, 175, 215, 255], np.int32)
_FIRST_CUBE, _FIRST_GREY = 16, 232
_PIECE = 4096

_STANDARD_RGB: tuple[RGB, ...] = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
)  # fmt: skip
"""The sixteen colours as most terminals show them; each user may have changed them."""


class ColorMode(Enum):
    """What the terminal can show."""

    TRUECOLOR = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "16"
    MONO = "mono"
    """No colours at all: glyphs carry the brightness."""


def luminance(rgb: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Luma of sRGB values (Rec. 601 weights), 0..255; shape (..., 3) -> (...)."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    luma: npt.NDArray[np.float32] = rgb.astype(np.float32) @ weights
    return luma


def nearest_eight_bit(rgb: npt.NDArray[np.generic]) -> npt.NDArray[np.int32]:
    """Indices 16..255 of the colours of the 6x6x6 cube and the grey ramp that look most alike (nearest in OKLab).

    Args:
        rgb: 0..255, shape (N, 3).

    Returns:
        int32, shape (N,).
    """
    own = _eight_bit_lab()
    wanted = oklab(linear_light(rgb))
    fixed = np.square(own).sum(axis=1)
    # |a - b|^2 = |a|^2 - 2 a b + |b|^2, of which the first is the same for every b.
    found = [
        (fixed - 2 * wanted[begin : begin + _PIECE] @ own.T).argmin(axis=1) for begin in range(0, len(wanted), _PIECE)
    ]
    nearest: npt.NDArray[np.int32] = np.concatenate([np.empty(0, np.intp), *found]).astype(np.int32) + _FIRST_CUBE
    return nearest


@lru_cache(maxsize=1)
def _eight_bit_lab() -> npt.NDArray[np.float32]:
    """How the colours 16..255 look, shape (240, 3)."""
    return oklab(linear_light(np.array([eight_bit_rgb(index) for index in range(_FIRST_CUBE, 256)])))


def nearest_standard(rgb: npt.NDArray[np.generic]) -> npt.NDArray[np.int32]:
    """Indices 0..15 of the nearest standard colours, brightness counting more than hue.

    Args:
        rgb: 0..255, shape (N, 3).

    Returns:
        int32, shape (N,).
    """
    table = np.array(_STANDARD_RGB, np.float32)
    exact = rgb.astype(np.float32)
    apart = np.square(exact[:, None, :] - table[None]).sum(axis=2)
    apart += 4 * np.square(luminance(exact)[:, None] - luminance(table)[None])
    nearest: npt.NDArray[np.int32] = apart.argmin(axis=1).astype(np.int32)
    return nearest


def eight_bit_rgb(index: int) -> RGB:
    """What a colour 16..255 of the 256 looks like."""
    if index >= _FIRST_GREY:
        grey = 8 + 10 * (index - _FIRST_GREY)
        return grey, grey, grey
    red, rest = divmod(index - _FIRST_CUBE, 36)
    green, blue = divmod(rest, 6)
    return int(_CUBE_STEPS[red]), int(_CUBE_STEPS[green]), int(_CUBE_STEPS[blue])


def standard_rgb(index: int) -> RGB:
    """What one of the sixteen colours usually looks like."""
    return _STANDARD_RGB[index]


def terminal_color(rgb: RGB, mode: ColorMode) -> Color:
    """A colour that is already in the palette of the mode, so that nothing downgrades it a second time.

    Indexed colours carry their triplet too: what inspects the triplet (Textual's line filters) leaves them alone, and
    the escape code is still the short one of the index. In `MONO` it is the terminal's default colour.
    """
    if mode is ColorMode.TRUECOLOR:
        return Color.from_triplet(ColorTriplet(*rgb))
    if mode is ColorMode.MONO:
        return Color.default()
    if mode is ColorMode.EIGHT_BIT:
        number = int(nearest_eight_bit(np.array([rgb]))[0])
        return Color(f"color({number})", ColorType.EIGHT_BIT, number, ColorTriplet(*eight_bit_rgb(number)))
    number = int(nearest_standard(np.array([rgb]))[0])
    return Color(f"color({number})", ColorType.STANDARD, number, ColorTriplet(*_STANDARD_RGB[number]))
