"""The scene from above, in half-block cells: the camera at the bottom, how much stands where, and how surely.

What is seen is counted over direction and ln(distance ahead), where an error of ln z is a shift along one axis: each
distance is spread over its interval by one product of matrices. A half cell is as bright as metres of surface, one
above the other, are expected in it: a wall that is known well is a bright line, the same wall known badly a dim smear
along the rays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.plane import Array
from tui.render.cells import BLANK, Cells
from tui.render.colors import ColorMode
from tui.render.levels import AdaptiveRange, step_levels
from tui.render.palette import DepthPalette, depth_palette

GUTTER = 6
"""Columns at the left, for metres ahead; the last row has metres to the sides."""
LEAST_COLUMNS, LEAST_ROWS = GUTTER + 12, 5
"""Below that there is no plan."""
MOST_TANGENT = 3.0
"""How far to the side of straight ahead is looked at, as a tangent."""

_RANGES = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)
"""In a decade: how far a plan reaches, so that its scale stands still."""
_FARTHEST = 97.0
"""Percentile of what is seen that a plan reaches to."""
_RESERVE, _NARROWS = 1.06, 0.85
"""How much farther than that it reaches; less far than before only where that leaves some room, too."""
_CUT_FROM = 1.3
"""How much smaller things are shown at most so that the far corners of the field of view have room."""
_DIRECTIONS, _DEPTHS = 80, 160
_LEAST_BLUR = 0.4
"""Of what is counted in one place: as if it were spread over it."""
_NEAR_END, _FAR_END = math.log(1 / 60), math.log(4.0)
"""Of what is counted, in ln of the share of the reach."""
_FULL_SHARE, _LEAST_SHARE = 0.3, 0.002
"""Of the reach: so many metres of surface are brightest; fewer are nothing."""
_BRIGHTEST = 99.0
"""Percentile of what is lit."""
_HYSTERESIS = 1.2
_TICK_ROWS, _TICK_COLUMNS = 3, 8
"""That ticks are apart at least."""
_TICKS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, eq=False, slots=True)
class SeenAbove:
    """Points seen from above; arrays of shape (N,)."""

    tangent: Array
    """To the right over ahead."""
    ahead_m: Array
    surface_m: Array
    """How much surface, from top to bottom, each stands for, times the width that it takes up, as a tangent."""
    most_tangent: float
    """Where the field of view ends, to both sides."""


@dataclass(frozen=True, eq=False, slots=True)
class Sureness:
    """One standard deviation of ln z at some distances ahead, these in ascending order; shapes (K,)."""

    ahead_m: Array
    log_sigma: Array


@dataclass(frozen=True, slots=True)
class PlanFrame:
    """How a plan lies in a pane: the camera at the middle of the lower edge, half cells that are square."""

    columns: int
    rows: int
    metres: float
    """A half cell, both ways."""

    @property
    def across(self) -> int:
        """Columns of the plan itself."""
        return self.columns - GUTTER

    @property
    def halves(self) -> int:
        """Half rows of the plan itself."""
        return 2 * (self.rows - 1)

    @property
    def reach_m(self) -> float:
        """How far ahead it shows."""
        return self.halves * self.metres

    def half_of(self, right_m: float, ahead_m: float) -> tuple[int, int] | None:
        """Column of the pane and half row from the top of a place; None if it is not shown."""
        if not (math.isfinite(right_m) and math.isfinite(ahead_m)):
            return None
        column = math.floor(right_m / self.metres + 0.5 * self.across)
        half = self.halves - 1 - math.floor(ahead_m / self.metres)
        inside = 0 <= column < self.across and 0 <= half < self.halves
        return (GUTTER + column, half) if inside else None

    def metres_of(self, column: int, half: int) -> tuple[float, float]:
        """Metres to the right and ahead of the middle of a half cell."""
        return (column - GUTTER + 0.5 - 0.5 * self.across) * self.metres, (self.halves - half - 0.5) * self.metres

    def ticks_ahead(self, unit_m: float) -> list[tuple[int, float]]:
        """Rows of the pane, and the round numbers of units that they are ahead."""
        step = _step(2 * _TICK_ROWS * self.metres / unit_m)
        numbers = [step * count for count in range(1, math.ceil(self.reach_m / unit_m / step))]
        found = [(self.half_of(0.0, number * unit_m), number) for number in numbers]
        return [(place[1] // 2, number) for place, number in found if place is not None]

    def ticks_aside(self, unit_m: float) -> list[tuple[int, float]]:
        """Columns of the pane, and the round numbers of units that they are to the right, or left."""
        step = _step(_TICK_COLUMNS * self.metres / unit_m)
        most = int(0.5 * self.across * self.metres / unit_m / step)
        found = [(self.half_of(step * count * unit_m, 0.0), step * count) for count in range(-most, most + 1)]
        return [(place[0], number) for place, number in found if place is not None]


def _step(least: float) -> float:
    decade = 10.0 ** math.floor(math.log10(least))
    return next(size * decade for size in (*_TICKS, 10.0) if size * decade >= least * (1 - 1e-9))


def seen_above(
    distances_m: npt.NDArray[np.floating], rays: Array, axes: Array, steps: tuple[float, float]
) -> SeenAbove:
    """What is seen from above.

    Args:
        distances_m: along the optical axis, (N,); NaN where there is none, or what is not to be shown.
        rays: (x, y, 1) of each, (N, 3).
        axes: rows: right, ahead, down, in the camera's frame; (3, 3).
        steps: how far apart the grid's columns and its rows are, for one metre along the axis.
    """
    aside, along = rays @ axes[0], rays @ axes[1]
    faces = along > 0.1
    tangents = np.where(faces, aside / np.where(faces, along, 1.0), np.inf)
    edge = np.abs(tangents[np.isfinite(tangents)])
    most = min(MOST_TANGENT, float(edge.max())) if edge.size else 1.0
    shown = np.isfinite(distances_m) & (np.abs(tangents) <= most)
    z = distances_m[shown].astype(np.float64)
    return SeenAbove(tangents[shown], z * along[shown], z * (steps[0] * steps[1]) / along[shown], most)


class PlanPainter:
    """Paints plans, remembering the one before so that noise changes nothing.

    Args:
        mode: the terminal's colours.
        palette: name of a palette of depth maps; bright is much surface.
        levels: how many brightnesses.
    """

    def __init__(self, mode: ColorMode = ColorMode.TRUECOLOR, palette: str = "inferno", levels: int = 13) -> None:
        self.palette: DepthPalette = depth_palette(palette, mode, levels)
        self.frame: PlanFrame | None = None
        """Of what was painted last."""
        self._reach_m = 0.0
        self._bright = AdaptiveRange()
        self._levels: npt.NDArray[np.int16] | None = None
        self._of: tuple[PlanFrame, float] | None = None

    def paint(self, seen: SeenAbove, sure: Sureness, columns: int, rows: int, zoom: float = 1.0) -> Cells:
        """Cells of one plan.

        Args:
            seen: from above.
            sure: how well distances are known.
            columns: of the pane.
            rows: of the pane.
            zoom: show things so many times as large.
        """
        if columns < LEAST_COLUMNS or rows < LEAST_ROWS:
            self.frame = None
            return self._blank(columns, rows)
        self._follow(seen)
        reach_m = self._reach_m / zoom
        ahead, whole = reach_m / (2 * (rows - 1)), 2 * seen.most_tangent * reach_m / (columns - GUTTER)
        metres = max(ahead, min(whole, _CUT_FROM * ahead))
        frame = self.frame = PlanFrame(columns, rows, metres)
        most_tangent = round(seen.most_tangent, 2)
        if self._of != (frame, most_tangent):
            self._of, self._levels = (frame, most_tangent), None
        surface_m = self._surface(seen, sure, frame)
        last, least_m = self.palette.count - 1, _LEAST_SHARE * frame.reach_m
        share = np.sqrt(np.maximum(surface_m - least_m, 0.0) / self._full_m(surface_m, least_m, frame))
        position = np.minimum(last * share, last).astype(np.float32)
        levels = self._levels = step_levels(position, self._levels, _HYSTERESIS)
        return self._composed(frame, most_tangent, levels)

    def reset(self) -> None:
        """Forget the scene."""
        self._reach_m, self._levels, self._of = 0.0, None, None
        self._bright.reset()

    def _follow(self, seen: SeenAbove) -> None:
        """Reach as far as what is seen, in round steps, farther at once, less far with reserve."""
        if not seen.ahead_m.size:
            self._reach_m = self._reach_m or 5.0
            return
        farthest_m = float(np.percentile(seen.ahead_m, _FARTHEST))
        with_reserve_m = _round_up(_RESERVE * farthest_m / _NARROWS)
        if farthest_m > self._reach_m or with_reserve_m < self._reach_m:
            self._reach_m = _round_up(_RESERVE * farthest_m)

    def _full_m(self, surface_m: Array, least_m: float, frame: PlanFrame) -> float:
        """How much surface is brightest: midway between what always would be and what is brightest in this plan."""
        lit = surface_m[surface_m > least_m]
        brightest_m = float(np.percentile(lit, _BRIGHTEST)) if lit.size else _FULL_SHARE * frame.reach_m
        span = self._bright.update(np.array([0.0, brightest_m], np.float32))
        assert span is not None  # noqa: S101 - there is a value
        return math.sqrt(_FULL_SHARE * frame.reach_m * max(span.high, least_m))

    def _surface(self, seen: SeenAbove, sure: Sureness, frame: PlanFrame) -> Array:
        """Metres of surface expected in each half cell, (half rows, columns)."""
        from scipy.special import ndtr  # not before there is a plan: the first paint does without

        low, high = math.log(frame.reach_m) + _NEAR_END, math.log(frame.reach_m) + _FAR_END
        per_log, per_tangent = _DEPTHS / (high - low), _DIRECTIONS / (2 * seen.most_tangent)
        deep = ((np.log(seen.ahead_m) - low) * per_log).astype(np.intp)
        aside = np.minimum(((seen.tangent + seen.most_tangent) * per_tangent).astype(np.intp), _DIRECTIONS - 1)
        counted = (deep >= 0) & (deep < _DEPTHS)
        places = deep[counted] * _DIRECTIONS + aside[counted]
        polar = np.bincount(places, per_tangent * seen.surface_m[counted], _DEPTHS * _DIRECTIONS)
        middles = low + (np.arange(_DEPTHS) + 0.5) / per_log
        sigma = np.interp(middles, np.log(sure.ahead_m), sure.log_sigma)
        sigma = np.maximum(sigma, _LEAST_BLUR / per_log)
        edges_m = frame.metres * np.arange(frame.halves, -1, -1)
        edges = np.log(np.maximum(edges_m, 1e-6))
        below = ndtr((edges[:, None] - middles) / sigma)
        along = (below[:-1] - below[1:]) @ polar.reshape(_DEPTHS, _DIRECTIONS)
        summed = np.concatenate([np.zeros((frame.halves, 1)), np.cumsum(along, axis=1)], axis=1)
        ahead_m = 0.5 * (edges_m[:-1] + edges_m[1:])
        sides_m = (np.arange(frame.across + 1) - 0.5 * frame.across) * frame.metres
        at = (sides_m / ahead_m[:, None] + seen.most_tangent) * per_tangent
        at = np.clip(at, 0.0, _DIRECTIONS)
        first = np.minimum(at.astype(np.intp), _DIRECTIONS - 1)
        rows = np.arange(frame.halves)[:, None]
        upto = summed[rows, first] + (at - first) * along[rows, first]
        width = np.diff(at, axis=1)
        # A cell at the edge of the field of view is half outside: what is there counts as if it filled the cell.
        mean: Array = np.diff(upto, axis=1) / np.maximum(width, 0.25 * per_tangent * frame.metres / ahead_m[:, None])
        return mean

    def _composed(self, frame: PlanFrame, most_tangent: float, levels: npt.NDArray[np.int16]) -> Cells:
        """In the pane; what lies outside of the field of view is left blank."""
        ahead_m = (frame.halves - np.arange(frame.halves) - 0.5) * frame.metres
        right_m = (np.arange(frame.across) + 0.5 - 0.5 * frame.across) * frame.metres
        inside = np.abs(right_m) <= most_tangent * ahead_m[:, None]
        inside = np.repeat(inside[0::2] | inside[1::2], 2, axis=0)
        codes = self.palette.cells(np.where(inside, levels, np.int16(self.palette.count)))
        cells = np.full((frame.rows, frame.columns), BLANK, np.int64)
        cells[:-1, GUTTER:] = np.where(inside[0::2], codes, BLANK)
        return Cells(cells, self.palette.table)

    def _blank(self, columns: int, rows: int) -> Cells:
        return Cells(np.full((rows, columns), BLANK, np.int64), self.palette.table)


def _round_up(reach_m: float) -> float:
    """The next of the reaches that there are."""
    decade = 10.0 ** math.floor(math.log10(max(reach_m, 1e-3)))
    return next(size * decade for size in (*_RANGES, 10.0) if size * decade >= reach_m * (1 - 1e-9))
