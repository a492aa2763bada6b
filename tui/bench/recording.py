"""What it costs to record: a frame's picture, map, readings and depth, encoded and written."""

from __future__ import annotations

import itertools
import math
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tui.bench.stages import Plan
from tui.bench.timing import Stage, measure
from tui.calibration.reference import Reference
from tui.camera.frame import Frame, SourceInfo
from tui.depth.estimator import DepthEstimator, infer
from tui.instrument.frame import FrameReading, frame_reading
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.records.encoding import Encoder
from tui.records.rolling import Limits, RollingFile

RATE_HZ = 10.0
_INFO = SourceInfo("bench", "bench", live=True)
_PLACES = ((0.2, 0.2), (0.8, 0.25), (0.3, 0.8), (0.7, 0.7))
"""Of four references, shares of width and height."""


def recording(plan: Plan, estimator: DepthEstimator) -> Stage:
    """A frame at a time, in the time of the processor; the note has what `RATE_HZ` frames a second take of a core."""
    readings = list(_readings(plan, estimator))
    with tempfile.TemporaryDirectory() as folder:
        file, encoder = RollingFile(Path(folder) / "bench.mcap", Limits(100_000_000)), Encoder(math.inf)
        turn, count = itertools.cycle(readings), itertools.count(time.time_ns(), round(1e9 / RATE_HZ))

        def write() -> None:
            reading, session = next(turn)
            at_ns = next(count)
            file.write(at_ns, encoder.messages(reading, session, at_ns))
            file.flush()

        stage = measure("recording a frame", write, seconds=plan.seconds, clock=time.thread_time)
        file.close()
    share = RATE_HZ * stage.median_ms / 10.0
    return replace(stage, note=f"{RATE_HZ:.0f} frames/s take {share:.1f} % of a core")


def _readings(plan: Plan, estimator: DepthEstimator) -> Iterator[tuple[FrameReading, Session]]:
    for index, picture in enumerate(plan.pictures):
        depth_map = infer(estimator, picture)
        height, width = depth_map.full.shape
        result = DepthResult(
            Frame(picture, index, index / RATE_HZ), depth_map, estimator.identity, estimator.engine, 0.0
        )
        session = replace(Session().with_picture_size(width, height), map_kind=estimator.identity.kind)
        values = [(round(across * width), round(down * height)) for across, down in _PLACES]
        values.sort(key=lambda pixel: float(depth_map.full[pixel[1], pixel[0]]))
        references = [
            Reference(u_px, v_px, distance_m, 0.01 * distance_m)
            for (u_px, v_px), distance_m in zip(values, (4.0, 2.5, 1.5, 1.0), strict=True)  # the larger, the nearer
        ]
        session, _ = session.with_references(references, depth_map.full, estimator.identity.key)
        yield frame_reading(session, result, _INFO, datetime.now(UTC), 0.0, ""), session
