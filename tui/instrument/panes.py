"""Both pictures of a reading with its marks over them, as pictures of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.geometry.arrays import RGBImage
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session
from tui.render.levels import AdaptiveRange, ValueRange
from tui.render.overlays import pin_glyph, reference_glyph
from tui.render.pixels import Marks, PixelMark, draw_marks, map_pixels, picture_pixels, plain

_LEAST_WIDTH_PX = 640
"""A smaller picture is enlarged by a whole number: words need room."""

_WORD_PX = (10, 20)
"""Width and height of a word's letters, with what is around them."""

_OUTLINE = (255, 160, 40)


@dataclass(frozen=True, slots=True)
class Look:
    """How the map was drawn."""

    palette: str = "inferno"
    span: ValueRange | None = None
    """What the palette's ends stood for; None: what fits this map."""


def panes(reading: FrameReading, session: Session, look: Look) -> tuple[RGBImage, RGBImage]:
    """The picture and its map, RGB, uint8, with crosshair, pins, references and regions.

    Args:
        reading: of a frame that has a map.
        session: that it was read with.
        look: of the map.
    """
    result = reading.result
    assert result is not None  # noqa: S101 - the caller has looked
    values = result.inverse_depth
    height, width = values.shape
    scale = max(1, -(-_LEAST_WIDTH_PX // width))
    size = height * scale, width * scale
    span = look.span or AdaptiveRange().update(values) or ValueRange(0.0, 1.0)
    drawn = (
        picture_pixels(result.frame.image, *size),
        map_pixels(values, span, look.palette, *size),
    )
    shown, mapped = (draw_marks(_outlined(each, session, scale), _marks(reading, scale), _WORD_PX) for each in drawn)
    return shown, mapped


def _marks(reading: FrameReading, scale: int) -> Marks:
    def placed(u_px: float, v_px: float) -> tuple[int, int]:
        return round((u_px + 0.5) * scale), round((v_px + 0.5) * scale)

    words = [
        PixelMark(*placed(each.pin.u_px, each.pin.v_px), plain(pin_glyph(each.pin.number))) for each in reading.pins
    ]
    words += [
        PixelMark(*placed(each.u_px, each.v_px), reference_glyph(number))
        for number, each in enumerate(reading.references, 1)
    ]
    words += [PixelMark(*placed(*each.region.outline[0]), each.region.name) for each in reading.regions]
    return Marks(tuple(words), placed(*reading.crosshair_px))


def _outlined(pixels: RGBImage, session: Session, scale: int) -> RGBImage:
    if not session.regions:
        return pixels
    import cv2

    drawn = np.array(pixels)
    for each in session.regions:
        corners = np.rint((np.array(each.outline, dtype=np.float64) + 0.5) * scale).clip(-1e6, 1e6).astype(np.int32)
        cv2.polylines(drawn, [corners], isClosed=True, color=_OUTLINE, thickness=2)
    return drawn
