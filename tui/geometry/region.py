"""Regions of a picture: named polygons and boxes, in pixels of the picture as shown, and how they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui.errors import InputError

Corner = tuple[float, float]
"""(column, row); pixel centres are whole numbers."""

MOST_CORNERS = 32
MOST_REGIONS = 64
"""Of one picture: each is read in every frame."""
LONGEST_NAME = 24
"""Characters."""
FARTHEST_CORNER_PX = 1_000_000
"""A corner that is farther outside is not known any more."""
LEAST_PX = 9
"""Pixels that a region covers at least when it is set: fewer are a pin's window."""

_PIN_LIKE = re.compile(r"pin \d+", re.IGNORECASE)
_CORNER = re.compile(r"\s*(-?[0-9]{1,6})\s*,\s*(-?[0-9]{1,6})\s*", re.ASCII)
_FORM = "write a region as NAME=X,Y:X,Y for a box or NAME=X,Y:X,Y:X,Y:... for a polygon, NAME:median=... for its median"


class Statistic(StrEnum):
    """What of a region is read."""

    NEAREST = "nearest"
    """The distance that 5 % of the region is nearer than: single stray pixels do not decide it."""
    MEDIAN = "median"
    FARTHEST = "farthest"
    """The distance that 5 % of the region is farther than."""

    @property
    def share(self) -> float:
        """Of the region that is nearer than the statistic."""
        return {Statistic.NEAREST: 0.05, Statistic.MEDIAN: 0.5, Statistic.FARTHEST: 0.95}[self]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that is read as one.

    Its corners may lie between pixels, or outside after the picture was carried along: it is clipped to the picture.
    Sides may cross; what is then enclosed twice is outside. The pixels that the sides run through belong to it.
    """

    name: str
    corners: tuple[Corner, ...]
    """Two for a box, opposite each other; three or more for a polygon, in order."""
    statistic: Statistic = Statistic.NEAREST

    @property
    def outline(self) -> tuple[Corner, ...]:
        """The corners of the polygon: of a box all four."""
        if len(self.corners) > 2:
            return self.corners
        (left, top), (right, bottom) = self.corners
        return ((left, top), (right, top), (right, bottom), (left, bottom))

    @property
    def label(self) -> str:
        """'door nearest'."""
        return f"{self.name} {self.statistic.value}"

    @property
    def written(self) -> str:
        """As `parse_region` takes it, its corners to whole pixels."""
        statistic = "" if self.statistic is Statistic.NEAREST else f":{self.statistic.value}"
        return f"{self.name}{statistic}={':'.join(f'{round(x)},{round(y)}' for x, y in self.corners)}"

    def moved(self, corners: Iterable[Corner]) -> Region:
        """The same with other corners."""
        return replace(self, corners=tuple(corners))

    def scaled(self, across: float, down: float) -> Region:
        """For a picture of another size, so many times as wide and high: each corner stays on what it shows."""
        return self.moved(((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5) for x, y in self.corners)

    def reaches_out(self, width: int, height: int) -> bool:
        """Whether a part of it lies outside a picture of that size."""
        return not all(0 <= round(x) < width and 0 <= round(y) < height for x, y in self.corners)

    def mask(self, width: int, height: int) -> NDArray[np.bool_]:
        """Which pixels of a picture of that size belong to it, (H, W); none if it lies outside."""
        return mask_of(self.outline, width, height)

    def pixels(self, width: int, height: int, most: int) -> NDArray[np.intp]:
        """Its pixels in a picture of that size, (column, row), (N, 2), or so many of them spread evenly over it."""
        return _spread(self.outline, width, height, most)


def mask_of(outline: Sequence[Corner], width: int, height: int) -> NDArray[np.bool_]:
    """The pixels within a polygon and on its sides, (H, W): even-odd."""
    import cv2

    mask = np.zeros((height, width), np.uint8)
    corners = (
        np.rint(np.array(outline, dtype=np.float64)).clip(-FARTHEST_CORNER_PX, FARTHEST_CORNER_PX).astype(np.int32)
    )
    cv2.fillPoly(mask, [corners], 1)
    return mask.astype(np.bool_)


def checked_region(region: Region, width: int, height: int) -> Region:
    """Return the region if it can be read in a picture of that size.

    Raises:
        InputError: a corner lies outside, or it encloses nothing.
    """
    what = f"region {region.name}"
    for x, y in region.corners:
        if not (0 <= round(x) < width and 0 <= round(y) < height):
            raise InputError(
                f"{what}: ({round(x)}, {round(y)}) is outside the {width}x{height} picture; "
                f"x is 0..{width - 1}, y is 0..{height - 1}"
            )
    if _flat(region.corners):
        raise InputError(f"{what}: its corners lie on one line, so it encloses nothing; choose them apart")
    if (count := int(np.count_nonzero(region.mask(width, height)))) < LEAST_PX:
        raise InputError(f"{what}: it covers {count} pixels; {LEAST_PX} are the least, a pin reads fewer")
    return region


def check_region_name(name: str) -> str:
    """Return the name in the one form in which it is kept and compared.

    Raises:
        InputError: empty, too long, with characters that a terminal, a list or a log could not carry, or a pin's.
    """
    found = " ".join(unicodedata.normalize("NFC", name).split(" ")).strip(" ")
    if not found:
        raise InputError(f"a region needs a name: {_FORM}")
    shown = _shown(found)
    if len(found) > LONGEST_NAME:
        raise InputError(f"region '{shown}': its name is longer than {LONGEST_NAME} characters; choose a shorter one")
    kinds = [unicodedata.category(each)[0] for each in found]
    if kinds[0] not in "LN" or not all(
        kind in "LMN" or each in " -_." for kind, each in zip(kinds, found, strict=True)
    ):
        raise InputError(
            f"region '{shown}': a name has letters, digits, blanks and - _ . and begins with a letter or a digit"
        )
    if _PIN_LIKE.fullmatch(found):
        raise InputError(f"region '{shown}': that is how pins are called; choose another name")
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two names would be taken for one another."""
    return one.casefold() == other.casefold()


