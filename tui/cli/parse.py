"""Pixels and references as they are written on the command line."""

from __future__ import annotations

import re

from tui.calibration.durations import parse_duration
from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError

_LONGEST_S = 86_400.0
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
    """Seconds of `--every`, a day at most; see `tui.calibration.durations`.

    Raises:
        InputError: shows the form; or both readings of what may be thousands.
    """
    return parse_duration(text, f"--every '{text}'", _LONGEST_S)
