"""Where in space a reading is, in words; the digits follow the interval along the axis and how finely pixels lie."""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.figures import UNKNOWN, length
from tui.calibration.reading import Reading
from tui.calibration.units import DistanceUnit
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import PIXEL_SIGMA_PX, position

_95 = 1.96


@dataclass(frozen=True, slots=True)
class Place:
    """A point in the camera's frame, each part with its unit and without a sign."""

    ray: str
    across: str
    """To the right or left."""
    along: str
    """Up or down."""
    ahead: str
    """Along the optical axis."""
    left: bool
    up: bool


def place_of(reading: Reading, pixel: tuple[int, int], intrinsics: Intrinsics, unit: DistanceUnit) -> Place | None:
    """None where the reading has no distance.

    Raises:
        InputError: the lens has no known ray there.
    """
    z_m, low_m, high_m = reading.distance_m, reading.low_m, reading.high_m
    if z_m is None or low_m is None:
        return None
    point = position(intrinsics, *pixel, z_m)

    def part(part_m: float, apart_m: float = 0.0) -> str:
        share = abs(part_m) / z_m
        reach = None if high_m is None else share * high_m + apart_m
        figure = length(share * z_m, max(0.0, share * low_m - apart_m), reach, unit)
        return figure.interval if figure.short == UNKNOWN else figure.short

    beside = _95 * PIXEL_SIGMA_PX * z_m
    return Place(
        ray=part(point.ray_m),
        across=part(point.x_m, beside / intrinsics.fx_px),
        along=part(point.y_m, beside / intrinsics.fy_px),
        ahead=part(z_m),
        left=point.x_m < 0,
        up=point.y_m < 0,
    )
