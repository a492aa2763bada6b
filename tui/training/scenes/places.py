"""Whole scenes: somebody before a desk, corridors, streets and gardens, close-ups on a table."""

from __future__ import annotations

import math

import numpy as np

from tui.training.scenes.geometry import Floats, facing, unit, vector
from tui.training.scenes.materials import (
    Material,
    cloth,
    collage,
    colour,
    facade,
    ground,
    mottled,
    skin,
    speckled,
    stripes,
    thing,
    tiles,
    wall,
    wood,
)  # fmt: skip
from tui.training.scenes.objects import box, car, chair, foliage, shelf, small_thing, table, tree
from tui.training.scenes.people import hand, person
from tui.training.scenes.scene import Camera, Scene, Solid
from tui.training.scenes.shading import daylight, lamplight
from tui.training.scenes.shapes import Capsule, Frustum, Plane

DOWN = vector(0, 0, -1)


def looking(
    rng: np.random.Generator, height: int, width: int, position_m: Floats, yaw: float, down: float, roll: float = 0.05
) -> Camera:
    """Return a camera of some usual angle of view, a little rolled."""
    fov_rad = math.radians(float(rng.uniform(45, 90)))
    return Camera.looking(height, width, fov_rad, position_m, yaw, down, float(rng.normal(0, roll)))


def room(rng: np.random.Generator, left: float, right: float, near: float, far: float, high: float) -> list[Solid]:
    """Return floor, ceiling, walls and what hangs on the far wall."""
    walls = wall(rng)
    sides = walls if rng.random() < 0.6 else wall(rng)
    ceiling = mottled(rng, colour(rng, 0.1, 0.75, 0.98), 0.02, 3.0)
    shine = float(rng.choice([0.0, 0.0, 0.15]))
    solids = [
        Solid(Plane(vector(0, 0, 0), facing(vector(0, 0, 1))), ground(rng), gloss=shine),
        Solid(Plane(vector(0, 0, high), facing(DOWN)), ceiling),
        Solid(Plane(vector(0, far, 0), facing(vector(0, -1, 0))), walls),
        Solid(Plane(vector(0, near, 0), facing(vector(0, 1, 0))), walls),
        Solid(Plane(vector(left, 0, 0), facing(vector(1, 0, 0))), sides),
        Solid(Plane(vector(right, 0, 0), facing(vector(-1, 0, 0))), sides),
    ]  # fmt: skip
    skirting = mottled(rng, colour(rng, 0.2, 0.3, 0.95))
    if rng.random() < 0.7:
        solids.append(box((left, far - 0.015, 0), (right, far, float(rng.uniform(0.05, 0.12))), skirting))
    for _ in range(int(rng.integers(0, 4))):
        solids += _on_wall(rng, left, right, far, high)
    return solids


def _on_wall(rng: np.random.Generator, left: float, right: float, far: float, high: float) -> list[Solid]:
    kind, x = rng.random(), float(rng.uniform(left + 0.5, right - 0.5))
    if kind < 0.55:  # a picture
        w, h, z = float(rng.uniform(0.15, 0.6)), float(rng.uniform(0.15, 0.5)), float(rng.uniform(1.2, 1.8))
        frame = mottled(rng, colour(rng, 0.4, 0.05, 0.9))
        return [
            box((x - w - 0.03, far - 0.02, z - h - 0.03), (x + w + 0.03, far, z + h + 0.03), frame),
            box((x - w, far - 0.022, z - h), (x + w, far, z + h), collage(rng, float(rng.uniform(0.08, 0.5)))),
        ]
    if kind < 0.8:  # a window with curtains
        w, bright = float(rng.uniform(0.4, 0.9)), mottled(rng, colour(rng, 0.25, 0.8, 1.0), 0.1, 2.0)
        frame = mottled(rng, colour(rng, 0.1, 0.6, 0.95))
        top = min(2.1, high - 0.2)
        solids = [box((x - w, far - 0.01, 0.9), (x + w, far, top), bright, glow=float(rng.uniform(0.5, 2.0)))]
        solids += [
            box((x + s * w - 0.03, far - 0.04, 0.87), (x + s * w + 0.03, far, top + 0.03), frame) for s in (-1, 0, 1)
        ]
        if rng.random() < 0.5:
            drape = stripes(rng, float(rng.uniform(0.04, 0.12)))
            solids += [
                box((x + s * w - 0.2, far - 0.1, 0.1), (x + s * w + 0.2, far - 0.04, top + 0.1), drape) for s in (-1, 1)
            ]
        return solids
    return door(rng, x, far, high)


