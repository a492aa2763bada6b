"""Answers that become references: a distance, a known length; and typed numbers."""

from __future__ import annotations

from tui.calibration.beliefs import Beliefs
from tui.calibration.fit import typed
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain, readings
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_length
from tui.instrument.measured import Pin

MISSING = "this needs the camera's intrinsics: press i"


def distance_reference(pixel: tuple[int, int], text: str) -> Reference:
    """A reference from what was typed of the distance at a pixel.

    Raises:
        InputError: it is no distance.
    """
    distance_m, sigma_m = parse_measurement(text)
    return Reference(*pixel, distance_m, sigma_m)


def length_reference(camera: Intrinsics | None, pins: tuple[Pin, ...], text: str) -> Reference:
    """A reference from the length between the last two pins, both at equal distance.

    Raises:
        InputError: no such pins, no camera, or no length.
    """
    if len(pins) < 2:
        raise InputError("pin both ends of the known length first (enter); both must be equally far away")
    length_m, sigma_m = parse_measurement(text)
    start, end = ((pin.u_px, pin.v_px) for pin in pins[-2:])
    return of_known(distance_of_length(_known(camera), start, end, length_m, sigma_m))


def of_known(known: KnownDistance) -> Reference:
    """As a reference."""
    return Reference(known.u_px, known.v_px, known.distance_m, known.sigma_m, known.label, known.shared)


def typed_scale(text: str, beliefs: Beliefs) -> Calibration:
    """Scale and shift as they were typed.

    Raises:
        InputError: they are not one or two numbers with one reading each, or none that can be.
    """
    what = f"'{text}' is not a scale and a shift; write two numbers, such as 0.0023 0.04"
    words = [word for word in plain(text).lower().replace(", ", " ").replace(";", " ").split() if word]
    if not 1 <= len(words) <= 2:
        raise InputError(what)
    scale, shift = (_number(word, text, what) for word in (*words, "0")[:2])
    return typed(scale, shift, beliefs)


def smoothing_s(text: str) -> float:
    """Seconds over which the fit is smoothed.

    Raises:
        InputError: it is no such time.
    """
    what = f"'{text}' is not a time; write seconds, such as 0.5"
    seconds = _number(plain(text).lower().removesuffix("s").strip(), text, what)
    if not 0 <= seconds <= 3600:
        raise InputError(f"'{text}': write between 0 and 3600 seconds, such as 0.5")
    return seconds


def _number(word: str, text: str, what: str) -> float:
    """A number with one reading; its sign may stand before it."""
    sign = -1.0 if word.startswith("-") else 1.0
    found = readings(word.lstrip("+-"), point_divides=True)
    if len(found) > 1:
        raise InputError(f"'{text}': {' or '.join(f'{each:g}' for each in found)}? write one of them, with a point")
    if not found:
        raise InputError(what)
    return sign * found[0]


def _known(camera: Intrinsics | None) -> Intrinsics:
    if camera is None:
        raise InputError(MISSING)
    return camera
