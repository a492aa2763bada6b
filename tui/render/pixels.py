"""A pane in real pixels, for terminals that show them: picture or map, lines, crosshair, marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.colors import ColorMode, luminance
from tui.render.contours import Contours, Shading
from tui.render.levels import ValueRange
from tui.render.outlines import Outline, placed_outline
from tui.render.painter import DepthPainter
from tui.render.palette import DepthPalette, depth_palette
from tui.render.viewport import Viewport

_BRIGHT = 110
_LEVELS = 64
_ACCENT, _PAPER, _INK = (255, 160, 40), (16, 16, 16), (250, 250, 250)


@dataclass(frozen=True, slots=True)
class PixelMark:
    """A word at a place of the picture."""

    x: int
    y: int
    text: str


def _nearest(array: FloatMap, height: int, width: int) -> FloatMap:
    rows = (2 * np.arange(height) + 1) * array.shape[0] // (2 * height)
    columns = (2 * np.arange(width) + 1) * array.shape[1] // (2 * width)
    nearest: FloatMap = array[rows[:, None], columns[None, :]]
    return nearest


def picture_pixels(image: RGBImage, height: int, width: int) -> RGBImage:
    """A picture of another size.

    Args:
        image: RGB, uint8, shape (H, W, 3).
        height: of the result, pixels.
        width: of the result, pixels.
    """
    from PIL import Image

    resized: RGBImage = np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
    return resized


def map_pixels(values: FloatMap, span: ValueRange, palette: str, height: int, width: int) -> RGBImage:
    """A map in the colours of a palette.

    Args:
        values: float32, shape (H, W), not finite where unknown.
        span: what the palette's ends stand for.
        palette: its name.
        height: of the result, pixels.
        width: of the result, pixels.
    """
    colors: DepthPalette = depth_palette(palette, ColorMode.TRUECOLOR, _LEVELS)
    sampled = _nearest(values, height, width)
    known = np.isfinite(sampled)
    share = (np.where(known, sampled, span.low) - span.low) / max(span.high - span.low, 1e-30)
    levels = np.where(known, np.rint(np.clip(share, 0, 1) * (_LEVELS - 1)), _LEVELS).astype(np.intp)
    shown: RGBImage = colors.table.rgb_of[colors.index_of_level[levels]]
    return shown


def draw_contours(pixels: RGBImage, field: FloatMap, contours: Contours) -> None:
    """Lines of equal distance into `pixels`, black or white as reads better; arguments as for `ContourTracer`."""
    at = np.array([line.value for line in contours.lines], np.float32)
    sampled = _nearest(field, *pixels.shape[:2])
    bands = np.where(np.isfinite(sampled), np.searchsorted(at, sampled, side="right"), -1)
    edges = np.zeros(bands.shape, np.bool_)
    edges[1:] |= (bands[1:] != bands[:-1]) & (bands[1:] >= 0) & (bands[:-1] >= 0)
    edges[:, 1:] |= (bands[:, 1:] != bands[:, :-1]) & (bands[:, 1:] >= 0) & (bands[:, :-1] >= 0)
    bright = luminance(pixels) > _BRIGHT
    pixels[edges & bright] = 0
    pixels[edges & ~bright] = 255


def draw_marks(
    pixels: RGBImage,
    marks: Sequence[PixelMark],
    crosshair: tuple[int, int] | None,
    cell: tuple[int, int],
    lines: Sequence[tuple[tuple[int, int], ...]] = (),
) -> RGBImage:
    """Outlines, marks over them and the crosshair over a picture.

    Args:
        pixels: RGB, uint8, shape (height, width, 3).
        marks: where they begin.
        crosshair: its middle.
        cell: width and height of a cell of the terminal, pixels: marks are about as large.
        lines: from point to point.
    """
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    width, height = cell
    font = ImageFont.load_default(max(8, round(0.75 * height)))
    for line in lines:
        for inner, color in ((3, _PAPER), (1, _ACCENT)):
            draw.line(line, fill=color, width=inner)
    for mark in marks:
        box = draw.textbbox((mark.x + 2, mark.y), mark.text, font=font, anchor="lm")
        draw.rectangle((box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2), fill=_PAPER)
        draw.text((mark.x + 2, mark.y), mark.text, font=font, anchor="lm", fill=_ACCENT)
    if crosshair is not None:
        x, y = crosshair
        for inner, color in ((3, _PAPER), (1, _INK)):
            draw.line((x - 2 * width, y, x + 2 * width, y), fill=color, width=inner)
            draw.line((x, y - height, x, y + height), fill=color, width=inner)
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), outline=_ACCENT, width=2)
    drawn: RGBImage = np.array(image)
    return drawn


@dataclass(frozen=True, slots=True)
class Scene:
    """What a pane shows, as values: equal scenes look the same. Arrays are compared by identity."""

    image: Held | None
    """RGB, uint8, shape (H, W, 3); None: there is a map."""
    values: Held | None
    field: Held | None
    """What lines are drawn of."""
    span: ValueRange | None
    palette: str
    contours: Contours | None
    """None: no lines."""
    levels: bool
    """Whether a map's colours are shown, or lines alone."""
    marks: tuple[PixelMark, ...]
    lines: tuple[tuple[tuple[int, int], ...], ...]
    """Outlines of regions, from point to point."""
    crosshair: tuple[int, int] | None
    left: int
    """Columns of the pane left of it."""
    top: int
    """Rows of the pane above it."""
    size: tuple[int, int]
    """Height and width, pixels."""
    cell: tuple[int, int]
    """Width and height of a cell of the terminal, pixels."""

    def draw(self) -> RGBImage:
        """The finished picture, RGB, uint8, shape (*size, 3)."""
        height, width = self.size
        if self.image is not None:
            pixels = picture_pixels(self.image.array, height, width).copy()
        elif self.values is not None and self.span is not None and self.levels:
            pixels = map_pixels(self.values.array, self.span, self.palette, height, width)
        else:
            pixels = np.zeros((height, width, 3), np.uint8)
        lines_of = self.field or self.values
        if self.image is None and lines_of is not None and self.contours is not None:
            draw_contours(pixels, lines_of.array, self.contours)
        return draw_marks(pixels, self.marks, self.crosshair, self.cell, self.lines)


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