def door(rng: np.random.Generator, x: float, far: float, high: float) -> list[Solid]:
    """Return a door in the wall at y = `far`."""
    frame, leaf = (
        mottled(rng, colour(rng, 0.2, 0.3, 0.95)),
        wood(rng) if rng.random() < 0.5 else mottled(rng, colour(rng)),
    )
    top, metal = min(2.05, high - 0.05), mottled(rng, colour(rng, 0.2, 0.4, 0.8))
    return [
        box((x - 0.5, far - 0.03, 0), (x + 0.5, far, top + 0.06), frame),
        box((x - 0.43, far - 0.04, 0), (x + 0.43, far, top), leaf),
        box((x + 0.33, far - 0.09, 1.0), (x + 0.39, far - 0.03, 1.03), metal, gloss=0.5),
    ]


def desk(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return what a webcam sees: somebody at a desk in a room, close, at times a hand held out."""
    far, high = float(rng.uniform(1.5, 4.5)), float(rng.uniform(2.3, 3.0))
    left, right = -float(rng.uniform(0.9, 3.0)), float(rng.uniform(0.9, 3.0))
    eye = vector(float(rng.normal(0, 0.06)), 0, float(rng.uniform(0.85, 1.3)))
    away = float(rng.uniform(0.5, min(1.6, far - 0.5)))
    solids = room(rng, left, right, -1.5, far, high)
    x = float(rng.normal(0, 0.15 * away))
    reach = None
    if rng.random() < 0.5:
        reach = eye + vector(
            float(rng.uniform(-0.2, 0.25)), float(rng.uniform(0.28, 0.5)), float(rng.uniform(-0.2, 0.12))
        )
    seat = vector(x, away + 0.1, float(rng.uniform(-0.08, 0.1)))
    solids += person(rng, seat, float(rng.normal(0, 0.35)), seated=True, reach=reach)
    if rng.random() < 0.8:
        solids += chair(rng, seat, float(rng.normal(0, 0.3)))
    if rng.random() < 0.6:
        top = float(eye[2]) - float(rng.uniform(0.15, 0.4))
        solids += table(rng, (-0.8, 0.1), (0.8, max(0.3, away - 0.2)), top)
        for _ in range(int(rng.integers(0, 4))):
            solids += small_thing(rng, vector(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.35, 0.9)), top))
    if rng.random() < 0.5:
        start = float(rng.uniform(left, right - 0.8))
        solids += shelf(rng, start, start + float(rng.uniform(0.6, 1.4)), far, float(rng.uniform(1.0, 2.2)))
    if rng.random() < 0.35 and far > 2.3:
        place = vector(float(rng.uniform(left + 0.4, right - 0.4)), float(rng.uniform(1.9, far - 0.3)), 0)
        solids += person(rng, place, float(rng.normal(0, 0.8)), fine=False)
    light = lamplight(rng, vector(float(rng.uniform(left, right)), float(rng.uniform(-1.2, 1.0)), high - 0.15))
    look = float(rng.normal(0.0, 0.12))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.1)), look))


def corridor(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return a corridor or hall with doors, lamps, things along its walls and people."""
    half, high, far = float(rng.uniform(0.7, 2.2)), float(rng.uniform(2.3, 3.2)), float(rng.uniform(4, 18))
    solids = room(rng, -half, half, -1.5, far, high)
    lamp = mottled(rng, np.ones((3, 1), np.float32), 0.02)
    every = float(rng.uniform(1.5, 4))
    for y in np.arange(0.8, far, every).tolist():
        solids.append(box((-0.3, y, high - 0.03), (0.3, y + float(rng.uniform(0.2, 1.2)), high), lamp, glow=2.5))
    frame, metal = mottled(rng, colour(rng, 0.2, 0.3, 0.95)), mottled(rng, colour(rng, 0.2, 0.4, 0.8))
    leaf: Material = wood(rng) if rng.random() < 0.5 else mottled(rng, colour(rng))
    for s in (-1.0, 1.0):
        y = float(rng.uniform(0.3, 2.0))
        while y < far - 1:
            wall_x, inner = s * half, s * (half - 0.03)
            solids.append(box((wall_x, y, 0), (inner, y + 1.0, 2.12), frame))
            solids.append(box((wall_x, y + 0.07, 0), (inner - s * 0.01, y + 0.93, 2.05), leaf))
            solids.append(box((inner, y + 0.14, 1.0), (inner - s * 0.06, y + 0.24, 1.03), metal, gloss=0.5))
            if rng.random() < 0.4:
                sign = collage(rng, 0.1)
                solids.append(
                    box((wall_x, y + 1.2, 1.3), (s * (half - 0.02), y + 1.2 + float(rng.uniform(0.2, 0.7)), 1.8), sign)
                )
            if rng.random() < 0.25:
                deep, tall = float(rng.uniform(0.2, 0.45)), float(rng.uniform(0.4, 1.9))
                solids.append(box((wall_x, y + 1.1, 0), (s * (half - deep), y + 1.6, tall), thing(rng)))
            y += float(rng.uniform(1.8, 5))
    for _ in range(int(rng.integers(0, 4))):
        place = vector(float(rng.uniform(-half + 0.3, half - 0.3)), float(rng.uniform(1.6, far - 0.5)), 0)
        solids += person(
            rng, place, float(rng.choice([0, math.pi])) + float(rng.normal(0, 0.4)), fine=bool(place[1] < 3)
        )
    eye = vector(float(rng.uniform(-0.5, 0.5)) * half, 0, float(rng.uniform(0.5, 1.75)))
    light = lamplight(rng, vector(0, float(rng.uniform(0.5, 4.0)), high - 0.1))
    return Scene(
        tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.2)), float(rng.normal(0.05, 0.12)))
    )


