"""Things that stand about: on tables, in rooms and outdoors."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from tui.training.scenes.geometry import Floats, facing, tilted, turned, vector
from tui.training.scenes.materials import (
    Material,
    cloth,
    collage,
    colour,
    mottled,
    speckled,
    thing,
    wood,
)
from tui.training.scenes.scene import Solid
from tui.training.scenes.shapes import Box, Capsule, Ellipsoid, Frustum

UPRIGHT = turned(0.0)


def box(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    look: Material,
    glow: float = 0.0,
    gloss: float = 0.0,
) -> Solid:
    """Return a box along the axes between two corners."""
    a, b = vector(*low), vector(*high)
    half = (np.abs(b - a) / 2).astype(np.float32)
    return Solid(Box(((a + b) / 2).astype(np.float32), UPRIGHT, half), look, glow, gloss)


def small_thing(rng: np.random.Generator, foot_m: Floats) -> list[Solid]:
    """Return a thing of a table, standing or lying at `foot_m`, (3,)."""
    makers = (_mug, _bottle, _carton, _books, _fruit, _bowl, _phone, _can, _lamp, _plant, _laptop)
    weights = np.array([3, 2, 3, 3, 2, 1, 1, 2, 1, 1, 1.5])
    return makers[int(rng.choice(len(makers), p=weights / weights.sum()))](rng, foot_m)


def _up(z: float) -> Floats:
    return vector(0.0, 0.0, z)


def _mug(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    radius, half = float(rng.uniform(0.035, 0.05)), float(rng.uniform(0.038, 0.06))
    look, turn = thing(rng), turned(float(rng.uniform(0, 6.28)))
    inside = mottled(rng, colour(rng, 0.4, 0.05, 0.5))
    handle = [(0.0, 0.7), (0.6, 0.55), (0.75, 0.0), (0.6, -0.5), (0.0, -0.65)]
    points = [foot + _up(half) + turn[0] * (radius + x * 0.035) + _up(z * half) for x, z in handle]
    return [
        Solid(Frustum(foot + _up(half), turn, radius * 0.95, radius, half), look, gloss=0.35),
        Solid(Frustum(foot + _up(2 * half), turn, radius * 0.88, radius * 0.88, 0.0008), inside, detail=True),
        *(Solid(Capsule.between(a, b, 0.006), look, detail=True) for a, b in pairwise(points)),
    ]


def _bottle(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    radius, half = float(rng.uniform(0.03, 0.045)), float(rng.uniform(0.07, 0.11))
    look, label = mottled(rng, colour(rng, 0.8, 0.05, 0.8)), collage(rng, 0.04)
    neck = float(rng.uniform(0.012, 0.018))
    return [
        Solid(Frustum(foot + _up(half), UPRIGHT, radius, radius, half), look, gloss=0.5),
        Solid(Frustum(foot + _up(half), UPRIGHT, radius + 0.001, radius + 0.001, half * 0.5), label),
        Solid(Frustum(foot + _up(2 * half + 0.02), UPRIGHT, radius, neck, 0.02), look, gloss=0.5),
        Solid(Frustum(foot + _up(2 * half + 0.07), UPRIGHT, neck, neck, 0.03), look, gloss=0.5),
    ]


def _can(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    radius, half = float(rng.uniform(0.025, 0.06)), float(rng.uniform(0.03, 0.09))
    shapes = Frustum(foot + _up(half), turned(float(rng.uniform(0, 6))), radius, radius, half)
    lid = Frustum(foot + _up(2 * half), UPRIGHT, radius * 0.92, radius * 0.92, 0.002)
    return [Solid(shapes, collage(rng, 0.04), gloss=0.3), Solid(lid, mottled(rng, colour(rng, 0.1, 0.5, 0.8)))]


def _carton(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    half = rng.uniform(0.02, 0.1, 3).astype(np.float32)
    turn = turned(float(rng.uniform(0, 6.28)))
    return [Solid(Box(foot + _up(float(half[2])), turn, half), thing(rng), gloss=float(rng.choice([0, 0.2])))]


def _books(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    solids, z, yaw = [], 0.0, float(rng.uniform(0, 6.28))
    pages = mottled(rng, np.array([[0.92], [0.89], [0.8]], np.float32))
    for _ in range(int(rng.integers(1, 5))):
        half = vector(float(rng.uniform(0.06, 0.11)), float(rng.uniform(0.08, 0.15)), float(rng.uniform(0.005, 0.02)))
        turn, look = turned(yaw + float(rng.normal(0, 0.15))), collage(rng, float(rng.uniform(0.04, 0.15)))
        middle = foot + _up(z + float(half[2]))
        solids.append(Solid(Box(middle, turn, half * vector(0.97, 0.97, 1)), pages))
        for s in (-1.0, 1.0):
            cover = middle + _up(s * (float(half[2]) - 0.001))
            solids.append(Solid(Box(cover, turn, vector(float(half[0]), float(half[1]), 0.002)), look))
        z += 2 * float(half[2]) + 0.002
    return solids


def _fruit(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    solids = []
    look = mottled(rng, colour(rng, 1.6, 0.4, 0.95), 0.12, 0.2)
    for _ in range(int(rng.integers(1, 4))):
        radii = (rng.uniform(0.025, 0.05) * rng.uniform(0.85, 1.1, 3)).astype(np.float32)
        place = foot + np.array([*rng.normal(0, 0.05, 2), radii[2]], np.float32)
        solids.append(Solid(Ellipsoid(place, tilted(rng, 0.5), radii), look, gloss=0.25))
    return solids


def _bowl(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    radius, half = float(rng.uniform(0.06, 0.12)), float(rng.uniform(0.015, 0.04))
    look = mottled(rng, colour(rng, 0.5, 0.3, 0.98))
    return [
        Solid(Frustum(foot + _up(half), UPRIGHT, radius * 0.5, radius, half), look, gloss=0.4),
        Solid(
            Frustum(foot + _up(2 * half), UPRIGHT, radius * 0.92, radius * 0.92, 0.001),
            speckled(rng, (colour(rng, 0.8), colour(rng, 0.8), colour(rng, 0.8)), 0.006),
        ),
    ]


def _phone(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    turn, half = turned(float(rng.uniform(0, 6.28))), vector(0.037, 0.075, 0.004)
    body, screen = mottled(rng, colour(rng, 0.2, 0.03, 0.9)), collage(rng, 0.02)
    front = Box(foot + _up(0.0085), turn, half * vector(0.94, 0.96, 0.1))
    return [
        Solid(Box(foot + _up(0.004), turn, half), body, gloss=0.3),
        Solid(front, screen, float(rng.uniform(0, 0.8))),
    ]


def _laptop(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    yaw = float(rng.normal(0, 0.7)) + (math.pi if rng.random() < 0.5 else 0.0)
    turn, half = turned(yaw), vector(0.16, 0.11, 0.008)
    body, keys = mottled(rng, colour(rng, 0.1, 0.05, 0.8)), collage(rng, 0.017)
    open_rad = float(rng.uniform(0.05, 0.45))
    hinge = foot + turn[1] * 0.11 + _up(0.016)
    lid_up = (_up(math.cos(open_rad)) + turn[1] * np.float32(math.sin(open_rad))).astype(np.float32)
    normal = np.cross(turn[0], lid_up).astype(np.float32)
    lid = np.stack([turn[0], lid_up, normal]).astype(np.float32)
    centre = hinge + 0.105 * lid_up
    side = -1.0 if float(normal @ turn[1]) > 0 else 1.0
    return [
        Solid(Box(foot + _up(0.008), turn, half), body),
        Solid(Box(foot + _up(0.017) + turn[1] * 0.02, turn, vector(0.14, 0.055, 0.001)), keys, detail=True),
        Solid(Box(centre, lid, vector(0.16, 0.105, 0.004)), body),
        Solid(
            Box(centre + side * 0.004 * normal, lid, vector(0.15, 0.095, 0.001)),
            collage(rng, float(rng.uniform(0.03, 0.1))),
            glow=float(rng.uniform(0.1, 1.0)),
        ),
    ]


def _lamp(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    metal, shade = mottled(rng, colour(rng, 0.2, 0.1, 0.8)), mottled(rng, colour(rng, 0.4, 0.6, 0.98))
    high, glow = float(rng.uniform(0.2, 0.4)), float(rng.choice([0.0, 1.0, 2.0]))
    return [
        Solid(Frustum(foot + _up(0.01), UPRIGHT, 0.07, 0.06, 0.01), metal),
        Solid(Capsule.between(foot, foot + _up(high), 0.008), metal),
        Solid(Frustum(foot + _up(high + 0.05), UPRIGHT, 0.12, 0.07, 0.07), shade, glow),
    ]


def _plant(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    pot = Solid(Frustum(foot + _up(0.05), UPRIGHT, 0.045, 0.06, 0.05), thing(rng))
    return [pot, *foliage(rng, foot + _up(0.18), float(rng.uniform(0.06, 0.13)), 5)]


def foliage(rng: np.random.Generator, centre: Floats, radius_m: float, count: int) -> list[Solid]:
    """Return a ball of leaves."""
    hue = rng.uniform(0.6, 1.1)
    greens = [np.array([[0.10 * hue], [0.17], [0.05]]), np.array([[0.26 * hue], [0.4], [0.12]]),
              np.array([[0.5 * hue], [0.62], [0.25]])]  # fmt: skip
    look = speckled(rng, [g.astype(np.float32) for g in greens], radius_m * 0.07, 0.7)
    solids, leaf_m = [], radius_m * float(rng.uniform(0.06, 0.16))
    for _ in range(count * 2):
        place = centre + (rng.normal(0, 0.5, 3) * radius_m).astype(np.float32)
        radii = (radius_m * rng.uniform(0.25, 0.65, 3)).astype(np.float32)
        solids.append(
            Solid(Ellipsoid(place, tilted(rng, 1.0), radii), look, holes=float(rng.uniform(0.25, 0.5)), leaf_m=leaf_m)
        )
    return solids


def tree(rng: np.random.Generator, foot: Floats) -> list[Solid]:
    """Return a tree."""
    high, thick = float(rng.uniform(1.5, 4.0)), float(rng.uniform(0.06, 0.22))
    bark = speckled(
        rng, (np.array([[0.18], [0.14], [0.1]], np.float32), np.array([[0.42], [0.36], [0.3]], np.float32)), 0.03
    )
    crown = float(rng.uniform(0.9, 2.2))
    trunk = Frustum(foot + _up(high / 2 + crown / 4), UPRIGHT, thick, thick * 0.6, high / 2 + crown / 4)
    return [Solid(trunk, bark), *foliage(rng, foot + _up(high + crown * 0.5), crown, int(rng.integers(6, 12)))]


def car(rng: np.random.Generator, place: Floats, yaw_rad: float) -> list[Solid]:
    """Return a parked car."""
    turn = turned(yaw_rad)
    paint = mottled(rng, colour(rng, 0.9, 0.05, 0.95), 0.03)
    lamps = mottled(rng, colour(rng, 1.0, 0.5, 1.0))
    glass, tyre = mottled(rng, colour(rng, 0.2, 0.1, 0.3)), mottled(rng, colour(rng, 0.1, 0.05, 0.12))
    solids = [
        Solid(Box(place + _up(0.6), turn, vector(0.87, 2.1, 0.32)), paint, gloss=0.4),
        Solid(Ellipsoid(place + _up(0.85), turn, vector(0.8, 1.3, 0.6)), glass, gloss=0.5),
        Solid(Box(place + _up(1.1), turn, vector(0.7, 0.85, 0.25)), glass, gloss=0.5),
        Solid(Ellipsoid(place + _up(1.36), turn, vector(0.76, 0.98, 0.09)), paint, gloss=0.4),
        *(
            Solid(Box(place + _up(0.7) + y * turn[1], turn, vector(0.7, 0.02, 0.07)), lamps, glow=0.5)
            for y in (-2.1, 2.1)
        ),
    ]
    for x in (-0.8, 0.8):
        for y in (-1.35, 1.3):
            axle = facing(turn[0])
            solids.append(Solid(Frustum(place + _up(0.32) + turn[0] * x + turn[1] * y, axle, 0.32, 0.32, 0.11), tyre))
    return solids


def table(rng: np.random.Generator, low: tuple[float, float], high: tuple[float, float], top_m: float) -> list[Solid]:
    """Return a table over a rectangle."""
    look = wood(rng) if rng.random() < 0.6 else mottled(rng, colour(rng, 0.3, 0.1, 0.95), 0.04)
    solids = [box((*low, top_m - 0.035), (*high, top_m), look, gloss=float(rng.choice([0.0, 0.1, 0.25])))]
    for x in (low[0] + 0.06, high[0] - 0.06):
        solids += [box((x - 0.03, y - 0.03, 0), (x + 0.03, y + 0.03, top_m - 0.035), look)
                   for y in (low[1] + 0.06, high[1] - 0.06)]  # fmt: skip
    return solids


def chair(rng: np.random.Generator, place: Floats, yaw_rad: float) -> list[Solid]:
    """Return a chair whose seat is 0.46 m high; at yaw 0 who sits on it looks along -y."""
    turn = turned(yaw_rad)
    look = cloth(rng) if rng.random() < 0.5 else wood(rng)
    legs = mottled(rng, colour(rng, 0.2, 0.05, 0.5))
    high = float(rng.uniform(0.2, 0.38))
    solids = [
        Solid(Box(place + _up(0.43), turn, vector(0.22, 0.22, 0.035)), look),
        Solid(Box(place + _up(0.58 + high) + turn[1] * 0.24, turn, vector(0.21, 0.03, high)), look),
    ]
    feet = [turn[0] * x + turn[1] * y for x in (-0.19, 0.19) for y in (-0.19, 0.19)]
    solids += [Solid(Box(place + _up(0.2) + foot, turn, vector(0.02, 0.02, 0.2)), legs) for foot in feet]
    return solids


def shelf(rng: np.random.Generator, left: float, right: float, back: float, high: float) -> list[Solid]:
    """Return a shelf with books against a wall at y = `back`."""
    look, deep = wood(rng), float(rng.uniform(0.22, 0.35))
    solids = [box((x - 0.012, back - deep, 0), (x + 0.012, back, high), look) for x in (left, right)]
    count = max(2, int(high / rng.uniform(0.3, 0.42)))
    for row in range(count + 1):
        z = high * row / count
        solids.append(box((left, back - deep, z - 0.012), (right, back, z + 0.012), look))
        if row == count:
            continue
        x = left + 0.02
        while x < right - 0.1:
            wide, tall = float(rng.uniform(0.08, 0.4)), float(rng.uniform(0.45, 0.85)) * high / count
            wide = min(wide, right - 0.02 - x)
            if rng.random() < 0.8:
                books = collage(rng, float(rng.uniform(0.025, 0.06))) if rng.random() < 0.75 else thing(rng)
                front = back - deep + float(rng.uniform(0.01, 0.08))
                solids.append(box((x, front, z + 0.012), (x + wide, back - 0.01, z + tall), books))
            x += wide + float(rng.uniform(0.0, 0.05))
    return solids
