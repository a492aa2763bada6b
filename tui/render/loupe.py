"""The crosshair's neighbourhood enlarged in a corner of a pane, and outlines of what is sampled there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style

from tui.render.overlays import BOLD, Overlay, crosshair, mark
from tui.render.viewport import Viewport

RINGS_PX = (15, 41)
"""Diameters, in a picture of `_WIDE_PX`, and in others by their width: so far around there should be no edge."""
_WIDE_PX = 640
_AROUND = 1.2
"""Of the outer ring's diameter: so much is shown."""
_LEAST_ROWS, _MOST_ROWS = 6, 24
_MOST_SHARE = 0.4
"""Of the pane's sides, frame included."""
_MOST_COVERED = 0.15
"""Of the picture."""
_LARGER = 1.5
"""So many times as large as in the pane, or it shows nothing new."""
_MARGIN = (4, 2)
"""Columns and rows around it that the crosshair does not come into: it changes the side before."""
_SEEN_COLUMNS = 2
"""That a window covers at least, for its outline to be worth drawing."""
_ARCS = 96


@dataclass(frozen=True, slots=True)
class Loupe:
    """A loupe in a pane."""

    column: int
    """Of the pane, where its frame begins."""
    row: int
    view: Viewport
    """What is shown inside its frame, as if that were a pane of its own."""

    @property
    def right(self) -> int:
        """One past its frame's last column."""
        return self.column + self.view.columns + 2

    @property
    def bottom(self) -> int:
        """One past its frame's last row."""
        return self.row + self.view.rows + 2

    def covers(self, column: int, row: int) -> bool:
        """Whether a cell of the pane lies under it."""
        return self.column <= column < self.right and self.row <= row < self.bottom

    def pixel_of(self, column: int, row: int) -> tuple[int, int] | None:
        """The pixel that it shows in a cell of the pane; None on its frame and outside."""
        return self.view.pixel_of(column - self.column - 1, row - self.row - 1)


def loupes_in(viewport: Viewport, u_px: int, v_px: int, *, at_left: bool, count: int = 1) -> tuple[Loupe, ...]:
    """Loupes in an upper corner of a pane, away from the crosshair; none where they have no room or show nothing new.

    Args:
        viewport: of the pane.
        u_px: crosshair.
        v_px: crosshair.
        at_left: which corner they are in, if they can stay there.
        count: 1, or 2 one below or beside the other, alike; where two have no room there may be one.
    """
    shown_px = math.ceil(_AROUND * RINGS_PX[-1] * viewport.width_px / _WIDE_PX)
    shapes = ((1, 1),) if count == 1 else ((1, 2), (2, 1))
    fitting = [(_most_rows(viewport, shown_px, *shape), *shape) for shape in shapes]
    rows, across, down = max(fitting, key=lambda each: (each[0] > 0 and not _covered(viewport, *each), each[0]))
    if rows < _LEAST_ROWS or 2 * rows / shown_px < _LARGER * viewport.picture_columns / viewport.part_width:
        return loupes_in(viewport, u_px, v_px, at_left=at_left) if count > 1 else ()
    columns = 2 * rows
    whole = min(columns / viewport.width_px, columns / viewport.height_px)
    view = Viewport(columns, rows, viewport.width_px, viewport.height_px, columns / shown_px / whole, (u_px, v_px))
    wide = columns + 2
    right, below = viewport.columns - across * wide, (down - 1) * (rows + 2)
    corners = [(Loupe(at, 0, view), Loupe(at + (across - 1) * wide, below, view))[:count] for at in (0, right)]
    loupes, other = corners if at_left else corners[::-1]
    at = viewport.cell_of(u_px, v_px)
    near = at is not None and (
        loupes[0].column - _MARGIN[0] <= at.column < loupes[-1].right + _MARGIN[0]
        and at.row < loupes[-1].bottom + _MARGIN[1]
    )
    return other if near else loupes


