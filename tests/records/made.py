"""Readings as an instrument gives them, for a recording: a network's maps that drift, references, pins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from tests.fakes import wait_until
from tui.calibration.beliefs import MapKind
from tui.calibration.reference import Reference
from tui.camera.frame import Frame, SourceInfo
from tui.depth.enlarging import Enlarging, Kernel
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.conscience import Judgement
from tui.instrument.frame import FrameReading, frame_reading
from tui.instrument.renewing import followed
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.records.recording import Recording
from tui.records.rolling import Limits

WIDTH, HEIGHT = 96, 64
CAMERA = Intrinsics(80.0, 80.0, 47.5, 31.5, WIDTH, HEIGHT, origin="typed")
IDENTITY = ModelIdentity("drifting", "ab" * 32, MapKind.RELATIVE)
INFO = SourceInfo("0", "camera 0", live=True, camera="A camera")
BEGAN = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
REFERENCES = (
    Reference(10, 10, 4.0, 0.04),
    Reference(80, 12, 3.0, 0.03),
    Reference(20, 50, 1.5, 0.02, "tape", 0.0),
    Reference(70, 40, 1.9, 0.02),
    Reference(48, 32, 2.2, 0.02),
)


def live_readings(count: int, every_s: float = 0.05, *, noise: int = 5) -> Iterator[tuple[FrameReading, Session]]:
    """One after the other, each following on the one before, as a fit that is renewed and smoothed does."""
    lots = np.random.default_rng(3)
    session = replace(Session().with_picture_size(WIDTH, HEIGHT), intrinsics=CAMERA, map_kind=IDENTITY.kind)
    session = session.jumped(30, 20).pinned().jumped(60, 44)
    rows, columns = np.mgrid[: HEIGHT // 2, : WIDTH // 2].astype(np.float32)
    at_s = time.monotonic()
    for index in range(count):
        image = lots.integers(0, 1 + noise, (HEIGHT, WIDTH, 3), np.uint8) + np.uint8(100)
        drift = np.float32(1 + 0.1 * np.sin(index))
        small = drift * (2 + rows / 8 + np.sin(columns / 5) / 3) + lots.normal(0, 0.01, rows.shape).astype(np.float32)
        depth_map = DepthMap(small.astype(np.float32), Enlarging(Kernel.LINEAR, WIDTH, HEIGHT))
        frame = Frame(image, index, at_s + index * every_s)
        result = DepthResult(frame, depth_map, IDENTITY, "by hand", 0.01)
        if not session.references:
            session, _ = session.with_references(REFERENCES, result.inverse_depth, IDENTITY.key)
        session = followed(session, result, Judgement())
        taken = BEGAN + timedelta(seconds=index * every_s)
        yield frame_reading(session, result, INFO, taken, 0.0, ""), session


def record(path: Path, count: int = 12, limits: Limits | None = None, *, noise: int = 5) -> list[FrameReading]:
    """Make a recording; what was read."""
    recording = Recording(path, limits or Limits())
    kept = []
    for number, (reading, session) in enumerate(live_readings(count, noise=noise), 1):
        recording.take(reading, session)
        kept.append(reading)
        wait_until(partial(_has_written, recording, number), "the frame is written")
    recording.close()
    assert recording.status.problem == ""
    assert (recording.status.frames, recording.status.dropped) == (count, 0)
    return kept


def _has_written(recording: Recording, frames: int) -> bool:
    return recording.status.frames >= frames
