"""The demo's room seen by a camera that was moved by a known way, with its exact depth."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import cv2
import numpy as np

from tests.targets.rendered import rotation
from tui.camera.demo.renderer import DemoRenderer, Pose, pose_at
from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics

CAMERA = Intrinsics.from_horizontal_fov(math.radians(66), 640, 480, focal_sigma=0.0)


Way = tuple[float, float, float]


class Room:
    """Pictures from around the place where the demo's camera is at a time."""

    def __init__(self, camera: Intrinsics = CAMERA, t_s: float = 9.0) -> None:
        self._camera, self._t_s = camera, t_s
        self._noise = np.random.default_rng(1)

    def look(self, moved_m: Way = (0, 0, 0), turned_rad: Way = (0, 0, 0)) -> RGBImage:
        """A picture with a sensor's noise, moved right, down and forwards."""
        picture = _picture(self._camera, self._t_s, moved_m, turned_rad)
        noisy: RGBImage = np.clip(picture + self._noise.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        return noisy

    def depth(self) -> FloatMap:
        """True depth of the picture that is not moved, twice as fine, shape (2 H, 2 W)."""
        return _depth(self._camera, self._t_s)


@functools.cache
def _renderer(camera: Intrinsics) -> DemoRenderer:
    return DemoRenderer(camera.scaled_to(2 * camera.width, 2 * camera.height))


@functools.lru_cache(maxsize=64)
def _picture(camera: Intrinsics, t_s: float, moved_m: Way, turned_rad: Way) -> RGBImage:
    """Without noise: drawn once for all the tests that look from there."""
    fine, _ = _renderer(camera).render_from(_pose(t_s, moved_m, turned_rad))
    found: RGBImage = np.asarray(
        cv2.resize(fine, (camera.width, camera.height), interpolation=cv2.INTER_AREA), np.uint8
    )
    found.flags.writeable = False
    return found


@functools.lru_cache(maxsize=4)
def _depth(camera: Intrinsics, t_s: float) -> FloatMap:
    found = _renderer(camera).render_from(_pose(t_s, (0, 0, 0), (0, 0, 0)))[1]
    found.flags.writeable = False
    return found


def _pose(t_s: float, moved_m: Way, turned_rad: Way) -> Pose:
    begin = pose_at(t_s)
    turn = begin.room_from_camera
    return Pose(begin.position_m + turn @ np.array(moved_m), turn @ rotation(*turned_rad))


def depth_at(depth: FloatMap, u_px: float, v_px: float) -> float:
    """Of `Room.depth` at a pixel of the picture."""
    row, column = (min(size - 1, round(2 * at + 0.5)) for at, size in zip((v_px, u_px), depth.shape, strict=True))
    return float(depth[row, column])


class RoomEstimator:
    """Knows the room as the camera that was not moved sees it, up to scale and shift."""

    identity = ModelIdentity("room", "56" * 32)
    engine = "by hand"
    notes: tuple[str, ...] = ()

    def __init__(self, room: Room) -> None:
        self._seen = room.look().astype(np.float32)
        self._map = (0.7 / room.depth()[::2, ::2] - 0.05).astype(np.float32)

    def estimate(self, image: RGBImage) -> FloatMap:
        """The same map for each picture, mirrored for a mirror image."""
        away, mirrored = (float(np.abs(each - self._seen).mean()) for each in (image, image[:, ::-1]))
        return self._map.copy() if away <= mirrored else self._map[:, ::-1].copy()

    def close(self) -> None:
        """Nothing is held."""


def save(picture: RGBImage, path: Path) -> str:
    """Without loss."""
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return str(path)