def _most_rows(viewport: Viewport, shown_px: int, across: int, down: int) -> int:
    """Inside each of so many loupes beside and below each other; 0 where they would cover too much of the picture."""
    blank = (viewport.left // across - 2) // 2
    beside = blank > _LEAST_ROWS
    high = viewport.rows if beside and down > 1 else int(_MOST_SHARE * viewport.rows)
    rows = min(
        _MOST_ROWS,
        blank if beside else _MOST_ROWS,
        high // down - 2,
        (int(_MOST_SHARE * viewport.columns) // across - 2) // 2,
        shown_px // 2,
    )
    most = _MOST_COVERED * viewport.picture_columns * viewport.picture_rows
    while across * down > 1 and rows >= _LEAST_ROWS and _covered(viewport, rows, across, down) > most:
        rows -= 1
    return rows if _covered(viewport, rows, across, down) <= most else 0


def _covered(viewport: Viewport, rows: int, across: int, down: int) -> int:
    """How many cells of the picture lie under loupes in a corner."""
    columns = across * 2 * (rows + 1) - viewport.left
    return max(0, columns) * max(0, down * (rows + 2) - viewport.top)


def loupe_frame(loupe: Loupe, title: str) -> list[Overlay]:
    """A line around it, with its title in it where that has room."""
    plain, wide = Style.null(), loupe.view.columns
    title = f" {title} "
    title = title if cell_len(title) < wide else ""
    frame = [
        Overlay(loupe.column, loupe.row, f"╭{title}{'─' * (wide - cell_len(title))}╮", plain),
        Overlay(loupe.column, loupe.bottom - 1, f"╰{'─' * wide}╯", plain),
    ]
    for row in range(loupe.row + 1, loupe.bottom - 1):
        frame += [Overlay(loupe.column, row, "│", plain), Overlay(loupe.right - 1, row, "│", plain)]
    return frame


def loupe_marks(view: Viewport, at: tuple[int, int], window_px: int) -> list[Overlay]:
    """What lies over a loupe's inside: the rings, and the window that is sampled around a pixel."""
    rings = [over for radius in ring_radii(view, view.picture_columns) for over in _ring(view, at, radius)]
    return rings + outline(view, *at, window_px)


def ring_radii(view: Viewport, width: int) -> list[float]:
    """Radii of the rings where what is shown is so wide."""
    return [size_px * view.width_px / _WIDE_PX / 2 * width / view.part_width for size_px in RINGS_PX]


def outline(viewport: Viewport, u_px: int, v_px: int, window_px: int) -> list[Overlay]:
    """A line around the pixels of a window, on the cells beside them; what lies beyond the picture is left away."""
    if not viewport.shows(u_px, v_px):
        return []
    half, rows, columns = window_px // 2, viewport.picture_rows, viewport.picture_columns
    left, top = viewport.place_of(u_px - half, v_px - half, rows, columns)
    right, bottom = viewport.place_of(u_px + half, v_px + half, rows, columns)
    style, wide = BOLD, right - left + 1
    lines = [(left - 1, top - 1, f"┌{'─' * wide}┐"), (left - 1, bottom + 1, f"└{'─' * wide}┘")]
    lines += [(column, row, "│") for row in range(top, bottom + 1) for column in (left - 1, right + 1)]
    return [
        Overlay(viewport.left + column + at, viewport.top + row, character, style)
        for column, row, text in lines
        for at, character in enumerate(text)
        if 0 <= column + at < columns and 0 <= row < rows
    ]


def window_seen(viewport: Viewport, window_px: int) -> bool:
    """Whether the picture is enlarged so far that the sampled window stands for the crosshair."""
    seen = viewport.picture_columns * window_px >= _SEEN_COLUMNS * viewport.part_width
    return viewport.part_width < viewport.width_px and window_px > 1 and seen


def crosshair_over(viewport: Viewport, u_px: int, v_px: int, window_px: int, centre: Style) -> list[Overlay]:
    """The crosshair, or the window around it where the picture is enlarged so far that it can be seen."""
    if window_seen(viewport, window_px):
        return [*outline(viewport, u_px, v_px, window_px), *mark(viewport, u_px, v_px, "┼", centre)]
    return crosshair(viewport, u_px, v_px, centre, BOLD)


def _ring(viewport: Viewport, at: tuple[int, int], radius: float) -> list[Overlay]:
    """Dots on a circle around a pixel; `radius` in columns."""
    return [
        Overlay(viewport.left + column, viewport.top + row, "·", BOLD)
        for column, row in _circle(
            *viewport.place_of(*at, 64 * viewport.picture_rows, 64 * viewport.picture_columns), radius
        )
        if 0 <= column < viewport.picture_columns and 0 <= row < viewport.picture_rows
    ]


@lru_cache(maxsize=64)
def _circle(x: int, y: int, radius: float) -> tuple[tuple[int, int], ...]:
    """Cells (column, row) on a circle around a place in 64ths of cells; a loupe has it at the same place mostly."""
    return tuple(
        sorted(
            {
                (
                    math.floor(x / 64 + radius * math.cos(math.tau * arc / _ARCS)),
                    math.floor(y / 64 + radius / 2 * math.sin(math.tau * arc / _ARCS)),
                )
                for arc in range(_ARCS)
            }
        )
    )
