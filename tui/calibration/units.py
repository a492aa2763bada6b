"""Distances as people write and read them. Inside the program every distance is in metres."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.calibration.written import in_digits, is_grouped, plain, readings
from tui.errors import InputError

MAX_DISTANCE_M = 10_000.0
"""Anything beyond is a slip of the hand, not a distance that a camera sees."""

DEFAULT_RELATIVE_SIGMA = 0.01
"""One standard deviation of a distance given without one, relative: a careful tape or laser held by hand."""

_MIN_DISTANCE_M = 1e-4
_MAX_BARE_M = 20.0
"""A bare number above is as likely in another unit as in metres."""

_FEET = ("ft", "fts", "foot", "feet", "'")
_INCHES = ("in", "ins", "inch", "inches", '"', "''")
_METRIC = {
    **dict.fromkeys(("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("m", "mtr", "mtrs", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("dm", "decimetre", "decimetres", "decimeter", "decimeters"), 0.1),
    **dict.fromkeys(("cm", "cms", "centimetre", "centimetres", "centimeter", "centimeters"), 0.01),
    **dict.fromkeys(("mm", "mms", "millimetre", "millimetres", "millimeter", "millimeters"), 0.001),
}
_IMPERIAL = {
    **dict.fromkeys(("yd", "yds", "yard", "yards"), 0.9144),
    **dict.fromkeys(_FEET, 0.3048),
    **dict.fromkeys(_INCHES, 0.0254),
}
_METRES = _METRIC | _IMPERIAL
_METRES_ALONE = frozenset(name for name, metres in _METRIC.items() if metres == 1)
_LESS = 1 - 1e-9
_FORMS = "1.8, 1.8m, 180cm, 1800mm, 5ft 11in, 5'11\" or 71in"
_UNIT = r"(?P<unit>[a-z]+\.?|''|'|\")"
_SIMPLE = re.compile(r"(?P<value>[0-9.,][0-9.,' /e+-]*?)\s*(?:" + _UNIT + ")?")
_PART = re.compile(r"(?P<value>[0-9][0-9.,]*(?:(?:\s+|-)[0-9]+/[0-9]+|/[0-9]+)?)\s*(?:" + _UNIT + ")?")
_BETWEEN = re.compile(r"\s*(?:,|and\b)?\s*")
_PLUS_MINUS = re.compile(r"±|\+\s*/?\s*-")
_TOGETHER = re.compile(r"\((?P<numbers>[^()]*)\)\s*(?P<unit>[a-z]+\.?)", re.IGNORECASE)
_LIKELY_SIGMAS = (0.0002, 0.25)
"""Relative to the distance: what people state."""


class DistanceUnit(StrEnum):
    """How distances are shown."""

    METRES = "m"
    CENTIMETRES = "cm"
    FEET = "ft"


@dataclass(frozen=True, slots=True)
class _Length:
    metres: float
    unit: str | None
    """What a further number without a unit is in; None: what it is in cannot be told."""


def parse_distance(text: str, *, likely_m: float = MAX_DISTANCE_M, bare: bool = True) -> float:
    """Metres from `1.8`, `1.8m`, `1,8 m`, `1m80`, `1 800 mm`, `1.8e3mm`, `6 1/2 in`, `5ft 11in`, `5'11"` or `2 yd`.

    A bare number is in metres. Three digits after a comma, or after a point where the unit is smaller than a metre,
    may be decimals or thousands: unless only one of the two can be meant, neither is taken.

    Args:
        text: what was typed.
        likely_m: of two readings, one beyond this cannot be meant.
        bare: whether a number without a unit will do.

    Raises:
        InputError: for anything else, and for what is not between 0.1 mm and 10 km; shows the accepted forms.
    """
    return _distance(plain(text), text, likely_m, "m" if bare else None).metres


def parse_measurement(text: str) -> tuple[float, float]:
    """A distance and its standard deviation, as `parse_uncertain`; without any, `DEFAULT_RELATIVE_SIGMA` of it.

    Raises:
        InputError: as `parse_uncertain`.
    """
    distance_m, sigma_m = parse_uncertain(text)
    return distance_m, DEFAULT_RELATIVE_SIGMA * distance_m if sigma_m is None else sigma_m


def parse_uncertain(text: str, *, likely_m: float = MAX_DISTANCE_M, bare: bool = True) -> tuple[float, float | None]:
    """A distance and its standard deviation in metres, from `2.5m±2cm`, `2.5m+-2cm`, `2.5 m +/- 1%`, `(2.5±0.02) m`.

    What follows the sign is one standard deviation, as a distance or in percent; without a unit it is in the
    distance's own, and so is a distance without one in that of its standard deviation. None where there is none.

    Args:
        text: what was typed.
        likely_m: of two readings, one beyond this cannot be meant.
        bare: whether numbers without any unit will do.

    Raises:
        InputError: as `parse_distance`, and for an uncertainty that is not below the distance itself.
    """
    written = plain(text)
    together = _TOGETHER.fullmatch(written)
    distance_text, *rest = _PLUS_MINUS.split(together["numbers"] if together else written)
    if len(rest) > 1:
        raise InputError(f"'{text}' states its uncertainty twice; write it as 2.5m±2cm")
    if together:
        distance_text, rest = f"{distance_text} {together['unit']}", [f"{each} {together['unit']}" for each in rest]
    if not rest:
        return _distance(distance_text, text, likely_m, "m" if bare else None).metres, None
    sigma_text = rest[0].strip()
    sigma_unit = None if sigma_text.endswith("%") else _unit_at_end(sigma_text)
    if bare and sigma_unit is not None and sigma_unit not in _METRES_ALONE and _unit_at_end(distance_text) is None:
        distance = _of_two_units(distance_text, sigma_text, sigma_unit, text)
    else:
        unit = sigma_unit or ("m" if bare else None)
        distance = _distance(distance_text, text, likely_m, unit, has_unit=sigma_unit is not None)
    if sigma_text.endswith("%"):
        sigma_m = 0.01 * _percent(sigma_text, text) * distance.metres
    else:
        sigma_m = _length(sigma_text, text, distance.metres, distance.unit).metres
    if not 0 < sigma_m < distance.metres:
        raise InputError(f"'{text}': the uncertainty must be above 0 and smaller than the distance, as in 2.5m±2cm")
    return distance.metres, sigma_m


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


def _distance(text: str, what: str, likely_m: float, bare_unit: str | None, *, has_unit: bool = False) -> _Length:
    """As `_length`, but for what no camera sees; far away, a unit is asked for."""
    found = _length(text, what, likely_m, bare_unit)
    if not _MIN_DISTANCE_M <= found.metres <= MAX_DISTANCE_M:
        raise InputError(f"'{what}': a distance must be above 0, from 0.1 mm to 10 km, such as {_FORMS}")
    if found.metres > _MAX_BARE_M and not has_unit and _unit_at_end(text) is None:
        raise InputError(f"'{what}': {found.metres:g} m, or in another unit? write it, as in {_FORMS}")
    return found


def _of_two_units(distance_text: str, sigma_text: str, sigma_unit: str, what: str) -> _Length:
    """A distance without a unit and a standard deviation with one: the distance is in metres or in that unit.

    Raises:
        InputError: people state such a standard deviation with both, or with neither.
    """
    least, most = _LIKELY_SIGMAS
    either = [_length(distance_text, what, MAX_DISTANCE_M, unit) for unit in ("m", sigma_unit)]
    sigma_m = _length(sigma_text, what, MAX_DISTANCE_M, sigma_unit).metres
    likely = [each for each in either if least <= sigma_m / each.metres <= most] if either[0].metres > 0 else []
    if len(likely) != 1:
        number = distance_text.strip()
        raise InputError(f"'{what}': {number} m or {number} {sigma_unit}? write one of them")
    if not _MIN_DISTANCE_M <= likely[0].metres <= MAX_DISTANCE_M:
        raise InputError(f"'{what}': a distance must be above 0, from 0.1 mm to 10 km, such as {_FORMS}")
    return likely[0]


def _length(text: str, what: str, likely_m: float, bare_unit: str | None) -> _Length:
    """Metres, 0 or more, and what a further number is in.

    Raises:
        InputError: it is none, or it has two readings; names `what`, of which it is a part.
    """
    text = text.strip().lower()
    simple = _SIMPLE.fullmatch(text)
    if simple and not (is_grouped(simple["value"]) and simple["unit"] in (None, "'", "''", '"')):
        unit = _unit(simple["unit"]) if simple["unit"] else bare_unit
        if unit is None and _readings(simple["value"], "mm") and not simple["unit"]:
            raise InputError(f"'{what}': write its unit, as in 80mm, 8cm or 3.15in")
        if unit in _METRES and (found := _readings(simple["value"], unit)):
            return _Length(_meant(found, unit, what, likely_m), unit)
    compound = _compound(text, what)
    if compound is None:
        raise InputError(f"'{what}' is not a distance; write it as {_FORMS}")
    return compound


def _compound(text: str, what: str) -> _Length | None:
    """The sum of `5 ft 11 in`, `5'11`, `1 m 80 cm`, `1m80`: units of one kind, each smaller than the one before."""
    metres, last, place = 0.0, "", 0
    while part := _PART.match(text, place):
        value, unit = part["value"], _unit(part["unit"] or "")
        if last and not part["unit"] and part.end() == len(text):
            if last in _METRIC:
                return _behind_metres(value, metres, what) if last in _METRES_ALONE else None
            unit = "in" if last in _FEET else ""
        if unit not in _METRES or not _goes_on(last, unit):
            return None
        found = [each for each in _readings(value, unit) if not last or each * _METRES[unit] < _METRES[last] * _LESS]
        if not found:
            return None
        metres += _meant(found, unit, what, MAX_DISTANCE_M)
        if part.end() == len(text):
            return _Length(metres, unit) if last else None
        if not value.isdecimal():
            return None
        last = unit
        between = _BETWEEN.match(text, part.end())
        place = between.end() if between else part.end()
    return None


def _goes_on(last: str, unit: str) -> bool:
    """Whether a smaller unit of the same kind may follow; anything may be first."""
    return not last or ((last in _METRIC) == (unit in _METRIC) and _METRES[unit] < _METRES[last])


def _behind_metres(digits: str, metres: float, what: str) -> _Length | None:
    """`1m80` and `1m805`; one digit may be tenths or centimetres."""
    if not digits.isdecimal() or len(digits) > 3:
        return None
    if len(digits) == 1:
        raise InputError(f"'{what}': {metres:g}.{digits} m or {metres:g}.0{digits} m? write one of them")
    return _Length(metres + int(digits) * 10.0 ** -len(digits), None)


def _readings(value: str, unit: str) -> tuple[float, ...]:
    return readings(value, point_divides=unit in _METRIC and _METRIC[unit] >= 1)


def _meant(found: Sequence[float], unit: str, what: str, likely_m: float) -> float:
    """Metres of the only reading, or of the only one that is likely.

    Raises:
        InputError: shows both.
    """
    likely = [each for each in found if 0 < each * _METRES[unit] <= likely_m] if len(found) > 1 else found
    if len(likely) > 1:
        both = " or ".join(f"{in_digits(each)} {unit}" for each in sorted(likely, reverse=True))
        raise InputError(f"'{what}': {both}? write one of them")
    return (likely or found)[0] * _METRES[unit]


def _percent(text: str, what: str) -> float:
    found = readings(text.rstrip("% "), point_divides=True)
    if len(found) != 1:
        raise InputError(f"'{what}': write the uncertainty in percent as 2.5m±1%")
    return found[0]


def _unit(text: str) -> str:
    return text.removesuffix(".")


def _unit_at_end(text: str) -> str | None:
    """The unit that the last number of a text is in; None where it has none."""
    found = re.search(r"([a-z]+)\.?\s*$|('|\")\s*$", text.lower())
    if found is None:
        # `5'11` says its unit before the last number.
        within = re.search(r"[0-9]\s*(m|ft|foot|feet|')[\s.]*[0-9]", text.lower())
        return within[1] if within else None
    return str(found[1] or found[2])
