"""What stands in the demo room, and where.

Metres; x to the right, y down, z into the room. The origin is where the camera hangs on average, 1.25 m above
the floor; it looks along z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.geometry.arrays import Vector


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box; the room itself is one that is seen from inside."""

    name: str
    low_m: tuple[float, float, float]
    """Smallest x, y, z."""
    high_m: tuple[float, float, float]
    """Largest x, y, z."""
    materials: tuple[str, str, str, str, str, str]
    """Of the faces at low x, high x, low y (top), high y (bottom), low z (front), high z (back)."""

    @property
    def low(self) -> Vector:
        """Smallest x, y, z, shape (3,)."""
        return np.array(self.low_m)

    @property
    def high(self) -> Vector:
        """Largest x, y, z, shape (3,)."""
        return np.array(self.high_m)


LAMP_M = (0.0, -1.05, 2.5)
"""Where the light comes from."""

_FLOOR_M = 1.25
_CEILING_M = -1.25

ROOM = Box(
    "room",
    (-2.3, _CEILING_M, -1.2),
    (2.3, _FLOOR_M, 4.6),
    ("window wall", "door wall", "ceiling", "floor", "plaster", "brick"),
)


def _box(
    name: str,
    x_m: tuple[float, float],
    height_m: tuple[float, float],
    z_m: tuple[float, float],
    material: str,
    front: str = "",
    top: str = "",
) -> Box:
    """A box between two heights above the floor, of one material but for its front and its top."""
    low = (x_m[0], round(_FLOOR_M - height_m[1], 6), z_m[0])
    high = (x_m[1], round(_FLOOR_M - height_m[0], 6), z_m[1])
    return Box(name, low, high, (material, material, top or material, material, front or material, material))


def _table() -> list[Box]:
    legs = [
        _box(f"table leg {number}", (x, x + 0.07), (0, 0.68), (z, z + 0.07), "dark wood")
        for number, (x, z) in enumerate([(0.20, 2.35), (1.33, 2.35), (0.20, 3.03), (1.33, 3.03)], start=1)
    ]
    top = _box("table", (0.15, 1.45), (0.68, 0.75), (2.3, 3.15), "dark wood", top="table top")
    return [top, *legs]


def _sofa() -> list[Box]:
    return [
        _box("sofa seat", (-2.2, -1.3), (0.0, 0.42), (2.45, 4.05), "sofa"),
        _box("sofa back", (-2.28, -1.98), (0.0, 0.85), (2.25, 4.25), "sofa"),
        _box("sofa near arm", (-2.28, -1.3), (0.0, 0.62), (2.25, 2.45), "sofa"),
        _box("sofa far arm", (-2.28, -1.3), (0.0, 0.62), (4.05, 4.25), "sofa"),
        _box("cushion", (-1.95, -1.8), (0.42, 0.8), (2.6, 3.05), "yellow"),
    ]


BOXES: tuple[Box, ...] = (
    *_table(),
    *_sofa(),
    _box("red box", (0.85, 1.07), (0.75, 0.93), (2.5, 2.7), "red"),
    _box("green book", (0.38, 0.70), (0.75, 0.80), (2.45, 2.70), "green"),
    _box("blue book", (0.42, 0.68), (0.80, 0.84), (2.48, 2.68), "blue"),
    _box("vase", (1.18, 1.28), (0.75, 1.02), (2.85, 2.95), "white"),
    _box("flowers", (1.10, 1.36), (1.02, 1.20), (2.77, 3.03), "flowers"),
    _box("bookshelf", (0.95, 2.15), (0.0, 2.05), (4.25, 4.59), "dark wood", front="books"),
    _box("painting", (-0.85, 0.35), (1.10, 1.95), (4.56, 4.60), "gilt", front="painting"),
    _box("plant pot", (0.25, 0.60), (0.0, 0.35), (4.05, 4.40), "terracotta"),
    _box("plant", (0.15, 0.70), (0.35, 0.95), (3.95, 4.50), "leaves"),
    _box("carton", (-1.05, -0.50), (0.0, 0.45), (1.90, 2.40), "cardboard"),
    _box("small carton", (-0.95, -0.62), (0.45, 0.70), (2.0, 2.30), "cardboard"),
    _box("plinth", (0.55, 0.80), (0.0, 0.78), (1.20, 1.45), "violet"),
    _box("dice", (0.61, 0.74), (0.78, 0.91), (1.26, 1.39), "dice"),
    _box("lamp", (-0.35, 0.35), (2.42, 2.499), (2.3, 2.9), "glow"),
)
"""Everything that stands, hangs or lies in the room."""
