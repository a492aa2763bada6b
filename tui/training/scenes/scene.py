"""A scene: solids with materials, the light, and the camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.training.scenes.geometry import Floats
from tui.training.scenes.materials import Material
from tui.training.scenes.shapes import Shape


@dataclass(frozen=True, slots=True, eq=False)
class Solid:
    """A shape that looks like something."""

    shape: Shape
    material: Material
    glow: float = 0.0
    """Light of its own: lamps, screens, windows."""
    gloss: float = 0.0
    """Strength of the highlight."""
    detail: bool = False
    """Too small to cast a shadow worth its time."""
    holes: float = 0.0
    """Share of its surface that rays pass through: leaves."""
    leaf_m: float = 0.1
    """How large the holes are."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """The main lamp, the sky or ceiling above, and the floor below."""

    position_m: Floats
    """Of the main light, (3,); the sun is far away."""
    size_m: float
    """How wide it is, seen from one metre: the softness of shadows."""
    main: Floats
    above: Floats
    below: Floats
    """Linear RGB, (3, 1) each."""
    fades: bool
    """Whether the main light grows weaker with distance."""
    shadow: float = 1.0
    """How dark its shadows are."""


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole camera."""

    height: int
    width: int
    focal_px: float
    position_m: Floats
    world_from_camera: Floats
    """Rotation, (3, 3): its columns are right, down and along the optical axis."""

    @staticmethod
    def looking(
        height: int, width: int, fov_rad: float, position_m: Floats, yaw_rad: float, down_rad: float, roll_rad: float
    ) -> Camera:
        """Return a camera that sees `fov_rad` along its longer side, looks along y, turned right, down and rolled."""
        focal_px = max(height, width) / 2 / math.tan(fov_rad / 2)
        cy, sy, cd, sd = math.cos(yaw_rad), math.sin(yaw_rad), math.cos(down_rad), math.sin(down_rad)
        right = np.array([cy, -sy, 0.0])
        forward = np.array([sy * cd, cy * cd, -sd])
        down = np.cross(forward, right)
        c, s = math.cos(roll_rad), math.sin(roll_rad)
        turn = np.stack([c * right + s * down, c * down - s * right, forward], axis=1)
        return Camera(height, width, focal_px, position_m.astype(np.float32), turn.astype(np.float32))

    def rays(self) -> Floats:
        """Return directions in the world, (3, H, W), of unit depth: a hit's multiple is depth along the axis."""
        x = (np.arange(self.width, dtype=np.float32) - (self.width - 1) / 2) / np.float32(self.focal_px)
        y = (np.arange(self.height, dtype=np.float32) - (self.height - 1) / 2) / np.float32(self.focal_px)
        a, b, c = (self.world_from_camera[:, i, None, None] for i in range(3))
        return np.asarray(a * x[None, None] + b * y[None, :, None] + c, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is to be rendered."""

    solids: tuple[Solid, ...]
    light: Light
    camera: Camera
    sky: Floats | None = None
    """Linear RGB at the zenith and the horizon, (3, 2); None indoors."""
