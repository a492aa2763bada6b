"""Answers that name a thing between the last two pins: `person`, `door`, `brick`, `tile 30cm*12`."""

from __future__ import annotations

import re

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.known import MISSING, of_known
from tui.instrument.measured import Pin
from tui.targets.sheet_finder import grey_of
from tui.targets.things import Seen, Thing

_THING = re.compile(
    rf"({'|'.join(Thing)})s?\b\s*[=,]?\s*([^*]*?)\s*(?:\*\s*([0-9]{{1,3}}(?:\.[0-9]{{1,2}})?))?", re.IGNORECASE
)


def names_thing(text: str) -> bool:
    """Whether a thing is named, not a length alone."""
    return _THING.fullmatch(plain(text)) is not None


def thing_references(
    camera: Intrinsics | None, pins: tuple[Pin, ...], text: str, image: RGBImage
) -> tuple[Reference, ...]:
    """References from a thing between the last two pins: foot and top, or along a line over what repeats.

    Args:
        camera: that sees it.
        pins: all that there are.
        text: what was typed.
        image: RGB, uint8, shape (H, W, 3).

    Raises:
        InputError: no camera, no pins, or nothing follows from it.
    """
    match = _THING.fullmatch(plain(text))
    if match is None:
        raise InputError(f"'{text}': write person, door, brick or tile 30cm")
    if camera is None:
        raise InputError(MISSING)
    if len(pins) < 2:
        raise InputError("pin its foot and its top first, or both ends of a line over what repeats (enter)")
    thing, size, count = Thing(match[1].lower()), match[2], match[3]
    if count and not thing.repeats:
        raise InputError(f"'{text}': a {thing} does not repeat")
    first, last = ((float(pin.u_px), float(pin.v_px)) for pin in pins[-2:])
    seen = Seen(thing, (first, last), parse_measurement(size) if size else None, float(count) if count else None)
    return tuple(of_known(each) for each in seen.distances(grey_of(image), camera))
