"""How often the intervals of regions hold the truth, on pictures with true depth.

In each picture references are drawn as `tui.evaluation.references` draws them, and boxes of any place and size, the
seed being the picture's own. The truth is the same percentile of the true depth over all of a box's pixels; boxes in
which more than a tenth is not known are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from tui.calibration.beliefs import Beliefs
from tui.calibration.fit import fit
from tui.calibration.reading import Status
from tui.calibration.region import read_region
from tui.errors import InputError
from tui.evaluation.metrics import Estimate, known_pixels
from tui.evaluation.references import draw, given, seed_of
from tui.evaluation.rgbd import RgbdFrame
from tui.geometry.arrays import FloatMap
from tui.geometry.region import Region, Statistic

COUNTS = (4, 8)
FEWEST_DRAWS = 20
"""In a whole recording, of `_BOXES` boxes each."""
_BOXES = 6
"""A picture and draw."""
_TRIES = 40
_KNOWN = 0.9
_SIDES = (0.06, 0.6)
"""Of a box, in those of the picture."""


@dataclass(frozen=True, slots=True)
class RegionScore:
    """Of one statistic, with so many references."""

    references: int
    statistic: str
    read: int
    """Readings with a distance."""
    coverage: float | None
    """Share of them whose interval holds the truth."""
    coverage_ok: float | None
    """Of those that are not extrapolated."""
    error: float | None
    """Median of |ln(read / true)|."""
    bias: float | None
    """Median of ln(read / true)."""
    width: float | None
    """Median factor by which an interval reaches to both sides."""
    unread: int


@dataclass(frozen=True, slots=True)
class RegionReport:
    """Of a whole recording."""

    scores: tuple[RegionScore, ...]

    def to_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {"regions": [asdict(each) for each in self.scores]}

    def table(self) -> str:
        """For a person."""
        lines = ["regions       references   read   hold   if within   off    bias   width"]
        for each in self.scores:
            cells = (each.coverage, each.coverage_ok, each.error, each.bias)
            hold, within, off, bias = ("   -" if cell is None else f"{100 * cell:.1f}" for cell in cells)
            width = "-" if each.width is None else f"x{each.width:.2f}"
            lines.append(
                f"{each.statistic:<13} {each.references:>10} {each.read:>6}   {hold:>4}   {within:>9}   {off:>3}   "
                f"{bias:>5}   {width}"
            )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Found:
    held: bool
    within: bool
    """Whether it is not extrapolated."""
    off: float
    reach: float


def evaluate_regions(
    frames: Iterable[RgbdFrame], estimate: Estimate, beliefs: Beliefs, counts: Sequence[int] = COUNTS, draws: int = 1
) -> RegionReport:
    """Run `estimate` on each picture, calibrate with references from its true depth, and read boxes.

    Raises:
        RecordingError: a frame cannot be read.
        ValueError: no frame has enough known depth.
    """
    found: dict[tuple[int, Statistic], list[_Found | None]] = {
        (count, statistic): [] for count in counts for statistic in Statistic
    }
    for frame in frames:
        image, depth_m = frame.load()
        inverse_depth = estimate(image)
        for turn in range(draws):
            _try(inverse_depth, depth_m, beliefs, seed_of(frame, turn), found)
    if not any(found.values()):
        raise ValueError("no picture with enough known depth between 0.2 and 20 m")
    return RegionReport(tuple(_score(count, statistic, each) for (count, statistic), each in found.items()))


def _try(
    inverse_depth: FloatMap,
    depth_m: NDArray[np.float32],
    beliefs: Beliefs,
    seed: int,
    found: dict[tuple[int, Statistic], list[_Found | None]],
) -> None:
    counts = sorted({count for count, _ in found})
    drawn = draw(inverse_depth, depth_m, max(counts), seed)
    if drawn is None:
        return
    boxes = list(_boxes(depth_m, np.random.default_rng(seed + 1)))
    for count in counts:
        try:
            calibration = fit(given(drawn, count), beliefs, drawn.context)
        except InputError:
            continue
        for box, true_m in boxes:
            for statistic in Statistic:
                region = Region("box", box, statistic)
                reading = read_region(calibration, inverse_depth, region, 5, drawn.context).reading
                truth_m = float(np.quantile(true_m, statistic.share))
                if reading.distance_m is None or reading.low_m is None:
                    found[count, statistic].append(None)
                    continue
                high_m = reading.high_m or math.inf
                found[count, statistic].append(
                    _Found(
                        held=reading.low_m <= truth_m <= high_m,
                        within=reading.status is not Status.EXTRAPOLATED,
                        off=math.log(reading.distance_m / truth_m),
                        reach=math.log(high_m / reading.low_m) / 2,
                    )
                )


def _boxes(
    depth_m: NDArray[np.float32], generator: np.random.Generator
) -> Iterator[tuple[tuple[tuple[float, float], tuple[float, float]], NDArray[np.float32]]]:
    """Opposite corners and the true depth, where most of it is known."""
    height, width = depth_m.shape
    left = _BOXES
    for _ in range(_TRIES):
        share = generator.uniform(*_SIDES, 2)
        across, down = max(4, int(share[0] * width)), max(4, int(share[1] * height))
        x, y = int(generator.integers(0, width - across)), int(generator.integers(0, height - down))
        inside = depth_m[y : y + down, x : x + across]
        known = known_pixels(inside)
        if known.mean() < _KNOWN:
            continue
        yield ((float(x), float(y)), (float(x + across - 1), float(y + down - 1))), inside[known]
        left -= 1
        if left == 0:
            return


def _score(count: int, statistic: Statistic, found: Sequence[_Found | None]) -> RegionScore:
    read = [each for each in found if each is not None]
    off = [each.off for each in read]
    return RegionScore(
        references=count,
        statistic=statistic.value,
        read=len(read),
        coverage=_share([each.held for each in read]),
        coverage_ok=_share([each.held for each in read if each.within]),
        error=float(np.median(np.abs(off))) if off else None,
        bias=float(np.median(off)) if off else None,
        width=math.exp(min(50.0, float(np.median([each.reach for each in read])))) if read else None,
        unread=len(found) - len(read),
    )


def _share(held: Sequence[bool]) -> float | None:
    return float(np.mean(held)) if held else None
