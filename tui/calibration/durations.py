"""Durations as people write and read them. Inside the program every duration is in seconds."""

from __future__ import annotations

import re
from itertools import pairwise

from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

LONGEST_S = 366 * 86_400.0

_SECONDS = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
}
_DURATION = re.compile(r"(?P<value>[0-9.,][0-9.,' /e+-]*?)\s*(?P<unit>[a-z]*\.?)")
_PART = re.compile(r"(?P<value>[0-9]+)\s*(?P<unit>[a-z]+)\.?\s*")
_STEPS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def parse_duration(text: str, what: str, longest_s: float = LONGEST_S) -> float:
    """Seconds from `1s`, `0,5 s`, `500ms`, `2min`, `1 min 30 s`, `7 days` or `0`; a bare number is seconds.

    Args:
        text: what was typed.
        what: names it in an error, such as `--every '1x'`.
        longest_s: more cannot be meant.

    Raises:
        InputError: shows the form; or both readings of what may be thousands.
    """
    written = plain(text).lower()
    if (parts := list(_PART.finditer(written))) and len(parts) > 1 and "".join(each[0] for each in parts) == written:
        sizes = [_SECONDS.get(each["unit"], 0.0) for each in parts]
        if all(larger > smaller for larger, smaller in pairwise((*sizes, 0.0))):  # 1 min 30 s, each unit once
            written = f"{sum(int(each['value']) * size for each, size in zip(parts, sizes, strict=True)):.9g}s"
    match = _DURATION.fullmatch(written)
    unit = match["unit"].removesuffix(".") if match else ""
    if match is None or unit not in _SECONDS:
        raise InputError(f"{what}: write a time such as 1s, 500ms or 2min")
    found = readings(match["value"], point_divides=_SECONDS[unit] >= 1)
    likely = [each for each in found if each * _SECONDS[unit] <= longest_s]
    if len(likely) > 1:
        both = " or ".join(f"{in_digits(each)} {unit or 's'}" for each in sorted(likely, reverse=True))
        raise InputError(f"{what}: {both}? write one of them")
    if not likely:
        most = "a day" if longest_s == 86_400.0 else format_duration(longest_s)
        raise InputError(f"{what}: write a time such as 1s, 500ms or 2min, {most} at most")
    return likely[0] * _SECONDS[unit]


def format_duration(seconds: float) -> str:
    """`2 s`, `0.5 s`, `1 min 30 s`, `1 h`, `6 d 4 h`: two units at most, whole seconds from ten on."""
    if seconds < 10:
        return f"{seconds:.3g} s"
    left, parts = round(seconds), []
    for size, name in _STEPS:
        count, left = divmod(left, int(size))
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts)
