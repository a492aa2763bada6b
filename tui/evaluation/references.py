"""How good metres are from a few references: the calibration against simpler ways, on pictures with true depth.

In each picture pixels are drawn at random where depth is known (the seed is the picture's own, so that every run
draws the same), in a short recording several times: some are references, given with their true distance and 1 %
sigma, others are read. The simpler ways are

- `times`: distance = k p, the folk formula, k the mean of z / p over the references;
- `scale`: 1/z = a p by least squares of the relative error;
- `plain`: 1/z = a p + b by least squares of the relative error, from two references on.

Distances are clipped to 0.2-20 m for all alike, as errors beyond say nothing.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.context import MapContext, map_context
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.fit import fit
from tui.calibration.reading import read
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError
from tui.evaluation.metrics import FARTHEST_M, NEAREST_M, Estimate, align, known_pixels
from tui.evaluation.reference_report import CountScores, ReferenceReport, WayScore
from tui.evaluation.rgbd import RgbdFrame
from tui.evaluation.suggested import measured_where_suggested
from tui.geometry.arrays import FloatMap, Vector
from tui.geometry.sampling import Sample, sample_median

COUNTS = (1, 2, 4, 8, 16)
FEWEST_DRAWS = 100
"""In a whole recording: the coverage of fewer is chance."""
WAYS = ("times", "scale", "plain", "calibrated")
_QUERIES = 60
_FEWEST_PIXELS = 1000
_SIGMA = 0.01
_WINDOW_PX = 5


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture's pixels: references first, then queries."""

    samples: tuple[Sample, ...]
    pixels: tuple[tuple[int, int], ...]
    distance_m: Vector
    context: MapContext

    def instead(self, references: Sequence[ReferenceSample]) -> Drawn:
        """With these references in the place of as many of those that were drawn."""
        count = len(references)
        return replace(
            self,
            samples=(*(each.sample for each in references), *self.samples[count:]),
            pixels=(*(each.reference.pixel for each in references), *self.pixels[count:]),
            distance_m=np.concatenate(
                [np.array([each.reference.distance_m for each in references]), self.distance_m[count:]]
            ),
        )


@dataclass(slots=True)
class _Tally:
    """What piles up for one number of references."""

    errors: dict[str, list[float]]
    inside: list[float]
    """Error of each reading in ln z over half the width of its interval."""
    outside: list[float]
    widths: list[float]
    unread: int = 0
    refused: int = 0
    set_aside: int = 0


def evaluate_references(
    frames: Iterable[RgbdFrame],
    estimate: Estimate,
    beliefs: Beliefs = NETWORK,
    counts: Sequence[int] = COUNTS,
    draws: int = 1,
    progress: Callable[[RgbdFrame], None] | None = None,
    *,
    suggested: bool = False,
) -> ReferenceReport:
    """Run `estimate` on each picture of `frames`, calibrate with references from its true depth, and read the rest.

    Args:
        frames: pictures with true depth.
        estimate: the network.
        beliefs: in its maps.
        counts: numbers of references to try.
        draws: how often pixels are drawn in each picture; few pictures need several, as a picture's errors hang
            together.
        progress: called with each frame before it is looked at.
        suggested: also with references where the program would have them measured, reading the same pixels.

    Raises:
        RecordingError: a frame cannot be read.
        ValueError: no frame has enough known depth.
    """
    tallies, proposed = _tallies(counts), _tallies(counts)
    skipped = 0
    for frame in frames:
        if progress is not None:
            progress(frame)
        image, depth_m = frame.load()
        inverse_depth = estimate(image)
        for turn in range(draws):
            name = f"{frame.sequence}/{frame.name}" + (f"#{turn}" if turn else "")
            drawn = draw(inverse_depth, depth_m, max(counts), zlib.crc32(name.encode()))
            if drawn is None:
                skipped += 1
                break
            for count, tally in tallies.items():
                _try(drawn, count, max(counts), beliefs, tally)
            if suggested:
                if turn == 0:
                    places = _places(inverse_depth, depth_m, drawn.context, beliefs, max(counts))
                there = drawn.instead(places)
                for count, tally in proposed.items():
                    _try(there, count, max(counts), beliefs, tally)
    if all(not tally.errors["scale"] for tally in tallies.values()):
        raise ValueError("no picture with enough known depth between 0.2 and 20 m")
    return ReferenceReport(_summaries(tallies), skipped, _summaries(proposed) if suggested else ())


def _tallies(counts: Sequence[int]) -> dict[int, _Tally]:
    return {count: _Tally({way: [] for way in WAYS}, [], [], []) for count in counts}


def _summaries(tallies: Mapping[int, _Tally]) -> tuple[CountScores, ...]:
    return tuple(_summary(count, tally) for count, tally in tallies.items())


def _places(
    inverse_depth: FloatMap, depth_m: NDArray[np.float32], context: MapContext, beliefs: Beliefs, most: int
) -> tuple[ReferenceSample, ...]:
    return measured_where_suggested(inverse_depth, depth_m, context, beliefs, most, sigma=_SIGMA, window_px=_WINDOW_PX)


