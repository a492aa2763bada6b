"""How pictures and panels share the screen: sizes in, an arrangement out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from tui.instrument.view import View
from tui.render.viewport import Viewport

Rows = Callable[[int], int]
"""How many rows a panel's contents take where they have so many columns."""

SMALLEST = (60, 18)
"""Columns and rows under which nothing useful fits."""
FULL_COLUMNS = 56
"""Inside a panel, from which on its rows are written out; under that they are compact."""
DIGITS_COLUMNS = 70
"""Inside a panel, from which on there is room for large digits beside what is said of them."""
_BARS = 3
"""Rows of status, message and keys."""
BORDERS = 2
"""Columns, or rows, of a panel."""
_PADDING = 2
"""Columns of a panel left blank between its text and its border."""
_NARROW, _WIDE = 36, 84
"""Columns of a panel with its borders: the fewest that its rows need, the most that they fill."""
_WORDS_UNDER = 1
"""Row under a map, its legend, and under the picture beside it."""
_EACH_OF_BOTH = 600
"""Cells that each picture must have for both to be shown."""
_USUAL_ROWS = 7
"""Inside a panel, with little in it; which views there are must not depend on what the panels hold."""
_KEPT_SHARE = 0.4
"""Of the cells that a picture has without panels: so many it keeps before rows of panels are hidden."""


class Panels(StrEnum):
    """Where the panels stand; the values are classes of the screen."""

    BELOW = "-panels-below"
    """Side by side under the pictures."""
    UNDER = "-panels-under"
    """One under the other under the pictures."""
    RIGHT = "-panels-right"
    """One under the other at the right."""
    NONE = "-panels-none"


@dataclass(frozen=True, slots=True)
class Room:
    """An arrangement of the screen."""

    view: View
    stacked: bool = False
    """Whether the second picture stands under the first, and the plan under that, not beside it."""
    panels: Panels = Panels.NONE
    panel_columns: int = 0
    """Of each panel, with its borders."""
    coordinates_rows: int = 0
    """With its borders."""
    calibration_rows: int = 0
    hides: bool = False
    """Whether there is no room for some rows of the panels."""
    section_rows: int = 0
    """Of a section in the panels' place, with its borders; 0 without one."""

    @property
    def inner_columns(self) -> int:
        """For the text of a panel."""
        return _inside(self.panel_columns)

    @property
    def compact(self) -> bool:
        """Whether the panels' rows leave out what is not needed."""
        return self.panels is not Panels.NONE and self.inner_columns < FULL_COLUMNS

    @property
    def digits(self) -> bool:
        """Whether the reading is written large."""
        return has_digits(self.inner_columns)


@dataclass(frozen=True, slots=True)
class _Candidate:
    room: Room
    cells: int
    """Of the picture, of one of several."""
    whole: bool
    """Whether no row of a panel is hidden."""


def has_digits(inner_columns: int) -> bool:
    """Whether a reading is written large in a panel with room for so many columns of text."""
    return inner_columns >= DIGITS_COLUMNS


@lru_cache(maxsize=16)
def views_at(columns: int, rows: int, picture: tuple[int, int]) -> tuple[View, ...]:
    """The views that there are for a terminal of that size, in their order.

    Args:
        columns: of the terminal.
        rows: of the terminal.
        picture: width and height, pixels.
    """
    usual = list(_candidates(columns, rows, picture, View.BOTH, lambda _: _USUAL_ROWS, lambda _: _USUAL_ROWS))
    both = max((each.cells for each in usual), default=0) >= _EACH_OF_BOTH
    beside = (View.BOTH,) if both else (View.CAMERA, View.DEPTH)
    three = list(_candidates(columns, rows, picture, View.PLAN, lambda _: _USUAL_ROWS, lambda _: _USUAL_ROWS))
    plan = max((each.cells for each in three), default=0) >= _EACH_OF_BOTH
    return (*beside, View.CAMERA_ALONE, View.DEPTH_ALONE, *((View.PLAN,) if plan else ()), View.PLAN_ALONE)


def arranged(
    columns: int, rows: int, picture: tuple[int, int], view: View, coordinates: Rows, calibration: Rows
) -> Room:
    """The arrangement that shows most of the picture and hides no row of a panel, if there is one.

    Where rows must be hidden no other panel has an empty one.

    Args:
        columns: of the terminal.
        rows: of the terminal.
        picture: width and height, pixels.
        view: one of `views_at`.
        coordinates: rows that this panel holds.
        calibration: rows that this panel holds.
    """
    if view.alone:
        return Room(view)
    found = list(_candidates(columns, rows, picture, view, coordinates, calibration))
    least = _KEPT_SHARE * max(
        _shown(columns, rows - _BARS, picture, view, stacked=stacked) for stacked in (False, True)
    )
    fitting = [each for each in found if each.whole and each.cells >= least]
    best = max(fitting or found, key=lambda each: each.cells)  # of equals the first: see the order below
    return replace(best.room, hides=not best.whole)


