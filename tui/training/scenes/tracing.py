"""Which solid each pixel shows, and how deep it lies."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tui.training.scenes.geometry import Floats
from tui.training.scenes.patterns import noise
from tui.training.scenes.scene import Camera, Solid
from tui.training.scenes.shapes import Ellipsoid, Shape

NEAR_M = 0.05
"""What begins nearer than this may cover the whole picture."""


def cast(camera: Camera, solids: tuple[Solid, ...], rays: Floats) -> tuple[Floats, NDArray[np.int16]]:
    """Return depth along the optical axis, (H, W), infinite for the sky, and the solid's number, -1 for the sky."""
    depth = np.full(rays.shape[1:], np.inf, np.float32)
    number = np.full(rays.shape[1:], -1, np.int16)
    for i, solid in enumerate(solids):
        window = _window(camera, solid.shape)
        if window is None:
            continue
        shape = solid.shape
        part = rays[(slice(None), *window)]
        origin = (shape.local_from_world @ (camera.position_m - shape.centre_m))[:, None]
        direction = shape.local_from_world @ part.reshape(3, -1)
        t = shape.hit(origin, direction)
        if solid.holes:
            t = _with_holes(t, origin, direction, solid)
        t = t.reshape(part.shape[1:])
        nearer = t < depth[window]
        np.copyto(depth[window], t, where=nearer)
        np.copyto(number[window], np.int16(i), where=nearer)
    return depth, number


def _with_holes(t: Floats, origin: Floats, direction: Floats, solid: Solid) -> Floats:
    """Take holes out of the surface; through one its inside may be seen."""
    hits = np.flatnonzero(np.isfinite(t))
    d = direction[:, hits]
    leave = solid.shape.leave(origin, d) if isinstance(solid.shape, Ellipsoid) else np.full(len(hits), np.inf)
    t, front = t.copy(), t[hits]
    back = np.where(_holed(origin + leave * d, d, solid), np.inf, leave)
    t[hits] = np.where(_holed(origin + front * d, d, solid), back, front)
    return t


def _holed(point: Floats, direction: Floats, solid: Solid) -> NDArray[np.bool_]:
    """Return where there is no leaf at points of the surface, (3, n): more often towards the outline."""
    normal = solid.shape.normal(point)
    along = np.abs(normal).argmax(0)
    u, v = np.where(along == 0, point[1], point[0]), np.where(along == 2, point[1], point[2])
    cosine = np.abs((normal * direction).sum(0)) / np.sqrt((direction * direction).sum(0))
    limit = 2 * solid.holes - 1 + 1.5 * (1 - cosine) ** 2
    return np.asarray(noise(u, v, solid.leaf_m * 40, 0.6) < limit, np.bool_)


def _window(camera: Camera, shape: Shape) -> tuple[slice, slice] | None:
    """Return the part of the picture that can show a shape; None for none of it."""
    half = shape.half_extent_m()
    everything = slice(0, camera.height), slice(0, camera.width)
    if half is None:
        return everything
    corners = np.array(list(product((-1, 1), repeat=3)), np.float32).T * np.array(half, np.float32)[:, None]
    world = shape.local_from_world.T @ corners + (shape.centre_m - camera.position_m)[:, None]
    x, y, z = camera.world_from_camera.T @ world
    if z.max() <= NEAR_M:
        return None
    if z.min() < NEAR_M:
        return everything
    u = camera.focal_px * x / z + (camera.width - 1) / 2
    v = camera.focal_px * y / z + (camera.height - 1) / 2
    top, bottom = max(0, math.floor(v.min())), min(camera.height, math.ceil(v.max()) + 1)
    left, right = max(0, math.floor(u.min())), min(camera.width, math.ceil(u.max()) + 1)
    return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None
