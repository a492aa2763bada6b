"""What each place has shown lately: an hour and more by the second, the last minutes frame by frame; bounded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tui.calibration.reading import Status
from tui.records.observation import Observation

Floats = NDArray[np.float64]

FINE_COUNT = 1_500
"""Frames that are remembered one by one: two minutes at 12 frames a second."""
COARSE_COUNT = 4_000
"""Seconds that are remembered: an hour and six minutes."""
_COARSE_S = 1.0
_FEW, _GAP = 3, 2.5
"""So many observations show how far apart they usually are; what is so many times farther is a gap."""
_MOST_PLACES = 200
"""What has not been seen for longest is forgotten beyond."""


class Span(Enum):
    """How far a chart looks back, seconds."""

    MINUTE = 60.0
    TEN_MINUTES = 600.0
    HOUR = 3600.0

    @property
    def words(self) -> str:
        """'last minute'."""
        return {60.0: "last minute", 600.0: "last 10 minutes", 3600.0: "last hour"}[self.value]

    @property
    def next(self) -> Span:
        """The next longer one, after the longest the shortest."""
        spans = list(Span)
        return spans[(spans.index(self) + 1) % len(spans)]


@dataclass(frozen=True, slots=True)
class Columns:
    """A stretch of time in columns; each array has one entry a column, float64, NaN where there was no distance."""

    start_s: float
    """Where the first column begins, `time.monotonic()`."""
    column_s: float
    middle_m: Floats
    """Mean of the distances in the column, metres."""
    low_m: Floats
    """Lowest lower end of their intervals."""
    high_m: Floats
    """Highest upper end; infinite where an interval has none."""
    doubted: NDArray[np.bool_]
    """Whether any of them was not ok."""
    watched: NDArray[np.bool_]
    """Whether there was an observation at all, be it without a distance."""

    def joined(self) -> Columns:
        """The same with each observation held until the next, where columns are narrower than observations are apart.

        What is farther apart than usual stays a gap.
        """
        at = np.flatnonzero(self.watched)
        if len(at) < _FEW:
            return self
        apart = np.diff(at)
        usual = _GAP * float(np.median(apart))
        reach = np.append(np.where(apart <= usual, apart, 1), 1)
        source = np.repeat(at, reach)
        column = np.concatenate([np.arange(start, start + count) for start, count in zip(at, reach, strict=True)])
        found = [np.full(len(self.middle_m), np.nan) for _ in range(3)]
        for new, old in zip(found, (self.middle_m, self.low_m, self.high_m), strict=True):
            new[column] = old[source]
        doubted, watched = np.zeros_like(self.doubted), np.zeros_like(self.watched)
        doubted[column], watched[column] = self.doubted[source], True
        return Columns(self.start_s, self.column_s, found[0], found[1], found[2], doubted, watched)


@dataclass(frozen=True, slots=True)
class Summary:
    """All distances since the beginning, in metres."""

    count: int
    without: int
    """Observations without a distance."""
    least_m: float
    most_m: float
    mean_m: float
    spread_m: float
    """Standard deviation; 0 of one distance, NaN of none, as are the others."""


class _Ring:
    """The newest rows of (time, sum, count, low, high, doubted, watched), oldest first where they are read."""

    def __init__(self, count: int) -> None:
        self._rows = np.full((count, 7), np.nan)
        self._count = 0

    def add(self, row: tuple[float, ...]) -> None:
        self._rows[self._count % len(self._rows)] = row
        self._count += 1

    @property
    def last(self) -> Floats:
        """The newest row, to be added to."""
        row: Floats = self._rows[(self._count - 1) % len(self._rows)]
        return row

    @property
    def empty(self) -> bool:
        return self._count == 0

    def since(self, start_s: float) -> Floats:
        """The rows from then on."""
        rows = self._rows[: min(self._count, len(self._rows))]
        return rows[rows[:, 0] >= start_s]

    @property
    def oldest_s(self) -> float:
        """Time of the oldest row; infinite where there is none."""
        if self.empty:
            return math.inf
        return float(self._rows[self._count % len(self._rows) if self._count > len(self._rows) else 0, 0])


class PlaceHistory:
    """One pin's or region's."""

    def __init__(self) -> None:
        self._fine, self._coarse = _Ring(FINE_COUNT), _Ring(COARSE_COUNT)
        self._count = self._without = 0
        self._least_m, self._most_m, self._mean_m, self._square = math.inf, -math.inf, 0.0, 0.0

    def add(self, observation: Observation) -> None:
        """One more; those that are not newer than the last are left out."""
        at_s, reading = observation.captured_at_s, observation.reading
        if not self._fine.empty and at_s <= self._fine.last[0]:
            return
        doubted = float(reading.status is not Status.OK)
        if reading.distance_m is None:
            self._without += 1
            row = (at_s, 0.0, 0.0, np.nan, np.nan, doubted, 1.0)
        else:
            distance_m = reading.distance_m
            low_m = distance_m if reading.low_m is None else reading.low_m
            row = (at_s, distance_m, 1.0, low_m, math.inf if reading.high_m is None else reading.high_m, doubted, 1.0)
            self._count += 1
            self._least_m, self._most_m = min(self._least_m, distance_m), max(self._most_m, distance_m)
            step = distance_m - self._mean_m  # Welford's running variance
            self._mean_m += step / self._count
            self._square += step * (distance_m - self._mean_m)
        self._fine.add(row)
        if self._coarse.empty or at_s - self._coarse.last[0] >= _COARSE_S:
            self._coarse.add((math.floor(at_s / _COARSE_S) * _COARSE_S, *row[1:]))
            return
        last = self._coarse.last
        last[1:3] += row[1:3]
        last[3], last[4] = np.fmin(last[3], row[3]), np.fmax(last[4], row[4])
        last[5] = max(last[5], doubted)

    def summary(self) -> Summary:
        """Since the beginning, or since `forget`."""
        if not self._count:
            return Summary(0, self._without, math.nan, math.nan, math.nan, math.nan)
        spread_m = math.sqrt(self._square / (self._count - 1)) if self._count > 1 else 0.0
        return Summary(self._count, self._without, self._least_m, self._most_m, self._mean_m, spread_m)

    def columns(self, end_s: float, span_s: float, count: int) -> Columns:
        """The stretch of `span_s` seconds that ends at `end_s`, in `count` columns.

        Columns stand at whole multiples of their width, so that what is drawn moves by whole columns.
        """
        width_s = span_s / count
        last = math.floor(end_s / width_s)
        start_s = (last - count + 1) * width_s
        fine = width_s < 2 * _COARSE_S and self._fine.oldest_s <= max(start_s, self._coarse.oldest_s)
        rows = (self._fine if fine else self._coarse).since(start_s)
        index = np.floor(rows[:, 0] / width_s).astype(np.int64) - (last - count + 1)
        rows, index = rows[(index >= 0) & (index < count)], index[(index >= 0) & (index < count)]
        total, number, watched, doubted = (
            np.bincount(index, weights=rows[:, column], minlength=count) for column in (1, 2, 6, 5)
        )
        low_m, high_m = np.full(count, np.inf), np.full(count, -np.inf)
        np.fmin.at(low_m, index, rows[:, 3])
        np.fmax.at(high_m, index, rows[:, 4])
        known = number > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            middle_m = np.where(known, total / number, np.nan)
        return Columns(
            start_s,
            width_s,
            middle_m,
            np.where(known, low_m, np.nan),
            np.where(known, high_m, np.nan),
            doubted > 0,
            watched > 0,
        )


class History:
    """Of every place of one camera; from one thread."""

    def __init__(self) -> None:
        self._places: dict[str, PlaceHistory] = {}

    def add(self, observation: Observation) -> None:
        """Remember one more."""
        place = self._places.pop(observation.name, None) or PlaceHistory()
        self._places[observation.name] = place  # the last seen stand last
        place.add(observation)
        if len(self._places) > _MOST_PLACES:
            del self._places[next(iter(self._places))]

    def of(self, name: str) -> PlaceHistory | None:
        """What is remembered of a place; None if nothing is."""
        return self._places.get(name)

    def forget(self, name: str) -> None:
        """A pin was moved or removed: what was there is another place's."""
        self._places.pop(name, None)
