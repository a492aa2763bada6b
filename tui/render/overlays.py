"""Marks over a picture: the crosshair, numbered pins, lettered references, a banner."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from tui.errors import InputError
from tui.render.viewport import Viewport

BOLD = Style(bold=True)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Text over the cells of one row."""

    column: int
    row: int
    text: str
    """Cells left and right of it stay as they are."""
    style: Style
    """Without a background the picture shows through; without a foreground it is black or white, as reads better."""


def pin_glyph(number: int) -> str:
    """The n-th pin's mark, from 1: circled up to 20, plain digits after."""
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


def reference_glyph(number: int) -> str:
    """The n-th reference's mark, from 1: a .. z, then a2, b2 ..."""
    round_, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) + (str(round_ + 1) if round_ else "")


def mark(viewport: Viewport, u_px: int, v_px: int, text: str, style: Style) -> list[Overlay]:
    """Text at a pixel; nothing if the pixel is not shown, or not in the picture (it was set on one of another size)."""
    try:
        at = viewport.cell_of(u_px, v_px)
    except InputError:
        return []
    if at is None:
        return []
    column = min(at.column, viewport.columns - cell_len(text))
    return [Overlay(max(0, column), at.row, text, style)]


def crosshair(viewport: Viewport, u_px: int, v_px: int, centre: Style, arms: Style) -> list[Overlay]:
    """A cross over five columns and three rows, kept inside the picture; nothing if the pixel is not in the picture."""
    centres = mark(viewport, u_px, v_px, "┼", centre)
    marks = [
        Overlay(at.column + right, at.row + down, "─" if right else "│", arms)
        for at in centres
        for right, down in ((-2, 0), (-1, 0), (1, 0), (2, 0), (0, -1), (0, 1))
    ]
    inside = [at for at in marks if viewport.pixel_of(at.column, at.row) is not None]
    return inside + centres


def banner(columns: int, rows: int, text: str, style: Style) -> list[Overlay]:
    """Text across the middle of a pane, broken between words, with a plain line above and below where there is room."""
    lines = textwrap.wrap(text, max(1, columns - 2), max_lines=max(1, rows - 2), placeholder=" …")
    if rows >= len(lines) + 2:
        lines = ["", *lines, ""]
    first = (rows - len(lines)) // 2
    padded = [set_cell_size(" " * ((columns - cell_len(line)) // 2) + line, columns) for line in lines]
    return [Overlay(0, first + row, line, style) for row, line in enumerate(padded)]
