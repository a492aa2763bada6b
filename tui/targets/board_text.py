"""A calibration board as a user types it: `9x6 25mm`, `5x7 40mm/20mm DICT_6X6_250`."""

from __future__ import annotations

import re

from tui.calibration.written import plain
from tui.errors import InputError
from tui.targets.board_options import board_from
from tui.targets.boards import BoardSpec
from tui.targets.spec import split_sides

_BOARD = re.compile(
    r"(?P<grid>[0-9]+\s*(?:[x*\u00d7\u0445]|by)\s*[0-9]+)\s+(?P<sides>[0-9.,].*?)"
    r"(?:\s+(?P<dictionary>DICT_\S*|\S*tag\S*|\S+\.(?:yml|yaml|xml|json)))?",
    re.IGNORECASE,
)
_FORM = "write a chessboard as 9x6 25mm (inner corners, square), a ChArUco board as 5x7 40mm/20mm DICT_6X6_250"


def is_board(text: str) -> bool:
    """Whether this is meant to be a board."""
    return _BOARD.fullmatch(plain(text)) is not None


def parse_board(text: str) -> BoardSpec:
    """A chessboard by its inner corners and the side of a square, or a ChArUco board by squares, sides, dictionary.

    Raises:
        InputError: shows the form.
    """
    match = _BOARD.fullmatch(plain(text))
    if match is None:
        raise InputError(f"'{text}': {_FORM}")
    square, marker = split_sides(match["sides"])
    try:
        return board_from(match["grid"], square, marker or None, match["dictionary"])
    except InputError as error:
        raise InputError(f"'{text}': {error}") from error
