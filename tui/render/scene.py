"""What a pane shows, as values, to be drawn in real pixels: picture or map, lines, marks, loupes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui.geometry.arrays import RGBImage
from tui.render.contours import Contours, Shading
from tui.render.levels import ValueRange
from tui.render.loupe import ring_radii, window_seen
from tui.render.loupe_painter import Enlarged, Source
from tui.render.outlines import Outline, placed_outline
from tui.render.overlays import Overlay
from tui.render.painter import DepthPainter
from tui.render.pixels import (
    Box,
    Marks,
    PixelMark,
    draw_contours,
    draw_frame,
    draw_marks,
    map_pixels,
    picture_pixels,
    plain,
)
from tui.render.pointed import Pointed
from tui.render.viewport import Viewport

_NO_BREAK_SPACE = "\u00a0"


class Held:
    """What is shown of an array; compared by the identity of the whole and by which part it is.

    Args:
        whole: must not be written to.
        viewport: says which part is shown.
    """

    def __init__(self, whole: npt.NDArray[Any], viewport: Viewport) -> None:
        self._whole = whole
        self._part = (viewport.part_left, viewport.part_top, viewport.part_width, viewport.part_height)
        self.array = viewport.part_of(whole)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and other._whole is self._whole and other._part == self._part

    def __hash__(self) -> int:
        return hash((id(self._whole), self._part))


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of equal distance."""

    contours: Contours
    field: Held | None
    """What they are drawn of; None: the map."""
    alone: bool
    """Whether the map's colours are left away."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture or a map in a rectangle of the pane."""

    shown: Held | None
    """RGB, uint8, shape (H, W, 3), or a map; None where there is nothing to be seen."""
    span: ValueRange | None
    """What the ends of a map's palette stand for; None for a picture."""
    palette: str
    lines: Lines | None
    marks: Marks
    column: int
    """Of the pane, where it begins, its frame included."""
    row: int
    size: tuple[int, int]
    """Height and width, pixels."""
    title: str | None = None
    """None: it has no frame."""
    around: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Blank above, below, left and right of it inside the frame, pixels."""

    def draw(self, cell: tuple[int, int]) -> RGBImage:
        """Finished, RGB, uint8; `cell` as in `Scene`."""
        (height, width), lines = self.size, self.lines
        if self.shown is None or (lines is not None and lines.alone):
            pixels = np.zeros((height, width, 3), np.uint8)
        elif self.span is None:
            pixels = picture_pixels(self.shown.array, height, width)
        else:
            pixels = map_pixels(self.shown.array, self.span, self.palette, height, width)
        if self.shown is not None and lines is not None:
            draw_contours(pixels, (lines.field or self.shown).array, lines.contours)
        pixels = draw_marks(pixels, self.marks, cell)
        if self.title is None:
            return pixels
        above, below, left, right = self.around
        return draw_frame(np.pad(pixels, ((above, below), (left, right), (0, 0))), self.title, cell)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a pane shows, as values: equal scenes look the same. Arrays are compared by identity."""

    layers: tuple[Layer, ...]
    """The topmost last."""
    paper: tuple[int, int, int]
    """Where there is no layer."""
    left: int
    """Columns of the pane left of it."""
    top: int
    """Rows of the pane above it."""
    columns: int
    rows: int
    cell: tuple[int, int]
    """Width and height of a cell of the terminal, pixels."""

    def draw(self) -> RGBImage:
        """The finished picture, RGB, uint8, shape (rows * cell height, columns * cell width, 3)."""
        width, height = self.cell
        canvas = np.empty((self.rows * height, self.columns * width, 3), np.uint8)
        canvas[:] = self.paper
        for layer in self.layers:
            drawn = layer.draw(self.cell)
            top, left = (layer.row - self.top) * height, (layer.column - self.left) * width
            canvas[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        return canvas


def scene_of(
    source: Source,
    viewport: Viewport,
    painter: DepthPainter,
    pointed: Pointed,
    cell: tuple[int, int],
    *,
    loupes: Sequence[Enlarged] = (),
    paper: tuple[int, int, int] = (0, 0, 0),
) -> Scene:
    """What a pane shows, ready to be drawn.

    Args:
        source: the pane's.
        viewport: its place in the pane.
        painter: says which lines are drawn over a map.
        pointed: the crosshair and the marks.
        cell: width and height of a cell of the terminal, pixels.
        loupes: over it.
        paper: the pane's own colour.
    """
    layers = [_pane(source, viewport, painter, pointed, cell)]
    layers += [_enlarged(each, pointed, cell) for each in loupes]
    left = min([viewport.left, *(each.loupe.column for each in loupes)])
    top = min([viewport.top, *(each.loupe.row for each in loupes)])
    right = max([viewport.left + viewport.picture_columns, *(each.loupe.right for each in loupes)])
    bottom = max([viewport.top + viewport.picture_rows, *(each.loupe.bottom for each in loupes)])
    return Scene(tuple(layers), paper, left, top, right - left, bottom - top, cell)


def under_pixels(scene: Scene | None) -> list[Overlay]:
    """Cells that look empty and are others than empty ones: where no pixels stand any more, they are sent anew."""
    if scene is None:
        return []
    rows = range(scene.top, scene.top + scene.rows)
    return [Overlay(scene.left, row, _NO_BREAK_SPACE * scene.columns, Style.null()) for row in rows]


def _pane(source: Source, viewport: Viewport, painter: DepthPainter, pointed: Pointed, cell: tuple[int, int]) -> Layer:
    height, width = _size(viewport, cell)

    def placed(u_px: int, v_px: int) -> tuple[int, int]:
        return viewport.place_of(u_px, v_px, height, width)

    words = [
        PixelMark(*placed(each.u_px, each.v_px), plain(each.text))
        for each in pointed.marks
        if viewport.shows(each.u_px, each.v_px)
    ]
    at = pointed.crosshair if pointed.crosshair is not None and viewport.shows(*pointed.crosshair) else None
    seen = at is not None and window_seen(viewport, pointed.window_px)
    lines = None
    if source.image is None and painter.shading.has_lines:
        field = painter.drawn.field
        held = None if field is None else Held(field, viewport)
        lines = Lines(painter.drawn.contours, held, painter.shading is Shading.LINES)
    window = None if at is None or not seen else _window(viewport, at, pointed.window_px, (height, width))
    lines_px = tuple(_closed(placed_outline(viewport, each, height, width), each) for each in pointed.outlines)
    words += [
        PixelMark(*line[0], plain(each.text))
        for line, each in zip(lines_px, pointed.outlines, strict=True)
        if each.text and 0 <= line[0][0] < width and 0 <= line[0][1] < height
    ]
    marks = Marks(tuple(words), None if at is None else placed(*at), window, lines=lines_px)
    place = viewport.left, viewport.top
    return Layer(_held(source, viewport), source.span, source.palette, lines, marks, *place, (height, width))


def _closed(line: tuple[tuple[int, int], ...], outline: Outline) -> tuple[tuple[int, int], ...]:
    return (*line, line[0]) if outline.closed else line


def _enlarged(enlarged: Enlarged, pointed: Pointed, cell: tuple[int, int]) -> Layer:
    loupe, source = enlarged.loupe, enlarged.source
    view = loupe.view
    size = _size(view, cell)
    marks = Marks()
    if pointed.crosshair is not None:
        window = _window(view, pointed.crosshair, pointed.window_px, size)
        marks = Marks(window=window, rings=tuple(ring_radii(view, size[1])))
    above, left = view.top * cell[1], view.left * cell[0]
    around = above, view.rows * cell[1] - above - size[0], left, view.columns * cell[0] - left - size[1]
    held, place = _held(source, view), (loupe.column, loupe.row)
    return Layer(held, source.span, source.palette, None, marks, *place, size, enlarged.title, around)


def _held(source: Source, viewport: Viewport) -> Held | None:
    array = source.values if source.image is None else source.image
    return None if source.empty or array is None else Held(array, viewport)


def _size(viewport: Viewport, cell: tuple[int, int]) -> tuple[int, int]:
    """Height and width on the screen, pixels."""
    return viewport.picture_rows * cell[1], viewport.picture_columns * cell[0]


def _window(viewport: Viewport, at: tuple[int, int], window_px: int, size: tuple[int, int]) -> Box:
    """The sampled pixels' edges where what is shown has that size."""
    (height, width), half = size, window_px // 2
    across, down = width / viewport.part_width, height / viewport.part_height
    left, top = at[0] - half - viewport.part_left, at[1] - half - viewport.part_top
    return left * across, top * down, (left + window_px) * across, (top + window_px) * down
