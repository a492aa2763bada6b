"""Lines of equal distance over a map, drawn with line glyphs: depth that can be read without colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap
from tui.render.levels import ValueRange

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_UNKNOWN = -1
_AIR = 1
"""Columns left and right of a label that no other label may touch."""


class Shading(StrEnum):
    """How a depth map is drawn."""

    LEVELS = "off"
    BOTH = "on"
    LINES = "only"

    @property
    def has_lines(self) -> bool:
        """Whether lines of equal distance are drawn."""
        return self is not Shading.LEVELS


@dataclass(frozen=True, slots=True)
class ContourLine:
    """One line: where the field has this value."""

    value: float
    label: str
    """What stands on it, such as '1.5m'; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Contours:
    """Which lines to draw."""

    lines: tuple[ContourLine, ...] = ()
    """By rising value."""
    margin: float = 0.0
    """A point changes sides only when it is further than this beyond a line, in the field's unit."""


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """The lines of one frame."""

    contours: Contours
    field: FloatMap | None = None
    """What they are lines of, of any shape; None: of the map itself."""


LinesOf = Callable[[ValueRange, Contours], Drawn]
"""From what the palette's ends stand for, and the lines of the frame before."""


@dataclass(frozen=True, slots=True)
class Label:
    """The text of one line, and where it begins."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Traced:
    """The lines of one frame."""

    arms: npt.NDArray[np.uint8]
    """Of each cell, an index into `tui.render.glyphs.LINES`; shape (rows, columns)."""
    labels: tuple[Label, ...]


def _corners(cells: FloatMap) -> FloatMap:
    """Mean of the known cells around each corner; shape (rows + 1, columns + 1) from (rows, columns)."""
    padded = np.pad(cells, 1, mode="edge")
    known = np.isfinite(padded)
    values = np.where(known, padded, np.float32(0))
    total = values[:-1, :-1] + values[1:, :-1] + values[:-1, 1:] + values[1:, 1:]
    count = known[:-1, :-1].astype(np.float32) + known[1:, :-1] + known[:-1, 1:] + known[1:, 1:]
    mean: FloatMap = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return mean


class ContourTracer:
    """Traces lines from frame to frame; noise smaller than the margin moves none, and labels stay where they are."""

    def __init__(self) -> None:
        self._bands: npt.NDArray[np.int16] | None = None
        self._labels: dict[tuple[str, int], tuple[int, int]] = {}
        """(text, which of its labels) -> the cell that it stands on."""

    def reset(self) -> None:
        """Forget the frame before."""
        self._bands = None
        self._labels = {}

    def trace(self, field: FloatMap, contours: Contours) -> Traced:
        """Lines of one frame.

        Args:
            field: float32, shape (2 * rows, columns), a value for each half cell; not finite where unknown.
            contours: the lines.
        """
        upper, lower = field[0::2], field[1::2]
        with np.errstate(invalid="ignore"):
            cells = np.where(
                np.isfinite(upper), np.where(np.isfinite(lower), (upper + lower) / 2, upper), lower
            ).astype(np.float32)
        bands = self._stepped(_corners(cells), contours)
        arms = np.zeros(cells.shape, np.uint8)
        across = _differ(bands[:, :-1], bands[:, 1:])
        along = _differ(bands[:-1], bands[1:])
        for crossed, arm in ((across[:-1], _UP), (along[:, 1:], _RIGHT), (across[1:], _DOWN), (along[:, :-1], _LEFT)):
            arms += crossed * np.uint8(arm)
        return Traced(arms, self._place(bands, arms, contours))

    def _stepped(self, values: FloatMap, contours: Contours) -> npt.NDArray[np.int16]:
        """How many lines lie below each corner; where a corner was, it stays within the margin."""
        at = np.array([line.value for line in contours.lines], np.float32)
        fresh = np.searchsorted(at, values, side="right").astype(np.int16)
        previous = self._bands
        if previous is not None and previous.shape == fresh.shape:
            margin = np.float32(contours.margin)
            floor = np.concatenate([[-np.inf], at - margin]).astype(np.float32)
            ceiling = np.concatenate([at + margin, [np.inf]]).astype(np.float32)
            held = np.clip(previous, 0, len(at))
            stays = (previous != _UNKNOWN) & (values >= floor[held]) & (values <= ceiling[held])
            fresh = np.where(stays, held, fresh)
        fresh[~np.isfinite(values)] = _UNKNOWN
        self._bands = fresh
        return fresh

    def _place(
        self, bands: npt.NDArray[np.int16], arms: npt.NDArray[np.uint8], contours: Contours
    ) -> tuple[Label, ...]:
        """One label on each line, and a second where it goes far; kept where it was while the line is still there."""
        around = np.stack([bands[:-1, :-1], bands[1:, :-1], bands[:-1, 1:], bands[1:, 1:]])
        low, high = around.min(axis=0), around.max(axis=0)
        low = np.where(low == _UNKNOWN, high, low)
        rows, columns = arms.shape
        taken = np.zeros((rows, columns), np.bool_)
        kept: dict[tuple[str, int], tuple[int, int]] = {}
        labels = []
        for number, line in enumerate(contours.lines):
            width = len(line.label)
            if not width:
                continue
            on_line = (low <= number) & (number < high) & (arms > 0)
            for which in range(2):
                spot = self._spot(on_line, taken, width, self._labels.get((line.label, which)), which)
                if spot is None:
                    break
                kept[line.label, which] = spot
                row, column = spot
                begin = column - width // 2
                labels.append(Label(row, begin, line.label))
                taken[max(0, row - 1) : row + 2, max(0, begin - _AIR) : begin + width + _AIR] = True
                far = np.abs(np.arange(columns) - column) > columns // 2
                on_line = on_line & far
        self._labels = kept
        return tuple(labels)

    def _spot(
        self,
        on_line: npt.NDArray[np.bool_],
        taken: npt.NDArray[np.bool_],
        width: int,
        before: tuple[int, int] | None,
        which: int,
    ) -> tuple[int, int] | None:
        """A cell of the line around which a text of this width is free; the one before if that still is."""
        rows, columns = on_line.shape
        if columns < width + 2 or rows < 3:
            return None
        free = on_line.copy()
        free[[0, -1]] = False
        for offset in range(-(width // 2), width - width // 2):
            shifted = np.ones_like(taken)
            if offset < 0:
                shifted[:, -offset:] = taken[:, :offset]
            elif offset:
                shifted[:, :-offset] = taken[:, offset:]
            else:
                shifted = taken
            free &= ~shifted
        if before is not None and before[0] < rows and before[1] < columns and free[before]:
            return before
        at = np.argwhere(free)
        if not len(at):
            return None
        # Near the middle, where lines are long; a second one wherever there is most room.
        wanted = np.array([rows / 2, columns / 2])
        apart = np.abs((at - wanted) * (2.0, 1.0)).sum(axis=1)
        row, column = at[apart.argmax() if which else apart.argmin()].tolist()
        return row, column


def _differ(one: npt.NDArray[np.int16], other: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Where a line passes between two corners: none does where nothing is known."""
    differ: npt.NDArray[np.bool_] = (one != other) & (one != _UNKNOWN) & (other != _UNKNOWN)
    return differ
