"""The surfaces of the demo room with paint and light baked in, laid out in one long array of colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.demo.materials import Grid, paint
from tui.camera.demo.room import LAMP_M, Box

Points = npt.NDArray[np.float32]
"""Points in metres, float32, shape (3, N)."""

ACROSS = np.array([2, 0, 0])
"""Which coordinate runs across a face that stands on axis x, y, z."""
DOWN = np.array([1, 2, 1])
"""Which coordinate runs down such a face."""

LEVELS = 3
"""Copies of each texture, each half as fine as the one before, so that far surfaces do not glitter."""

_LIGHT_GRID_M = 0.1
_AMBIENT = np.array([0.40, 0.42, 0.47], dtype=np.float32)
_LAMP_LIGHT = np.array([1.0, 0.94, 0.82], dtype=np.float32)
_LAMP_REACH_M = 2.6
_LAMP_SIZE_M = 0.28
_FILL = (0.92, 0.92, 1.0, 1.0, 1.4, 1.0)
"""How much of the light from all around each face gets: some comes from behind the camera."""
_UNSEEN = 5
"""The back of a box is never seen: the camera stays in front of everything."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """Colours, and for every face (6 a box, the room's first) and level where its texture lies.

    The arrays but `colours` have shape (faces, LEVELS).
    """

    colours: npt.NDArray[np.uint8]
    """RGB, uint8, shape (texels, 3)."""
    offset: npt.NDArray[np.int32]
    width: npt.NDArray[np.int32]
    height: npt.NDArray[np.int32]
    per_metre: npt.NDArray[np.float32]
    """Texels a metre."""


def bake(room: Box, boxes: tuple[Box, ...]) -> Atlas:
    """Paint and light all faces; takes a fraction of a second."""
    pieces: list[npt.NDArray[np.uint8]] = []
    table = []
    total = 0
    for number, box in enumerate([room, *boxes]):
        per_metre = 100.0 if number == 0 else 160.0
        for face in range(6):
            density = 1.0 if number and face == _UNSEEN else per_metre
            texture = _face(box, face, density, boxes, inward=number == 0)
            for level in range(LEVELS):
                if level:
                    texture = _halved(texture)
                height, width = texture.shape[:2]
                table.append((total, width, height, density / 2**level))
                pieces.append(np.round(255 * np.clip(texture, 0, 1)).astype(np.uint8).reshape(-1, 3))
                total += width * height
    columns = np.array(table).reshape(-1, LEVELS, 4)
    return Atlas(
        np.concatenate(pieces),
        columns[..., 0].astype(np.int32),
        columns[..., 1].astype(np.int32),
        columns[..., 2].astype(np.int32),
        columns[..., 3].astype(np.float32),
    )


def _face(box: Box, face: int, per_metre: float, boxes: tuple[Box, ...], *, inward: bool) -> npt.NDArray[np.float32]:
    """Lit colours of one face, float32, shape (h, w, 3)."""
    axis, far_side = divmod(face, 2)
    size = box.high - box.low
    across_m, down_m = float(size[ACROSS[axis]]), float(size[DOWN[axis]])
    u_m, v_m = _grid(across_m, down_m, 1 / per_metre)
    albedo = paint(box.materials[face], u_m, v_m)
    if box.materials[face] == "glow":
        return albedo
    coarse_u_m, coarse_v_m = _grid(across_m, down_m, _LIGHT_GRID_M)
    points = np.empty((3, coarse_u_m.size), dtype=np.float32)
    points[axis] = (box.high if far_side else box.low)[axis]
    points[ACROSS[axis]] = box.low[ACROSS[axis]] + coarse_u_m.ravel()
    points[DOWN[axis]] = box.low[DOWN[axis]] + coarse_v_m.ravel()
    sign = (1.0 if far_side else -1.0) * (-1.0 if inward else 1.0)
    points[axis] += sign * 1e-3
    lamp = _lamp_light(points, axis, sign, boxes).reshape(coarse_u_m.shape)
    lit = _resized(lamp, *u_m.shape)
    if inward:  # corners of a room get less light from all around
        edge_m = np.minimum(np.minimum(u_m, across_m - u_m), np.minimum(v_m, down_m - v_m))
        ambient = 1 - 0.3 * np.exp(-edge_m / 0.2)
    else:
        ambient = np.ones_like(lit)
    shade = _FILL[face] * _AMBIENT * ambient[:, :, None] + _LAMP_LIGHT * lit[:, :, None]
    lit_colours: npt.NDArray[np.float32] = albedo * shade
    return lit_colours


def _grid(across_m: float, down_m: float, step_m: float) -> tuple[Grid, Grid]:
    """Centres of the texels of a face."""
    width, height = max(1, round(across_m / step_m)), max(1, round(down_m / step_m))
    u_m = ((np.arange(width) + 0.5) * (across_m / width)).astype(np.float32)
    v_m = ((np.arange(height) + 0.5) * (down_m / height)).astype(np.float32)
    across, down = np.meshgrid(u_m, v_m)
    return across, down


def _lamp_light(points: Points, axis: int, sign: float, boxes: tuple[Box, ...]) -> npt.NDArray[np.float32]:
    """Lambert's cosine law under a square lamp of four points, with shadows, shape (N,)."""
    light = np.zeros(points.shape[1], dtype=np.float32)
    for dx, dz in [(-1, -1), (-1, 1), (1, -1), (1, 1)]:
        lamp = np.array(LAMP_M, dtype=np.float32) + np.float32(_LAMP_SIZE_M) * np.array([dx, 0, dz], np.float32)
        towards = lamp[:, None] - points
        distance = np.sqrt((towards**2).sum(axis=0))
        cosine = np.maximum(0, sign * towards[axis] / distance)
        falling = 1.15 / (1 + (distance / _LAMP_REACH_M) ** 2)
        light += 0.25 * cosine * falling * ~_blocked(points, towards, boxes)
    return light


def _blocked(points: Points, towards: Points, boxes: tuple[Box, ...]) -> npt.NDArray[np.bool_]:
    """Whether a box stands between a point and the lamp; what glows throws no shadow."""
    inverse = 1 / np.where(np.abs(towards) < 1e-6, np.float32(1e-6), towards)
    solid = [box for box in boxes if "glow" not in box.materials]
    # Shape (boxes, 3, N): few large steps, where one box after the other would be many small ones.
    first = (np.array([box.low_m for box in solid], np.float32)[:, :, None] - points) * inverse
    second = (np.array([box.high_m for box in solid], np.float32)[:, :, None] - points) * inverse
    enter = np.minimum(first, second).max(axis=1)
    leave = np.maximum(first, second).min(axis=1)
    blocked: npt.NDArray[np.bool_] = ((enter < leave) & (leave > 1e-4) & (enter < 1)).any(axis=0)
    return blocked


def _resized(values: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Bilinear, from centres to centres."""
    rows = np.clip((np.arange(height) + 0.5) * values.shape[0] / height - 0.5, 0, values.shape[0] - 1)
    columns = np.clip((np.arange(width) + 0.5) * values.shape[1] / width - 0.5, 0, values.shape[1] - 1)
    top, left = rows.astype(int), columns.astype(int)
    bottom, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    down = (rows - top).astype(np.float32)[:, None]
    across = (columns - left).astype(np.float32)
    by_row = values[top] * (1 - down) + values[bottom] * down
    resized: npt.NDArray[np.float32] = by_row[:, left] * (1 - across) + by_row[:, right] * across
    return resized


def _halved(texture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    height, width = max(1, texture.shape[0] // 2), max(1, texture.shape[1] // 2)
    if texture.shape[0] < 2 or texture.shape[1] < 2:
        return texture
    quarters = texture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    halved: npt.NDArray[np.float32] = quarters.mean(axis=(1, 3), dtype=np.float32)
    return halved
