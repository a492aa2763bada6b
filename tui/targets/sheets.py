"""Sheets of paper, cards and any other rectangle of known sides, as they are written: `A4`, `Letter`, `21x29.7cm`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tui.calibration.units import parse_uncertain
from tui.calibration.written import in_digits, plain
from tui.errors import InputError

MOST_SIDE_M = 20.0
LEAST_SIDE_M = 0.01
"""A smaller rectangle, or a larger one, is a slip of the unit."""

MOST_RATIO = 20.0
"""Of one side to the other: beyond, its narrow side says nothing."""

_CUT_SIGMA_M = 0.0005
"""Of paper as it is cut: ISO 216 allows 1.5 mm up to 150 mm and 2 mm up to 600 mm, makers keep a third of that."""
_CARD_SIGMA_M = 0.0001
"""ISO/IEC 7810: an ID-1 card is 85.47 - 85.72 mm by 53.92 - 54.03 mm."""
_TYPED_SIGMA = 0.003
"""Relative, of sides that somebody types without an uncertainty."""

SIZES: dict[str, tuple[float, float, float]] = {
    "A3": (0.297, 0.420, _CUT_SIGMA_M),
    "A4": (0.210, 0.297, _CUT_SIGMA_M),
    "A5": (0.148, 0.210, _CUT_SIGMA_M),
    "Letter": (0.2159, 0.2794, _CUT_SIGMA_M),
    "Legal": (0.2159, 0.3556, _CUT_SIGMA_M),
    "ID-1": (0.08560, 0.05398, _CARD_SIGMA_M),
}
"""Sides in metres, and one standard deviation of each. ISO 216, ANSI/ASME Y14.1, ISO/IEC 7810."""

_EITHER = "paper"
_OF_ONE_SHAPE = 0.01
_NAMES = {
    **dict.fromkeys((_EITHER, "a4orletter", "a4/letter"), _EITHER),
    **{name.lower(): name for name in SIZES},
    **dict.fromkeys(("usletter", "us-letter", "ansia"), "Letter"),
    **dict.fromkeys(("uslegal", "us-legal"), "Legal"),
    **dict.fromkeys(("id1", "card", "creditcard", "bankcard", "idcard"), "ID-1"),
}
_SIDES = re.compile(r"(.+?)\s*(?:[x*\u00d7\u0445]|\bby\b)\s*(.+)", re.IGNORECASE)
_UNIT = re.compile(r"[0-9.,/ ]+?\s*([a-z'\"].*)", re.IGNORECASE)
_DIGITS = 9
"""Of metres: the same whether it was written in inches or in millimetres."""
_FORM = f"write {', '.join(SIZES)}, paper (A4 or Letter, whichever fits), or both sides as 21x29.7cm"
_CORNERS = "write its four corners as X,Y:X,Y:X,Y:X,Y, around it"
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,6})?")
_LEAST_CORNERS_PX = 8.0
"""Sides of a quadrilateral from which anything can be told."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A flat rectangle of known sides that is looked for in every picture."""

    name: str
    """What it is called: 'A4', '210 x 297 mm'."""
    width_m: float
    height_m: float
    sigma_m: float
    """One standard deviation of each side."""
    other_m: tuple[float, float] | None = None
    """The sides that it has otherwise, where only one of two is known to be meant: 'paper' is A4 or Letter."""
    near_px: tuple[float, float] | None = field(default=None, compare=False)
    """Where its middle was when somebody confirmed it: of several the nearest is meant."""

    def __str__(self) -> str:
        return self.name

    @property
    def whole(self) -> str:
        """So that `tui.targets.spec.parse_target` gives the same again."""
        if self.name in SIZES or self.other_m is not None:
            return f"sheet:{self.name}"
        sides = (f"{in_digits(1000 * side_m, 12)}mm" for side_m in (self.width_m, self.height_m))
        return f"sheet:{'x'.join(sides)}±{in_digits(1000 * self.sigma_m, 12)}mm"

    @property
    def relative_sigma(self) -> float:
        """Of its size, relative: both sides may be off, each for itself."""
        return self.sigma_m * math.hypot(1 / self.width_m, 1 / self.height_m) / 2

    @property
    def is_paper(self) -> bool:
        """Whether it is a size in which white paper comes."""
        return self.other_m is not None or (self.name in SIZES and self.name != "ID-1")

    @property
    def stances(self) -> tuple[Array, ...]:
        """Its corners on itself, from its middle, z = 0, shape (4, 3): upright and lying, one for a square."""
        half = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) / 2
        found = []
        for width_m, height_m in ((self.width_m, self.height_m), *(() if self.other_m is None else (self.other_m,))):
            found.append(half * (width_m, height_m, 0.0))
            if abs(width_m - height_m) > self.sigma_m:
                found.append(half * (height_m, width_m, 0.0))
        return tuple(found)

    @property
    def rivals(self) -> tuple[SheetSpec, ...]:
        """Other sizes of paper that it may be taken for."""
        if not self.is_paper or self.other_m is not None:
            return ()
        area, ratio = self.width_m * self.height_m, self.height_m / self.width_m
        others: dict[float, str] = {}
        for name in sorted(SIZES, key=lambda each: -abs(math.log(SIZES[each][0] * SIZES[each][1] / area))):
            others[round(SIZES[name][1] / SIZES[name][0], 1)] = name  # of one shape the nearest in size stays
        return tuple(
            SheetSpec(name, *SIZES[name])
            for name in others.values()
            if name != "ID-1" and abs(SIZES[name][1] / SIZES[name][0] / ratio - 1) > _OF_ONE_SHAPE
        )


