"""Printed targets as they are written: `DICT_4X4_50:0=80mm`, `DICT_6X6_250:5x7=40mm/20mm`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.calibration.units import parse_uncertain
from tui.calibration.written import in_digits, plain
from tui.errors import InputError
from tui.targets.sheets import SheetSpec, parse_sheet

RULER_SIGMA_M = 0.0003
"""One standard deviation of a printed side that is measured with a ruler."""

MAX_SIDE_M = 3.0
"""Nobody prints a larger one: it is a slip of the unit."""

_GRID = re.compile(r"([0-9]{1,3})\s*(?:[x*\u00d7\u0445]|by)\s*([0-9]{1,3})", re.IGNORECASE)
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
        return f"{self.dictionary}:{'*' if self.number is None else self.number}={_millimetres(self.size_m, 6)}"

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
        sides = f"{_millimetres(self.square_m, 6)}/{_millimetres(self.marker_m, 6)}"
        return f"{self.dictionary}:{self.columns}x{self.rows}={sides}"

    @property
    def whole(self) -> str:
        """With its uncertainty, so that `parse_target` gives the same again."""
        square = f"{_millimetres(self.square_m)}±{_millimetres(self.square_sigma_m)}"
        return f"{self.dictionary}:{self.columns}x{self.rows}={square}/{_millimetres(self.marker_m)}"


TargetSpec = MarkerSpec | CharucoSpec | SheetSpec


def parse_target(text: str, option: str = "--marker") -> TargetSpec:
    """`DICT_4X4_50:0=80mm` or `DICT_APRILTAG_36H11:*=16cm±1mm`: markers; `DICT_6X6_250:5x7=40mm/20mm`: a ChArUco board.

    The dictionary may be the path of an OpenCV file. The size is the side of the black square; without ± its
    standard deviation is `RULER_SIGMA_M`. `sheet:A4` is a sheet of paper, as `parse_sheet` has them.

    Raises:
        InputError: names the option and shows the form, in one line.
    """
    from tui.targets.dictionary import dictionary_size

    kind, _, sheet = plain(text).partition(":")
    if kind.lower() == "sheet":
        return parse_sheet(sheet, option)
    target, equals, size = text.rpartition("=")
    dictionary, colon, which = target.rpartition(":")
    dictionary, which = dictionary.strip(), which.strip()
    if not (equals and colon and dictionary and which):
        raise InputError(f"{option} '{text}': {_FORM}")
    try:
        count = dictionary_size(dictionary)
        if grid := _GRID.fullmatch(plain(which)):
            return _charuco(dictionary, count, int(grid[1]), int(grid[2]), size)
        if which != "*" and not (which.isascii() and which.isdecimal() and len(which) < 7):
            raise InputError(_FORM)
        number = None if which == "*" else int(which)
        if number is not None and number >= count:
            raise InputError(f"{dictionary} has markers 0 to {count - 1}")
        return MarkerSpec(dictionary, number, *parse_side(size))
    except InputError as error:
        raise InputError(f"{option} '{text}': {error}") from error


def parse_grid(text: str, option: str = "--board") -> tuple[int, int]:
    """(columns, rows) from `9x6`.

    Raises:
        InputError: names the option and shows the form.
    """
    match = _GRID.fullmatch(plain(text))
    if match is None:
        raise InputError(f"{option} '{text}': write columns x rows, such as {option} 9x6")
    return int(match[1]), int(match[2])


def parse_side(text: str) -> tuple[float, float]:
    """The side of something printed and its standard deviation in metres, from `80mm` or `16cm±1mm`.

    Raises:
        InputError: it has no unit, or is no side that is printed.
    """
    size_m, sigma_m = parse_uncertain(text, likely_m=MAX_SIDE_M, bare=False)
    if size_m > MAX_SIDE_M:
        raise InputError(f"'{text}' is {size_m:g} m, and nothing larger than 3 m is printed; write it as 80mm or 16cm")
    return size_m, min(RULER_SIGMA_M, 0.25 * size_m) if sigma_m is None else sigma_m


def split_sides(text: str) -> tuple[str, str]:
    """The two sides in `40mm/20mm` or `1 1/2in/1in`, each of which may be a fraction; the second may be empty."""
    parts = plain(text).split("/")
    for count in range(1, len(parts)):
        first, second = "/".join(parts[:count]), "/".join(parts[count:])
        if re.search(r"[^0-9\s]\s*$", first):  # a side ends in its unit; what is above a fraction's bar, in digits
            return first, second
    proper = len(parts) == 2 and re.fullmatch(r"(?:.*\s)?([0-9]+)\s*/\s*([0-9]+).*", text.strip())
    if len(parts) != 2 or (proper and int(proper[1]) < int(proper[2])):
        return text, ""
    return parts[0], parts[1]


def _millimetres(length_m: float, digits: int = 12) -> str:
    return f"{in_digits(1000 * length_m, digits)}mm"


def _charuco(dictionary: str, count: int, columns: int, rows: int, sizes: str) -> CharucoSpec:
    square, marker = split_sides(sizes)
    if not marker.strip():
        raise InputError("a ChArUco board needs the sides of its squares and of its markers, as in 5x7=40mm/20mm")
    square_m, sigma_m = parse_side(square)
    marker_m, _ = parse_side(marker)
    if not marker_m < square_m:
        raise InputError("the markers must be smaller than the squares, as in 5x7=40mm/20mm")
    if columns < 2 or rows < 2 or columns * rows // 2 > count:
        raise InputError(f"a board of {columns}x{rows} squares cannot be made from the {count} markers of {dictionary}")
    return CharucoSpec(dictionary, columns, rows, square_m, sigma_m, marker_m)
