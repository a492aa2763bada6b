"""What a region reads: its nearest, median or farthest distance, with an interval that knows how errors hang together.

The number is what the map shows: a percentile over the region's pixels, each read as a pin there would be. Too far to
be told counts as farther than all others; what the map says nothing of is left out, and its share is stated.

A percentile of many distances is not off as any one of them is. Errors that all pixels share move it as a whole; those
that differ from pixel to pixel widen the distribution, so that what is nearest in the map is not as near in truth, or,
where the map is smoother than the truth, nearer things are there than it shows. So the fitted model's errors are drawn
for the whole region at once, with their covariance (`tui.calibration.posterior`), each pixel's own error in common with
its surroundings, and the percentile is taken anew of each draw. Half the interval in ln z is 1.96 times the root mean
square of its distance from the number: spread and bias together, and to both sides, as nobody knows which way the bias
goes.

A displaced edge changes which share of the region a thing takes up. So the percentile is drawn too, by as much as half
of the pixels that lie at an edge, and where another plateau lies within its reach, the reading is at that edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.context import MapContext
from tui.calibration.drawing import DRAWN_PX, drawn_errors
from tui.calibration.interval import NORMAL_95
from tui.calibration.kriging import Matrix
from tui.calibration.reading import Reading, Status, read_all
from tui.calibration.result import Calibration
from tui.geometry.arrays import FloatMap, Vector
from tui.geometry.region import Region
from tui.geometry.sampling import samples_or_none

READ_PX = 256
"""Pixels of a region that are read, spread evenly over it."""
_COUNTED_PX = 4096
"""Pixels that the share without a distance is counted over."""

_DECISIVE = 0.05
"""Of the region to both sides of the percentile: the pixels that decide it."""
_JUMP = math.log(1.25)
"""Of ln z: plateaus that are less apart are one thing."""
_MANY_UNKNOWN = 0.1
"""Share of a region without a distance from which on its reading is doubtful."""
_REACHES_ON = 0.025
"""Of the draws: where more than these have no distance, the interval has no upper end."""


@dataclass(frozen=True, slots=True)
class RegionValue:
    """What a map says of a region, before anybody has judged it."""

    reading: Reading
    """Of its statistic; the map's value is the same percentile, of the map."""
    unknown_share: float | None
    """Of its pixels, 0 to 1: those without a distance; None where there is no calibration."""


NOT_IN_PICTURE = RegionValue(
    Reading(None, None, None, None, Status.OUTSIDE, ("outside this picture",)), unknown_share=None
)


def read_region(
    calibration: Calibration | None,
    inverse_depth: FloatMap,
    region: Region,
    window_px: int = 5,
    context: MapContext | None = None,
) -> RegionValue:
    """The region's statistic with its 95 % interval; the same to the last digit whenever it is asked for.

    Args:
        calibration: None if there is none yet.
        inverse_depth: the map, float32, (H, W).
        region: in pixels of the map.
        window_px: odd side of the window that each pixel is sampled in.
        context: of the map.
    """
    height, width = inverse_depth.shape
    pixels = region.pixels(width, height, READ_PX)
    if not len(pixels):
        return NOT_IN_PICTURE
    places = [(u_px, v_px) for u_px, v_px in pixels.tolist()]
    readings = read_all(calibration, samples_or_none(inverse_depth, places, window_px), places, context)
    share = region.statistic.share
    seen = [place for place, each in enumerate(readings) if each.inverse_depth is not None]
    if not seen:
        unknown = None if calibration is None else 1.0
        return RegionValue(Reading(None, None, None, None, Status.SATURATED), unknown)
    value = float(np.quantile(np.array([readings[place].inverse_depth for place in seen], np.float64), 1.0 - share))
    if calibration is None:
        return RegionValue(Reading(value, None, None, None, Status.UNCALIBRATED), None)
    unknown = _unknown_share(calibration, inverse_depth, region, context)
    near_end = _clipped_near(calibration, context)
    kept = [readings[place] for place in seen if not _nearer_than_told(readings[place], near_end)]
    # What is nearer than the network tells is nearest: where it would decide, there is no distance.
    hidden = len(seen) - len(kept)
    if not kept or (hidden and share * (len(seen) - 1) < hidden):
        return RegionValue(Reading(value, None, None, None, Status.SATURATED), unknown)
    log_m = np.array([math.inf if each.distance_m is None else math.log(each.distance_m) for each in kept])
    rank = (share * (len(seen) - 1) - hidden) / max(1, len(kept) - 1)
    found = float(_quantiles(np.sort(log_m)[None], np.array([rank]))[0])
    if not math.isfinite(found):
        return RegionValue(Reading(value, None, None, None, Status.SATURATED), unknown)
    at = np.array([places[place] for place in seen if not _nearer_than_told(readings[place], near_end)], np.float64)
    more = region.pixels(width, height, READ_PX + 1).shape[0] > READ_PX
    return RegionValue(_with_interval(calibration, kept, at, log_m, rank, found, value, more), unknown)


def judged_region(reading: Reading, unknown_share: float | None, *, cut: bool = False) -> Reading:
    """With what is against a region as such, once what is against any reading has been said.

    Args:
        reading: of the region, judged.
        unknown_share: of its pixels.
        cut: whether a part of it lies outside the picture.
    """
    if reading.distance_m is None:
        return reading
    reasons = ["a part of the region is outside this picture"] if cut else []
    if unknown_share is not None and unknown_share > _MANY_UNKNOWN:
        reasons.append(f"{100 * unknown_share:.0f} % of the region has no distance")
    status = Status.DOUBTFUL if reasons and reading.status is Status.OK else reading.status
    return replace(reading, status=status, reasons=(*reading.reasons, *reasons))