def with_section(columns: int, rows: int, picture: tuple[int, int], view: View) -> Room:
    """The arrangement with a section under the pictures, and one row over them for the reading."""
    height = rows - _BARS - 1
    taken = max(2 * height // 5, min(10, height // 2))
    stacked = view is View.BOTH and (
        _shown(columns, height - taken, picture, view, stacked=True)
        > _shown(columns, height - taken, picture, view, stacked=False)
    )
    return Room(view, stacked, section_rows=taken)


def _candidates(
    columns: int, rows: int, picture: tuple[int, int], view: View, coordinates: Rows, calibration: Rows
) -> Iterator[_Candidate]:
    height = rows - _BARS
    for stacked in (False, True) if view.panes > 1 else (False,):
        if columns >= 2 * _NARROW:
            yield from _below(columns, height, picture, Room(view, stacked), coordinates, calibration)
        yield _right(columns, height, picture, Room(view, stacked), coordinates, calibration)
        yield from _under(columns, height, picture, Room(view, stacked), coordinates, calibration)


def _below(
    columns: int, height: int, picture: tuple[int, int], room: Room, coordinates: Rows, calibration: Rows
) -> Iterator[_Candidate]:
    inside = _inside(columns // 2)
    wanted = coordinates(inside), calibration(inside)
    for inner in sorted({max(wanted), min(wanted)}, reverse=True):
        taken = inner + BORDERS
        if taken < height:
            cells = _shown(columns, height - taken, picture, room.view, stacked=room.stacked)
            arranged = Room(room.view, room.stacked, Panels.BELOW, columns // 2, taken, taken)
            yield _Candidate(arranged, cells, inner == max(wanted))


def _right(
    columns: int, height: int, picture: tuple[int, int], room: Room, coordinates: Rows, calibration: Rows
) -> _Candidate:
    left = columns - _NARROW
    pane = left if room.stacked else left // room.view.panes
    cells = _shown(left, height, picture, room.view, stacked=room.stacked)
    # What the pictures leave blank beside them is the panels'.
    shown = _fitted(pane, _pane_rows(height, room.view, stacked=room.stacked), picture, room.view)
    blank = pane - BORDERS - shown[0]
    wide = max(_NARROW, min(_WIDE, _NARROW + blank * left // pane))
    inside = _inside(wide)
    rows, whole = _shared(height, coordinates(inside), calibration(inside))
    return _Candidate(Room(room.view, room.stacked, Panels.RIGHT, wide, *rows), cells, whole)


def _under(
    columns: int, height: int, picture: tuple[int, int], room: Room, coordinates: Rows, calibration: Rows
) -> Iterator[_Candidate]:
    inside = _inside(columns)
    wanted = coordinates(inside), calibration(inside)
    for most in sorted({sum(wanted) + 2 * BORDERS, height // 2}, reverse=True):
        rows, whole = _shared(min(most, height), *wanted)
        if sum(rows) < height:
            cells = _shown(columns, height - sum(rows), picture, room.view, stacked=room.stacked)
            yield _Candidate(Room(room.view, room.stacked, Panels.UNDER, columns, *rows), cells, whole)


def _shared(height: int, coordinates: int, calibration: int) -> tuple[tuple[int, int], bool]:
    """Rows of two panels one under the other, borders included, and whether they hold all that is wanted."""
    inner = height - 2 * BORDERS
    whole = coordinates + calibration <= inner
    if not whole:
        coordinates = min(coordinates, max(inner // 2, inner - calibration))
        calibration = inner - coordinates
    return (coordinates + BORDERS, calibration + BORDERS), whole


def _inside(columns: int) -> int:
    inner = columns - BORDERS
    return inner - _PADDING if inner - _PADDING >= FULL_COLUMNS else inner


def _pane_rows(height: int, view: View, *, stacked: bool) -> int:
    return height // view.panes if stacked else height


def _shown(columns: int, height: int, picture: tuple[int, int], view: View, *, stacked: bool) -> int:
    """Cells of one picture in that room."""
    across = columns if stacked else columns // view.panes
    width, rows = _fitted(across, _pane_rows(height, view, stacked=stacked), picture, view)
    return width * rows


def _fitted(columns: int, rows: int, picture: tuple[int, int], view: View) -> tuple[int, int]:
    """Columns and rows of the picture in a pane of that size."""
    inner = columns - BORDERS, rows - BORDERS - (_WORDS_UNDER if view.depth else 0)
    if min(inner) < 1:
        return 0, 0
    pane = Viewport(*inner, *picture)
    return pane.picture_columns, pane.picture_rows
