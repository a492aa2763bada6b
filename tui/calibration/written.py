"""Numbers as people write them: commas, points, thousands, fractions; what has two readings keeps both."""

from __future__ import annotations

import re
import unicodedata

_TAKEN_APART = ("<wide>", "<noBreak>", "<compat>", "<fraction>", "<square>", "<narrow>")
"""Kinds of character that stand for plain ones; a raised 2 does not stand for 2."""

_KEYBOARD = str.maketrans(
    {
        **dict.fromkeys("\u2032\u2018\u2019\u02bc\u00b4\u0060", "'"),
        **dict.fromkeys("\u2033\u201c\u201d\u02ba", '"'),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013", "-"),
        **dict.fromkeys("\u2044\u2215", "/"),
    }
)
"""Typographic primes, quotes, minus and fraction bar, to what a keyboard has."""

_PLAIN = re.compile(r"[0-9]+")
_SINGLE = re.compile(r"([0-9]*)([.,])([0-9]*)")
_GROUPED = re.compile(r"([1-9][0-9]{0,2})(?:(?P<mark>[.,' ])[0-9]{3})(?P<more>(?:(?P=mark)[0-9]{3})*)([.,][0-9]+)?")
_FRACTION = re.compile(r"(?:([0-9]{1,4})(?:\s+|\s*-\s*))?([0-9]{1,4})\s*/\s*([0-9]{1,4})")
_EXPONENT = re.compile(r"(.*[0-9.,])e([+-]?[0-9]{1,3})")
_LONGEST = 60


def plain(text: str) -> str:
    """`text` in characters of a keyboard, with single spaces: wide digits, primes, dashes; `1½` is `1 1/2`."""
    spread = "".join(_taken_apart(character) for character in text)
    return " ".join(spread.translate(_KEYBOARD).split())


def readings(text: str, *, point_divides: bool) -> tuple[float, ...]:
    """Every number that a plain text can mean, the one with decimals first; none where it is no number of 0 or more.

    `1.8`, `1,8`, `.5`, `1e3`, `1/2`, `6 1/2` and `6-1/2` have one reading, and so have thousands that can be nothing
    else: `1 800`, `1'800`, `1,234,567`, `1.234,5`. Three digits after a single comma have two.

    Args:
        text: as `plain` gives it, lower case.
        point_divides: whether a single point surely begins the decimals; else it is as a comma.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return ()
    if fraction := _FRACTION.fullmatch(text):
        whole, above, below = int(fraction[1] or 0), int(fraction[2]), int(fraction[3])
        proper = below > 0 and (fraction[1] is None or above < below)
        return (whole + above / below,) if proper else ()
    power = "0"
    if exponent := _EXPONENT.fullmatch(text):
        text, power = exponent[1], exponent[2]
    return tuple(float(f"{digits}e{power}") for digits in _decimal_forms(text, point_divides=point_divides))


def is_grouped(text: str) -> bool:
    """Whether a plain text has marks between thousands that can be nothing else."""
    found = _GROUPED.fullmatch(text.strip())
    return found is not None and _surely_grouped(found)


def in_digits(value: float, digits: int = 12) -> str:
    """A number that has one reading only, for people to write: never three digits after the point."""
    text = f"{value:.{digits}g}"
    return text + "0" if re.fullmatch(r"[0-9]+\.[0-9]{3}", text) else text


def _taken_apart(character: str) -> str:
    """The plain characters that one stands for, in one step; a fraction is kept apart from a number before it."""
    kind, *points = unicodedata.decomposition(character).split() or [""]
    if kind not in _TAKEN_APART:
        return character
    found = "".join(chr(int(point, 16)) for point in points)
    return f" {found}" if kind == "<fraction>" else found


def _decimal_forms(text: str, *, point_divides: bool) -> tuple[str, ...]:
    """As `readings`, each in digits and at most one point."""
    if _PLAIN.fullmatch(text):
        return (text,)
    if grouped := _GROUPED.fullmatch(text):
        if _surely_grouped(grouped):
            whole = text[: len(text) - len(grouped[4] or "")]
            digits = re.sub(r"[^0-9]", "", whole)
            return (digits + (grouped[4] or "").replace(",", "."),)
        if not (point_divides and grouped["mark"] == "."):
            return (text.replace(",", "."), text.replace(",", "").replace(".", ""))
    single = _SINGLE.fullmatch(text)
    if single is None or not (single[1] or single[3]):
        return ()
    return (f"{single[1] or '0'}.{single[3] or '0'}",)


def _surely_grouped(grouped: re.Match[str]) -> bool:
    rest, mark = grouped[4], grouped["mark"]
    if rest is not None and rest[0] == mark:
        return False
    return mark in "' " or bool(grouped["more"]) or rest is not None
