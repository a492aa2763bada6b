"""The light in a scene: lamps, soft shadows, darkening near contacts, sky, and the camera's response."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tui.training.scenes.geometry import Floats, unit
from tui.training.scenes.patterns import noise
from tui.training.scenes.scene import Camera, Light, Scene, Solid
from tui.training.scenes.shapes import Plane, Shape

COARSE = 2
"""Shadows and contacts are found at every so many pixels and spread from there."""
TILE = 4
"""So many coarse pixels squared share the parts of the light among them, and their mean is the soft shadow."""
CONTACT_M = 0.25
"""How far from a surface another one darkens it."""


def shade(
    scene: Scene, rays: Floats, depth: Floats, number: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the light that reaches the camera, linear RGB, (H, W, 3)."""
    height, width = depth.shape
    camera, light = scene.camera, scene.light
    direction, flat = rays.reshape(3, -1), depth.reshape(-1)
    normals, paint = np.zeros_like(direction), np.zeros_like(direction)
    glow, gloss = np.zeros_like(flat), np.zeros_like(flat)
    order = np.argsort(number.reshape(-1), kind="stable")
    limits = np.searchsorted(number.reshape(-1)[order], np.arange(len(scene.solids) + 1))
    for i, solid in enumerate(scene.solids):
        pixels = order[limits[i] : limits[i + 1]]
        if len(pixels):
            d, t, shape = direction[:, pixels], flat[pixels], solid.shape
            local = shape.local_from_world @ (camera.position_m[:, None] - shape.centre_m[:, None] + t * d)
            normal = shape.normal(local)
            world = shape.local_from_world.T @ normal
            if solid.holes:  # the inside seen through a hole
                world = world * -np.sign((world * d).sum(0))
            slant = np.abs((world * d).sum(0)) / np.sqrt((d * d).sum(0))
            pixel_m = t / np.float32(camera.focal_px) / np.sqrt(np.maximum(slant, 0.02))
            u, v = shape.uv(local, normal)
            paint[:, pixels], normals[:, pixels] = solid.material(u, v, pixel_m.astype(np.float32)), world
            glow[pixels], gloss[pixels] = solid.glow, solid.gloss
    paint = np.square(np.clip(paint, np.float32(0.01), np.float32(1.0)))
    seen = np.where(np.isfinite(flat), flat, np.float32(0))
    point = np.asarray(camera.position_m[:, None] + seen * direction, np.float32)
    shadow, open_share = _spread(scene, point, normals, (height, width), rng)
    colour = _lit(light, point, normals, paint, gloss, direction, shadow, open_share) + paint * glow
    if scene.sky is not None:
        colour = _with_sky(scene.sky, colour, direction, flat)
    return colour.reshape(3, height, width).transpose(1, 2, 0)


def _lit(
    light: Light,
    point: Floats,
    normal: Floats,
    paint: Floats,
    gloss: Floats,
    direction: Floats,
    shadow: Floats,
    open_share: Floats,
) -> Floats:
    to_light = light.position_m[:, None] - point
    far = np.sqrt((to_light * to_light).sum(0))
    to_light /= np.maximum(far, 1e-6)
    slant = np.maximum((normal * to_light).sum(0), 0)
    strength = 1 / (0.35 + (far / 2) ** 2) if light.fades else np.float32(1.0)
    half = to_light - direction / np.sqrt((direction * direction).sum(0))
    half /= np.maximum(np.sqrt((half * half).sum(0)), 1e-6)
    direct = slant * shadow * strength
    tilt = 0.5 + 0.5 * normal[2]
    ambient = light.below + (light.above - light.below) * tilt
    shine = gloss * np.maximum((normal * half).sum(0), 0) ** 32 * shadow * strength
    return np.asarray(paint * (ambient * open_share + light.main * direct) + light.main * shine, np.float32)


