"""Scenes that recordings of rooms lack and networks get wrong: what is near fills the picture before what is far.

Screens before a hall, people round a table in one, the floor seen from its own height, leaves from above, bins and the
tops of tables at an arm's length.
"""

from __future__ import annotations

import math

import numpy as np

from tui.training.scenes.geometry import Floats, turned, vector
from tui.training.scenes.materials import Material, collage, colour, mottled, speckled, stripes, thing
from tui.training.scenes.objects import chair, foliage, shelf, small_thing, table
from tui.training.scenes.people import person
from tui.training.scenes.places import looking, open_ground, room
from tui.training.scenes.scene import Scene, Solid
from tui.training.scenes.shading import daylight, lamplight
from tui.training.scenes.shapes import Box, Frustum, Plane

BEHIND_M = -1.5
"""Where a room's wall behind the camera stands, along y."""


def screens(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return one to three monitors, or a board held up, at 0.4-1.1 m before a far room."""
    solids, far, high = _hall(rng, 3.0, 11.0)
    eye = vector(0, 0, float(rng.uniform(0.95, 1.4)))
    away = float(rng.uniform(0.4, 1.1))
    if rng.random() < 0.75:
        top = float(eye[2]) - float(rng.uniform(0.2, 0.5))
        solids += table(rng, (-1.0, 0.15), (1.0, away + float(rng.uniform(0.2, 0.5))), top)
        count, wide = int(rng.integers(1, 4)), float(rng.uniform(0.38, 0.7))
        start = float(rng.uniform(-0.5, 0.5)) * wide
        for place in range(count):
            aside = start + (place - (count - 1) / 2) * (wide + float(rng.uniform(0.01, 0.08)))
            centre = vector(aside, away + 0.25 * aside * aside, top + wide * 0.3 + float(rng.uniform(0.05, 0.2)))
            solids += monitor(rng, centre, -0.5 * aside + float(rng.normal(0, 0.15)), wide, top)
        for _ in range(int(rng.integers(0, 4))):
            solids += small_thing(rng, vector(float(rng.uniform(-0.6, 0.6)), away - float(rng.uniform(0.1, 0.3)), top))
    else:
        half = vector(float(rng.uniform(0.08, 0.3)), 0.004, float(rng.uniform(0.08, 0.3))) * np.float32(away + 0.3)
        middle = eye + vector(float(rng.normal(0, 0.12)), away, float(rng.normal(0, 0.1)))
        solids.append(Solid(Box(middle, turned(float(rng.normal(0, 0.35))), half), thing(rng)))
    light = lamplight(rng, vector(float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0.5, far - 0.5)), high - 0.15))
    yaw, down = float(rng.normal(0, 0.2)), float(rng.normal(0.08, 0.12))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, yaw, down))


def monitor(rng: np.random.Generator, centre: Floats, yaw_rad: float, wide_m: float, top_m: float) -> list[Solid]:
    """Return a screen that faces -y at yaw 0, its middle at `centre`, on a table whose top is at `top_m`."""
    turn = turned(yaw_rad)
    half = vector(wide_m / 2, 0.012, wide_m * float(rng.uniform(0.27, 0.34)))
    body = mottled(rng, colour(rng, 0.1, 0.03, 0.8))
    front = Box(centre - turn[1] * np.float32(0.0125), turn, half * vector(0.965, 0.05, 0.94))
    foot = vector(float(centre[0]), float(centre[1]), top_m) + turn[1] * np.float32(0.05)
    tall = float(centre[2]) - top_m
    return [
        Solid(Box(centre, turn, half), body),
        Solid(front, _shown(rng, wide_m), glow=float(rng.choice([0.0, 0.3, 1.0, 2.0])), gloss=0.2),
        Solid(Box(foot + vector(0, 0, tall / 2), turn, vector(0.03, 0.015, tall / 2)), body),
        Solid(Box(foot + vector(0, 0, 0.006), turn, vector(0.11, 0.09, 0.006)), body),
    ]


def _shown(rng: np.random.Generator, wide_m: float) -> Material:
    """Return what a screen shows: windows and writing, a picture's broad colours, lines, or nothing."""
    kind = rng.random()
    if kind < 0.55:
        return collage(rng, wide_m * float(rng.uniform(0.08, 0.6)))
    if kind < 0.75:
        return speckled(rng, [colour(rng, 1.2, 0.05) for _ in range(4)], wide_m * float(rng.uniform(0.01, 0.05)), 1.2)
    if kind < 0.85:
        return stripes(rng, wide_m * float(rng.uniform(0.05, 0.3)), both=True)
    return mottled(rng, colour(rng, 0.5, 0.03, 0.98))


def gathering(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return people who sit round a table at 0.7-2.5 m, before a hall that reaches far."""
    solids, _, high = _hall(rng, 5.0, 16.0)
    top, near = float(rng.uniform(0.68, 0.78)), float(rng.uniform(0.3, 0.8))
    deep, half = float(rng.uniform(0.7, 1.4)), float(rng.uniform(0.5, 1.3))
    solids += table(rng, (-half, near), (half, near + deep), top)
    seats = [(float(x), near + deep + 0.15, 0.0) for x in np.arange(-half + 0.3, half - 0.2, 0.65)]
    seats += [(s * (half + 0.15), near + deep * float(rng.uniform(0.4, 0.8)), s * 1.3) for s in (-1, 1)]
    for x, y, yaw in seats:
        if rng.random() < 0.6:
            place = vector(x, y, 0)
            solids += person(rng, place, yaw + float(rng.normal(0, 0.3)), seated=True)
            solids += chair(rng, place, yaw)
    for _ in range(int(rng.integers(0, 6))):
        spot = vector(float(rng.uniform(-half, half)), near + deep * float(rng.uniform(0.1, 0.9)), top)
        solids += small_thing(rng, spot)
    light = lamplight(rng, vector(float(rng.uniform(-1, 1)), near + float(rng.uniform(0, 2)), high - 0.15))
    eye = vector(float(rng.normal(0, 0.25)), 0, float(rng.choice([rng.uniform(0.95, 1.3), rng.uniform(1.4, 1.8)])))
    down = 0.25 * (float(eye[2]) - 0.9) + float(rng.normal(0.08, 0.1))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.2)), down))


def floor_level(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return a room from a hand's breadth above its floor: legs of furniture, bins, things that lie about."""
    solids, far, high = _hall(rng, 2.5, 8.0)
    for _ in range(int(rng.integers(1, 4))):
        x, y = float(rng.uniform(-1.5, 0.5)), float(rng.uniform(0.5, far - 1.0))
        size = rng.uniform(0.5, 1.4, 2).tolist()
        solids += table(rng, (x, y), (x + size[0], y + size[1]), float(rng.uniform(0.4, 0.8)))
    for _ in range(int(rng.integers(1, 5))):
        place = vector(float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0.5, far - 0.4)), 0)
        solids += chair(rng, place, float(rng.uniform(-math.pi, math.pi)))
    for _ in range(int(rng.integers(1, 7))):
        solids += small_thing(rng, vector(float(rng.uniform(-0.7, 0.7)), float(rng.uniform(0.3, 2.5)), 0))
    if rng.random() < 0.6:
        place = vector(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.5, 2.0)), 0)
        solids += bin_(rng, place, float(rng.uniform(0.25, 0.65)))
    light = lamplight(rng, vector(float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0.3, far - 0.3)), high - 0.15))
    eye = vector(0, 0, float(rng.uniform(0.06, 0.35)))
    yaw, down = float(rng.normal(0, 0.3)), float(rng.normal(-0.02, 0.12))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, yaw, down))


