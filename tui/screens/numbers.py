"""Numbers as a user types them into a field."""

from __future__ import annotations

from tui.calibration.newcomer import in_full
from tui.calibration.units import DistanceUnit, format_distance, parse_measurement
from tui.errors import InputError


def whole_number(text: str, what: str) -> int:
    """A whole number from a field.

    Raises:
        InputError: names the field and what was typed.
    """
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"{what} is '{text}': type a whole number of pixels, such as 120") from error


def understood(text: str) -> str:
    """A distance as it is being typed, in metres and in feet: '= 2.46 m = 8 ft 1 in'; what is asked back, else ''."""
    if not text.strip():
        return ""
    try:
        distance_m, _ = parse_measurement(text)
    except InputError as error:
        asked = str(error)
        return asked if "?" in asked else ""  # half of a word is no mistake yet
    return f"= {in_full(distance_m)} = {format_distance(distance_m, DistanceUnit.FEET)}"
