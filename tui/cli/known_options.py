"""What is known in the picture, as it is written on the command line: lengths, the floor, things, sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.cli.asked import Asked, AskedSheet
from tui.cli.camera_options import NEEDED, parse_pair
from tui.cli.exits import complain, warn
from tui.cli.floor_options import floors_told
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_length
from tui.geometry.sampling import check_pixel
from tui.targets.markers import Marker
from tui.targets.sheet_finder import grey_of, sheet_at
from tui.targets.sheets import SheetSpec
from tui.targets.things import Seen, Thing

_COUNT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")


def known_references(asked: Asked, intrinsics: Intrinsics | None, image: RGBImage) -> list[Reference]:
    """References from known lengths, the floor, what is there anyway, and sheets whose corners are given.

    Args:
        asked: `lengths` as `X1,Y1:X2,Y2=2m`, `floors` as `tui.cli.floor_options` has them, those whose pitch the
            map tells left out, `knowns` as `person=X,Y:X,Y=1.8m`, and `sheets`.
        intrinsics: of the picture.
        image: RGB, uint8, shape (H, W, 3).

    Raises:
        InputError: one that cannot be used, or no intrinsics to use it with.
    """
    for option, texts in (("--length", asked.lengths), ("--floor", asked.floors), ("--known", asked.knowns)):
        if texts and intrinsics is None:
            raise InputError(f"{option} needs to know the camera: give {NEEDED}")
    if intrinsics is None:
        return []
    height, width = image.shape[:2]
    known = [_length(text, intrinsics) for text in asked.lengths]
    known += floors_told(asked.floors, intrinsics, (width, height))
    known += [each for text in asked.knowns for each in _distances(text, intrinsics, image)]
    found = [Reference(each.u_px, each.v_px, each.distance_m, each.sigma_m, each.label, each.shared) for each in known]
    return found + [reference for each in asked.sheets for reference in _sheet(each, intrinsics, image)]


def say_found(markers: Sequence[Marker]) -> None:
    """Where sheets were found by themselves, as one would write it, for somebody to look whether that is right."""
    for each in markers:
        if isinstance(each.spec, SheetSpec):
            corners = ":".join(f"{u_px:.0f},{v_px:.0f}" for u_px, v_px in each.corners_px)
            complain(f"--sheet {each.spec}: found at {corners}, {each.distance_m:.3g} m away")


def _distances(text: str, intrinsics: Intrinsics, image: RGBImage) -> tuple[KnownDistance, ...]:
    """Of one `--known`."""
    seen = _known(text)
    height, width = image.shape[:2]
    for u_px, v_px in seen.ends_px:
        check_pixel(round(u_px), round(v_px), width, height)
    try:
        found = seen.distances(grey_of(image), intrinsics)
    except InputError as error:
        raise InputError(f"--known '{text}': {error}") from error
    if seen.boxed:
        complain(f"--known {text}: taken as the opposite corners of a box around it")
    return found


def _sheet(asked: AskedSheet, intrinsics: Intrinsics, image: RGBImage) -> list[Reference]:
    """One sheet's, where its corners are given."""
    if asked.corners_px is None:
        return []
    height, width = image.shape[:2]
    for u_px, v_px in asked.corners_px:
        check_pixel(round(u_px), round(v_px), width, height)
    try:
        found = sheet_at(grey_of(image), asked.spec, asked.corners_px, intrinsics)
    except InputError as error:
        raise InputError(f"{asked}: {error}") from error
    if not found.refined:
        warn(f"{asked}: its edges are not seen at these corners, which are taken as they are, each within a pixel")
    if found.pose.other_m is not None:
        warn(
            f"{asked}: it may stand in two ways, {found.pose.distances_m[0]:.3g} m or {found.pose.other_m:.3g} m away; "
            "its interval holds both: tilt it or bring it nearer"
        )
    return list(found.references(f"rectangle {asked.spec.name}"))


def _length(text: str, intrinsics: Intrinsics) -> KnownDistance:
    pair, equals, length = text.rpartition("=")
    if not equals:
        raise InputError(f"--length '{text}': write it as X1,Y1:X2,Y2=LENGTH, such as --length 88,30:92,410=2m")
    start, end = parse_pair(pair, "--length")
    return distance_of_length(intrinsics, start, end, *_measured(length, "--length", text))


def _known(text: str) -> Seen:
    """A thing that is seen anyway."""
    name, equals, rest = text.partition("=")
    try:
        thing = Thing(name.strip().lower())
    except ValueError:
        equals = ""
    if not equals:
        raise InputError(
            f"--known '{text}': write WHAT=X,Y:X,Y[=SIZE]: person, door (foot and top, or opposite corners of a box "
            "around it), brick, tile (along a line), "
            "such as --known person=310,40:318,410=1.82m or tile=88,300:402,310=30cm"
        )
    ends, equals, size = rest.partition("=")
    pair = parse_pair(ends, "--known")
    size, times, count = size.partition("*")
    if times and not (thing.repeats and _COUNT.fullmatch(count.strip())):
        raise InputError(f"--known '{text}': after * stands how often a brick or tile repeats, such as 30cm*12")
    return Seen(thing, pair, _measured(size, "--known", text) if equals else None, float(count) if times else None)


def _measured(text: str, option: str, whole: str) -> tuple[float, float]:
    try:
        return parse_measurement(text)
    except InputError as error:
        raise InputError(f"{option} '{whole}': {error}") from error
