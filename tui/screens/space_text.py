"""Where a reading is in space, and what lies between pinned points: words for the coordinates panel."""

from __future__ import annotations

from collections.abc import Sequence

from tui.calibration.doubt import judged_between
from tui.calibration.figures import area, length
from tui.calibration.place import place_of
from tui.calibration.reading import Reading, log_covariance
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import doubted
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import Extent, Located, path_length, polygon_area
from tui.instrument.measured import Pin
from tui.render.overlays import pin_glyph

NEEDS_CAMERA = "i: tell the camera's intrinsics for the ray, X, Y, Z and distances between pins"

Pinned = tuple[Pin, Reading]


def position_text(intrinsics: Intrinsics | None, pixel: tuple[int, int], reading: Reading, unit: DistanceUnit) -> str:
    """'ray 1.91 m   right 0.21 m, up 0.07 m'; empty while there is no distance."""
    if reading.distance_m is None:
        return ""
    if intrinsics is None:
        return NEEDS_CAMERA
    place = place_of(reading, pixel, intrinsics, unit)
    if place is None:
        return ""
    across, along = (
        f"{'left' if place.left else 'right'} {place.across}",
        f"{'up' if place.up else 'down'} {place.along}",
    )
    return f"ray {place.ray}   {across}, {along}"


def pins_text(
    intrinsics: Intrinsics | None, pinned: Sequence[Pinned], unit: DistanceUnit, calibration: Calibration | None = None
) -> str:
    """What the pins span, in the order in which they were set, and the first doubt; empty with fewer than two.

    `calibration` is the one behind their readings: it knows how their errors hang together.
    """
    if len(pinned) < 2 or intrinsics is None:
        return ""
    try:
        located = [_located(pin, reading) for pin, reading in pinned]
        pixels = [(float(pin.u_px), float(pin.v_px)) for pin, _ in pinned]
        covariance = log_covariance(calibration, [reading for _, reading in pinned], pixels)
        last = None if covariance is None else covariance[-2:, -2:]
        words = f"{pin_glyph(pinned[-2][0].number)}-{pin_glyph(pinned[-1][0].number)}"
        extents = [path_length(intrinsics, located[-2:], last)]
        parts = [f"{words} {_length(extents[0], unit)}"]
        if len(pinned) > 2:
            extents += [path_length(intrinsics, located, covariance), polygon_area(intrinsics, located, covariance)]
            parts += [f"path {_length(extents[1], unit)}", f"area {_area(extents[2], unit)}"]
    except InputError as error:
        return str(error)
    ends = [reading for _, reading in pinned]
    doubts = [doubted(judged_between(ends, each.low, each.high, intrinsics.caution)) for each in extents]
    return "   ".join([*parts, *list(filter(None, doubts))[:1]])


def _located(pin: Pin, reading: Reading) -> Located:
    if reading.distance_m is None or reading.low_m is None:
        raise InputError(f"{pin_glyph(pin.number)} has no distance, so nothing can be measured from there")
    return Located.of_interval(pin.u_px, pin.v_px, reading.distance_m, reading.low_m, reading.high_m)


def _length(extent: Extent, unit: DistanceUnit) -> str:
    return length(extent.value, extent.low, extent.high, unit).whole


def _area(extent: Extent, unit: DistanceUnit) -> str:
    return area(extent.value, extent.low, extent.high, unit).whole
