"""What the terminal may be taken for before it has answered, and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

ASK_WIDTH = "\ré\x1b[6n\r\x1b[K"
"""A letter of two bytes, and where the cursor is then: in the second column if they were read as one."""
TWO_BYTES_APART = 2
"""How far, in columns, the cursor has moved where they were read as two characters."""

ASK_COLORS = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m\x1bP+q524742\x1b\\"
"""A colour of 24 bits, then what the pen is (DECRQSS), then whether there are such colours at all (XTGETTCAP RGB)."""

CURSOR = re.compile(rb"\x1b\[\d+;(\d+)R")
"""What says where the cursor is."""

_PEN = re.compile(r"\x1bP1\$r[0-9;:]*48[;:]2[;:]+(?:0?:)?1[;:]2[;:]3(?![0-9])[0-9;:]*m\x1b\\")
_CAPABLE = re.compile(r"\x1bP1\+r524742(?:=[0-9A-Fa-f]*)?\x1b\\")
_NOT_ASKED = ("linux", "screen", "vt", "dumb", "cons25", "sun")
"""Terminals without 24-bit colours, of which some print such questions; screen hands their inside on as text."""

_ASCII_LOCALES = frozenset({"", "C", "POSIX"})


def is_true_color(answer: str) -> bool:
    """Whether this holds the whole answer of a terminal that keeps colours of 24 bits."""
    return _PEN.search(answer) is not None or _CAPABLE.search(answer) is not None


def reads_utf8(answer: str) -> bool | None:
    """Whether the answer to `ASK_WIDTH` is that of a terminal that reads UTF-8; None if it tells nothing."""
    cursor = CURSOR.search(answer.encode("latin-1", "replace"))
    moved = int(cursor[1]) - 1 if cursor else 0
    return None if moved < 1 else moved < TWO_BYTES_APART


def may_ask_colors(environment: Mapping[str, str]) -> bool:
    """Whether the question does no harm: inside tmux and screen it does not reach the terminal."""
    if environment.get("TMUX") or environment.get("STY"):
        return False
    return not environment.get("TERM", "").startswith(_NOT_ASKED)


def locale_is_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the locale's characters are UTF-8, as the first of the three variables that is set says (POSIX)."""
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((value for name in names if (value := environment.get(name))), "")
    if locale in _ASCII_LOCALES:
        return False
    _, _, charset = locale.partition(".")
    charset = charset.partition("@")[0]
    return not charset or charset.lower().replace("-", "").replace("_", "") == "utf8"
