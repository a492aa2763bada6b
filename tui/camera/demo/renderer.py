"""Ray casting of the demo room: the picture and the exact depth at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tui.camera.demo.atlas import ACROSS, DOWN, LEVELS, Atlas, bake
from tui.camera.demo.room import BOXES, ROOM, Box
from tui.geometry.arrays import FloatMap, RGBImage, Vector
from tui.geometry.intrinsics import Intrinsics

DEMO_INTRINSICS = Intrinsics.from_horizontal_fov(math.radians(66.0), 320, 240, focal_sigma=0.0)
"""The demo camera, exactly; no lens distortion."""

PERIOD_S = 24.0
"""After this time the camera is back where it was."""

_PITCH_RAD = math.radians(9.0)
"""The camera looks a little down."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the demo camera is and looks."""

    position_m: Vector
    """In the room, shape (3,)."""
    room_from_camera: npt.NDArray[np.float64]
    """Rotation, shape (3, 3); its last column is the optical axis."""


def pose_at(t_s: float) -> Pose:
    """The pose at a time: a slow figure of eight that starts and ends at rest in the middle."""
    phase = 2 * math.pi * (t_s % PERIOD_S) / PERIOD_S
    ease = 0.5 * (1 - math.cos(phase))
    position = np.array([0.28 * math.sin(2 * phase) * ease, 0.05 * math.sin(phase) * ease, 0.22 * ease])
    yaw = math.radians(7.0) * math.sin(phase) * ease
    pitch = _PITCH_RAD + math.radians(1.5) * math.sin(2 * phase) * ease
    about_y = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]], dtype=np.float64
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]],
        dtype=np.float64,
    )
    return Pose(position, about_y @ about_x)


