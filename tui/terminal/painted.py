"""From the codes of a picture's cells to cells that can be compared, past segments and styles."""

from __future__ import annotations

from rich.color import Color, ColorSystem
from rich.style import Style

from tui.render.cells import BLANK, GLYPH_BITS, HALF_BITS, LOWER_MASK
from tui.render.glyphs import PictureGlyph
from tui.render.halfblocks import SegmentCache
from tui.terminal.cells import BLANK as SPACE
from tui.terminal.cells import UPPER_HALF, Cell, half, single
from tui.terminal.pen import Pen, color_code, pen_of

_MOST_CELLS = 6_000
_MOST_INKS = 6_000
_MOST_OVERS = 6_000


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
        self._overs: dict[tuple[int, str, Style], Cell | None] = {}

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

    def over(self, code: int, character: str, style: Style) -> Cell | None:
        """A character that lies over a cell; None if it is not certainly one column wide by itself."""
        key = (code, character, style)
        if key not in self._overs:
            if len(self._overs) >= _MOST_OVERS:
                self._overs.clear()
            self._overs[key] = single(character, self.cache.over(code, style), self.system) if character else None
        return self._overs[key]

    def _ink(self, index: int) -> str:
        ink = self._inks.get(index)
        if ink is None:
            if len(self._inks) >= _MOST_INKS:
                self._inks.clear()
            color: Color = self.cache.color(index)
            ink = self._inks[index] = color_code(color, self.system)
        return ink