def outdoors(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return open ground with houses, trees, cars, walls and people under the sky."""
    light, sky = daylight(rng)
    solids = [Solid(Plane(vector(0, 0, 0), facing(vector(0, 0, 1))), open_ground(rng))]
    if rng.random() < 0.5:  # a path
        x, w = float(rng.uniform(-3, 3)), float(rng.uniform(0.7, 2.5))
        solids.append(box((x - w, -5, 0), (x + w, 80, 0.02), open_ground(rng)))
    for s in (-1.0, 1.0):
        if rng.random() < 0.6:
            x, y = s * float(rng.uniform(3, 9)), float(rng.uniform(-2, 3))
            while y < 45:
                deep, high = float(rng.uniform(5, 14)), float(rng.uniform(3, 14))
                solids.append(box((x, y, 0), (x + s * 10, y + deep, high), facade(rng)))
                y += deep + float(rng.choice([0.0, 1.5, 5.0]))
    if rng.random() < 0.4:
        y = float(rng.uniform(6, 30))
        solids.append(box((-30, y, 0), (30, y + 8, float(rng.uniform(3, 14))), facade(rng)))
    if rng.random() < 0.35:  # a wall or a hedge
        y, look = float(rng.uniform(3, 10)), tiles(rng, 0.25, 0.08, bond=True)
        solids.append(
            box(
                (float(rng.uniform(-9, 0)), y, 0),
                (float(rng.uniform(1, 9)), y + 0.3, float(rng.uniform(0.5, 1.6))),
                look,
            )
        )
    for _ in range(int(rng.integers(0, 5))):
        solids += tree(rng, _somewhere(rng, 3, 25))
    for _ in range(int(rng.integers(0, 5))):
        bush = _somewhere(rng, 2, 15)
        solids += foliage(rng, bush + vector(0, 0, 0.3), float(rng.uniform(0.3, 0.8)), 4)
    for _ in range(int(rng.integers(0, 3))):
        solids += car(rng, _somewhere(rng, 4, 20), float(rng.uniform(0, math.pi)))
    for _ in range(int(rng.integers(0, 5))):
        place = _somewhere(rng, 1.2, 14)
        solids += person(rng, place, float(rng.uniform(-math.pi, math.pi)), fine=bool(place[1] < 3))
    for _ in range(int(rng.integers(0, 6))):
        place, half, tall = _somewhere(rng, 1.5, 15), float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.2, 1.3))
        x, y = float(place[0]), float(place[1])
        solids.append(box((x - half, y - half, 0), (x + half, y + half, tall), thing(rng)))
    for _ in range(int(rng.integers(0, 3))):
        post = _somewhere(rng, 2, 18)
        metal = mottled(rng, colour(rng, 0.2, 0.1, 0.7))
        solids.append(Solid(Capsule.between(post, post + vector(0, 0, float(rng.uniform(1, 5))), 0.05), metal))
    eye = vector(0, 0, float(rng.choice([rng.uniform(0.4, 1.2), rng.uniform(1.2, 1.8), rng.uniform(1.8, 4.0)])))
    down = float(rng.normal(0.1, 0.13)) + 0.06 * (float(eye[2]) - 1.5)
    return Scene(tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.25)), down), sky)


def _somewhere(rng: np.random.Generator, near: float, far: float) -> Floats:
    y = near * (far / near) ** float(rng.random())
    return vector(float(rng.uniform(-0.75, 0.75)) * (y + 1), y, 0)


def open_ground(rng: np.random.Generator) -> Material:
    """Return what is walked on outdoors: grass, gravel, slabs."""
    kind, bright = rng.random(), float(rng.uniform(0.7, 1.2))
    if kind < 0.4:
        greens = [np.array(c, np.float32)[:, None] * np.float32(bright)
                  for c in ((0.13, 0.2, 0.06), (0.3, 0.42, 0.15), (0.55, 0.58, 0.3))]  # fmt: skip
        return speckled(rng, greens, float(rng.uniform(0.02, 0.06)), 0.6)
    if kind < 0.75:
        grey = colour(rng, 0.12, 0.25, 0.7)
        return speckled(rng, (grey * 0.75, grey, grey * 1.2), float(rng.uniform(0.008, 0.03)), 0.5)
    size_m = float(rng.uniform(0.1, 0.8))
    return tiles(rng, size_m, size_m * float(rng.choice([0.5, 1.0])), bond=bool(rng.random() < 0.5))


def closeup(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return things on a table at 0.2-1 m, at times a hand that holds one."""
    far, high, top = float(rng.uniform(1.0, 3.5)), 2.6, float(rng.uniform(0.4, 0.95))
    solids = room(rng, -float(rng.uniform(1.0, 2.5)), float(rng.uniform(1.0, 2.5)), -1.5, far, high)
    away, down = float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.1, 1.25))
    eye = vector(0, -away * math.cos(down), top + 0.06 + away * math.sin(down))
    deep = float(rng.uniform(0.2, min(0.9, far - 0.05)))
    solids += table(rng, (-float(rng.uniform(0.5, 1.0)), -0.9), (float(rng.uniform(0.5, 1.0)), deep), top)
    if rng.random() < 0.25:  # a cloth or mat
        w, d = float(rng.uniform(0.15, 0.4)), float(rng.uniform(0.1, 0.3))
        solids.append(box((-w, -d, top), (w, d, top + 0.003), cloth(rng)))
    for _ in range(int(rng.integers(2, 9))):
        spot = vector(float(rng.normal(0, 0.3 * away + 0.05)), float(rng.normal(0.08, 0.2)), top)
        if float(np.linalg.norm(spot - eye)) > 0.3:
            solids += small_thing(rng, spot)
    if rng.random() < 0.55:
        solids += _held(rng, eye, away, down, top)
    light = lamplight(
        rng, vector(float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-1.0, 1.0)), top + float(rng.uniform(0.7, 1.6)))
    )
    return Scene(tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.06)), down, 0.12))


