"""Answers that name a thing between the last two pins, or in a region: `person`, `tile 30cm*12`, `person in NAME`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.instrument.known import MISSING, of_known
from tui.instrument.measured import Pin
from tui.targets.sheet_finder import grey_of
from tui.targets.things import Seen, Thing

_THING = re.compile(
    rf"({'|'.join(Thing)})s?\b\s*[=,]?\s*([^*]*?)\s*(?:\*\s*([0-9]{{1,3}}(?:\.[0-9]{{1,2}})?))?", re.IGNORECASE
)

_IN_REGION = re.compile(r"in\s+(.+?)(?:\s*=\s*(.+))?", re.IGNORECASE)


def names_thing(text: str) -> bool:
    """Whether a thing is named, not a length alone."""
    return _THING.fullmatch(plain(text)) is not None


def thing_references(
    camera: Intrinsics | None, pins: tuple[Pin, ...], text: str, image: RGBImage, regions: Sequence[Region] = ()
) -> tuple[Reference, ...]:
    """References from a thing between the last two pins: foot and top, or along a line over what repeats; or boxed.

    Args:
        camera: that sees it.
        pins: all that there are.
        text: what was typed.
        image: RGB, uint8, shape (H, W, 3).
        regions: all that there are: `person in NAME` stands in one.

    Raises:
        InputError: no camera, no pins, or nothing follows from it.
    """
    match = _THING.fullmatch(plain(text))
    if match is None:
        raise InputError(f"'{text}': write person, door, brick or tile 30cm")
    if camera is None:
        raise InputError(MISSING)
    thing, size, count = Thing(match[1].lower()), match[2], match[3]
    if (boxed := _IN_REGION.fullmatch(size)) and not thing.repeats:
        size = boxed[2] or ""
        ends_px = _box(boxed[1], regions)
    elif len(pins) < 2:
        raise InputError("pin its foot and its top first, or both ends of a line over what repeats (enter)")
    else:
        first, last = ((float(pin.u_px), float(pin.v_px)) for pin in pins[-2:])
        ends_px = first, last
    if count and not thing.repeats:
        raise InputError(f"'{text}': a {thing} does not repeat")
    seen = Seen(thing, ends_px, parse_measurement(size) if size else None, float(count) if count else None)
    return tuple(of_known(each) for each in seen.distances(grey_of(image), camera))


def _box(name: str, regions: Sequence[Region]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The foot and the top of what a region is drawn around: its middle column at its lower and its upper rim."""
    for each in regions:
        if each.name.casefold() == name.casefold():
            columns, rows = zip(*each.outline, strict=True)
            middle_px = (min(columns) + max(columns)) / 2
            return (middle_px, max(rows)), (middle_px, min(rows))
    known = ", ".join(each.name for each in regions) or "none yet"
    raise InputError(f"no region is called '{name}' ({known}): draw a box around it first")
