"""Palettes for depth. All but turbo are perceptual and readable by colour-blind people: near is bright."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.render.cells import DEPTH_GLYPH_TABLE, DEPTH_RAMP, FIRST_SHADE, GLYPH_BITS, HALF_BITS, CellCodes, ColorTable
from tui.render.colors import RGB, ColorMode, eight_bit_rgb, standard_rgb

_NO_DEPTH: RGB = (58, 58, 58)
"""A grey that no palette of colours contains: here the network, or the file, says nothing."""
_NO_DEPTH_EIGHT_BIT = 237
_NO_DEPTH_STANDARD = 8

# Evenly spaced colours of each map, far to near. Inferno, magma and viridis: Smith and van der Walt, matplotlib (CC0);
# cividis: Nunez, Anderton and Renslow, PLoS ONE 2018; turbo: Mikhailov, Google AI blog 2019 (Apache-2.0), from its
# polynomial approximation. The darkest tenth of inferno and magma is left out, so that far is not black.
_ANCHORS: dict[str, str] = {
    "inferno": "160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4",
    "magma": "140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf",
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "cividis": "00204d 0f356a 31446b 4c556c 666970 7d7c78 958f78 b0a570 cfba62 ffea46",
    "grey": "202020 383838 505050 686868 808080 989898 b0b0b0 c8c8c8 e0e0e0 f8f8f8",
    "turbo": "422f85 4860e6 3492f8 25bfde 2de3b2 4cf884 7efd5d b6f241 e7d62f ffad25 ff7c1c e74a13 b92108 940c00",
}
SAFE_PALETTES = ("inferno", "magma", "viridis", "cividis", "grey")
"""Their lightness rises from far to near, also for colour-blind eyes; turbo's does not."""

# The nearest of few colours is often a grey, or darker than its neighbour. These are picked so that brightness rises
# and the hue stays the palette's: indices of the 256 colours, and of the sixteen in every terminal's usual set.
_EIGHT_BIT_RAMPS: dict[str, tuple[int, ...]] = {
    "inferno": (17, 53, 54, 90, 125, 161, 197, 166, 202, 208, 214, 220, 227, 229),
    "magma": (17, 53, 54, 90, 126, 162, 168, 204, 209, 215, 222, 229, 230),
    "viridis": (53, 54, 24, 30, 36, 41, 77, 113, 149, 190, 226, 227),
    "cividis": (17, 18, 23, 24, 60, 102, 144, 179, 185, 221, 227),
    "grey": (234, 236, 238, 240, 242, 244, 246, 248, 250, 252, 254, 231),
    "turbo": (53, 62, 68, 69, 39, 44, 48, 83, 118, 154, 190, 220, 214, 208, 202, 160, 124, 88),
}
_STANDARD_RAMPS: dict[str, tuple[int, ...]] = {
    "inferno": (0, 4, 5, 9, 11, 15),
    "magma": (0, 4, 5, 13, 7, 15),
    "viridis": (0, 4, 6, 10, 11, 15),
    "cividis": (0, 4, 12, 7, 11, 15),
    "grey": (0, 8, 7, 15),
    "turbo": (4, 12, 14, 10, 11, 9, 1),
}
_SHADE_STEPS = 4
"""Between one of the sixteen colours and the next: none, a quarter, half, three quarters of the next one's ink."""

