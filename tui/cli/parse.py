"""Pixels and references as they are written on the command line."""

from __future__ import annotations

import re

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

_SECONDS = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
}
_LONGEST_S = 86_400.0
_DURATION = re.compile(r"(?P<value>[0-9.,][0-9.,' /e+-]*?)\s*(?P<unit>[a-z]*\.?)")
_PIXEL = re.compile(r"\s*(-?[0-9]{1,9})\s*,\s*(-?[0-9]{1,9})\s*")


def parse_pixel(text: str, option: str = "--at") -> tuple[int, int]:
    """(column, row) from `120,200`.

    Raises:
        InputError: names the option and shows the form.
    """
    match = _PIXEL.fullmatch(plain(text))
    if match is None:
        raise InputError(f"{option} '{text}': write a pixel as X,Y in whole numbers, such as {option} 120,200")
    return int(match[1]), int(match[2])


def parse_reference(text: str) -> Reference:
    """A reference from `88,301=80cm` or `88,301=2.5m±2cm`.

    Raises:
        InputError: shows the form of what is wrong in it.
    """
    pixel, equals, distance = text.partition("=")
    if not equals or _PIXEL.fullmatch(plain(pixel)) is None:
        raise InputError(f"--reference '{text}': write it as X,Y=DISTANCE, such as 88,301=80cm or 88,301=2.5m±2cm")
    try:
        distance_m, sigma_m = parse_measurement(distance)
    except InputError as error:
        raise InputError(f"--reference '{text}': {error}") from error
    u_px, v_px = parse_pixel(pixel)
    return Reference(u_px, v_px, distance_m, sigma_m)


def check_window(window_px: int) -> int:
    """Return the side of the sampling window if it has a middle pixel.

    Raises:
        InputError: if it is not odd and positive.
    """
    if window_px < 1 or window_px % 2 == 0:
        raise InputError(f"--window {window_px}: use an odd number of pixels, such as 5")
    return window_px


def parse_every(text: str) -> float:
    """Seconds from `1s`, `0,5 s`, `500ms`, `2min`, or `0`; a bare number is seconds.

    Raises:
        InputError: shows the form; or both readings of what may be thousands.
    """
    match = _DURATION.fullmatch(plain(text).lower())
    unit = match["unit"].removesuffix(".") if match else ""
    if match is None or unit not in _SECONDS:
        raise InputError(f"--every '{text}': write a time such as 1s, 500ms or 2min")
    found = readings(match["value"], point_divides=_SECONDS[unit] >= 1)
    likely = [each for each in found if each * _SECONDS[unit] <= _LONGEST_S]
    if len(likely) > 1:
        both = " or ".join(f"{in_digits(each)} {unit or 's'}" for each in sorted(likely, reverse=True))
        raise InputError(f"--every '{text}': {both}? write one of them")
    if not likely:
        raise InputError(f"--every '{text}': write a time such as 1s, 500ms or 2min, a day at most")
    return likely[0] * _SECONDS[unit]
