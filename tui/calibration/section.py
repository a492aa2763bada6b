"""A section of the scene: what is read along a line of the picture, column by column of a chart, and where it steps."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.calibration.measure import PointReading
from tui.calibration.reading import Status
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import doubted, figure_of
from tui.geometry.arrays import Vector
from tui.geometry.line import Pixel

_STEP = math.log(1.25)
"""Of ln z: what changes by less is no step. As for the edges of readings."""
_STEEPER = 2.0
"""How many times as much as beside it a step changes; what changes evenly is a slope."""
_REACH = 54 / 640
"""Of the picture's longer side, between the ends of a step: far enough for neither end to be read near the edge."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A section in columns of a chart; arrays of shape (columns,), metres, NaN where there is no distance."""

    middle_m: Vector
    low_m: Vector
    high_m: Vector
    """Infinite where an interval has no upper end."""
    doubted: npt.NDArray[np.bool_]
    """Where a reading is not ok."""


@dataclass(frozen=True, slots=True)
class Step:
    """Two readings of a section with an edge between them."""

    before: PointReading
    after: PointReading
    pixel: Pixel
    """Where most of the change is."""


@dataclass(frozen=True, slots=True)
class Section:
    """Readings at pixels along a line, two at least, in their order."""

    points: tuple[PointReading, ...]

    @property
    def start(self) -> Pixel:
        """Its first pixel."""
        return self.points[0].u_px, self.points[0].v_px

    @property
    def end(self) -> Pixel:
        """Its last."""
        return self.points[-1].u_px, self.points[-1].v_px

    @property
    def known(self) -> bool:
        """Whether there is a distance anywhere."""
        return any(each.reading.distance_m is not None for each in self.points)

    def columns(self, count: int) -> Columns:
        """In so many columns.

        One that stands for several readings has their median, and an interval that holds all of theirs, so that nothing
        narrow goes unseen.
        """
        found = np.full((3, count), np.nan)
        doubts = np.zeros(count, np.bool_)
        for column in range(count):
            here = [each.reading for each in self._shown_in(column, count)]
            metres = [each.distance_m for each in here if each.distance_m is not None]
            if not metres:
                continue
            found[0, column] = np.median(metres)
            found[1, column] = min(each.low_m for each in here if each.low_m is not None)
            known = [each for each in here if each.distance_m is not None]
            found[2, column] = max(math.inf if each.high_m is None else each.high_m for each in known)
            doubts[column] = any(each.status is not Status.OK for each in here)
        return Columns(found[0], found[1], found[2], doubts)

    def column_of(self, pixel: Pixel, count: int) -> int | None:
        """The column that shows a pixel; None where the line passes it by."""
        near = [max(abs(each.u_px - pixel[0]), abs(each.v_px - pixel[1])) for each in self.points]
        index = min(range(len(near)), key=near.__getitem__)
        return (2 * index + 1) * count // (2 * len(near)) if near[index] <= math.ceil(self._spacing_px / 2) else None

    def _shown_in(self, column: int, count: int) -> tuple[PointReading, ...]:
        """The points whose middles lie in a column, or the one that reaches over its middle."""
        points = len(self.points)
        if points < count:
            at = (2 * column + 1) * points // (2 * count)
            return self.points[at : at + 1]
        first, stop = (-(-(2 * edge * points - count) // (2 * count)) for edge in (column, column + 1))
        return self.points[first:stop]

    @property
    def _spacing_px(self) -> float:
        (left, top), (right, bottom) = self.start, self.end
        return max(abs(right - left), abs(bottom - top)) / max(1, len(self.points) - 1)

    def step(self, longer_side_px: int) -> Step | None:
        """The largest step whose ends lie apart by more than their intervals; None where there is none.

        Args:
            longer_side_px: of the picture.
        """
        reach = max(1, math.ceil(_REACH * longer_side_px / self._spacing_px))
        readings = [each.reading for each in self.points]
        logs = np.array([math.nan if each.distance_m is None else math.log(each.distance_m) for each in readings])
        if len(logs) <= reach:
            return None
        change = np.abs(logs[reach:] - logs[:-reach])
        beside = np.full((2, len(change)), 0.0)
        beside[0, reach:] = change[:-reach]
        beside[1, : max(0, len(change) - reach)] = change[reach:]
        steep = change > _STEEPER * np.where(np.isfinite(beside), beside, 0.0).max(axis=0)
        for first in np.argsort(-np.where(steep & (change >= _STEP), change, 0.0), kind="stable").tolist():
            if not (steep[first] and change[first] >= _STEP):
                return None
            nearer, farther = sorted(
                (readings[first], readings[first + reach]), key=lambda each: each.distance_m or math.inf
            )
            if nearer.high_m is not None and farther.low_m is not None and nearer.high_m < farther.low_m:
                inside = np.abs(np.diff(logs[first : first + reach + 1]))
                at = first + int(np.argmax(np.where(np.isfinite(inside), inside, -1.0)))
                return Step(
                    self.points[first], self.points[first + reach], (self.points[at].u_px, self.points[at].v_px)
                )
        return None


def step_words(step: Step, unit: DistanceUnit) -> str:
    """'largest step: 1.42 ± 0.05 m, then 2.62 ± 0.20 m, at (312, 200)'."""
    ends = [figure_of(each.reading, unit) for each in (step.before, step.after)]
    numbers = ", then ".join(each.whole for each in ends if each is not None)
    return f"largest step: {numbers}, at ({step.pixel[0]}, {step.pixel[1]})"


def doubt_words(section: Section) -> str:
    """'12 % not ok, mostly extrapolated: beyond the references (1.00 - 3.00 m)'; empty if all is."""
    doubts = Counter(filter(None, (doubted(each.reading) for each in section.points)))
    if not doubts:
        return ""
    share, (words, most) = sum(doubts.values()) / len(section.points), doubts.most_common(1)[0]
    mostly = "mostly " if most < sum(doubts.values()) else ""
    return f"{max(1, round(100 * share))} % not ok: {mostly}{words}"


def no_section_words(section: Section) -> str:
    """Why there is no distance anywhere along it."""
    first = section.points[0].reading
    return f"no distance along this line: {doubted(first) or first.status.value}"
