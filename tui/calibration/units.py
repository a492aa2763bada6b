"""Distances as people write and read them. Inside the program every distance is in metres."""

from __future__ import annotations

import math
import re
from enum import StrEnum

from tui.errors import InputError

MAX_DISTANCE_M = 10_000.0
"""Anything beyond is a slip of the hand, not a distance that a camera sees."""

DEFAULT_RELATIVE_SIGMA = 0.01
"""One standard deviation of a distance given without one, relative: a careful tape or laser held by hand."""

_FEET = ("ft", "foot", "feet", "'")
_INCHES = ("in", "inch", "inches", '"', "''")
_METRES = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    "cm": 0.01,
    "mm": 0.001,
    "km": 1000.0,
    **dict.fromkeys(_FEET, 0.3048),
    **dict.fromkeys(_INCHES, 0.0254),
}
_FORMS = "1.8, 1.8m, 180cm, 1800mm, 5ft 11in, 5'11\" or 71in"
_NUMBER = r"(?P<{0}>[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_SIMPLE = re.compile(_NUMBER.format("value") + r"\s*(?P<unit>[a-z'\"]*)")
_FEET_AND_INCHES = re.compile(
    _NUMBER.format("feet")
    + r"\s*(?P<feet_unit>[a-z]+|')\s*"
    + _NUMBER.format("inches")
    + r"\s*(?P<inch_unit>[a-z]+|''|\")?"
)
_PLUS_MINUS = re.compile(r"±|\+\s*/?\s*-")
_PLAIN = str.maketrans({"\u2032": "'", "\u2019": "'", "\u2033": '"', "\u201d": '"', "\u2212": "-"})
"""Typographic primes, quotes and minus, to what a keyboard has."""


class DistanceUnit(StrEnum):
    """How distances are shown."""

    METRES = "m"
    CENTIMETRES = "cm"
    FEET = "ft"


def parse_distance(text: str) -> float:
    """Metres from `1.8`, `1.8m`, `1,8 m`, `180cm`, `1800 mm`, `5ft 11in`, `5'11"` or `71in`.

    A bare number is in metres; a comma is a decimal comma.

    Raises:
        InputError: for anything else, and for what is not above 0 and at most 10 km; shows the accepted forms.
    """
    distance_m, _ = _parse(text, "m", what=text)
    return distance_m


def parse_measurement(text: str) -> tuple[float, float]:
    """A distance and its standard deviation, both in metres, from `2.5m±2cm`, `2.5m+-2cm` or `2.5 m +/- 1%`.

    What follows the sign is one standard deviation, as a distance or in percent; without a unit it is in the
    distance's own. Without any, `DEFAULT_RELATIVE_SIGMA` of the distance is assumed.

    Raises:
        InputError: as `parse_distance`, and for an uncertainty that is not below the distance itself.
    """
    distance_text, *rest = _PLUS_MINUS.split(text.translate(_PLAIN))
    distance_m, unit = _parse(distance_text, "m", what=text)
    if not rest:
        return distance_m, DEFAULT_RELATIVE_SIGMA * distance_m
    if len(rest) > 1:
        raise InputError(f"'{text}' states its uncertainty twice; write it as 2.5m±2cm")
    sigma_text = rest[0].strip()
    if sigma_text.endswith("%"):
        percent, _ = _parse(sigma_text[:-1], "m", what=text)
        sigma_m = 0.01 * percent * distance_m
    else:
        sigma_m, _ = _parse(sigma_text, unit, what=text)
    if sigma_m >= distance_m:
        raise InputError(f"'{text}': the uncertainty must be smaller than the distance, as in 2.5m±2cm")
    return distance_m, sigma_m


def format_distance(distance_m: float, unit: DistanceUnit = DistanceUnit.METRES) -> str:
    """A distance with as many digits as one reads off a tape: `1.83 m`, `183 cm`, `6 ft 0 in`."""
    if unit is DistanceUnit.CENTIMETRES:
        centimetres = 100 * distance_m
        return f"{centimetres:.1f} cm" if abs(centimetres) < 99.95 else f"{centimetres:.0f} cm"
    if unit is DistanceUnit.FEET:
        return _format_feet(distance_m)
    size_m = abs(distance_m)
    digits = 3 if size_m < 0.0995 else 2 if size_m < 9.995 else 1 if size_m < 99.95 else 0
    return f"{distance_m:.{digits}f} m"


def format_roughly(distance_m: float, unit: DistanceUnit, digits: int) -> str:
    """A distance with so many significant digits and no more: `~1.8 m`, `~180 cm`, `~6 ft`."""
    size_m = {DistanceUnit.METRES: 1.0, DistanceUnit.CENTIMETRES: 0.01, DistanceUnit.FEET: 0.3048}[unit]
    number = float(f"{distance_m / size_m:.{digits - 1}e}")
    decimals = max(0, digits - 1 - math.floor(math.log10(number)))
    return f"~{number:.{decimals}f} {unit.value}"


def _format_feet(distance_m: float) -> str:
    """Whole inches below 100 ft, tenths of an inch below one foot, whole feet above."""
    sign = "-" if distance_m < 0 else ""
    inches = abs(distance_m) / 0.0254
    if inches < 11.95:
        return f"{sign}{inches:.1f} in"
    if inches >= 1200:
        return f"{sign}{inches / 12:.0f} ft"
    feet, rest = divmod(round(inches), 12)
    return f"{sign}{feet} ft {rest} in"


def _parse(text: str, bare_unit: str, what: str) -> tuple[float, str]:
    """Metres, and the unit last named in `text` (`bare_unit` where none is)."""
    cleaned = text.translate(_PLAIN).strip().lower()
    simple = _SIMPLE.fullmatch(cleaned)
    compound = _FEET_AND_INCHES.fullmatch(cleaned)
    if simple and (unit := simple["unit"] or bare_unit) in _METRES:
        distance_m = _number(simple["value"]) * _METRES[unit]
    elif compound and compound["feet_unit"] in _FEET and (unit := compound["inch_unit"] or "in") in _INCHES:
        feet, inches = _number(compound["feet"]), _number(compound["inches"])
        distance_m = feet * _METRES["ft"] + inches * _METRES["in"]
    else:
        raise InputError(f"'{what}' is not a distance; write it as {_FORMS}")
    if not (0 < distance_m <= MAX_DISTANCE_M and math.isfinite(distance_m)):
        raise InputError(f"'{what}': a distance must be above 0 and at most 10 km, such as {_FORMS}")
    return distance_m, unit


def _number(text: str) -> float:
    return float(text.replace(",", "."))
