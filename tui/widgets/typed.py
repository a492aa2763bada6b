"""What keys and the wheel make of a text that is being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def counted(text: str, step: int) -> str:
    """The first number of a text counted on by its last digit, never below nothing: '1.80m' and 1 give '1.81m'."""
    match = _NUMBER.search(text)
    if match is None or len(match[0]) > 15:
        return text
    whole, point, part = match[0].partition(".")
    number = max(0, int(whole + part) + step)
    digits = str(number).zfill(len(part) + 1)
    value = f"{digits[: len(digits) - len(part)]}{point}{part and digits[-len(part) :]}"
    return text[: match.start()] + value + text[match.end() :]


def completion(text: str, choices: Sequence[str]) -> tuple[str, str]:
    """A text as far as all choices agree, and the choices in words if there are several."""
    if not choices:
        return text, "nothing begins like this"
    common = choices[0]
    for each in choices[1:]:
        while not each.startswith(common):
            common = common[:-1]
    names = [each.rstrip("/").rpartition("/")[2] + "/" * each.endswith("/") for each in choices]
    return (common if len(common) >= len(text) else text), "  ".join(names) if len(names) > 1 else ""
