"""The demo's room seen by a camera that was moved by a known way, with its exact depth."""

from __future__ import annotations

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


class Room:
    """Pictures from around the place where the demo's camera is at a time."""

    def __init__(self, camera: Intrinsics = CAMERA, t_s: float = 9.0) -> None:
        self._renderer = DemoRenderer(camera.scaled_to(2 * camera.width, 2 * camera.height))
        self._size = (camera.width, camera.height)
        self._begin = pose_at(t_s)
        self._noise = np.random.default_rng(1)

    def look(
        self, moved_m: tuple[float, float, float] = (0, 0, 0), turned_rad: tuple[float, float, float] = (0, 0, 0)
    ) -> RGBImage:
        """A picture with a sensor's noise, moved right, down and forwards."""
        fine, _ = self._renderer.render_from(self._pose(moved_m, turned_rad))
        picture = cv2.resize(fine, self._size, interpolation=cv2.INTER_AREA)
        noisy: RGBImage = np.clip(picture + self._noise.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        return noisy

    def depth(self) -> FloatMap:
        """True depth of the picture that is not moved, twice as fine, shape (2 H, 2 W)."""
        return self._renderer.render_from(self._pose((0, 0, 0), (0, 0, 0)))[1]

    def _pose(self, moved_m: tuple[float, float, float], turned_rad: tuple[float, float, float]) -> Pose:
        turn = self._begin.room_from_camera
        return Pose(self._begin.position_m + turn @ np.array(moved_m), turn @ rotation(*turned_rad))


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