def _with_interval(
    calibration: Calibration,
    readings: Sequence[Reading],
    pixels: Matrix,
    log_m: Vector,
    rank: float,
    found: float,
    value: float,
    more: bool,
) -> Reading:
    at_edge = np.array([each.edge_m is not None for each in readings])
    by_edges = 0.25 * float(at_edge.mean())
    by_chance = 0.5 * math.sqrt(rank * (1.0 - rank) / len(readings)) if more else 0.0
    count = min(len(readings), DRAWN_PX)
    drawn = ((np.arange(count) + 0.5) * (len(readings) / count)).astype(np.intp)
    errors, ranks = drawn_errors(calibration, [readings[place] for place in drawn.tolist()], pixels[drawn])
    base = np.sort(log_m[drawn])[None]
    jittered = np.clip(rank + math.hypot(by_edges, by_chance) * ranks, 0.0, 1.0)
    moved = _quantiles(np.sort(log_m[drawn] + errors, axis=1), jittered)
    off = moved - _quantiles(base, np.array([rank]))
    known = np.isfinite(off)
    half = NORMAL_95 * math.sqrt(float(np.mean(off[known] ** 2))) if known.any() else math.inf
    low, high = found - half, found + half
    edge = _edge(log_m, at_edge, rank, 2.0 * by_edges)
    if edge is not None:
        low, high = min(low, edge[0]), max(high, edge[1])
    decisive = [each for each, is_one in zip(readings, _decisive(log_m, rank).tolist(), strict=True) if is_one]
    open_ended = np.mean(~known) > _REACHES_ON or _most(each.high_m is None for each in decisive)
    status = Status.OK
    if any(each.status is Status.UNVERIFIED for each in readings):
        status = Status.UNVERIFIED
    elif any(_most(each.status is Status.EXTRAPOLATED for each in some) for some in (decisive, readings)):
        status = Status.EXTRAPOLATED
    high_m = None if open_ended or not high < math.log(1e6) else math.exp(high)
    edge_m = None if edge is None else (math.exp(edge[0]), math.exp(edge[1]))
    return Reading(value, math.exp(found), math.exp(max(low, -30.0)), high_m, status, (), edge_m)


def _quantiles(ordered: Matrix, ranks: Vector) -> Vector:
    """Linear between neighbours, at one rank, 0 to 1, a row of values in ascending order, (K, M) or (1, M); (K,)."""
    last = ordered.shape[1] - 1
    place = np.clip(ranks, 0.0, 1.0) * last
    below = np.minimum(place.astype(np.intp), max(0, last - 1))
    rows = np.arange(len(ranks)) if len(ordered) > 1 else np.zeros(len(ranks), np.intp)
    low, high = ordered[rows, below], ordered[rows, np.minimum(below + 1, last)]
    share = place - below
    with np.errstate(invalid="ignore"):
        found: Vector = np.where(share > 0, low + share * (high - low), low)
    return np.where(np.isnan(found), np.inf, found)


def _edge(log_m: Vector, at_edge: NDArray[np.bool_], rank: float, reach: float) -> tuple[float, float] | None:
    """The plateaus, in ln z, that the percentile lies between if displaced edges move it so far; None if on one."""
    if reach <= 0:
        return None
    order = np.argsort(log_m, kind="stable")
    ranks = np.linspace(0.0, 1.0, len(order)) if len(order) > 1 else np.zeros(1)
    told = ~at_edge[order] & np.isfinite(log_m[order])
    values, ranks = log_m[order][told], ranks[told]
    gaps = np.diff(values)
    within = (ranks[:-1] <= rank + reach) & (ranks[1:] >= rank - reach)
    if not within.any():
        return None
    widest = int(np.argmax(np.where(within, gaps, -1.0)))
    return (float(values[widest]), float(values[widest + 1])) if gaps[widest] >= _JUMP else None


def _decisive(log_m: Vector, rank: float) -> NDArray[np.bool_]:
    """The pixels that decide the percentile, (M,)."""
    ranks = np.empty(len(log_m))
    ranks[np.argsort(log_m, kind="stable")] = np.linspace(0.0, 1.0, len(log_m)) if len(log_m) > 1 else rank
    near = np.abs(ranks - rank)
    return near <= max(_DECISIVE, float(near.min()))


def _most(found: Iterable[bool]) -> bool:
    flags = list(found)
    return 2 * sum(flags) > len(flags)


def _clipped_near(calibration: Calibration, context: MapContext | None) -> float:
    """The map's value from which on things are nearer than the network tells."""
    seen_on = context or calibration.context
    return math.inf if seen_on is None or seen_on.ceiling is None else seen_on.ceiling


def _nearer_than_told(reading: Reading, near_end: float) -> bool:
    return reading.distance_m is None and reading.inverse_depth is not None and reading.inverse_depth >= near_end


def _unknown_share(
    calibration: Calibration, inverse_depth: FloatMap, region: Region, context: MapContext | None
) -> float:
    height, width = inverse_depth.shape
    pixels = region.pixels(width, height, _COUNTED_PX)
    value = inverse_depth[pixels[:, 1], pixels[:, 0]].astype(np.float64)
    known = np.isfinite(value)
    seen_on = context or calibration.context
    with np.errstate(invalid="ignore"):
        known &= calibration.trend.inverse(value) > 0
    if seen_on is not None:
        known &= ~seen_on.clips(value)
    return 1.0 - float(known.mean())