def draw(inverse_depth: FloatMap, depth_m: NDArray[np.float32], references: int, seed: int) -> Drawn | None:
    """Pixels of one picture where both maps have a value; None if those are too few."""
    context = map_context(inverse_depth)
    rows, columns = np.nonzero(known_pixels(depth_m) & np.isfinite(inverse_depth))
    if context is None or rows.size < _FEWEST_PIXELS:
        return None
    chosen = np.random.default_rng(seed).choice(rows.size, references + _QUERIES, replace=False)
    pixels = tuple((int(columns[place]), int(rows[place])) for place in chosen)
    samples = tuple(sample_median(inverse_depth, u_px, v_px, _WINDOW_PX) for u_px, v_px in pixels)
    return Drawn(samples, pixels, depth_m[rows[chosen], columns[chosen]].astype(np.float64), context)


def _try(drawn: Drawn, count: int, most: int, beliefs: Beliefs, tally: _Tally) -> None:
    """Calibrate with the first `count` references and read all queries, in every way."""
    p = np.array([sample.value for sample in drawn.samples])
    z_m = drawn.distance_m
    asked = slice(most, None)
    for way, found_m in _simple_ways(p[:count], z_m[:count], p[asked]).items():
        tally.errors[way].append(float(np.mean(np.abs(found_m - z_m[asked]) / z_m[asked])))
    known = [
        ReferenceSample(Reference(*pixel, float(true_m), _SIGMA * float(true_m)), sample)
        for pixel, true_m, sample in zip(drawn.pixels[:count], z_m[:count], drawn.samples[:count], strict=True)
    ]
    try:
        calibration = fit(known, beliefs, drawn.context)
    except (DegenerateReferences, InputError):
        tally.refused += 1
        return
    tally.set_aside += len(calibration.set_aside)
    errors = []
    for sample, pixel, true_m in zip(drawn.samples[asked], drawn.pixels[asked], z_m[asked].tolist(), strict=True):
        reading = read(calibration, sample, pixel, drawn.context)
        if reading.distance_m is None or reading.low_m is None:
            tally.unread += 1
            errors.append(abs(FARTHEST_M / true_m - 1))
            continue
        errors.append(abs(min(max(reading.distance_m, NEAREST_M), FARTHEST_M) / true_m - 1))
        high_m = reading.high_m or math.inf
        side = tally.outside if reading.status.value == "extrapolated" else tally.inside
        side.append(_reach(reading.distance_m, reading.low_m, reading.high_m, true_m))
        tally.widths.append(high_m / reading.low_m)
    tally.errors["calibrated"].append(float(np.mean(errors)))


def _reach(distance_m: float, low_m: float, high_m: float | None, true_m: float) -> float:
    """How far the truth lies from the reading, in ln z, over how far its interval reaches there; above 1 is outside."""
    if true_m > distance_m and high_m is None:
        return 0.0
    end_m = low_m if true_m <= distance_m else high_m or math.inf
    return math.log(true_m / distance_m) / math.log(end_m / distance_m)


def _simple_ways(p: Vector, z_m: Vector, asked: Vector) -> dict[str, Vector]:
    """What the simpler ways read at `asked`, (M,), from references of values `p` and distances `z_m`, (N,)."""
    product = z_m * p
    total = float(product @ product)
    scale = float(product.sum()) / total if total > 0 else 0.0
    found = {"times": float(np.mean(z_m / np.where(p != 0, p, np.nan))) * asked, "scale": _inverted(scale * asked)}
    if p.size > 1:
        a, b = align(p, z_m)
        found["plain"] = _inverted(a * asked + b)
    return {
        way: np.clip(np.nan_to_num(value_m, nan=FARTHEST_M), NEAREST_M, FARTHEST_M) for way, value_m in found.items()
    }


def _inverted(inverse_m: Vector) -> Vector:
    return 1.0 / np.clip(inverse_m, 1 / FARTHEST_M, 1 / NEAREST_M)


def _summary(count: int, tally: _Tally) -> CountScores:
    ways = []
    for way in WAYS:
        errors = tally.errors[way]
        middle, mean = (float(np.median(errors)), float(np.mean(errors))) if errors else (None, None)
        ways.append(WayScore(way, middle, mean))
    width = float(np.median(tally.widths)) if tally.widths else math.inf
    everything = tally.inside + tally.outside
    return CountScores(
        references=count,
        draws=len(tally.errors["scale"]),
        ways=tuple(ways),
        coverage=_share(everything),
        coverage_inside=_share(tally.inside),
        coverage_outside=_share(tally.outside),
        needed_inside=_needed(tally.inside),
        needed_outside=_needed(tally.outside),
        width=width if math.isfinite(width) else None,
        unread=tally.unread,
        refused=tally.refused,
        set_aside=tally.set_aside,
    )


def _share(reaches: Sequence[float]) -> float | None:
    return float(np.mean(np.array(reaches) <= 1.0)) if reaches else None


def _needed(reaches: Sequence[float]) -> float | None:
    return float(np.quantile(reaches, 0.95)) if reaches else None
