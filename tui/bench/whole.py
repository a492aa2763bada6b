"""A whole picture in metres: its distances with their intervals, and the points that are written of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from tui.bench.stages import Plan
from tui.bench.timing import Stage, measure
from tui.calibration.beliefs import MapKind, beliefs_of
from tui.calibration.context import map_context
from tui.calibration.measure import measure_map
from tui.calibration.reference import Reference
from tui.calibration.whole import MetricMap, metric_map
from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.storage.points import cloud_of, encode_ply

_FOV_RAD = math.radians(60)


def in_metres(plan: Plan, maps: Sequence[FloatMap], kind: MapKind, references: Sequence[Reference]) -> Iterator[Stage]:
    """Reading every pixel, and writing all as PLY; nothing where the references give no calibration."""
    beliefs = beliefs_of(kind)
    calibration = measure_map(maps[0], references, [], beliefs=beliefs, others=False).calibration
    if calibration is None:
        return
    height, width = maps[0].shape
    turns = itertools.cycle(maps)
    name = f"every pixel in metres, {len(references)} references"

    def read() -> MetricMap:
        inverse_depth = next(turns)
        return metric_map(inverse_depth, calibration, map_context(inverse_depth))

    yield measure(name, read, seconds=plan.seconds)
    metric = metric_map(maps[0], calibration, map_context(maps[0]))
    camera = Intrinsics.from_horizontal_fov(_FOV_RAD, width, height)
    image = plan.pictures[0]
    yield measure("its points as PLY", lambda: encode_ply(cloud_of(image, metric, camera)), seconds=plan.seconds)
