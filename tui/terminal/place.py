"""Whether there is a terminal that the app can be drawn on, and how large it is."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import TextIO

from tui.errors import InputError

_NO_SCREENS = frozenset({"", "dumb", "unknown"})
"""What TERM says where nothing can be drawn."""

_USUAL = (80, 24)
_LARGEST = (1_000, 500)
"""Columns and rows; larger than any wall of screens, so that a wrong number cannot cost the memory."""


def need_terminal(environment: Mapping[str, str]) -> None:
    """Refuse to start where the app cannot be drawn or steered.

    Textual reads keys from the input and draws on the error stream.

    Raises:
        InputError: names what does it without a screen.
    """
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        raise InputError(
            "the app needs a terminal for its keys and its screen; "
            "without one there are depth-tui watch, depth-tui measure and depth-tui depth"
        )
    name = environment.get("TERM", "")
    if name in _NO_SCREENS:
        said = f"TERM={name}" if name else "TERM is not set"
        raise InputError(
            f"this terminal cannot show the app ({said}): depth-tui watch writes lines instead; "
            "if it can, set TERM to what it is, such as xterm-256color"
        )


def _is_terminal(stream: TextIO | None) -> bool:
    with contextlib.suppress(ValueError):  # one that has been closed
        return stream is not None and stream.isatty()
    return False


def forget_size(environment: MutableMapping[str, str]) -> None:
    """Leave the size to the terminal: one that is exported may never have fitted, and does not follow the window."""
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)


def terminal_size(*descriptors: int) -> tuple[int, int]:
    """Columns and rows, from the first of some descriptors that is a terminal and knows them."""
    for descriptor in descriptors:
        try:
            columns, rows = os.get_terminal_size(descriptor)
        except OSError:
            continue
        if columns > 0 and rows > 0:
            return min(columns, _LARGEST[0]), min(rows, _LARGEST[1])
    return _USUAL
