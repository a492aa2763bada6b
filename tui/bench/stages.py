"""The stages of one frame's way from the camera to the network's map and its readings, each measured by itself."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from tui.bench.timing import Stage, measure
from tui.calibration.beliefs import MapKind, beliefs_of
from tui.calibration.distance import MapDistances
from tui.calibration.measure import measure_map
from tui.calibration.reference import Reference
from tui.calibration.suggest import suggest
from tui.camera.frame import FrameSource
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.grid import grid_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import axes_of, floor_of
from tui.render.plan import PlanPainter, Sureness, seen_above
from tui.sight.remembered import Remembered
from tui.sight.sight import Sight

REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and for how long."""

    pictures: Sequence[RGBImage]
    """Consecutive frames, RGB, uint8, of one size."""
    columns: int
    """Of one pane, in cells."""
    rows: int
    seconds: float
    """A stage."""
    moving: Sequence[RGBImage] = ()
    """Consecutive frames, each with as many pixels as the pane has half cells; none of a still."""


def inference(plan: Plan, estimator: DepthEstimator, name: str, baseline: str = "") -> Stage:
    """From a picture to its full-size map: preprocessing, network, enlarging."""
    pictures = itertools.cycle(plan.pictures)
    return measure(name, lambda: estimator.estimate(next(pictures)), seconds=plan.seconds, baseline=baseline)


def calibrating(plan: Plan, inverse_depth: FloatMap) -> Stage:
    """Sampling and fitting 20 references, and one reading, as is done for every frame."""
    height, width = inverse_depth.shape
    references, query = scattered_references(inverse_depth), [(width // 2, height // 2)]
    name = f"calibration, {REFERENCES} references"
    return measure(name, lambda: measure_map(inverse_depth, references, query, others=False), seconds=plan.seconds)


def suggesting(plan: Plan, inverse_depth: FloatMap, kind: MapKind) -> Stage:
    """Where to measure next, as somebody asks who has 20 references."""
    beliefs = beliefs_of(kind)
    calibration = measure_map(
        inverse_depth, scattered_references(inverse_depth), [], beliefs=beliefs, others=False
    ).calibration
    name = f"a suggestion, {REFERENCES} references"
    return measure(name, lambda: suggest(inverse_depth, calibration, beliefs), seconds=plan.seconds)


def planning(plan: Plan, inverse_depth: FloatMap) -> Stage:
    """A whole plan, the floor of a map found and taken away, as is done for every frame where a plan is in sight."""
    height, width = inverse_depth.shape
    camera = Intrinsics.from_horizontal_fov(math.radians(60.0), width, height)
    calibration = measure_map(inverse_depth, scattered_references(inverse_depth), [], others=False).calibration
    assert calibration is not None  # noqa: S101 - there are references enough
    painter, floor = PlanPainter(), floor_of(1.5, math.radians(15.0), 0.0)
    distances = MapDistances(inverse_depth, calibration)
    coarse, steps = distances.coarse, (distances.every_px / camera.fx_px, distances.every_px / camera.fy_px)
    _, rays = grid_of(camera, distances.every_px)
    sure = Sureness(np.array([0.5, 2.0, 8.0]), np.array([0.05, 0.05, 0.1]))

    def paint() -> None:
        z = coarse.ravel().astype(np.float64)
        shown = np.where(floor.heights_m(rays * z[:, None]) > 0, z, np.nan)
        painter.paint(seen_above(shown, rays, axes_of(floor), steps), sure, plan.columns, plan.rows)

    return measure("a plan", paint, seconds=plan.seconds, clock=time.thread_time)


def scattered_references(inverse_depth: FloatMap) -> list[Reference]:
    """With 5 % scatter about a plausible scale and shift."""
    height, width = inverse_depth.shape
    rng = np.random.default_rng(0)
    references = []
    for u_px, v_px in zip(
        rng.integers(0, width, REFERENCES).tolist(), rng.integers(0, height, REFERENCES).tolist(), strict=True
    ):
        p = float(inverse_depth[v_px, u_px])
        distance_m = (1 + 0.05 * float(rng.standard_normal())) / (
            0.3 + 0.5 * max(p, 0.0) / max(_size(inverse_depth), 1e-9)
        )
        references.append(Reference(u_px, v_px, distance_m, 0.01 * distance_m))
    return references


def looking(plan: Plan) -> Stage:
    """Looking at each picture before it is measured in, against the one that 20 references were given on."""
    height, width = plan.pictures[0].shape[:2]
    rng = np.random.default_rng(0)
    places = [(float(u), float(v)) for u, v in rng.uniform(0, (width - 1, height - 1), (REFERENCES, 2))]
    sight = Sight(live=True)
    sight.remember(Remembered.of(plan.pictures[0], places))
    pictures = itertools.cycle(plan.pictures)
    name = f"looking at the picture, {REFERENCES} references"
    return measure(name, lambda: sight.look(next(pictures), time.monotonic()), seconds=plan.seconds)


def _size(inverse_depth: FloatMap) -> float:
    return float(np.nanpercentile(inverse_depth, 95))


def capturing(source: FrameSource, seconds: float) -> Stage:
    """What a frame costs to read, in computing of all threads; waiting for the next one is not counted."""
    return measure("capture, computing only", source.read, seconds=seconds, clock=time.process_time)


@runtime_checkable
class TimesNetwork(Protocol):
    """An estimator that knows how long its network took for the last picture."""

    network_s: float


def around_network(plan: Plan, estimator: DepthEstimator) -> Iterator[Stage]:
    """Preprocessing, and enlarging what comes out; nothing for an estimator that does not time its network."""
    if not isinstance(estimator, TimesNetwork):
        return
    pictures = itertools.cycle(plan.pictures)
    networks_s = 0.0

    def estimate() -> None:
        nonlocal networks_s
        estimator.estimate(next(pictures))
        networks_s += estimator.network_s

    yield measure(
        "preprocessing and enlarging",
        estimate,
        seconds=plan.seconds,
        clock=lambda: time.perf_counter() - networks_s,
    )
