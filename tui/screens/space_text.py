"""Where a reading is in space, and what lies between pinned points: words for the coordinates panel."""

from __future__ import annotations

from collections.abc import Sequence

from tui.calibration.reading import Reading, log_covariance
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import format_interval
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import Extent, Located, path_length, polygon_area, position
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
    place = position(intrinsics, *pixel, reading.distance_m)
    across = f"{'right' if place.x_m >= 0 else 'left'} {format_distance(abs(place.x_m), unit)}"
    along = f"{'down' if place.y_m >= 0 else 'up'} {format_distance(abs(place.y_m), unit)}"
    return f"ray {format_distance(place.ray_m, unit)}   {across}, {along}"


def pins_text(
    intrinsics: Intrinsics | None, pinned: Sequence[Pinned], unit: DistanceUnit, calibration: Calibration | None = None
) -> str:
    """What the pins span, in the order in which they were set; empty with fewer than two.

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
        parts = [f"{words} {_length(path_length(intrinsics, located[-2:], last), unit)}"]
        if len(pinned) > 2:
            parts.append(f"path {_length(path_length(intrinsics, located, covariance), unit)}")
            parts.append(f"area {_area(polygon_area(intrinsics, located, covariance))}")
    except InputError as error:
        return str(error)
    return "   ".join(parts)


def _located(pin: Pin, reading: Reading) -> Located:
    if reading.distance_m is None or reading.low_m is None:
        raise InputError(f"{pin_glyph(pin.number)} has no distance, so nothing can be measured from there")
    return Located.of_interval(pin.u_px, pin.v_px, reading.distance_m, reading.low_m, reading.high_m)


def _length(extent: Extent, unit: DistanceUnit) -> str:
    return f"{format_distance(extent.value, unit)} ({format_interval(extent.low, extent.high, unit)})"


def _area(extent: Extent) -> str:
    high = "no limit" if extent.high is None else f"{extent.high:.3g}"
    return f"{extent.value:.3g} m² ({extent.low:.3g} - {high})"