def from_above(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return leaves seen from above, at 0.3-1.5 m, over the ground that shows between them."""
    light, sky = daylight(rng)
    solids: list[Solid] = [Solid(Plane(vector(0, 0, 0), np.eye(3, dtype=np.float32)), open_ground(rng))]
    eye, down = vector(0, 0, float(rng.uniform(0.7, 2.2))), float(rng.uniform(0.6, 1.45))
    reach = float(eye[2]) / math.tan(min(down, 1.4))
    for _ in range(int(rng.integers(2, 8))):
        radius = float(rng.uniform(0.12, 0.4))
        high = float(rng.uniform(0.1, max(0.15, float(eye[2]) - radius - 0.35)))
        aside = rng.normal(0, 0.35 * float(eye[2]), 2).tolist()
        solids += foliage(rng, vector(aside[0], reach + aside[1], high), radius, int(rng.integers(3, 7)))
    if rng.random() < 0.4:
        place = vector(float(rng.normal(0, 0.3)), reach + float(rng.normal(0, 0.3)), 0)
        solids += bin_(rng, place, float(rng.uniform(0.25, min(0.65, float(eye[2]) - 0.3))))
    for _ in range(int(rng.integers(0, 4))):
        solids += small_thing(rng, vector(float(rng.normal(0, 0.4)), reach + float(rng.normal(0, 0.4)), 0))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, float(rng.normal(0, 0.2)), down), sky)


def arm_s_length(rng: np.random.Generator, height: int, width: int) -> Scene:
    """Return a bin or the top of a table at 0.3-0.8 m, with the floor and the room beyond its edge."""
    solids, _, high = _hall(rng, 2.0, 8.0)
    away, down = float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.15, 1.3))
    if rng.random() < 0.45:
        foot, top, target = vector(float(rng.normal(0, 0.1)), 0.6, 0), float(rng.uniform(0.25, 0.65)), 0.6
        solids += bin_(rng, foot, top)
        if rng.random() < 0.5:
            beside = vector(float(rng.choice([-1, 1])) * float(rng.uniform(0.4, 0.6)), 0.1, 0)
            solids += bin_(rng, foot + beside, float(rng.uniform(0.25, 0.65)))
    else:
        top, target = float(rng.uniform(0.35, 1.05)), float(rng.uniform(0.2, 0.9))
        edge = target + float(rng.uniform(0.0, 0.35))
        solids += table(rng, (-float(rng.uniform(0.2, 1.2)), -0.6), (float(rng.uniform(0.2, 1.2)), edge), top)
        for _ in range(int(rng.integers(0, 4))):
            solids += small_thing(rng, vector(float(rng.normal(0, 0.2)), target - float(rng.uniform(0.0, 0.3)), top))
    eye = vector(0, target - away * math.cos(down), top + away * math.sin(down))
    light = lamplight(rng, vector(float(rng.uniform(-1.5, 1.5)), float(rng.uniform(-1.0, 1.5)), high - 0.15))
    yaw, down = float(rng.normal(0, 0.15)), down + float(rng.normal(-0.05, 0.1))
    return Scene(tuple(solids), light, looking(rng, height, width, eye, yaw, down, 0.1))


def bin_(rng: np.random.Generator, foot_m: Floats, tall: float) -> list[Solid]:
    """Return a bin on the floor at `foot_m`, (3,), round or square, `tall` metres high, its inside dark."""
    wide = float(rng.uniform(0.11, 0.22))
    look, inside = thing(rng), mottled(rng, colour(rng, 0.2, 0.02, 0.25))
    middle, lid = foot_m + vector(0, 0, tall / 2), foot_m + vector(0, 0, tall)
    turn = turned(float(rng.uniform(0, math.pi)))
    if rng.random() < 0.6:
        taper = float(rng.uniform(0.7, 1.0))
        return [
            Solid(Frustum(middle, turn, wide * taper, wide, tall / 2), look, gloss=0.1),
            Solid(Frustum(lid, turn, wide * 0.93, wide * 0.93, 0.001), inside, detail=True),
        ]
    deep = wide * float(rng.uniform(0.7, 1.3))
    return [
        Solid(Box(middle, turn, vector(wide, deep, tall / 2)), look, gloss=0.1),
        Solid(Box(lid, turn, vector(wide * 0.94, deep * 0.94, 0.001)), inside, detail=True),
    ]


def _hall(rng: np.random.Generator, nearest_m: float, farthest_m: float) -> tuple[list[Solid], float, float]:
    """Return a furnished room with its far wall between two distances, that distance and its height in metres."""
    far = nearest_m * (farthest_m / nearest_m) ** float(rng.random())
    high, half = float(rng.uniform(2.4, 3.6)), float(rng.uniform(1.8, 2.0 + far / 2))
    solids = room(rng, -half, half, BEHIND_M, far, high)
    for _ in range(int(rng.integers(1, 5))):
        if far < 3.5:
            break
        x, y = float(rng.uniform(-half + 0.3, half - 1.2)), float(rng.uniform(2.5, far - 0.8))
        solids += table(rng, (x, y), (x + float(rng.uniform(0.6, 1.1)), y + 0.7), float(rng.uniform(0.4, 0.8)))
        solids += chair(rng, vector(x + 0.4, y + 0.9, 0), float(rng.normal(0, 0.5)))
    for _ in range(int(rng.integers(0, 3))):
        if far > 4:
            place = vector(float(rng.uniform(-half + 0.4, half - 0.4)), float(rng.uniform(3.0, far - 0.4)), 0)
            solids += person(rng, place, float(rng.uniform(-math.pi, math.pi)), fine=False)
    if rng.random() < 0.5:
        start = float(rng.uniform(-half, half - 0.8))
        solids += shelf(rng, start, start + float(rng.uniform(0.6, 1.4)), far, float(rng.uniform(1.0, 2.2)))
    return solids, far, high