def _spread(
    scene: Scene, point: Floats, normal: Floats, size: tuple[int, int], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the main light's share that arrives and the share of the ambient light, (H * W,) each."""
    coarse = point.reshape(3, *size)[:, ::COARSE, ::COARSE]
    p = coarse.reshape(3, -1)
    n = normal.reshape(3, *size)[:, ::COARSE, ::COARSE].reshape(3, -1)
    casting = [s for s in scene.solids if not s.detail]
    all_far = np.sqrt(((point - scene.camera.position_m[:, None]) ** 2).sum(0)).reshape(size)
    far = all_far[::COARSE, ::COARSE]
    parts = _parts_of_light(coarse.shape[1], coarse.shape[2], rng)
    maps = (_shadow(scene.light, casting, p, n, parts), TILE), (_contact(casting, p, n), 2)
    soft = np.stack([_mean_beside(values.reshape(far.shape), far, width) for values, width in maps])
    fine = _refined(soft, far, all_far)
    return fine[0].ravel(), fine[1].ravel()


def _refined(soft: Floats, far: Floats, all_far: Floats) -> Floats:
    """Return coarse maps, (k, h, w), at every pixel, (k, H, W), from those of the four neighbours as far away as it."""
    height, width = all_far.shape
    rows, columns = np.arange(height) / COARSE % 1, np.arange(width) / COARSE % 1
    total = np.zeros((len(soft), height, width), np.float32)
    weight = np.zeros_like(all_far)
    for down in (0, 1):
        for right in (0, 1):
            i = np.minimum(np.arange(height) // COARSE + down, far.shape[0] - 1)
            j = np.minimum(np.arange(width) // COARSE + right, far.shape[1] - 1)
            between = np.abs(1 - down - rows)[:, None] * np.abs(1 - right - columns)[None]
            near = np.abs(far[i][:, j] - all_far) <= np.float32(0.04) * all_far
            share = (between.astype(np.float32) + np.float32(0.01)) * (near + np.float32(1e-3))
            total += soft[:, i][:, :, j] * share
            weight += share
    return total / weight


def _mean_beside(values: Floats, far: Floats, width: int) -> Floats:
    """Return the mean over squares of `width` of a map, (h, w), without what lies at another distance."""
    height, length = values.shape
    before, after = width // 2, width - 1 - width // 2
    all_values, all_far = (np.pad(m, ((before, after), (before, after)), mode="edge") for m in (values, far))
    total, weight = np.zeros_like(values), np.full_like(values, 1e-6)
    for row in range(width):
        for column in range(width):
            part = slice(row, row + height), slice(column, column + length)
            near = np.abs(all_far[part] - far) <= np.float32(0.04) * far
            total += all_values[part] * near
            weight += near
    return total / weight


def _parts_of_light(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Return offsets within a light of size 1, (3, height * width): each tile of pixels looks at all its parts."""
    offsets = rng.permuted(np.linspace(-1.7, 1.7, TILE**2)[:, None] * np.ones((1, 3)), axis=0)
    rows, columns = np.arange(height)[:, None] % TILE, np.arange(width)[None] % TILE
    return np.ascontiguousarray(offsets[(rows * TILE + columns).ravel()].T, np.float32)


def _shadow(light: Light, casting: list[Solid], p: Floats, n: Floats, parts: Floats) -> Floats:
    count = p.shape[1]
    start = p + np.float32(0.004) * n
    to_light = light.position_m[:, None] - start
    far = float(np.median(np.sqrt((to_light * to_light).sum(0))))
    to_light += parts * np.float32(light.size_m * far)
    length = np.sqrt((to_light * to_light).sum(0))
    way = np.asarray(to_light / np.maximum(length, 1e-6), np.float32)
    lit = np.ones(count, np.float32)
    candidates = (n * way).sum(0) > 0
    for solid in casting:
        shape = solid.shape
        if isinstance(shape, Plane) or solid.glow > 0:
            continue
        radius_m = math.sqrt(sum(h * h for h in shape.half_extent_m() or ()))
        away = shape.centre_m[:, None] - start
        along = (away * way).sum(0)
        aside = (away * away).sum(0) - along * along
        which = np.flatnonzero(
            candidates & (aside < radius_m * radius_m) & (along > -radius_m) & (along < length + radius_m)
        )
        if len(which) == 0:
            continue
        turn = shape.local_from_world
        origin = _local(shape, start[:, which])
        t = shape.hit(origin, np.asarray(turn @ way[:, which], np.float32))
        blocked = which[t < length[which]]
        lit[blocked] *= solid.holes
        if not solid.holes:
            candidates[blocked] = False
    return 1 - np.float32(light.shadow) * (1 - lit)


def _contact(casting: list[Solid], p: Floats, n: Floats) -> Floats:
    """Return how open each point is to light from all sides: what lies within a step along the normal darkens it."""
    probe = p + np.float32(CONTACT_M) * n
    open_share = np.ones(p.shape[1], np.float32)
    for solid in casting:
        shape = solid.shape
        half = shape.half_extent_m()
        which: NDArray[np.intp] | slice = slice(None)
        if half is not None:
            radius_m = math.sqrt(sum(h * h for h in half)) + CONTACT_M
            away = probe - shape.centre_m[:, None]
            which = np.flatnonzero((away * away).sum(0) < radius_m * radius_m)
            if len(which) == 0:
                continue
        distance = shape.distance(_local(shape, probe[:, which]))
        hidden = np.clip(1 - distance / np.float32(CONTACT_M), 0, 1)
        open_share[which] *= 1 - np.float32(0.55) * hidden
    return np.maximum(open_share, np.float32(0.12))


def _local(shape: Shape, p: Floats) -> Floats:
    return np.asarray(shape.local_from_world @ (p - shape.centre_m[:, None]), np.float32)


def _with_sky(sky: Floats, colour: Floats, direction: Floats, flat: Floats) -> Floats:
    """Put sky with clouds where nothing is, and haze before what is far."""
    way = direction / np.sqrt((direction * direction).sum(0))
    rise = np.maximum(way[2], 0)
    zenith, horizon = sky[:, :1], sky[:, 1:]
    painted = horizon + (zenith - horizon) * np.sqrt(rise)
    reach = 1 / (rise + np.float32(0.15))
    clouds = np.clip(noise(way[0] * reach, way[1] * reach, 4.0, 1.5) * 0.5, 0, 1)
    painted = painted + (np.float32(1.1) * horizon.max() - painted) * clouds * np.float32(0.7)
    haze = np.where(np.isfinite(flat), 1 - np.exp(-np.minimum(flat, 1e4) / 250), 1)
    return np.asarray(colour + (np.where(np.isfinite(flat), horizon, painted) - colour) * haze, np.float32)


def develop(linear: Floats, camera: Camera, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return RGB, uint8, (H, W, 3): exposure, white balance, vignetting, soft highlights, blur and noise."""
    import cv2

    middle = max(float(np.median(linear)) * 0.5 + float(linear.mean()) * 0.5, 1e-4)
    exposed = linear * np.float32(rng.uniform(0.2, 0.65) / middle)
    x = (np.arange(camera.width, dtype=np.float32) - camera.width / 2) / camera.focal_px
    y = (np.arange(camera.height, dtype=np.float32) - camera.height / 2) / camera.focal_px
    # the natural fall-off towards the corners is cos^4, which is 1 / (1 + r^2)^2
    corner = 1 / (1 + rng.uniform(0.0, 1.0) * (x[None] ** 2 + y[:, None] ** 2)) ** 2
    exposed = exposed * corner[:, :, None] * np.exp(rng.normal(0, 0.05, 3)).astype(np.float32)
    shown = np.sqrt(1 - np.exp(-np.maximum(exposed, 0)))
    shown = np.asarray(cv2.GaussianBlur(shown.astype(np.float32), (0, 0), rng.uniform(0.4, 0.75)), np.float32)
    shown += rng.normal(0, rng.uniform(0.002, 0.015), shown.shape).astype(np.float32)
    return np.clip(shown * 255 + 0.5, 0, 255).astype(np.uint8)


def daylight(rng: np.random.Generator) -> tuple[Light, Floats]:
    """Return the light of a clear or overcast day and its sky."""
    clear = rng.random() < 0.65
    blue = np.array([[0.12, 0.55], [0.28, 0.68], [0.7, 0.9]]) if clear else np.array([[0.5, 0.7]] * 3)
    sky = (blue * rng.uniform(0.6, 1.2) * np.exp(rng.normal(0, 0.06, (3, 1)))).astype(np.float32)
    angle, high = rng.uniform(0, 2 * math.pi), rng.uniform(0.35, 1.3)
    way = unit(np.array([math.cos(angle), math.sin(angle), math.tan(high)], np.float32))
    sun = np.array([[1.0], [0.93], [0.82]], np.float32) * np.float32(rng.uniform(1.3, 3.0) if clear else 0.15)
    above = (sky.mean(1, keepdims=True) * 0.7).astype(np.float32)
    return Light(way * 200, 0.01 if clear else 0.4, sun, above, above * np.float32(0.4), fades=False), sky


def lamplight(rng: np.random.Generator, position_m: Floats) -> Light:
    """Return a lamp or a window at `position_m` and what the walls return of it."""
    warm = rng.uniform(0, 1)
    tint = np.array([[1.0], [1.0 - 0.22 * warm], [1.0 - 0.45 * warm]], np.float32)
    other = np.array([[1.0], [1.0], [1.0]]) * np.exp(rng.normal(0, 0.06, (3, 1)))
    above = (other * rng.uniform(0.25, 0.8)).astype(np.float32)
    below = above * np.float32(rng.uniform(0.4, 0.8))
    main = tint * np.float32(rng.uniform(0.3, 1.5))
    return Light(position_m, float(rng.uniform(0.01, 0.08)), main, above, below, fades=True)
