"""Traced lines and their labels as cells, over the levels of a map or alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.render.cells import (
    BLANK,
    FIRST_LINE,
    FIRST_SHADE,
    GLYPH_BITS,
    HALF_BITS,
    OWN,
    CellCodes,
    text_glyphs,
)
from tui.render.colors import ColorMode, luminance
from tui.render.contours import Traced
from tui.render.palette import DepthPalette

_BRIGHT = 110
"""Luma of a paper on which a line is black."""


def line_glyphs(traced: Traced) -> npt.NDArray[np.int64]:
    """The glyph of each cell, 0 where there is neither line nor label; shape (rows, columns)."""
    glyphs = np.where(traced.arms > 0, traced.arms.astype(np.int64) + FIRST_LINE - 1, 0)
    for label in traced.labels:
        glyphs[label.row, label.column : label.column + len(label.text)] = text_glyphs(label.text)
    return glyphs


def over_levels(codes: CellCodes, traced: Traced, levels: npt.NDArray[np.int16], palette: DepthPalette) -> CellCodes:
    """Lines over a map's levels, black or white, as reads better on each cell.

    Args:
        codes: the map's own cells, shape (rows, columns).
        traced: the lines.
        levels: of each half cell, shape (2 * rows, columns).
        palette: of the map.
    """
    glyphs = line_glyphs(traced)
    if palette.table.mode is ColorMode.MONO:
        codes = codes.copy()
        for label in traced.labels:
            # Among glyphs a label needs air around it.
            for column in (label.column - 1, label.column + len(label.text)):
                if 0 <= column < codes.shape[1]:
                    glyphs[label.row, column] = text_glyphs(" ")[0]
        return np.where(glyphs > 0, glyphs << GLYPH_BITS, codes)
    paper = palette.paper(levels)
    black, white = palette.inks
    ink = np.where(luminance(palette.table.rgb_of)[paper] > _BRIGHT, black, white).astype(np.int64)
    drawn: CellCodes = np.where(glyphs > 0, glyphs << GLYPH_BITS | ink << HALF_BITS | paper, codes)
    return drawn


def alone(traced: Traced, levels: npt.NDArray[np.int16], palette: DepthPalette) -> CellCodes:
    """Lines on the widget's own paper; what is unknown is shaded, so that it does not look like a plain surface."""
    glyphs = line_glyphs(traced)
    unknown = (levels[0::2] == palette.count) & (levels[1::2] == palette.count)
    grey = int(palette.index_of_level[palette.count])
    shade = FIRST_SHADE << GLYPH_BITS | grey << HALF_BITS | OWN
    around = np.where(unknown, shade, BLANK)
    drawn: CellCodes = np.where(glyphs > 0, glyphs << GLYPH_BITS | OWN << HALF_BITS | OWN, around)
    return drawn
