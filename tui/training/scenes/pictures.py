"""Training pictures of made-up scenes with exact depth, for what recordings of rooms lack."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from tui.training.data import Picture
from tui.training.scenes.nearby import arm_s_length, floor_level, from_above, gathering, screens
from tui.training.scenes.places import closeup, corridor, desk, outdoors
from tui.training.scenes.scene import Camera, Scene
from tui.training.scenes.shading import develop, shade
from tui.training.scenes.shapes import Plane, Shape
from tui.training.scenes.tracing import cast

Place = Callable[[np.random.Generator, int, int], Scene]
"""Makes a scene for a picture of some height and width."""

PLACES: tuple[tuple[Place, float], ...] = (
    (desk, 0.16),
    (closeup, 0.16),
    (outdoors, 0.12),
    (corridor, 0.1),
    (screens, 0.14),
    (gathering, 0.1),
    (arm_s_length, 0.1),
    (floor_level, 0.06),
    (from_above, 0.06),
)
"""Kinds of scenes and how often each is made."""

CLEAR_M = 0.12
"""Nothing may be nearer to the camera than this."""

PORTRAIT_EVERY = 3


def render(rng: np.random.Generator, height: int = 240, width: int = 320) -> Picture:
    """Return a random scene's picture; depth is 0 in the sky. The same `rng` gives the same picture."""
    kind = int(rng.choice(len(PLACES), p=[share for _, share in PLACES]))
    return picture_of(PLACES[kind][0](rng, height, width), rng)


def picture_of(scene: Scene, rng: np.random.Generator) -> Picture:
    """Return the picture of one scene; `rng` decides about the camera's noise and exposure."""
    camera = scene.camera
    clear = tuple(s for s in scene.solids if isinstance(s.shape, Plane) or _clearance_m(s.shape, camera) > CLEAR_M)
    scene = Scene(clear, scene.light, camera, scene.sky)
    rays = camera.rays()
    depth, number = cast(camera, clear, rays)
    linear = shade(scene, rays, depth, number, rng)
    return Picture(develop(linear, camera, rng), np.where(np.isfinite(depth), depth, np.float32(0)))


def _clearance_m(shape: Shape, camera: Camera) -> float:
    point = shape.local_from_world @ (camera.position_m - shape.centre_m)
    return float(shape.distance(point[:, None])[0])


def render_many(count: int, seed: int, threads: int) -> list[Picture]:
    """Return `count` pictures, every third upright; each depends on `seed` and its place alone.

    More than one of `threads` are processes: much of the work is many small steps, which Python does one at a time.
    """
    if min(threads, count) <= 1:
        return [_numbered(seed, index) for index in range(count)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(threads, count), mp_context=fresh, initializer=_alone) as pool:
        return list(pool.map(partial(_numbered, seed), range(count), chunksize=4))


def _numbered(seed: int, index: int) -> Picture:
    rng = np.random.default_rng([seed, index])
    return render(rng, 320, 240) if index % PORTRAIT_EVERY == 0 else render(rng)


def _alone() -> None:
    """Keep a process to one core; the others have their own."""
    import cv2

    cv2.setNumThreads(1)
