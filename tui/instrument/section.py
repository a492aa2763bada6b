"""Sections of a frame: which lines there are, and what is read along them."""

from __future__ import annotations

from enum import StrEnum

from tui.calibration.measure import PointReading
from tui.calibration.section import Section
from tui.errors import InputError
from tui.geometry.line import Pixel, pixels_along
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session


class Line(StrEnum):
    """Along what."""

    PINS = "the last two pins"
    ROW = "the crosshair's row"
    COLUMN = "the crosshair's column"

    @property
    def next(self) -> Line:
        """The one after it, the first after the last."""
        lines = list(Line)
        return lines[(lines.index(self) + 1) % len(lines)]


def ends_of(line: Line, session: Session) -> tuple[Pixel, Pixel]:
    """Where it begins and ends in the picture.

    Raises:
        InputError: there is no such line yet; says what to do.
    """
    if not session.width:
        raise InputError("no picture yet: wait for the source, or press s for another one")
    if line is Line.ROW and session.width > 1:
        return (0, session.v_px), (session.width - 1, session.v_px)
    if line is Line.COLUMN and session.height > 1:
        return (session.u_px, 0), (session.u_px, session.height - 1)
    here = [
        (each.u_px, each.v_px)
        for each in session.pins
        if 0 <= each.u_px < session.width and 0 <= each.v_px < session.height
    ]
    if line is Line.PINS and len(here) > 1 and here[-2] != here[-1]:
        return here[-2], here[-1]
    raise InputError("a section needs two pins at different pixels: enter sets one")


def section_along(reading: FrameReading, start: Pixel, end: Pixel, most: int | None = None) -> Section:
    """What a frame shows along a line.

    Args:
        reading: of the frame.
        start: of the line.
        end: of the line, another pixel.
        most: evenly spread pixels where there are more; None reads every pixel.

    Raises:
        InputError: both ends are the same pixel.
    """
    pixels = pixels_along(start, end, most)
    found = reading.all_at(pixels)
    return Section(tuple(PointReading(*pixel, each) for pixel, each in zip(pixels, found, strict=True)))
