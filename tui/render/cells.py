"""A pane of half-block cells as integers: what is compared before anything is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.colors import RGB, ColorMode
from tui.render.viewport import Viewport

CellCodes = npt.NDArray[np.int64]
"""One code a cell, int64, shape (rows, columns): upper colour << 20 | lower colour, or `BLANK`."""

BLANK = -1
"""A cell of the letter-box: the widget's own background."""

HALF_BITS = 20
LOWER_MASK = (1 << HALF_BITS) - 1

GLYPH_RAMP = " .:-=+*#%@"
"""Ten brightnesses for terminals without colour, from none to full ink."""


@dataclass(frozen=True, eq=False)
class ColorTable:
    """What the colour indices in a pane mean; two panes can be compared only if they share one table."""

    mode: ColorMode
    rgb_of: npt.NDArray[np.uint8]
    """Shape (N, 3), N <= 2**20, already among the terminal's own colours; for `MONO` one grey a glyph."""

    def rgb(self, index: int) -> RGB:
        """One colour as integers."""
        red, green, blue = self.rgb_of[index].tolist()
        return red, green, blue


GLYPH_TABLE = ColorTable(
    ColorMode.MONO,
    np.repeat(np.linspace(0, 255, len(GLYPH_RAMP)).astype(np.uint8)[:, None], 3, axis=1),
)
"""The one table of monochrome panes: indices are glyphs of the ramp."""


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
