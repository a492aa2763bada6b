"""Sizes of files as people write and read them, in bytes."""

from __future__ import annotations

import re

from tui.calibration.written import plain, readings
from tui.errors import InputError

_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"(?P<value>[0-9.,][0-9., ']*?)\s*(?P<unit>[kmgt]?)b?")
_UNITS = ("B", "kB", "MB", "GB", "TB")


def parse_size(text: str, what: str, *, least: int = 1) -> int:
    """Bytes from `500MB`, `2 GB` or `1,5G`; a bare number is bytes.

    Args:
        text: what was typed.
        what: names it in an error, such as `--log-max '1x'`.
        least: less is of no use.

    Raises:
        InputError: shows the form.
    """
    match = _SIZE.fullmatch(plain(text).lower())
    found = readings(match["value"], point_divides=True) if match else ()
    if match is None or not found:
        raise InputError(f"{what}: write a size such as 500MB or 2GB")
    size = round(found[0] * 1000.0 ** _POWERS[match["unit"]])
    if size < least:
        raise InputError(f"{what}: {format_size(least)} at least")
    return size


def format_size(size: float) -> str:
    """`12 kB`, `1.5 GB`: three digits at most, powers of 1000."""
    power = 0
    while abs(size) >= 999.5 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.0f} B" if power == 0 else f"{size:.3g} {_UNITS[power]}"
