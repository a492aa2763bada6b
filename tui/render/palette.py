"""Palettes for depth: perceptual, readable by colour-blind people, near is bright."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.render.cells import GLYPH_RAMP, GLYPH_TABLE, ColorTable
from tui.render.colors import RGB, ColorMode, eight_bit_rgb, standard_rgb

_NO_DEPTH: RGB = (58, 58, 58)
"""A grey that no palette of colours contains: here the network, or the file, says nothing."""
_NO_DEPTH_EIGHT_BIT = 237
_NO_DEPTH_STANDARD = 8

# Ten evenly spaced colours of each map, far to near. Inferno, magma and viridis: Smith and van der Walt, matplotlib
# (CC0); cividis: Nunez, Anderton and Renslow, PLoS ONE 2018. The darkest tenth is left out, so that far is not black.
_ANCHORS: dict[str, str] = {
    "inferno": "160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4",
    "magma": "140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf",
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "cividis": "00204d 0f356a 31446b 4c556c 666970 7d7c78 958f78 b0a570 cfba62 ffea46",
    "grey": "202020 383838 505050 686868 808080 989898 b0b0b0 c8c8c8 e0e0e0 f8f8f8",
}

# The nearest of few colours is often a grey, or darker than its neighbour. These are picked so that brightness rises
# and the hue stays the palette's: indices of the 256 colours, and of the sixteen in every terminal's usual set.
_EIGHT_BIT_RAMPS: dict[str, tuple[int, ...]] = {
    "inferno": (17, 53, 54, 90, 125, 161, 197, 166, 202, 208, 214, 220, 227, 229),
    "magma": (17, 53, 54, 90, 126, 162, 168, 204, 209, 215, 222, 229, 230),
    "viridis": (53, 54, 24, 30, 36, 41, 77, 113, 149, 190, 226, 227),
    "cividis": (17, 18, 23, 24, 60, 102, 144, 179, 185, 221, 227),
    "grey": (234, 236, 238, 240, 242, 244, 246, 248, 250, 252, 254, 231),
}
_STANDARD_RAMPS: dict[str, tuple[int, ...]] = {
    "inferno": (0, 4, 5, 9, 11, 15),
    "magma": (0, 4, 5, 13, 7, 15),
    "viridis": (0, 4, 6, 10, 11, 15),
    "cividis": (0, 4, 12, 7, 11, 15),
    "grey": (0, 8, 7, 15),
}

PALETTE_NAMES = tuple(_ANCHORS)
"""The first is the default."""


@dataclass(frozen=True, eq=False)
class DepthPalette:
    """The colours of `count` levels and of 'unknown', in one colour mode."""

    name: str
    count: int
    table: ColorTable
    index_of_level: npt.NDArray[np.int32]
    """Level 0 .. count (the last is 'unknown') -> index into `table`; levels that look alike share one index."""


def _gradient(name: str, count: int) -> npt.NDArray[np.float64]:
    anchors = np.array([list(bytes.fromhex(text)) for text in _ANCHORS[name].split()], np.float64)
    at = np.linspace(0, len(anchors) - 1, count)
    return np.stack([np.interp(at, np.arange(len(anchors)), channel) for channel in anchors.T], axis=1)


def _colors(name: str, mode: ColorMode, count: int) -> list[RGB]:
    """One colour a level and a last one for 'unknown'."""
    if mode is ColorMode.STANDARD:
        ramp = _STANDARD_RAMPS[name]
        indices = [ramp[level * len(ramp) // count] for level in range(count)]
        return [standard_rgb(index) for index in [*indices, _NO_DEPTH_STANDARD]]
    if mode is ColorMode.EIGHT_BIT:
        ramp = _EIGHT_BIT_RAMPS[name]
        indices = [ramp[level * len(ramp) // count] for level in range(count)]
        return [eight_bit_rgb(index) for index in [*indices, _NO_DEPTH_EIGHT_BIT]]
    rows = np.rint(np.vstack([_gradient(name, count), [_NO_DEPTH]])).astype(np.int32)
    return [(int(red), int(green), int(blue)) for red, green, blue in rows]


@lru_cache(maxsize=32)
def depth_palette(name: str = PALETTE_NAMES[0], mode: ColorMode = ColorMode.TRUECOLOR, count: int = 24) -> DepthPalette:
    """Build a palette; near (the highest level) is brightest.

    In `MONO` the levels are the glyphs of the ramp but the first, which is 'unknown'.

    Raises:
        InputError: for a name that is not a palette; the message lists them.
    """
    if name not in _ANCHORS:
        raise InputError(f"palette '{name}' is not known; choose one of {', '.join(PALETTE_NAMES)}")
    if mode is ColorMode.MONO:
        glyphs = [1 + level * (len(GLYPH_RAMP) - 1) // count for level in range(count)]
        return DepthPalette(name, count, GLYPH_TABLE, np.array([*glyphs, 0], np.int32))
    colors = _colors(name, mode, count)
    index = {color: position for position, color in enumerate(dict.fromkeys(colors))}
    table = ColorTable(mode, np.array(list(index), np.uint8))
    return DepthPalette(name, count, table, np.array([index[color] for color in colors], np.int32))
