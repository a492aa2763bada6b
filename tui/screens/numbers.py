"""Pixels as a user types or pastes them."""

from __future__ import annotations

import re

from tui.calibration.written import plain
from tui.errors import InputError

_ONE = r"(-?\d{1,9})(?:\.0*)?\s*(?:px|pixels?)?"
_PAIR = re.compile(
    rf"[(\[{{<]?\s*(?:[xu]\s*[=:]?\s*)?{_ONE}\s*(?:[,;]|\s)\s*(?:[yv]\s*[=:]?\s*)?{_ONE}\s*[)\]}}>]?\.?", re.IGNORECASE
)
_SINGLE = re.compile(rf"(?:[xu]\s*[=:]?\s*)?{_ONE}\s*[,;]?", re.IGNORECASE)


def pixel_from(text: str) -> tuple[int, int]:
    """Column and row from `120,200`, `120 200`, `(120, 200)` or `x=120 y=200`.

    Raises:
        InputError: says what was typed, and how to write it.
    """
    match = _PAIR.fullmatch(plain(text).lower())
    if match is None:
        raise InputError(f"'{text}' is not a pixel: write column and row in whole pixels, such as 120,200")
    return int(match[1]), int(match[2])


def column_from(text: str) -> int | None:
    """The column, where that is all that stands there so far."""
    match = _SINGLE.fullmatch(plain(text).lower())
    return None if match is None else int(match[1])
