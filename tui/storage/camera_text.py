"""A camera as a user writes it: four numbers, a field of view, or the name of saved intrinsics."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from tui.calibration.written import plain, readings
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics, parse_intrinsics
from tui.geometry.mounting import Mounted
from tui.storage.intrinsics import load_intrinsics

_RADIANS = {
    **dict.fromkeys(("", "deg", "degs", "degree", "degrees", "\u00b0", "\u00ba"), math.pi / 180),
    **dict.fromkeys(("rad", "rads", "radian", "radians"), 1.0),
}
_ANGLE = re.compile(r"(?P<sign>-?)(?P<value>[0-9.,][0-9.,/e ]*?)\s*(?P<unit>[a-z]*|\u00b0|\u00ba)\.?")
_WITH_MINUTES = re.compile(r"([0-9]{1,3})\s*[\u00b0\u00ba]\s*([0-9.,]+)\s*'")
_FIELD_OF_VIEW = re.compile(
    r"fov\s*(?P<named>-?[0-9.,].*)|(?P<angle>-?[0-9.,][^a-z]*(?:deg[a-z]*|rad[a-z]*|\u00b0|\u00ba|')\.?)"
)
LEAST_BARE_FOV_DEG = 5.0
"""A smaller field of view without a unit may be in radians."""

_LARGEST_RAD = 2 * math.pi
_NUMBER = r"(?:[-+0-9.e\s]+|\s*[-+]?(?:nan|inf|infinity)\s*)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:,{_NUMBER})+|[-+0-9.,e\s]+(?:;[-+0-9.,e\s]+)+")


def parse_angle(text: str, what: str, *, bare_from_deg: float = 0.0) -> float:
    """Radians from `66deg`, `66°`, `66`, `66° 30'` or `1.15rad`; a bare number is in degrees.

    Args:
        text: what was typed.
        what: it is, for the message.
        bare_from_deg: a bare number below is asked for its unit.

    Raises:
        InputError: names `what` and shows the form.
    """
    written = plain(text).lower()
    if minutes := _WITH_MINUTES.fullmatch(written):
        found = readings(minutes[2], point_divides=True)
        if len(found) == 1 and found[0] < 60:
            return math.radians(int(minutes[1]) + found[0] / 60)
    match = _ANGLE.fullmatch(written)
    factor = _RADIANS.get(match["unit"]) if match else None
    if match is None or factor is None:
        raise InputError(f"{what} '{text}': write an angle as 66deg")
    # What may be thousands cannot be meant: no angle is so large.
    angles = [each * factor for each in readings(match["value"], point_divides=True) if each * factor <= _LARGEST_RAD]
    if len(angles) != 1:
        raise InputError(f"{what} '{text}': write an angle of at most 360 degrees, as 66deg")
    if not match["unit"] and math.degrees(angles[0]) < bare_from_deg:
        raise InputError(f"{what} '{text}': write its unit, {match['value']}deg or {match['value']}rad")
    return -angles[0] if match["sign"] else angles[0]


def camera_from_text(text: str, width: int, height: int, mounted: Mounted | None = None) -> Intrinsics:
    """Intrinsics for pictures of the given size from `fx,fy,cx,cy`, `66deg`, or a name or file of saved ones.

    Numbers count in the picture as it is shown; a field of view is the camera's own, across what it delivers; and what
    was calibrated follows the camera to however it hangs now.

    Args:
        text: what was typed.
        width: of the pictures as they are shown, pixels.
        height: of them.
        mounted: how the camera's pictures become these; None where that is not known.

    Raises:
        InputError: it cannot be used for pictures of this size, or is no angle between 0 and 180 degrees.
        StorageError: there are none of that name, or the file cannot be read.
    """
    written = plain(text).lower()
    if match := _FIELD_OF_VIEW.fullmatch(written):
        angle = parse_angle(match["named"] or match["angle"], "field of view", bare_from_deg=LEAST_BARE_FOV_DEG)
        return camera_from_fov(angle, width, height, mounted)
    if _NUMBERS.fullmatch(written):
        typed = _typed(text, written, width, height)
        return typed if mounted is None or mounted.plain else replace(typed, mounted=mounted)
    return camera_as_shown(load_intrinsics(text), width, height, mounted)


def camera_from_fov(fov_rad: float, width: int, height: int, mounted: Mounted | None = None) -> Intrinsics:
    """Intrinsics by the field of view across what the camera delivers.

    Raises:
        InputError: an angle that is not between 0 and 180 degrees.
    """
    if mounted is None:
        return Intrinsics.from_horizontal_fov(fov_rad, width, height)
    return Intrinsics.from_horizontal_fov(fov_rad, *mounted.taken).mounted_as(mounted)


def camera_as_shown(intrinsics: Intrinsics, width: int, height: int, mounted: Mounted | None = None) -> Intrinsics:
    """A camera's intrinsics, made with it hanging in whatever way, for pictures as they are shown now.

    Where nothing is known of how these were turned, they are taken to be shown as those were.

    Raises:
        InputError: they are of another shape.
    """
    return intrinsics.scaled_to(width, height) if mounted is None else intrinsics.mounted_as(mounted)


def _typed(text: str, written: str, width: int, height: int) -> Intrinsics:
    """Intrinsics from `fx,fy,cx,cy` in pixels; with decimal commas as `520,9; 521; 325,1; 249,7`.

    Raises:
        InputError: shows the form.
    """
    numbers = [_pixels(part.strip()) for part in written.split(";" if ";" in written else ",")]
    if len(numbers) != 4 or None in numbers:
        raise InputError(f"intrinsics '{text}': write four numbers fx,fy,cx,cy, as in 520.9,521,325.1,249.7")
    return parse_intrinsics(",".join(map(repr, numbers)), width, height)


def _pixels(text: str) -> float | None:
    """A number with its sign, or None."""
    found = readings(text.removeprefix("-").removeprefix("+"), point_divides=True)
    if len(found) != 1:
        return None
    return -found[0] if text.startswith("-") else found[0]
