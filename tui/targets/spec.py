"""Printed targets as they are written: `DICT_4X4_50:0=80mm`, `DICT_6X6_250:5x7=40mm/20mm`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tui.calibration.units import parse_distance, parse_measurement
from tui.errors import InputError

RULER_SIGMA_M = 0.0003
"""One standard deviation of a printed side that is measured with a ruler."""

_GRID = re.compile(r"([0-9]{1,3})\s*[xX]\s*([0-9]{1,3})")
_FORM = "write it as DICT_4X4_50:0=80mm (dictionary:id=side; * for every id), or DICT_6X6_250:5x7=40mm/20mm (ChArUco)"


@dataclass(frozen=True, slots=True)
class MarkerSpec:
    """Square markers of one dictionary and size."""

    dictionary: str
    """Its name, or the path of its file."""
    number: int | None
    """The marker's id; None: every marker of the dictionary that has no spec of its own."""
    size_m: float
    """Side of the black square."""
    size_sigma_m: float
    """One standard deviation of it."""

    def __str__(self) -> str:
        return f"{self.dictionary}:{'*' if self.number is None else self.number}={1000 * self.size_m:g}mm"

    @property
    def whole(self) -> str:
        """With its uncertainty, so that `parse_target` gives the same again."""
        name = f"{self.dictionary}:{'*' if self.number is None else self.number}"
        return f"{name}={_millimetres(self.size_m)}±{_millimetres(self.size_sigma_m)}"


@dataclass(frozen=True, slots=True)
class CharucoSpec:
    """A ChArUco board that gives a distance."""

    dictionary: str
    columns: int
    """Squares across."""
    rows: int
    """Squares down."""
    square_m: float
    square_sigma_m: float
    """One standard deviation of a square's side."""
    marker_m: float

    def __str__(self) -> str:
        sides = f"{1000 * self.square_m:g}mm/{1000 * self.marker_m:g}mm"
        return f"{self.dictionary}:{self.columns}x{self.rows}={sides}"

    @property
    def whole(self) -> str:
        """With its uncertainty, so that `parse_target` gives the same again."""
        square = f"{_millimetres(self.square_m)}±{_millimetres(self.square_sigma_m)}"
        return f"{self.dictionary}:{self.columns}x{self.rows}={square}/{_millimetres(self.marker_m)}"


TargetSpec = MarkerSpec | CharucoSpec


def parse_target(text: str, option: str = "--marker") -> TargetSpec:
    """`DICT_4X4_50:0=80mm` or `DICT_APRILTAG_36H11:*=16cm±1mm`: markers; `DICT_6X6_250:5x7=40mm/20mm`: a ChArUco board.

    The dictionary may be the path of an OpenCV file. The size is the side of the black square; without ± its
    standard deviation is `RULER_SIGMA_M`.

    Raises:
        InputError: names the option and shows the form, in one line.
    """
    from tui.targets.dictionary import dictionary_size

    target, equals, size = text.rpartition("=")
    dictionary, colon, which = target.rpartition(":")
    dictionary, which = dictionary.strip(), which.strip()
    if not (equals and colon and dictionary and which):
        raise InputError(f"{option} '{text}': {_FORM}")
    try:
        count = dictionary_size(dictionary)
        if grid := _GRID.fullmatch(which):
            return _charuco(dictionary, count, int(grid[1]), int(grid[2]), size)
        if which != "*" and not (which.isascii() and which.isdecimal() and len(which) < 7):
            raise InputError(_FORM)
        number = None if which == "*" else int(which)
        if number is not None and number >= count:
            raise InputError(f"{dictionary} has markers 0 to {count - 1}")
        return MarkerSpec(dictionary, number, *_side(size))
    except InputError as error:
        raise InputError(f"{option} '{text}': {error}") from error


def parse_grid(text: str, option: str = "--board") -> tuple[int, int]:
    """(columns, rows) from `9x6`.

    Raises:
        InputError: names the option and shows the form.
    """
    match = _GRID.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{option} '{text}': write columns x rows, such as {option} 9x6")
    return int(match[1]), int(match[2])


def _millimetres(length_m: float) -> str:
    return f"{1000 * length_m:.12g}mm"


def _charuco(dictionary: str, count: int, columns: int, rows: int, sizes: str) -> CharucoSpec:
    square, slash, marker = sizes.partition("/")
    if not slash:
        raise InputError("a ChArUco board needs the sides of its squares and of its markers, as in 5x7=40mm/20mm")
    square_m, sigma_m = _side(square)
    marker_m = parse_distance(marker)
    if not marker_m < square_m:
        raise InputError("the markers must be smaller than the squares, as in 5x7=40mm/20mm")
    if columns < 2 or rows < 2 or columns * rows // 2 > count:
        raise InputError(f"a board of {columns}x{rows} squares cannot be made from the {count} markers of {dictionary}")
    return CharucoSpec(dictionary, columns, rows, square_m, sigma_m, marker_m)


def _side(text: str) -> tuple[float, float]:
    size_m, sigma_m = parse_measurement(text)
    stated = any(sign in text for sign in ("±", "+-", "+/-"))
    if not stated:
        sigma_m = min(RULER_SIGMA_M, 0.25 * size_m)
    if not math.isfinite(size_m / sigma_m if sigma_m else 1.0):
        raise InputError(f"'{text}' is not the side of a marker")
    return size_m, sigma_m