def parse_sheet(text: str, option: str = "--sheet") -> SheetSpec:
    """A sheet by its name or its sides: `A4`, `Letter`, `card`, `21x29.7cm`, `8.5x11in`, `210mm x 297mm ±1mm`.

    Raises:
        InputError: names the option and shows the form.
    """
    written = plain(text)
    name = _NAMES.get(written.lower().replace(" ", ""))
    if name == _EITHER:
        return SheetSpec(name, *SIZES["A4"], other_m=SIZES["Letter"][:2])
    if name is not None:
        return SheetSpec(name, *SIZES[name])
    sides = _SIDES.fullmatch(written)
    if sides is None:
        raise InputError(f"{option} '{text}': {_FORM}")
    first, second = sides[1], sides[2]
    unit = _UNIT.fullmatch(second)
    if _UNIT.fullmatch(first) is None and unit is not None:
        first = f"{first}{unit[1]}"
    try:
        (width_m, first_sigma_m), (height_m, second_sigma_m) = (_side(each) for each in (first, second))
    except InputError as error:
        raise InputError(f"{option} '{text}': {error}") from error
    for side_m in (width_m, height_m):
        if not LEAST_SIDE_M <= side_m <= MOST_SIDE_M:
            raise InputError(
                f"{option} '{text}': a side of {side_m:g} m; between {LEAST_SIDE_M:g} m and {MOST_SIDE_M:g} m, such as "
                "21x29.7cm"
            )
    if max(width_m, height_m) > MOST_RATIO * min(width_m, height_m):
        raise InputError(f"{option} '{text}': one side is more than {MOST_RATIO:g} times the other")
    stated = [each for each in (first_sigma_m, second_sigma_m) if each is not None]
    sigma_m = max(stated) if stated else round(_TYPED_SIGMA * min(width_m, height_m), _DIGITS)
    shown = f"{in_digits(1000 * width_m, 6)} x {in_digits(1000 * height_m, 6)} mm"
    return SheetSpec(shown, width_m, height_m, sigma_m)


def _side(text: str) -> tuple[float, float | None]:
    side_m, sigma_m = parse_uncertain(text, likely_m=MOST_SIDE_M, bare=False)
    return round(side_m, _DIGITS), None if sigma_m is None else round(sigma_m, _DIGITS)


def split_corners(text: str) -> tuple[str, str]:
    """(the sheet, its corners or nothing) of `A4=12,30:400,28:410,600:8,590`."""
    sheet, _, corners = text.partition("=")
    return sheet, corners


def parse_corners(text: str, whole: str, option: str = "--sheet") -> Array:
    """Four corners, shape (4, 2), from `12,30:400,28:410,600:8,590`, in whichever order.

    Raises:
        InputError: names the option and shows the form; they are no quadrilateral.
    """
    pixels = [each.split(",") for each in plain(text).split(":")]
    if len(pixels) != 4 or not all(
        len(each) == 2 and all(_NUMBER.fullmatch(part.strip()) for part in each) for each in pixels
    ):
        raise InputError(f"{option} '{whole}': {_CORNERS}")
    found = np.array([[float(part) for part in each] for each in pixels])
    try:
        return ordered(found)
    except InputError as error:
        raise InputError(f"{option} '{whole}': {error}") from error


def ordered(corners_px: Array) -> Array:
    """The same corners clockwise as they are seen, from the one that is nearest to the top left, shape (4, 2).

    Raises:
        InputError: they are no convex quadrilateral, or a tiny one.
    """
    middle = corners_px.mean(axis=0)
    around = np.arctan2(corners_px[:, 1] - middle[1], corners_px[:, 0] - middle[0])
    found = corners_px[np.argsort(around, kind="stable")]
    found = np.roll(found, -int(np.argmin(found.sum(axis=1))), axis=0)
    sides = np.roll(found, -1, axis=0) - found
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < _LEAST_CORNERS_PX:
        raise InputError(f"its corners are less than {_LEAST_CORNERS_PX:g} pixels apart: nothing can be told from that")
    if (turns < 0.05 * lengths * np.roll(lengths, -1)).any():
        raise InputError("these four are not the corners of a rectangle: three of them are on a line, or one is inside")
    return found