def scene_of(
    source: RGBImage | FloatMap,
    viewport: Viewport,
    painter: DepthPainter,
    marks: Sequence[tuple[int, int, str]],
    crosshair: tuple[int, int] | None,
    cell: tuple[int, int],
    outlines: Sequence[Outline] = (),
) -> Scene:
    """What a pane shows, ready to be drawn.

    Args:
        source: a picture, RGB, uint8, shape (H, W, 3); or a map, float32, shape (H, W).
        viewport: its place in the pane.
        painter: says how a map is painted.
        marks: (u_px, v_px, text) of each, in pixels of the source.
        crosshair: its pixel of the source.
        cell: width and height of a cell of the terminal, pixels.
        outlines: of regions, in pixels of the source.
    """
    width, height = viewport.picture_columns * cell[0], viewport.picture_rows * cell[1]

    is_picture = source.ndim == 3

    def placed(u_px: int, v_px: int) -> tuple[int, int]:
        return viewport.place_of(u_px, v_px, height, width)

    names = [(round(each.corners[0][0]), round(each.corners[0][1]), each.text) for each in outlines if each.text]
    shown = [mark for mark in (*names, *marks) if viewport.shows(*mark[:2])]
    lines = [(placed_outline(viewport, each, height, width), each.closed) for each in outlines]
    field = painter.drawn.field
    return Scene(
        Held(source, viewport) if is_picture else None,
        None if is_picture else Held(source, viewport),
        None if field is None else Held(field, viewport),
        painter.quantiser.range.current,
        painter.palette.name,
        painter.drawn.contours if painter.shading.has_lines else None,
        painter.shading is not Shading.LINES,
        tuple(PixelMark(*placed(u_px, v_px), _plain(text)) for u_px, v_px, text in shown),
        tuple((*points, points[0]) if closed else points for points, closed in lines if len(points) > 1),
        None if crosshair is None or not viewport.shows(*crosshair) else placed(*crosshair),
        viewport.left,
        viewport.top,
        (height, width),
        cell,
    )


def _plain(text: str) -> str:
    """Circled numbers as digits: the font for pixels has no others."""
    return "".join(str(int(unicodedata.numeric(each))) if each > "~" and each.isnumeric() else each for each in text)
