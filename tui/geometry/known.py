"""Distances from what one knows of the scene: a length seen face on, or the floor below a level camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics

POINTING_SIGMA_PX = 1.0
"""One standard deviation of a pixel that a person picks, in each direction."""

FACING_SIGMA_RAD = math.radians(5.0)
"""How far from perpendicular to the optical axis a thing is that somebody holds to be so; one sigma."""

PITCH_SIGMA_RAD = math.radians(1.0)
"""Of an angle taken with a phone's level; one sigma."""


@dataclass(frozen=True, slots=True)
class KnownDistance:
    """A pixel whose distance follows from something known."""

    u_px: float
    v_px: float
    distance_m: float
    """Along the optical axis."""
    sigma_m: float
    """One standard deviation."""
    label: str
    """Where it comes from: 'length 2.00 m', 'floor', 'marker 7'."""
    shared: float = 0.0
    """Of the error, relative to the distance: the focal length's, the same one in all that this camera sees; its sign
    tells whether a longer focal length would put this farther."""


def distance_of_length(
    intrinsics: Intrinsics,
    start_px: tuple[float, float],
    end_px: tuple[float, float],
    length_m: float,
    length_sigma_m: float,
    *,
    pixel_sigma_px: float = POINTING_SIGMA_PX,
    facing_sigma_rad: float = FACING_SIGMA_RAD,
) -> KnownDistance:
    """How far a thing of known length is, both of whose ends are at the same distance along the axis.

    With rays r = K^-1 (u, v, 1) of the ends and d = |r_end - r_start|, z = length / d; it holds at the pixel midway.
    One sigma, relative to z, is the root of the sum of squares of: the length's own; the focal length's; the two
    ends' picking error over d, sqrt(2) sigma_px / (f d); and that of not quite equal distances: a thing turned by
    theta out of the plane appears shorter by theta^2 / 2 and, where its middle m lies off the axis, by
    theta (m . e), e being its direction: sigma_theta^2 (m . e)^2 + sigma_theta^4 / 2 in variance.

    Args:
        intrinsics: of the picture.
        start_px: (column, row) of one end.
        end_px: of the other.
        length_m: between them.
        length_sigma_m: one standard deviation of it.
        pixel_sigma_px: of each end in each direction.
        facing_sigma_rad: of the angle between the thing and the picture plane.

    Raises:
        InputError: a length that is not positive; ends less than 2 pixels apart.
    """
    if not (length_m > 0 and length_sigma_m >= 0 and math.isfinite(length_m + length_sigma_m)):
        raise InputError(f"a known length of {length_m:g} m: must be above 0")
    if math.dist(start_px, end_px) < 2:
        raise InputError(f"a known length from {start_px} to {end_px}: its ends must be at least 2 pixels apart")
    (x0, y0, _), (x1, y1, _) = intrinsics.ray(*start_px), intrinsics.ray(*end_px)
    apart = math.hypot(x1 - x0, y1 - y0)
    focal_px = math.sqrt(intrinsics.fx_px * intrinsics.fy_px)
    off_axis = ((x0 + x1) * (x1 - x0) + (y0 + y1) * (y1 - y0)) / (2 * apart)
    relative = math.hypot(
        length_sigma_m / length_m,
        intrinsics.focal_sigma,
        math.sqrt(2) * pixel_sigma_px / (focal_px * apart),
        facing_sigma_rad * off_axis,
        facing_sigma_rad**2 / math.sqrt(2),
    )
    distance_m = length_m / apart
    middle = ((start_px[0] + end_px[0]) / 2, (start_px[1] + end_px[1]) / 2)
    return KnownDistance(*middle, distance_m, relative * distance_m, f"length {length_m:.3g} m", intrinsics.focal_sigma)


def distance_of_floor(
    intrinsics: Intrinsics,
    pixel_px: tuple[float, float],
    height_m: float,
    pitch_rad: float,
    *,
    height_sigma_m: float = 0.0,
    pitch_sigma_rad: float = PITCH_SIGMA_RAD,
    roll_rad: float = 0.0,
    roll_sigma_rad: float = 0.0,
    pixel_sigma_px: float = POINTING_SIGMA_PX,
) -> KnownDistance:
    """How far along the axis a pixel of a level floor is.

    With the ray (x, y, 1) of the pixel, the camera `height_m` above the floor, looking down by `pitch_rad` from the
    horizontal and rolled clockwise by `roll_rad`: s = cos(pitch) (y cos(roll) + x sin(roll)) + sin(pitch) is how far
    the ray falls for one metre along the axis, and z = height / s. One sigma of z is
    z sqrt((sigma_h / h)^2 + (ds/dpitch sigma_pitch / s)^2 + (ds/droll sigma_roll / s)^2 + (cos(pitch) sigma_y / s)^2),
    sigma_y being the picking error over f, and that of f times y.

    Args:
        intrinsics: of the picture.
        pixel_px: (column, row) of a point on the floor.
        height_m: of the camera above it.
        pitch_rad: downwards from the horizontal.
        height_sigma_m: one standard deviation.
        pitch_sigma_rad: one standard deviation.
        roll_rad: 0 where the horizon is level in the picture.
        roll_sigma_rad: one standard deviation.
        pixel_sigma_px: of the pixel.

    Raises:
        InputError: a height that is not positive; a pixel at or above the horizon, which sees no floor.
    """
    if not (height_m > 0 and height_sigma_m >= 0 and math.isfinite(height_m + height_sigma_m)):
        raise InputError(f"a camera {height_m:g} m above the floor: its height must be above 0")
    x, y, _ = intrinsics.ray(*pixel_px)
    down = y * math.cos(roll_rad) + x * math.sin(roll_rad)
    fall = math.cos(pitch_rad) * down + math.sin(pitch_rad)
    turn = math.cos(pitch_rad) - math.sin(pitch_rad) * down
    ray_sigma = math.hypot(
        math.cos(pitch_rad) * pixel_sigma_px / intrinsics.fy_px, math.cos(pitch_rad) * down * intrinsics.focal_sigma
    )
    aside = math.cos(pitch_rad) * (x * math.cos(roll_rad) - y * math.sin(roll_rad))
    fall_sigma = math.hypot(turn * pitch_sigma_rad, aside * roll_sigma_rad, ray_sigma)
    if fall <= 2 * fall_sigma:
        raise InputError(
            f"({pixel_px[0]:g}, {pixel_px[1]:g}) is at or above the horizon for a camera looking down by "
            f"{math.degrees(pitch_rad):.1f} degrees; choose a pixel further down on the floor"
        )
    distance_m = height_m / fall
    relative = math.hypot(height_sigma_m / height_m, fall_sigma / fall)
    shared = math.cos(pitch_rad) * down * intrinsics.focal_sigma / fall
    return KnownDistance(*pixel_px, distance_m, relative * distance_m, "floor", shared)