def parse_label(text: str) -> tuple[str, Statistic]:
    """Name and statistic from `door` or `door:farthest`.

    Raises:
        InputError: it is no name, or no statistic.
    """
    name, colon, word = text.partition(":")
    if not colon:
        return check_region_name(name), Statistic.NEAREST
    for each in Statistic:
        if each.value == word.strip().lower():
            return check_region_name(name), each
    choices = ", ".join(each.value for each in Statistic)
    raise InputError(f"'{_shown(word.strip())}' is no statistic; choose one of {choices}")


def parse_region(text: str, option: str = "--region") -> Region:
    """A region from `door=100,80:220,300`, or `door:farthest=100,80:220,300:90,310`.

    Raises:
        InputError: one line that names what is wrong and the form.
    """
    told = f"{option} '{_shown(text)}'"
    head, equals, corners = text.partition("=")
    if not equals:
        raise InputError(f"{told}: {_FORM}")
    try:
        name, statistic = parse_label(head)
        return Region(name, _corners(corners), statistic)
    except InputError as error:
        raise InputError(f"{told}: {error}") from error


def parse_regions(texts: Iterable[str], option: str = "--region") -> tuple[Region, ...]:
    """Several, each of another name.

    Raises:
        InputError: as `parse_region`; or two of one name, or too many.
    """
    found: list[Region] = []
    for text in texts:
        region = parse_region(text, option)
        if (other := next((each.name for each in found if same_name(region.name, each.name)), None)) is not None:
            raise InputError(f"{option} '{_shown(text)}': there is a region '{other}' already; give it another name")
        found.append(region)
    if len(found) > MOST_REGIONS:
        raise InputError(f"{option}: {len(found)} regions; {MOST_REGIONS} are the most")
    return tuple(found)


def _corners(text: str) -> tuple[Corner, ...]:
    parts = text.split(":")
    corners = []
    for part in parts[: MOST_CORNERS + 1]:
        match = _CORNER.fullmatch(part)
        if match is None:
            raise InputError(f"'{_shown(part.strip())}' is no corner: write X,Y in whole pixels; {_FORM}")
        corners.append((float(match[1]), float(match[2])))
    if len(parts) > MOST_CORNERS:
        raise InputError(f"it has {len(parts)} corners; {MOST_CORNERS} are the most")
    if len(corners) < 2:
        raise InputError(f"it has one corner; {_FORM}")
    return tuple(corners)


def _flat(corners: Sequence[Corner]) -> bool:
    """Whether they lie on one line; those of a box, in one row or column."""
    points = np.array(corners, dtype=np.float64)
    across = points - points[0]
    if len(points) == 2:
        return bool((np.abs(across[1]) < 0.5).any())
    farthest = across[np.argmax((across**2).sum(axis=1))]
    length = float(np.hypot(*farthest))
    if length < 0.5:
        return True
    aside = np.abs(across[:, 0] * farthest[1] - across[:, 1] * farthest[0]) / length
    return bool(aside.max() < 0.5)


def _shown(text: str) -> str:
    """A user's text within a line for a terminal: nothing in it is obeyed, and it is not endless."""
    clean = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return clean if len(clean) <= 60 else f"{clean[:59]}…"


@lru_cache(maxsize=256)
def _spread(outline: tuple[Corner, ...], width: int, height: int, most: int) -> NDArray[np.intp]:
    """Every so-manieth pixel along a curve that fills the plane (Morton, 1966), so that near ones are not taken twice.

    Not to be written to.
    """
    rows, columns = np.nonzero(mask_of(outline, width, height))
    found = np.column_stack([columns, rows])
    if len(found) > most:
        order = np.argsort(_interleaved(columns) | (_interleaved(rows) << np.uint64(1)), kind="stable")
        places = ((np.arange(most) + 0.5) * (len(found) / most)).astype(np.intp)
        found = found[order[places]]
    found.flags.writeable = False
    return found


def _interleaved(values: NDArray[np.intp]) -> NDArray[np.uint64]:
    """The bits of whole numbers below 2^16, each with a 0 before it."""
    bits = values.astype(np.uint64)
    for shift, kept in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(kept)
    return bits
