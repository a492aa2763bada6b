"""A camera as a user writes it: four numbers, a field of view, or the name of saved intrinsics."""

from __future__ import annotations

import math
import re

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics, parse_intrinsics
from tui.storage.intrinsics import load_intrinsics

_ANGLE = re.compile(r"\s*(-?[0-9]*[.,]?[0-9]+)\s*(deg|°|degrees|rad)?\s*", re.IGNORECASE)
_FIELD_OF_VIEW = re.compile(r"(?:fov\s*)?([0-9]*[.,]?[0-9]+\s*(?:deg|°|degrees|rad))", re.IGNORECASE)
_NUMBERS = re.compile(r"[-+0-9.eE\s]+(,[-+0-9.eE\s]+)+")


def parse_angle(text: str, what: str) -> float:
    """Radians from `66deg`, `66°`, `66` or `1.15rad`.

    Raises:
        InputError: names `what` and shows the form.
    """
    match = _ANGLE.fullmatch(text)
    if match is None:
        raise InputError(f"{what} '{text}': write an angle as 66deg")
    angle = float(match[1].replace(",", "."))
    return angle if (match[2] or "").lower() == "rad" else math.radians(angle)


def camera_from_text(text: str, width: int, height: int) -> Intrinsics:
    """Intrinsics for pictures of the given size from `fx,fy,cx,cy`, `66deg`, or a name or file of saved ones.

    Raises:
        InputError: it cannot be used for pictures of this size, or is no angle between 0 and 180 degrees.
        StorageError: there are none of that name, or the file cannot be read.
    """
    if match := _FIELD_OF_VIEW.fullmatch(text.strip()):
        return Intrinsics.from_horizontal_fov(parse_angle(match[1], "field of view"), width, height)
    if _NUMBERS.fullmatch(text):
        return parse_intrinsics(text, width, height)
    return load_intrinsics(text).scaled_to(width, height)
