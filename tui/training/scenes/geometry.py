"""Small vectors and turns. The world is x to the right, y away, z up, in metres; the floor is z = 0."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

UP = np.array([0.0, 0.0, 1.0], np.float32)


def vector(x: float, y: float, z: float) -> Floats:
    """Return (x, y, z), shape (3,)."""
    return np.array([x, y, z], np.float32)


def unit(direction: Floats) -> Floats:
    """Return the unit vector along `direction`, (3,)."""
    return np.asarray(direction / max(float(np.linalg.norm(direction)), 1e-9), np.float32)


def turned(yaw_rad: float) -> Floats:
    """Return local_from_world, (3, 3), of something upright that is turned left by `yaw_rad`."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32)


def facing(normal: Floats, up: Floats = UP) -> Floats:
    """Return local_from_world, (3, 3), whose z is along `normal` and whose y is as near to `up` as it can be."""
    z = unit(normal)
    if abs(float(z @ unit(up))) > 0.999:
        up = vector(0.0, 1.0, 0.0) if abs(z[1]) < 0.9 else vector(1.0, 0.0, 0.0)
    x = unit(np.cross(up, z))
    return np.stack([x, np.cross(z, x), z]).astype(np.float32)


def tilted(rng: np.random.Generator, largest_rad: float) -> Floats:
    """Return a small random turn, (3, 3), about all three axes."""
    about: Sequence[float] = rng.uniform(-largest_rad, largest_rad, 3).tolist()
    turn = np.eye(3)
    for axis, angle in enumerate(about):
        c, s = math.cos(angle), math.sin(angle)
        i, j = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(3)
        step[i, i] = step[j, j] = c
        step[i, j], step[j, i] = -s, s
        turn = step @ turn
    return turn.astype(np.float32)
