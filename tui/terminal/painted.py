"""From the codes of a picture's cells to cells that can be compared, past segments and styles."""

from __future__ import annotations

from rich.color import Color, ColorSystem

from tui.render.cells import BLANK, GLYPH_BITS, HALF_BITS, LOWER_MASK
from tui.render.glyphs import PictureGlyph
from tui.render.halfblocks import SegmentCache
from tui.terminal.cells import BLANK as SPACE
from tui.terminal.cells import UPPER_HALF, Cell, half
from tui.terminal.pen import Pen, color_code, pen_of

_MOST_CELLS = 6_000
_MOST_INKS = 6_000


class PaintedCells(dict[int, Cell]):
    """Cells by code, as `CellReader` would read them from the segments that the cache builds.

    Args:
        cache: what the codes look like; one with colours.
        system: what the terminal can show.
    """

    def __init__(self, cache: SegmentCache, system: ColorSystem) -> None:
        super().__init__()
        self.cache = cache
        self.system = system
        self._inks: dict[int, str] = {}

    def __missing__(self, code: int) -> Cell:
        if len(self) >= _MOST_CELLS:
            self.clear()
        if code == BLANK or code >> GLYPH_BITS:
            text, style = self.cache.cell(code)
            pen = pen_of(style, self.system)
            cell = half(PictureGlyph(text), pen, (SPACE, pen.for_blank()))
        else:
            ink, paper = self._ink(code >> HALF_BITS), self._ink(code & LOWER_MASK)
            cell = (SPACE, Pen((), "", paper)) if ink == paper else (UPPER_HALF, Pen((), ink, paper))
        self[code] = cell
        return cell

    def _ink(self, index: int) -> str:
        ink = self._inks.get(index)
        if ink is None:
            if len(self._inks) >= _MOST_INKS:
                self._inks.clear()
            color: Color = self.cache.color(index)
            ink = self._inks[index] = color_code(color, self.system)
        return ink