def _held(rng: np.random.Generator, eye: Floats, away: float, down: float, top: float) -> list[Solid]:
    """Return a forearm that comes into the picture, its hand, and maybe a thing in it."""
    look, sleeve = skin(rng), cloth(rng)
    ahead = vector(0, math.cos(down), -math.sin(down))
    wrist = eye + ahead * np.float32(rng.uniform(0.28, max(0.3, away * 0.95)))
    wrist = wrist + vector(float(rng.normal(0, 0.09)), 0, float(rng.normal(0, 0.04)))
    wrist[2] = max(float(wrist[2]), top + 0.04)
    side = float(rng.choice([-1, 1]))
    elbow = wrist + 0.27 * unit(vector(side * float(rng.uniform(0.3, 1.2)), float(rng.uniform(-1.0, 0.4)), -0.15))
    elbow[2] = max(float(elbow[2]), top + 0.045)
    shoulder = elbow + 0.4 * unit(vector(side, -0.6, 0.5))
    along = unit(wrist - elbow)
    bare = bool(rng.random() < 0.5)
    cuff = wrist - along * np.float32(rng.uniform(0.02, 0.12))
    solids = [
        Solid(Frustum.between(elbow, wrist, 0.042, 0.025), look),
        Solid(Capsule.between(elbow, elbow + (cuff - elbow) * (0.05 if bare else 1.0), 0.046), sleeve),
        Solid(Capsule.between(elbow, shoulder, 0.05), sleeve),
    ]
    holds = rng.random() < 0.6
    palm = unit(vector(float(rng.normal(0, 0.4)), -0.3, 1.0)) if holds else None
    solids += hand(rng, wrist, along, look, mirrored=side < 0, curl_rad=1.1 if holds else None, palm=palm)
    if holds and palm is not None:
        solids += small_thing(rng, (wrist + 0.07 * along + palm * np.float32(0.02)).astype(np.float32))
    return solids
