"""A pane of cells as integers: what is compared before anything is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.colors import RGB, ColorMode
from tui.render.glyphs import LINES, SHADES
from tui.render.viewport import Viewport

CellCodes = npt.NDArray[np.int64]
"""One code a cell, int64, shape (rows, columns): glyph << 40 | upper colour << 20 | lower colour, or `BLANK`.

With another glyph than the half block, the upper colour is its ink and the lower one its paper."""

BLANK = -1
"""A cell of the letter-box: the widget's own background."""

HALF_BITS = 20
LOWER_MASK = (1 << HALF_BITS) - 1
GLYPH_BITS = 2 * HALF_BITS
OWN = LOWER_MASK
"""As ink or paper: the widget's own, which no table contains."""

_TEXT = "".join(map(chr, range(32, 127)))
GLYPHS = "▀" + SHADES[1:] + LINES[1:] + _TEXT
"""What a cell can show besides two halves; the first is that."""
FIRST_SHADE, FIRST_LINE, _FIRST_TEXT = 1, len(SHADES), len(SHADES) + len(LINES) - 1

GLYPH_RAMP = " .:-=+*#%@"
"""Ten brightnesses for terminals without colour, from none to full ink."""
BRAILLE = " " + "".join(map(chr, range(0x2801, 0x2900)))
"""Eight dots a cell, by their bits."""
DEPTH_RAMP = " .,:;ox0#@"
"""The same for maps, without strokes that look like the lines drawn over them."""


@dataclass(frozen=True, eq=False)
class ColorTable:
    """What the colour indices in a pane mean; two panes can be compared only if they share one table."""

    mode: ColorMode
    rgb_of: npt.NDArray[np.uint8]
    """Shape (N, 3), N < 2**20, already among the terminal's own colours; for `MONO` one grey a glyph."""
    ramp: str = GLYPH_RAMP
    """For `MONO`: what the indices look like."""

    def rgb(self, index: int) -> RGB:
        """One colour as integers."""
        red, green, blue = self.rgb_of[index].tolist()
        return red, green, blue


_GREYS = np.repeat(np.linspace(0, 255, len(GLYPH_RAMP)).astype(np.uint8)[:, None], 3, axis=1)
GLYPH_TABLE = ColorTable(ColorMode.MONO, _GREYS)
"""The one table of monochrome pictures: indices are glyphs of the ramp."""
BRAILLE_TABLE = ColorTable(
    ColorMode.MONO, np.array([[255 * dots.bit_count() // 8] * 3 for dots in range(len(BRAILLE))], np.uint8), BRAILLE
)
"""The one table of monochrome pictures that are drawn in dots."""
DEPTH_GLYPH_TABLE = ColorTable(ColorMode.MONO, _GREYS, DEPTH_RAMP)
"""The one table of monochrome maps."""


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """A finished pane, ready to be compared and shown."""

    codes: CellCodes
    table: ColorTable


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that must be drawn again, and which of its columns differ."""

    row: int
    first: int
    stop: int
    """One past the last column that differs."""


def text_glyphs(text: str) -> list[int]:
    """The glyphs of a text; what is not ASCII becomes a question mark."""
    return [_FIRST_TEXT + ord(letter) - 32 if letter in _TEXT else _FIRST_TEXT + ord("?") - 32 for letter in text]


def compose(indices: npt.NDArray[np.int32], table: ColorTable, viewport: Viewport) -> Cells:
    """Pair the half rows into cells and put them into the pane.

    Args:
        indices: colour of each half cell, int32, shape (2 * picture_rows, picture_columns).
        table: what the indices mean; with glyphs (`MONO`) both halves become their mean.
        viewport: where the picture lies in the pane.
    """
    wide = indices.astype(np.int64)
    upper, lower = wide[0::2], wide[1::2]
    if table.mode is ColorMode.MONO:
        upper = lower = (upper + lower + 1) >> 1
    return Cells(viewport.place((upper << HALF_BITS) | lower, BLANK), table)


def changed_rows(old: Cells | None, new: Cells) -> list[ChangedRow]:
    """Rows of `new` that differ from `old`, top to bottom; all of them if the two cannot be compared."""
    rows, columns = new.codes.shape
    if old is None or old.table is not new.table or old.codes.shape != new.codes.shape:
        return [ChangedRow(row, 0, columns) for row in range(rows)]
    different = old.codes != new.codes
    at = np.flatnonzero(different.any(axis=1))
    first = different[at].argmax(axis=1)
    stop = columns - different[at, ::-1].argmax(axis=1)
    return [ChangedRow(*span) for span in zip(at.tolist(), first.tolist(), stop.tolist(), strict=True)]
