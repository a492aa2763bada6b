"""The points of a frame, to be looked at from all sides: in metres, or in no unit where there are none."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.calibration.distance import MapDistances
from tui.calibration.result import CalibrationKind
from tui.calibration.usual import ASSUMED_FOV_DEG
from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session
from tui.render.cloud import Cloud, cloud_of

_NEAR_ZERO = 0.02
"""Of a map's largest values: what is less is far beyond what its shape tells."""
_COLUMNS = 160
"""Of points, about, as of the distances of a map that is only looked at."""


@dataclass(frozen=True, eq=False, slots=True)
class PointsSeen:
    """A cloud, and what has to be said of it."""

    cloud: Cloud | None
    """None where there is no distance at all."""
    metres: bool
    words: str
    """What it is in, or why there is none."""
    camera: str
    """Which camera it rests on."""
    warnings: tuple[str, ...] = ()
    """Why not to believe it, worst first."""


def points_of(reading: FrameReading, session: Session) -> PointsSeen:
    """The points of one frame.

    Without a calibration 1/p of the map stands for the distance, which is not to scale: the shape is a hint, no more.
    Where the frame gives no distance, as in the dark, there are no points either; those of a frame that has grown old
    stay, as its picture does, and it is said.
    """
    result = reading.result
    if result is None:
        return PointsSeen(None, False, "no depth map yet", "")
    if reading.silent:
        why = next(each.words for each in reading.doubts if each.no_distance)
        return PointsSeen(None, False, f"no distance: {why}", "")
    inverse_depth, image = result.inverse_depth, result.frame.image
    height, width = inverse_depth.shape
    camera = session.intrinsics
    stale = (f"stale: {reading.stale}",) if reading.stale else ()
    words = "camera as told" if camera is not None else f"camera assumed: {ASSUMED_FOV_DEG:.0f}° across"
    if camera is None or (camera.width, camera.height) != (width, height):
        camera = Intrinsics.from_horizontal_fov(math.radians(ASSUMED_FOV_DEG), width, height)
    if reading.calibration is None:
        every_px = max(1, width // _COLUMNS)
        cloud = cloud_of(_relative(inverse_depth[::every_px, ::every_px]), image, camera, every_px)
        return PointsSeen(cloud, False, "no metres: not to scale", words, (*stale, *reading.camera_doubts))
    distances = MapDistances(inverse_depth, reading.calibration)
    cloud = cloud_of(distances.coarse, image, camera, distances.every_px)
    metric = reading.calibration.kind is CalibrationKind.METRIC
    trust = "of the model, unverified" if metric else f"calibration {reading.calibration.health.grade.value}"
    doubts = tuple(dict.fromkeys((*stale, *(each.words for each in reading.doubts), *reading.warnings)))
    return PointsSeen(cloud, True, f"metres, {trust}", words, doubts)


def _relative(inverse_depth: FloatMap) -> FloatMap:
    """Something like distances, 1 in the middle; NaN where the map says nothing or next to nothing."""
    finite = inverse_depth[np.isfinite(inverse_depth) & (inverse_depth > 0)]
    if not finite.size:
        return np.full(inverse_depth.shape, np.nan, np.float32)
    least = _NEAR_ZERO * float(np.quantile(finite, 0.99))
    told = np.isfinite(inverse_depth) & (inverse_depth > least)
    found = np.full(inverse_depth.shape, np.nan, np.float32)
    found[told] = float(np.median(finite)) / inverse_depth[told]
    return found
