"""What is drawn from a map in space: a section, and points that are turned."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator

from tui.bench.stages import REFERENCES, Plan, scattered_references
from tui.bench.timing import Stage, measure
from tui.calibration.distance import MapDistances
from tui.calibration.measure import measure_map
from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.line import pixels_along
from tui.render.cells import Cells
from tui.render.cloud import cloud_of
from tui.render.cloud_seen import CloudPainter, Pose
from tui.render.colors import ColorMode
from tui.render.quality import LADDER

_COLUMNS, _ROWS = 160, 48
_TURN_DEG = 3
_FOV_RAD = math.radians(60)


def in_space(plan: Plan, inverse_depth: FloatMap) -> Iterator[Stage]:
    """Of one map, with the fit of 20 references; as for rendering, each in one thread, by its own time."""
    references = scattered_references(inverse_depth)
    height, width = inverse_depth.shape
    pixels = pixels_along((0, height // 2), (width - 1, height // 2), _COLUMNS)
    calibration = measure_map(inverse_depth, references, [], others=False).calibration
    if calibration is None:
        return
    yield measure(
        f"a section of {len(pixels)} pixels, {REFERENCES} references",
        lambda: measure_map(inverse_depth, [], pixels, calibration=calibration, others=False),
        seconds=plan.seconds,
        clock=time.thread_time,
    )
    camera = Intrinsics.from_horizontal_fov(_FOV_RAD, width, height)
    painter, turns = CloudPainter(ColorMode.TRUECOLOR, LADDER[0]), itertools.count()

    def frame() -> Cells:
        distances = MapDistances(inverse_depth, calibration)
        cloud = cloud_of(distances.coarse, plan.pictures[0], camera, distances.every_px)
        pose = Pose().turned(_TURN_DEG * next(turns), 20)
        return painter.paint(cloud, pose, _COLUMNS, _ROWS, cloud.pivot, (0, 0, 0))

    name = f"a cloud turned, {_COLUMNS}x{_ROWS}, {REFERENCES} references"
    yield measure(name, frame, seconds=plan.seconds, clock=time.thread_time)
