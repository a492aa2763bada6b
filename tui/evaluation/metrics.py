"""Error measures of relative inverse depth against true depth, as named in the literature.

A relative model knows 1/z up to a scale and a shift (Ranftl et al., "Towards Robust Monocular Depth Estimation", TPAMI
2022), so both are fitted to each picture before anything is measured. The measures are those of Eigen, Puhrsch and
Fergus, NIPS 2014: AbsRel, delta1 (their delta < 1.25), RMSE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tui.evaluation.rgbd import RgbdFrame
from tui.pipeline.ahead import ahead

NEAREST_M = 0.2
FARTHEST_M = 20.0
DELTA1 = 1.25
FEWEST_PIXELS = 10
"""A picture with fewer known pixels is not measured."""

Estimate = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Maps a picture, RGB, uint8, (H, W, 3), to relative inverse depth, float32, (H, W), larger is nearer."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The error measures of one picture, or their means over pictures."""

    abs_rel: float
    """Mean of |z_hat - z| / z."""
    delta1: float
    """Share of pixels with max(z_hat / z, z / z_hat) < 1.25."""
    rmse_m: float
    median_rel: float
    """Median of |z_hat - z| / z."""


@dataclass(frozen=True, slots=True)
class SequenceReport:
    """The means over the pictures of one sequence."""

    sequence: str
    pictures: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What `evaluate` found."""

    sequences: tuple[SequenceReport, ...]
    overall: SequenceReport
    """The means over all pictures, not over sequences."""
    skipped: int
    """Pictures with too little known depth."""

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values that `json` writes."""
        return {
            "alignment": "scale and shift in inverse depth, relative least squares",
            "range_m": [NEAREST_M, FARTHEST_M],
            "sequences": [_row(sequence) for sequence in self.sequences],
            "overall": _row(self.overall),
            "skipped": self.skipped,
        }


def known_pixels(depth_m: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where `depth_m`, (H, W), 0 where unknown, lies within 0.2-20 m."""
    return np.isfinite(depth_m) & (depth_m >= NEAREST_M) & (depth_m <= FARTHEST_M)


def align(relative: NDArray[np.floating], depth_m: NDArray[np.floating]) -> tuple[float, float]:
    """Return (a, b) that minimise the sum of ((a p + b) z - 1)^2 over p = `relative` and z = `depth_m`, both (N,).

    That is least squares on the relative error of inverse depth. Where p does not vary, a = 0.
    """
    p = relative.astype(np.float64)
    z = depth_m.astype(np.float64)
    centre, spread = float(p.mean()), float(p.std())
    if not spread > 1e-6 * max(abs(centre), 1e-12):
        return 0.0, float(z.sum() / (z * z).sum())
    design = np.stack([(p - centre) / spread * z, z], axis=1)
    (slope, offset), *_ = np.linalg.lstsq(design, np.ones(len(z)), rcond=None)
    return float(slope / spread), float(offset - slope * centre / spread)


def score(relative: NDArray[np.float32], depth_m: NDArray[np.float32]) -> Scores | None:
    """Measure one picture's relative inverse depth against its true depth in metres, both (H, W).

    Aligned inverse depth is clipped to 1/20..1/0.2 per metre. Pixels where the model gives no value (NaN) are left out.
    None where fewer than 10 pixels are known.
    """
    if relative.shape != depth_m.shape:
        raise ValueError(f"relative inverse depth {relative.shape} and depth {depth_m.shape} differ in shape")
    known = known_pixels(depth_m) & np.isfinite(relative)
    if np.count_nonzero(known) < FEWEST_PIXELS:
        return None
    p, z = relative[known], depth_m[known].astype(np.float64)
    a, b = align(p, z)
    estimated_m = 1.0 / np.clip(a * p.astype(np.float64) + b, 1 / FARTHEST_M, 1 / NEAREST_M)
    relative_error = np.abs(estimated_m - z) / z
    ratio = np.maximum(estimated_m / z, z / estimated_m)
    return Scores(
        abs_rel=float(relative_error.mean()),
        delta1=float((ratio < DELTA1).mean()),
        rmse_m=float(np.sqrt(((estimated_m - z) ** 2).mean())),
        median_rel=float(np.median(relative_error)),
    )


class Kept(Protocol):
    """What was judged before."""

    def find(self, frame: RgbdFrame) -> tuple[Scores | None] | None:
        """A picture's scores, None for too little known depth; or nothing, if it was not."""
        ...

    def note(self, frame: RgbdFrame, scores: Scores | None) -> None:
        """A picture has these."""
        ...


def evaluate(
    frames: Iterable[RgbdFrame], estimate: Estimate, jobs: int = 1, kept: Kept | None = None
) -> EvaluationReport:
    """Run `estimate` on each picture of `frames` and report the errors per sequence and overall.

    With `jobs` it is called from so many threads at a time; what was `kept` is taken from there.

    Raises RecordingError where a frame cannot be read, ValueError where no frame has enough known depth.
    """
    found: dict[str, list[Scores]] = {}
    skipped = 0

    def judged(frame: RgbdFrame) -> Scores | None:
        before = None if kept is None else kept.find(frame)
        if before is not None:
            return before[0]
        image, depth_m = frame.load()
        return score(estimate(image), depth_m)

    for frame, made in ahead(frames, judged, jobs):
        scores = made()
        if kept is not None:
            kept.note(frame, scores)
        if scores is None:
            skipped += 1
        else:
            found.setdefault(frame.sequence, []).append(scores)
    return summarise(found, skipped)


def summarise(found: dict[str, list[Scores]], skipped: int = 0) -> EvaluationReport:
    """Average the scores of pictures, grouped by sequence. Raises ValueError where there is none."""
    if not found:
        raise ValueError("no picture with known depth between 0.2 and 20 m")
    sequences = tuple(SequenceReport(name, len(found[name]), _mean(found[name])) for name in sorted(found))
    everything = [scores for name in sorted(found) for scores in found[name]]
    return EvaluationReport(sequences, SequenceReport("overall", len(everything), _mean(everything)), skipped)


def _mean(scores: list[Scores]) -> Scores:
    table = np.array([[s.abs_rel, s.delta1, s.rmse_m, s.median_rel] for s in scores])
    return Scores(*(float(value) for value in table.mean(axis=0)))


def _row(report: SequenceReport) -> dict[str, object]:
    return {"sequence": report.sequence, "pictures": report.pictures, **asdict(report.scores)}
