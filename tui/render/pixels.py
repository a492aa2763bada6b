"""Pictures and maps in real pixels, for terminals that show them, and what is drawn over them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.colors import ColorMode, luminance
from tui.render.contours import Contours
from tui.render.levels import ValueRange
from tui.render.palette import DepthPalette, depth_palette

if TYPE_CHECKING:
    from PIL import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_BRIGHT = 110
_LEVELS = 64
_ACCENT, _PAPER, _INK = (255, 160, 40), (16, 16, 16), (250, 250, 250)


Box = tuple[float, float, float, float]
"""Left, top, right and bottom, pixels; the last two are one past."""


@dataclass(frozen=True, slots=True)
class PixelMark:
    """A word at a place of the picture."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over a picture, in its pixels on the screen."""

    words: tuple[PixelMark, ...] = ()
    crosshair: tuple[int, int] | None = None
    """Its middle."""
    window: Box | None = None
    """What is sampled; drawn around it."""
    rings: tuple[float, ...] = ()
    """Radii around the middle of the window."""
    lines: tuple[tuple[tuple[int, int], ...], ...] = ()
    """Outlines of regions, from point to point."""


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


def draw_marks(pixels: RGBImage, marks: Marks, cell: tuple[int, int]) -> RGBImage:
    """Marks, rings, the window and the crosshair over a picture.

    Args:
        pixels: RGB, uint8, shape (height, width, 3).
        marks: what, and where.
        cell: width and height of a cell of the terminal, pixels: words are about as large.
    """
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    width, height = cell
    for line in marks.lines:
        for inner, color in ((3, _PAPER), (1, _ACCENT)):
            draw.line(line, fill=color, width=inner)
    if marks.window is not None:
        left, top, right, bottom = marks.window
        x, y = (left + right) / 2, (top + bottom) / 2
        for radius in marks.rings:
            for out, color in ((1, _PAPER), (0, _INK)):
                draw.ellipse((x - radius - out, y - radius - out, x + radius + out, y + radius + out), outline=color)
        around = (round(left) - 1, round(top) - 1, round(right), round(bottom))
        for out, color in ((2, _PAPER), (1, _ACCENT), (0, _ACCENT)):
            draw.rectangle((around[0] - out, around[1] - out, around[2] + out, around[3] + out), outline=color)
    for mark in marks.words:
        draw_words(draw, mark, height)
    if marks.crosshair is not None and marks.window is None:
        u, v = marks.crosshair
        for inner, color in ((3, _PAPER), (1, _INK)):
            draw.line((u - 2 * width, v, u + 2 * width, v), fill=color, width=inner)
            draw.line((u, v - height, u, v + height), fill=color, width=inner)
        draw.ellipse((u - 3, v - 3, u + 3, v + 3), outline=_ACCENT, width=2)
    drawn: RGBImage = np.array(image)
    return drawn


def draw_words(draw: ImageDraw.ImageDraw, mark: PixelMark, height: int) -> None:
    """A word with paper behind it; `height` of a cell, pixels."""
    font = _font(height)
    box = draw.textbbox((mark.x + 2, mark.y), mark.text, font=font, anchor="lm")
    draw.rectangle((box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2), fill=_PAPER)
    draw.text((mark.x + 2, mark.y), mark.text, font=font, anchor="lm", fill=_ACCENT)


def _font(height: int) -> FreeTypeFont:
    """For a cell that high, pixels."""
    from PIL import ImageFont

    return cast("FreeTypeFont", ImageFont.load_default(max(8, round(0.75 * height))))


def draw_frame(pixels: RGBImage, title: str, cell: tuple[int, int]) -> RGBImage:
    """A frame of a cell's width around what stands inside, in ink on paper, its title in it.

    Args:
        pixels: what stands inside, RGB, uint8, shape (height, width, 3).
        title: left away where it has no room.
        cell: width and height of a cell of the terminal, pixels.
    """
    from PIL import Image, ImageDraw

    width, height = cell
    image = Image.new("RGB", (pixels.shape[1] + 2 * width, pixels.shape[0] + 2 * height), _PAPER)
    image.paste(Image.fromarray(pixels), (width, height))
    draw = ImageDraw.Draw(image)
    right, bottom = image.width - (width + 1) // 2, image.height - (height + 1) // 2
    draw.rectangle((width // 2, height // 2, right, bottom), outline=_INK)
    draw.rectangle((width - 1, height - 1, image.width - width, image.height - height), outline=_PAPER)
    mark = PixelMark(2 * width, height // 2, title)
    if draw.textlength(title, font=_font(height)) <= image.width - 4 * width:
        draw_words(draw, mark, height)
    framed: RGBImage = np.array(image)
    return framed


def plain(text: str) -> str:
    """Circled numbers as digits: the font for pixels has no others."""
    return "".join(str(int(unicodedata.numeric(each))) if each > "~" and each.isnumeric() else each for each in text)