class DemoRenderer:
    """Renders the room; holds what does not change from frame to frame."""

    def __init__(self, intrinsics: Intrinsics = DEMO_INTRINSICS) -> None:
        self.intrinsics = intrinsics
        columns, rows = np.meshgrid(np.arange(intrinsics.width), np.arange(intrinsics.height))
        self._x = ((columns - intrinsics.cx_px) / intrinsics.fx_px).astype(np.float32)
        self._y = ((rows - intrinsics.cy_px) / intrinsics.fy_px).astype(np.float32)
        self._atlas = _room_atlas()

    def render(self, t_s: float) -> tuple[RGBImage, FloatMap]:
        """Picture and depth at a time, always the same for the same time.

        Returns:
            RGB, uint8, shape (H, W, 3), and depth along the optical axis in metres, float32, shape (H, W).
        """
        return self.render_from(pose_at(t_s))

    def render_from(self, pose: Pose) -> tuple[RGBImage, FloatMap]:
        """As `render`, from anywhere in the room."""
        # A ray is camera (x, y, 1) turned into the room, not normalised: how far along it a surface lies
        # is then the depth along the optical axis itself.
        turn = pose.room_from_camera.astype(np.float32)
        rays = [turn[i, 0] * self._x + turn[i, 1] * self._y + turn[i, 2] for i in range(3)]
        inverse: list[FloatMap] = [
            np.reciprocal(np.where(ray == 0, np.float32(1e-12), ray), dtype=np.float32) for ray in rays
        ]
        depth, faces = self._walls(pose, inverse)
        for number, box in enumerate(BOXES, start=1):
            self._add(box, number, pose, inverse, depth, faces)
        return self._colours(pose, rays, depth, faces), depth

    def _walls(self, pose: Pose, inverse: list[FloatMap]) -> tuple[FloatMap, npt.NDArray[np.int32]]:
        """Where the rays leave the room, seen from inside."""
        depth = np.full(self._x.shape, np.inf, dtype=np.float32)
        faces = np.zeros(self._x.shape, dtype=np.int32)
        for axis in range(3):
            outwards = inverse[axis] > 0
            to_low, to_high = (np.float32(side[axis] - pose.position_m[axis]) for side in (ROOM.low, ROOM.high))
            distance = np.where(outwards, to_high, to_low) * inverse[axis]
            nearer = distance < depth
            np.copyto(depth, distance, where=nearer)
            np.copyto(faces, 2 * axis + outwards, where=nearer)
        return depth, faces

    def _add(
        self,
        box: Box,
        number: int,
        pose: Pose,
        inverse: list[FloatMap],
        depth: FloatMap,
        faces: npt.NDArray[np.int32],
    ) -> None:
        """Put a box in front of what is there: the slab method (Kay and Kajiya, 1986), where it can be seen at all."""
        window = self._window(box, pose)
        if window is None:
            return
        low = (box.low - pose.position_m).astype(np.float32)
        high = (box.high - pose.position_m).astype(np.float32)
        enter = np.full(depth[window].shape, -np.inf, dtype=np.float32)
        leave = np.full(depth[window].shape, np.inf, dtype=np.float32)
        face = np.zeros(enter.shape, dtype=np.int32)
        for axis in range(3):
            ray = inverse[axis][window]
            first, second = low[axis] * ray, high[axis] * ray
            near = np.minimum(first, second)
            later = near > enter
            np.copyto(enter, near, where=later)
            np.copyto(face, 6 * number + 2 * axis + (ray < 0), where=later)
            np.minimum(leave, np.maximum(first, second), out=leave)
        seen = (enter < leave) & (enter > 0) & (enter < depth[window])
        np.copyto(depth[window], enter, where=seen)
        np.copyto(faces[window], face, where=seen)

    def _window(self, box: Box, pose: Pose) -> tuple[slice, slice] | None:
        """The part of the picture that can show a box; None for none of it."""
        k = self.intrinsics
        corners = np.array(np.meshgrid(*zip(box.low_m, box.high_m, strict=True))).reshape(3, 8)
        x, y, z = pose.room_from_camera.T @ (corners - pose.position_m[:, None])
        if z.max() <= 0:
            return None
        if z.min() < 0.05:  # beside or around the camera: no corner's projection bounds it
            return slice(0, k.height), slice(0, k.width)
        u, v = k.fx_px * x / z + k.cx_px, k.fy_px * y / z + k.cy_px
        top, bottom = max(0, math.floor(v.min())), min(k.height, math.ceil(v.max()) + 1)
        left, right = max(0, math.floor(u.min())), min(k.width, math.ceil(u.max()) + 1)
        return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None

    def _colours(self, pose: Pose, rays: list[FloatMap], depth: FloatMap, faces: npt.NDArray[np.int32]) -> RGBImage:
        atlas = self._atlas
        # On average a texel should be about as large as a pixel at its distance.
        level = np.searchsorted(_level_limits(self.intrinsics), depth.ravel()).astype(np.int32)
        face = faces.ravel()
        entry = face * LEVELS + level
        axis = (face % 6) >> 1
        points = np.stack([np.float32(pose.position_m[i]) + (depth * rays[i]).ravel() for i in range(3)])
        pixel = np.arange(face.size, dtype=np.int32)
        lows = _LOWS[face // 6]
        per_metre = atlas.per_metre.ravel()[entry]
        u = (points[ACROSS[axis], pixel] - lows[pixel, ACROSS[axis]]) * per_metre
        v = (points[DOWN[axis], pixel] - lows[pixel, DOWN[axis]]) * per_metre
        width, height = atlas.width.ravel()[entry], atlas.height.ravel()[entry]
        column = np.clip(u.astype(np.int32), 0, width - 1)
        row = np.clip(v.astype(np.int32), 0, height - 1)
        colours: RGBImage = atlas.colours[atlas.offset.ravel()[entry] + row * width + column]
        return colours.reshape(*depth.shape, 3)


@cache
def _room_atlas() -> Atlas:
    """One for all renderers: it takes as long as some thirty frames."""
    return bake(ROOM, BOXES)


_LOWS = np.array([box.low_m for box in (ROOM, *BOXES)], dtype=np.float32)


def _level_limits(intrinsics: Intrinsics) -> npt.NDArray[np.float32]:
    """Depths beyond which a pixel covers more than 1.5, 3, ... centimetres."""
    return np.array([0.015 * 2**level * intrinsics.fx_px for level in range(LEVELS - 1)], dtype=np.float32)
