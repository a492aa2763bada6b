"""Sizes of files as people write and read them, in bytes."""

from __future__ import annotations

import re

from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"(?P<value>[0-9.,][0-9., ']*?)\s*(?P<unit>(?P<letter>[kmgt]?)(?P<binary>(?<=[kmgt])i)?b?)")
_UNITS = ("B", "kB", "MB", "GB", "TB")


def parse_size(text: str, what: str, *, least: int = 1, form: str = "write a size such as 500MB or 2GB") -> int:
    """Bytes from `500MB`, `2 GB`, `1,5G` or `64MiB`; a bare number is bytes.

    Args:
        text: what was typed.
        what: names it in an error, such as `--log-max '1x'`.
        least: less is of no use.
        form: what can be written, for an error.

    Raises:
        InputError: shows the form; or both readings of what may be thousands.
    """
    match = _SIZE.fullmatch(plain(text).lower())
    found = readings(match["value"], point_divides=True) if match else ()
    if match is None or not found:
        raise InputError(f"{what}: {form}")
    base = 1024.0 if match["binary"] else 1000.0
    sizes = [round(each * base ** _POWERS[match["letter"]]) for each in found]
    enough = [each for each in sizes if each >= least]
    if not enough:
        raise InputError(f"{what}: {format_size(least)} at least")
    if len(enough) > 1:
        unit = _as_typed(text, match["unit"])
        both = " or ".join(f"{in_digits(each)} {unit}" for each in sorted(found, reverse=True))
        raise InputError(f"{what}: {both}? write one of them")
    return enough[0]


def format_size(size: float) -> str:
    """`12 kB`, `1.5 GB`: three digits at most, powers of 1000."""
    power = 0
    while abs(size) >= 999.5 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.0f} B" if power == 0 else f"{size:.3g} {_UNITS[power]}"


def _as_typed(text: str, unit: str) -> str:
    """The unit in the letters in which it was typed; bytes where none was."""
    return plain(text)[-len(unit) :] if unit else "B"
