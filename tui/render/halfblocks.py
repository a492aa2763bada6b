"""From cell codes to rows of rich segments: runs merged, segments cached, overlays laid on top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.cells import get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.render.cells import (
    BLANK,
    GLYPH_BITS,
    GLYPHS,
    HALF_BITS,
    LOWER_MASK,
    OWN,
    CellCodes,
    Cells,
    ColorTable,
)
from tui.render.colors import RGB, ColorMode, terminal_color
from tui.render.glyphs import OF_A_PICTURE
from tui.render.overlays import Overlay

UPPER_HALF = "▀"

_LENGTH_BITS = 12
_LENGTH_MASK = (1 << _LENGTH_BITS) - 1
_MOST_SEGMENTS = 3_000
"""Distinct segments in one generation; a moving colour picture would otherwise collect them without end."""
_MOST_COLORS = 3_000
_DIM_SHARE = 0.4
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


class SegmentCache(dict[int, Segment]):
    """Finished segments by (cell code, run length); building one is what costs, so that each is built once.

    Args:
        table: what the colour indices mean.
        blank: style of the letter-box, and of the glyphs where there are no colours.
        ink: the widget's own ink, for lines on its own paper.
        dimmed: shows the picture grey and dark, for one that is no longer live.
        inverted: for glyphs on a bright background, where ink is dark: dark cells get the dense glyphs.
    """

    def __init__(
        self,
        table: ColorTable,
        blank: Style,
        *,
        ink: Color | None = None,
        dimmed: bool = False,
        inverted: bool = False,
    ) -> None:
        super().__init__()
        self._ink = ink
        self.table = table
        self.blank = blank
        self._shade, self._line = blank + OF_A_PICTURE, blank + Style(bold=True) + OF_A_PICTURE
        self._dimmed = dimmed
        self._inverted = inverted
        self._ramp = table.ramp[::-1] if inverted else table.ramp
        self._older: dict[int, Segment] = {}
        self._colors: dict[int, Color] = {}
        self._overs: dict[tuple[int, Style], Style] = {}

    def __missing__(self, key: int) -> Segment:
        if len(self) >= _MOST_SEGMENTS:
            # What is still in use comes back from the older generation, the rest goes with the next.
            self._older = dict(self)
            self.clear()
        segment = self._older.get(key)
        if segment is None:
            text, style = self.cell(key >> _LENGTH_BITS)
            segment = Segment(text * (key & _LENGTH_MASK), style)
        self[key] = segment
        return segment

    def like(self, other: SegmentCache) -> bool:
        """Whether everything looks the same in both."""
        mine = (self.blank, self._ink, self._dimmed, self._inverted)
        return self.table is other.table and mine == (other.blank, other._ink, other._dimmed, other._inverted)

    def cell(self, code: int) -> tuple[str, Style]:
        """Glyph and style of one cell; a cell of one colour is a space, which needs one colour code and one byte."""
        if code == BLANK:
            return " ", self.blank
        glyph, upper, lower = code >> GLYPH_BITS, (code >> HALF_BITS) & LOWER_MASK, code & LOWER_MASK
        if self.table.mode is ColorMode.MONO:
            return (GLYPHS[glyph], self._line) if glyph else (self._ramp[lower], self._shade)
        if glyph:
            ink = self._ink if upper == OWN else self.color(upper)
            paper = self.blank.bgcolor if lower == OWN else self.color(lower)
            return GLYPHS[glyph], Style.from_color(ink, paper) + OF_A_PICTURE
        if upper == lower:
            return " ", Style.from_color(None, self.color(lower))
        return UPPER_HALF, Style.from_color(self.color(upper), self.color(lower))

    def color(self, index: int) -> Color:
        """One colour of the table for the terminal, dimming included."""
        color = self._colors.get(index)
        if color is None:
            if len(self._colors) >= _MOST_COLORS:
                self._colors.clear()
            color = self._colors[index] = terminal_color(self.rgb(index), self.table.mode)
        return color

    def rgb(self, index: int) -> RGB:
        """What a colour looks like here, dimming included."""
        rgb = self.table.rgb(index)
        if not self._dimmed:
            return rgb
        red, green, blue = rgb
        grey = int(_DIM_SHARE * (0.299 * red + 0.587 * green + 0.114 * blue))
        return grey, grey, grey

    def over(self, code: int, style: Style) -> Style:
        """The style of an overlay on a cell: the picture behind it if it has no background, ink that can be read."""
        known = self._overs.get((code, style))
        if known is None:
            if len(self._overs) >= _MOST_COLORS:
                self._overs.clear()
            known = self._overs[code, style] = self._laid_over(code, style)
        return known

    def _laid_over(self, code: int, style: Style) -> Style:
        if code == BLANK or code & LOWER_MASK == OWN or self.table.mode is ColorMode.MONO:
            return Style.from_color(self._ink, None) + self.blank + style
        behind = self.rgb(code & LOWER_MASK)
        if style.bgcolor is None:
            style += Style.from_color(None, self.color(code & LOWER_MASK))
        if style.color is None:
            bright = 0.299 * behind[0] + 0.587 * behind[1] + 0.114 * behind[2] > 110
            ink = terminal_color(_BLACK if bright else _WHITE, self.table.mode)
            style += Style.from_color(ink, None)
        return style


def build_rows(cells: Cells, rows: Sequence[int], cache: SegmentCache) -> list[list[Segment]]:
    """Segments of the given rows, each list exactly as wide as the pane.

    Args:
        cells: the pane; its table must be the cache's.
        rows: which rows to build.
        cache: reused from frame to frame.
    """
    if not rows:
        return []
    codes = cells.codes[list(rows)]
    count, columns = codes.shape
    starts = np.empty(codes.shape, np.bool_)
    starts[:, :1] = True
    np.not_equal(codes[:, 1:], codes[:, :-1], out=starts[:, 1:])
    at = np.flatnonzero(starts)
    lengths = np.diff(at, append=count * columns)
    keys = (codes.ravel()[at] << _LENGTH_BITS) | lengths
    segments = list(map(cache.__getitem__, keys.tolist()))
    ends = starts.sum(axis=1).cumsum().tolist()
    return [segments[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


def _runs(codes: CellCodes, cache: SegmentCache) -> list[Segment]:
    at = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    keys = (codes[at] << _LENGTH_BITS) | np.diff(at, append=len(codes))
    return list(map(cache.__getitem__, keys.tolist()))


def _clear(over: dict[int, tuple[str, Style]], column: int) -> None:
    """Take away what lies over a column; of a wide character the other half becomes a space."""
    character, _ = over.pop(column, (" ", Style.null()))
    partner = column - 1 if not character else column + 1
    if partner in over and (not character or not over[partner][0]):
        over[partner] = (" ", over[partner][1])


def glyphs_over(overlays: Sequence[Overlay], columns: int) -> dict[int, tuple[str, Style]]:
    """What lies over each column, the last overlay on top; a wide character leaves '' in its second column."""
    over: dict[int, tuple[str, Style]] = {}
    for overlay in overlays:
        column = overlay.column
        for character in overlay.text:
            width = get_character_cell_size(character)
            if width == 0:
                continue
            if column >= 0 and column + width <= columns:
                for covered in range(column, column + width):
                    if covered in over:
                        _clear(over, covered)
                over[column] = (character, overlay.style)
                if width == 2:
                    over[column + 1] = ("", overlay.style)
            column += width
    return over


def build_row_with_overlays(cells: Cells, row: int, overlays: Sequence[Overlay], cache: SegmentCache) -> list[Segment]:
    """Segments of one row with marks over it; cells without a mark look as they do without any."""
    codes = cells.codes[row]
    over = glyphs_over(overlays, len(codes))
    segments: list[Segment] = []
    done = 0
    for column in sorted(over):
        character, style = over[column]
        if column > done:
            segments += _runs(codes[done:column], cache)
        done = column + 1
        if not character:
            continue
        style = cache.over(int(codes[column]), style)
        if segments and column and segments[-1].style == style and column - 1 in over:
            segments[-1] = Segment(segments[-1].text + character, style)
        else:
            segments.append(Segment(character, style))
    if done < len(codes):
        segments += _runs(codes[done:], cache)
    return segments
