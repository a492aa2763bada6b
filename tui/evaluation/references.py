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
from tui.calibration.reading import Status, read_all, unevenness
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError
from tui.evaluation.metrics import FARTHEST_M, NEAREST_M, Estimate, align, known_pixels
from tui.evaluation.reference_report import CountScores, ReferenceReport, WayScore
from tui.evaluation.rgbd import RgbdFrame
from tui.evaluation.suggested import measured_where_suggested
from tui.geometry.arrays import FloatMap, Vector
from tui.geometry.sampling import Sample, samples_or_none

COUNTS = (1, 2, 4, 8, 16)
FEWEST_DRAWS = 100
"""In a whole recording: the coverage of fewer is chance."""
WAYS = ("times", "scale", "plain", "calibrated")
_QUERIES = 60
_FEWEST_PIXELS = 1000
_SIGMA = 0.01
_WINDOW_PX = 5
_AT_EDGE, _FLAT = 0.3, 0.02
"""Of what ln(1/z) changes by around a pixel."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture's pixels: references first, then queries."""

    samples: tuple[Sample, ...]
    pixels: tuple[tuple[int, int], ...]
    distance_m: Vector
    context: MapContext
    references: int
    """How many of them are references, at most."""

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
    ok: list[bool]
    """Whether the interval of each reading that is ok holds the truth."""
    uneven: list[float]
    """By how much ln(1/z) changes around each of these."""
    outside: list[bool]
    """The same as `ok` for those that are extrapolated."""
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
            drawn = draw(inverse_depth, depth_m, max(counts), seed_of(frame, turn))
            if drawn is None:
                skipped += 1
                break
            for count, tally in tallies.items():
                _try(drawn, count, beliefs, tally)
            if suggested:
                if turn == 0:
                    places = _places(inverse_depth, depth_m, drawn.context, beliefs, max(counts))
                there = drawn.instead(places)
                for count, tally in proposed.items():
                    _try(there, count, beliefs, tally)
    if all(not tally.errors["scale"] for tally in tallies.values()):
        raise ValueError("no picture with enough known depth between 0.2 and 20 m")
    return ReferenceReport(_summaries(tallies), skipped, _summaries(proposed) if suggested else ())


def _tallies(counts: Sequence[int]) -> dict[int, _Tally]:
    return {count: _Tally({way: [] for way in WAYS}, [], [], [], []) for count in counts}


def _summaries(tallies: Mapping[int, _Tally]) -> tuple[CountScores, ...]:
    return tuple(_summary(count, tally) for count, tally in tallies.items())


def _places(
    inverse_depth: FloatMap, depth_m: NDArray[np.float32], context: MapContext, beliefs: Beliefs, most: int
) -> tuple[ReferenceSample, ...]:
    return measured_where_suggested(inverse_depth, depth_m, context, beliefs, most, sigma=_SIGMA, window_px=_WINDOW_PX)


def seed_of(frame: RgbdFrame, turn: int = 0) -> int:
    """The picture's own, so that every run draws the same."""
    return zlib.crc32((f"{frame.sequence}/{frame.name}" + (f"#{turn}" if turn else "")).encode())


def draw(inverse_depth: FloatMap, depth_m: NDArray[np.float32], references: int, seed: int) -> Drawn | None:
    """Pixels of one picture where both maps have a value; None if those are too few."""
    context = map_context(inverse_depth)
    rows, columns = np.nonzero(known_pixels(depth_m) & np.isfinite(inverse_depth))
    if context is None or rows.size < _FEWEST_PIXELS:
        return None
    chosen = np.random.default_rng(seed).choice(rows.size, references + _QUERIES, replace=False)
    pixels = tuple((int(columns[place]), int(rows[place])) for place in chosen)
    samples = samples_or_none(inverse_depth, pixels, _WINDOW_PX)
    return Drawn(
        tuple(each for each in samples if each is not None),
        pixels,
        depth_m[rows[chosen], columns[chosen]].astype(np.float64),
        context,
        references,
    )


def given(drawn: Drawn, count: int) -> list[ReferenceSample]:
    """The first so many of a picture's references, with their true distances."""
    return [
        ReferenceSample(Reference(*pixel, true_m, _SIGMA * true_m), sample)
        for pixel, true_m, sample in zip(
            drawn.pixels[:count], drawn.distance_m[:count].tolist(), drawn.samples[:count], strict=True
        )
    ]


def _try(drawn: Drawn, count: int, beliefs: Beliefs, tally: _Tally) -> None:
    """Calibrate with the first `count` references and read all queries, in every way."""
    p = np.array([sample.value for sample in drawn.samples])
    z_m = drawn.distance_m
    asked = slice(drawn.references, None)
    for way, found_m in _simple_ways(p[:count], z_m[:count], p[asked]).items():
        tally.errors[way].append(float(np.mean(np.abs(found_m - z_m[asked]) / z_m[asked])))
    try:
        calibration = fit(given(drawn, count), beliefs, drawn.context)
    except (DegenerateReferences, InputError):
        tally.refused += 1
        return
    tally.set_aside += len(calibration.set_aside)
    errors = []
    readings = read_all(calibration, drawn.samples[asked], drawn.pixels[asked], drawn.context)
    uneven = unevenness(calibration, drawn.samples[asked])[:, 0].tolist()
    for reading, change, true_m in zip(readings, uneven, z_m[asked].tolist(), strict=True):
        if reading.distance_m is None or reading.low_m is None:
            tally.unread += 1
            errors.append(abs(FARTHEST_M / true_m - 1))
            continue
        errors.append(abs(min(max(reading.distance_m, NEAREST_M), FARTHEST_M) / true_m - 1))
        high_m = reading.high_m or math.inf
        held = reading.low_m <= true_m <= high_m
        if reading.status is Status.OK:
            tally.ok.append(held)
            tally.uneven.append(change)
        else:
            tally.outside.append(held)
        tally.widths.append(high_m / reading.low_m)
    tally.errors["calibrated"].append(float(np.mean(errors)))


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
    ok, uneven = np.array(tally.ok, np.bool_), np.array(tally.uneven)
    return CountScores(
        references=count,
        draws=len(tally.errors["scale"]),
        ways=tuple(ways),
        coverage=_share(np.array(tally.ok + tally.outside)),
        coverage_ok=_share(ok),
        coverage_edges=_share(ok[uneven > _AT_EDGE]),
        coverage_flat=_share(ok[uneven < _FLAT]),
        coverage_outside=_share(np.array(tally.outside)),
        width=math.sqrt(width) if math.isfinite(width) else None,
        unread=tally.unread,
        refused=tally.refused,
        set_aside=tally.set_aside,
    )


def _share(held: NDArray[np.bool_]) -> float | None:
    return float(np.mean(held)) if held.size else None
