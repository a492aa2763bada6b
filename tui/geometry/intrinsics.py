"""The pinhole camera: where a pixel's ray goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.errors import InputError


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Pinhole intrinsics for pictures of one size, K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]].

    Raises:
        InputError: if a focal length or the picture size is not positive.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (self.fx_px > 0 and self.fy_px > 0 and self.width > 0 and self.height > 0):
            raise InputError(f"intrinsics {self}: focal lengths and picture size must be positive")

    @classmethod
    def from_horizontal_fov(cls, fov_rad: float, width: int, height: int) -> Intrinsics:
        """Square pixels, principal point in the middle; pixel centres have integer coordinates."""
        if not 0 < fov_rad < math.pi:
            raise InputError(f"field of view of {math.degrees(fov_rad):.1f} degrees: must lie between 0 and 180")
        focal_px = 0.5 * width / math.tan(0.5 * fov_rad)
        return cls(focal_px, focal_px, (width - 1) / 2, (height - 1) / 2, width, height)

    def ray(self, u_px: float, v_px: float) -> tuple[float, float, float]:
        """K^-1 (u, v, 1): the point at distance 1 along the optical axis (x right, y down, z forward)."""
        return ((u_px - self.cx_px) / self.fx_px, (v_px - self.cy_px) / self.fy_px, 1.0)

    def ray_per_axis(self, u_px: float, v_px: float) -> float:
        """Distance along the ray for one metre along the optical axis, |K^-1 (u, v, 1)| >= 1."""
        return math.hypot(*self.ray(u_px, v_px))
