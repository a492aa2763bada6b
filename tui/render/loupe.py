"""The crosshair's neighbourhood enlarged in a corner of a pane, and outlines of what is sampled there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.style import Style

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import BLANK, Cells
from tui.render.colors import ColorMode
from tui.render.levels import ValueRange
from tui.render.overlays import Overlay, crosshair, mark
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.quality import Quality
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
_STEADIER = 2.0
"""Few pixels make a cell of it, so that noise moves it more than a cell of the whole picture."""
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


def loupe_in(viewport: Viewport, u_px: int, v_px: int, *, at_left: bool) -> Loupe | None:
    """A loupe in an upper corner of a pane, away from the crosshair; None where it has no room or shows nothing new.

    Args:
        viewport: of the pane.
        u_px: crosshair.
        v_px: crosshair.
        at_left: which corner it is in, if it can stay there.
    """
    shown_px = math.ceil(_AROUND * RINGS_PX[-1] * viewport.width_px / _WIDE_PX)
    blank = viewport.left - 2
    beside = blank // 2 if blank // 2 > _LEAST_ROWS else _MOST_ROWS
    rows = min(
        _MOST_ROWS,
        beside,
        int(_MOST_SHARE * viewport.rows) - 2,
        (int(_MOST_SHARE * viewport.columns) - 2) // 2,
        shown_px // 2,
    )
    if rows < _LEAST_ROWS or 2 * rows / shown_px < _LARGER * viewport.picture_columns / viewport.part_width:
        return None
    columns = 2 * rows
    whole = min(columns / viewport.width_px, columns / viewport.height_px)
    view = Viewport(columns, rows, viewport.width_px, viewport.height_px, columns / shown_px / whole, (u_px, v_px))
    corners = [Loupe(0, 0, view), Loupe(viewport.columns - columns - 2, 0, view)]
    loupe, other = corners if at_left else corners[::-1]
    if _covered(viewport, loupe) > _MOST_COVERED * viewport.picture_columns * viewport.picture_rows:
        return None
    at = viewport.cell_of(u_px, v_px)
    near = at is not None and (
        loupe.column - _MARGIN[0] <= at.column < loupe.right + _MARGIN[0] and at.row < loupe.bottom + _MARGIN[1]
    )
    return other if near else loupe


def _covered(viewport: Viewport, loupe: Loupe) -> int:
    """How many cells of the picture lie under a loupe."""
    columns = min(loupe.right, viewport.left + viewport.picture_columns) - max(loupe.column, viewport.left)
    return max(0, columns) * max(0, loupe.bottom - viewport.top)


def loupe_overlays(loupe: Loupe, at: tuple[int, int], window_px: int) -> list[Overlay]:
    """Its frame, the rings, and the window that is sampled around a pixel."""
    plain, wide = Style.null(), loupe.view.columns
    title = f" {window_px}x{window_px} px "
    title = title if cell_len(title) < wide else ""
    frame = [
        Overlay(loupe.column, loupe.row, f"╭{title}{'─' * (wide - cell_len(title))}╮", plain),
        Overlay(loupe.column, loupe.bottom - 1, f"╰{'─' * wide}╯", plain),
    ]
    for row in range(loupe.row + 1, loupe.bottom - 1):
        frame += [Overlay(loupe.column, row, "│", plain), Overlay(loupe.right - 1, row, "│", plain)]
    inside = [over for size_px in RINGS_PX for over in _ring(loupe.view, at, size_px)]
    inside += outline(loupe.view, *at, window_px)
    return frame + [
        replace(over, column=over.column + loupe.column + 1, row=over.row + loupe.row + 1) for over in inside
    ]


def outline(viewport: Viewport, u_px: int, v_px: int, window_px: int) -> list[Overlay]:
    """A line around the pixels of a window, on the cells beside them; what lies beyond the picture is left away."""
    if not viewport.shows(u_px, v_px):
        return []
    half, rows, columns = window_px // 2, viewport.picture_rows, viewport.picture_columns
    left, top = viewport.place_of(u_px - half, v_px - half, rows, columns)
    right, bottom = viewport.place_of(u_px + half, v_px + half, rows, columns)
    style, wide = Style(bold=True), right - left + 1
    lines = [(left - 1, top - 1, f"┌{'─' * wide}┐"), (left - 1, bottom + 1, f"└{'─' * wide}┘")]
    lines += [(column, row, "│") for row in range(top, bottom + 1) for column in (left - 1, right + 1)]
    return [
        Overlay(viewport.left + column + at, viewport.top + row, character, style)
        for column, row, text in lines
        for at, character in enumerate(text)
        if 0 <= column + at < columns and 0 <= row < rows
    ]


def crosshair_over(viewport: Viewport, u_px: int, v_px: int, window_px: int, centre: Style) -> list[Overlay]:
    """The crosshair, or the window around it where the picture is enlarged so far that it can be seen."""
    seen = viewport.picture_columns * window_px >= _SEEN_COLUMNS * viewport.part_width
    if viewport.part_width < viewport.width_px and window_px > 1 and seen:
        return [*outline(viewport, u_px, v_px, window_px), *mark(viewport, u_px, v_px, "┼", centre)]
    return crosshair(viewport, u_px, v_px, centre, Style(bold=True))


def _ring(viewport: Viewport, at: tuple[int, int], size_px: int) -> list[Overlay]:
    """Dots on a circle around a pixel; `size_px` is its diameter in a picture of `_WIDE_PX`."""
    radius = size_px * viewport.width_px / _WIDE_PX / 2 * viewport.picture_columns / viewport.part_width
    x, y = viewport.place_of(*at, 64 * viewport.picture_rows, 64 * viewport.picture_columns)
    cells = {
        (
            math.floor(x / 64 + radius * math.cos(math.tau * arc / _ARCS)),
            math.floor(y / 64 + radius / 2 * math.sin(math.tau * arc / _ARCS)),
        )
        for arc in range(_ARCS)
    }
    return [
        Overlay(viewport.left + column, viewport.top + row, "·", Style(bold=True))
        for column, row in sorted(cells)
        if 0 <= column < viewport.picture_columns and 0 <= row < viewport.picture_rows
    ]


class LoupePainter:
    """Paints what the loupe shows in the colours of its pane."""

    def __init__(self) -> None:
        self.shown: Loupe | None = None
        """Where it was painted last; None if it had no room."""
        self._at_left = False
        self._painted_as: tuple[ColorMode, str, Quality] | None = None
        self._picture = PicturePainter()
        self._map = DepthPainter()

    def paint_as(self, mode: ColorMode, palette: str, quality: Quality) -> None:
        """Paint as the pane does from now on.

        Args:
            mode: the terminal's colours.
            palette: name of the palette of maps.
            quality: how finely.
        """
        if (mode, palette, quality) == self._painted_as:
            return
        self._painted_as = (mode, palette, quality)
        detail = quality.detail
        steadier = replace(
            detail,
            hysteresis=_STEADIER * detail.hysteresis,
            chroma_hysteresis=_STEADIER * detail.chroma_hysteresis,
        )
        self._picture = PicturePainter(mode, steadier, quality.block)
        self._map = DepthPainter(mode, palette, quality.depth_levels, block=quality.block)

    def over(
        self,
        cells: Cells,
        viewport: Viewport,
        at: tuple[int, int],
        source: tuple[RGBImage | None, FloatMap | None],
        span: ValueRange | None,
    ) -> Cells:
        """The cells of a pane with the loupe over them, if it has room; `shown` says where.

        Args:
            cells: of the pane.
            viewport: of the pane.
            at: crosshair, (u_px, v_px).
            source: the pane's picture, RGB, uint8, shape (H, W, 3), or its map, float32, shape (H, W).
            span: what the ends of the map's palette stand for in the pane.
        """
        image, values = source
        self.shown = loupe = loupe_in(viewport, *at, at_left=self._at_left)
        if loupe is None:
            return cells
        self._at_left = loupe.column == 0
        if image is not None:
            return self.with_picture(cells, loupe, image)
        if values is not None and span is not None:
            return self.with_map(cells, loupe, values, span)
        return cells

    def with_picture(self, cells: Cells, loupe: Loupe, image: RGBImage) -> Cells:
        """The cells of a pane with the loupe over them.

        Args:
            cells: of the pane.
            loupe: where, and what it shows.
            image: the pane's picture, RGB, uint8, shape (H, W, 3).
        """
        return _laid_over(cells, loupe, self._picture.paint(image, loupe.view))

    def with_map(self, cells: Cells, loupe: Loupe, values: FloatMap, span: ValueRange) -> Cells:
        """The cells of a pane with the loupe over them.

        Args:
            cells: of the pane.
            loupe: where, and what it shows.
            values: the pane's map, float32, shape (H, W).
            span: what the ends of the palette stand for in the pane.
        """
        self._map.quantiser.range.pin(span.low, span.high)
        return _laid_over(cells, loupe, self._map.paint(values, loupe.view))


def _laid_over(cells: Cells, loupe: Loupe, inside: Cells) -> Cells:
    codes = cells.codes.copy()
    codes[loupe.row : loupe.bottom, loupe.column : loupe.right] = BLANK
    codes[loupe.row + 1 : loupe.bottom - 1, loupe.column + 1 : loupe.right - 1] = inside.codes
    return Cells(codes, cells.table)