PALETTE_NAMES = tuple(_ANCHORS)
"""The first is the default."""

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, eq=False)
class DepthPalette:
    """The colours of `count` levels and of 'unknown', in one colour mode."""

    name: str
    count: int
    table: ColorTable
    index_of_level: npt.NDArray[np.int32]
    """Level 0 .. count (the last is 'unknown') -> index into `table`; levels that look alike share one index."""
    shade_of_level: CellCodes | None = None
    """Level -> cell with a shading glyph, for levels between two of few colours; None where colours are many."""
    inks: tuple[int, int] = (0, 0)
    """Black and white in `table`: what lines are drawn with. In `MONO` they have no meaning."""

    def cells(self, levels: npt.NDArray[np.int16]) -> CellCodes:
        """Codes of cells from the levels of their halves.

        Args:
            levels: int16, shape (2 * rows, columns).

        Returns:
            int64, shape (rows, columns).
        """
        upper, lower = levels[0::2], levels[1::2]
        first, second = (self.index_of_level[half].astype(np.int64) for half in (upper, lower))
        if self.table.mode is ColorMode.MONO:
            first = second = (first + second + 1) >> 1
        codes = (first << HALF_BITS) | second
        if self.shade_of_level is None:
            return codes
        apart = np.abs(upper - lower) * _SHADE_STEPS * self._steps_per_level
        known = (upper < self.count) & (lower < self.count)
        shaded: CellCodes = np.where(known & (apart <= _SHADE_STEPS), self.shade_of_level[(upper + lower) // 2], codes)
        return shaded

    @property
    def _steps_per_level(self) -> float:
        """Of the sixteen-colour ramp."""
        return (len(_STANDARD_RAMPS[self.name]) - 1) / max(1, self.count - 1)

    def paper(self, levels: npt.NDArray[np.int16]) -> CellCodes:
        """One colour of `table` for each cell, for a line to be drawn on; arguments as for `cells`."""
        upper, lower = levels[0::2], levels[1::2]
        both = (upper < self.count) & (lower < self.count)
        papers: CellCodes = self.index_of_level[np.where(both, (upper + lower) // 2, np.maximum(upper, lower))].astype(
            np.int64
        )
        return papers


def _gradient(name: str, count: int) -> npt.NDArray[np.float64]:
    anchors = np.array([list(bytes.fromhex(text)) for text in _ANCHORS[name].split()], np.float64)
    at = np.linspace(0, len(anchors) - 1, count)
    return np.stack([np.interp(at, np.arange(len(anchors)), channel) for channel in anchors.T], axis=1)


def _colors(name: str, mode: ColorMode, count: int) -> list[RGB]:
    """One colour a level and a last one for 'unknown'."""
    if mode is ColorMode.STANDARD:
        ramp = _STANDARD_RAMPS[name]
        indices = [ramp[round(level * (len(ramp) - 1) / max(1, count - 1))] for level in range(count)]
        return [standard_rgb(index) for index in [*indices, _NO_DEPTH_STANDARD]]
    if mode is ColorMode.EIGHT_BIT:
        ramp = _EIGHT_BIT_RAMPS[name]
        indices = [ramp[level * len(ramp) // count] for level in range(count)]
        return [eight_bit_rgb(index) for index in [*indices, _NO_DEPTH_EIGHT_BIT]]
    rows = np.rint(np.vstack([_gradient(name, count), [_NO_DEPTH]])).astype(np.int32)
    return [(int(red), int(green), int(blue)) for red, green, blue in rows]


def _shades(name: str, count: int, index: dict[RGB, int]) -> CellCodes:
    """A cell for each level: between two neighbours of the ramp, the brighter one's ink on the darker one's paper."""
    ramp = [index[standard_rgb(number)] for number in _STANDARD_RAMPS[name]]
    codes = []
    for level in range(count):
        step = round(level * _SHADE_STEPS * (len(ramp) - 1) / max(1, count - 1))
        at, quarter = divmod(step, _SHADE_STEPS)
        ink, paper = (ramp[at + 1], ramp[at]) if quarter else (ramp[at], ramp[at])
        glyph = FIRST_SHADE + quarter - 1 if quarter else 0
        codes.append(glyph << GLYPH_BITS | ink << HALF_BITS | paper)
    return np.array([*codes, index[standard_rgb(_NO_DEPTH_STANDARD)] * ((1 << HALF_BITS) + 1)], np.int64)


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
        glyphs = [1 + level * (len(DEPTH_RAMP) - 1) // count for level in range(count)]
        return DepthPalette(name, count, DEPTH_GLYPH_TABLE, np.array([*glyphs, 0], np.int32))
    colors = _colors(name, mode, count)
    ramp = [standard_rgb(number) for number in _STANDARD_RAMPS[name]] if mode is ColorMode.STANDARD else []
    index = {color: position for position, color in enumerate(dict.fromkeys([*colors, *ramp, _BLACK, _WHITE]))}
    table = ColorTable(mode, np.array(list(index), np.uint8))
    return DepthPalette(
        name,
        count,
        table,
        np.array([index[color] for color in colors], np.int32),
        _shades(name, count, index) if ramp else None,
        (index[_BLACK], index[_WHITE]),
    )
