"""A picture's pixels as points in space, in the files that tools for point clouds read.

The camera's frame: x right, y down, z along the optical axis, in metres; the lens's distortion is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui.calibration.figures import HOPELESS_RATIO
from tui.calibration.interval import NORMAL_95
from tui.calibration.whole import MetricMap
from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics

_WIDEST_SIGMA = np.log(HOPELESS_RATIO) / (2 * NORMAL_95)
"""Relative; with more a reading shows no number."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many pixels give no point, and why."""

    edge: int = 0
    """They lie between two things."""
    unknown: int = 0
    """They have no distance."""
    wide: int = 0
    """Their distance is not known within a factor of 10: a reading shows `?`."""
    lens: int = 0
    """They lie beyond what the lens's distortion describes."""

    def __add__(self, other: LeftOut) -> LeftOut:
        return LeftOut(
            self.edge + other.edge, self.unknown + other.unknown, self.wide + other.wide, self.lens + other.lens
        )

    def __str__(self) -> str:
        """'left out: 120 at edges, 30 without a distance'; only edges and distances are named where there are none."""
        words = [f"{self.edge} at edges", f"{self.unknown} without a distance"]
        words += [f"{self.wide} not known within a factor of {HOPELESS_RATIO:.0f}"] if self.wide else []
        words += [f"{self.lens} beyond what the lens's distortion describes"] if self.lens else []
        return f"left out: {', '.join(words)}"


@dataclass(frozen=True, eq=False, slots=True)
class Cloud:
    """Points with what is known of them."""

    xyz_m: FloatMap
    """float32, (N, 3)."""
    rgb: NDArray[np.uint8]
    """(N, 3)."""
    sigma: FloatMap
    """One standard deviation of the distance, relative to it, float32, (N,)."""
    left_out: LeftOut

    @classmethod
    def without(cls, metric: MetricMap) -> Cloud:
        """No point, of a picture that gives no distance."""
        left_out = LeftOut(unknown=metric.distance_m.size)
        return cls(np.empty((0, 3), np.float32), np.empty((0, 3), np.uint8), np.empty(0, np.float32), left_out)


def vouched_for(metric: MetricMap) -> NDArray[np.bool_]:
    """Where a reading shows a number: the distance is known within a factor of 10; (H, W)."""
    known: NDArray[np.bool_] = metric.known & (metric.sigma <= _WIDEST_SIGMA)
    return known


def cloud_of(image: RGBImage, metric: MetricMap, camera: Intrinsics) -> Cloud:
    """One point for each pixel that shows one thing whose distance is known.

    Args:
        image: RGB, uint8, (H, W, 3).
        metric: of it, (H, W).
        camera: for pictures of this size.

    Raises:
        InputError: intrinsics for pictures of another size.
    """
    height, width = metric.distance_m.shape
    if (camera.width, camera.height) != (width, height):
        raise InputError(f"intrinsics for {camera.width}x{camera.height} pictures, but this one is {width}x{height}")
    rays = _rays(camera)
    seen = np.isfinite(rays[..., 0])
    surface, known, vouched = metric.surface, metric.known, vouched_for(metric)
    kept = surface & vouched & seen
    counts = (metric.edge & known, ~known, surface & ~vouched, surface & vouched & ~seen)
    distance_m = metric.distance_m[kept]
    xyz_m = np.empty((distance_m.size, 3), np.float32)
    xyz_m[:, :2] = rays[kept] * distance_m[:, None]
    xyz_m[:, 2] = distance_m
    return Cloud(xyz_m, image[kept], metric.sigma[kept], LeftOut(*(int(np.count_nonzero(each)) for each in counts)))


@lru_cache(maxsize=2)
def _rays(camera: Intrinsics) -> FloatMap:
    """The rays at distance 1, x and y, of each pixel, float32, (H, W, 2); NaN beyond what the distortion describes."""
    rows, columns = np.mgrid[: camera.height, : camera.width]
    rays = camera.rays(np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64))
    found: FloatMap = rays[:, :2].reshape(camera.height, camera.width, 2).astype(np.float32)
    return found


def encode_ply(cloud: Cloud, comments: Sequence[str] = ()) -> bytes:
    """Binary little-endian PLY: `x y z red green blue sigma`, with what was left out and `comments` in its head."""
    fields = [("xyz", "<f4", 3), ("rgb", "u1", 3), ("sigma", "<f4")]
    properties = [*(f"float {each}" for each in "xyz"), *(f"uchar {each}" for each in ("red", "green", "blue"))]
    head = [
        "ply",
        "format binary_little_endian 1.0",
        *(f"comment {each}" for each in _told(cloud, comments)),
        f"element vertex {len(cloud.sigma)}",
        *(f"property {each}" for each in (*properties, "float sigma")),
        "end_header",
    ]
    points = np.empty(len(cloud.sigma), np.dtype(fields))
    points["xyz"], points["rgb"], points["sigma"] = cloud.xyz_m, cloud.rgb, cloud.sigma
    return "\n".join([*head, ""]).encode("ascii") + points.tobytes()


def encode_pcd(cloud: Cloud, comments: Sequence[str] = ()) -> bytes:
    """Binary PCD 0.7 of the Point Cloud Library: `x y z rgb sigma`, its colour the bits of a float."""
    count = len(cloud.sigma)
    head = [
        "# .PCD v0.7 - Point Cloud Data file format",
        *(f"# {each}" for each in _told(cloud, comments)),
        "VERSION 0.7",
        "FIELDS x y z rgb sigma",
        "SIZE 4 4 4 4 4",
        "TYPE F F F F F",
        "COUNT 1 1 1 1 1",
        f"WIDTH {count}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {count}",
        "DATA binary",
    ]
    points = np.empty(count, np.dtype([("xyz", "<f4", 3), ("rgb", "<u4"), ("sigma", "<f4")]))
    red, green, blue = cloud.rgb.astype(np.uint32).T
    points["xyz"], points["sigma"] = cloud.xyz_m, cloud.sigma
    points["rgb"] = (red << 16) | (green << 8) | blue
    return "\n".join([*head, ""]).encode("ascii") + points.tobytes()


def _told(cloud: Cloud, comments: Sequence[str]) -> list[str]:
    """A line each, in ASCII, as both formats ask for."""
    frame = "metres; the camera's frame: x right, y down, z along the optical axis; sigma: of the distance, relative"
    lines = (*comments, frame, str(cloud.left_out))
    return [" ".join(each.split()).encode("ascii", "replace").decode("ascii") for each in lines]
