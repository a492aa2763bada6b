"""A map looked at on a grid: its pixels and their rays."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Array


@lru_cache(maxsize=4)
def grid_of(camera: Intrinsics, every_px: int) -> tuple[Array, Array]:
    """Every so-manieth pixel of every so-manieth row, (column, row), (N, 2), and their rays, (N, 3); not to be written.

    A ray is NaN where the lens's distortion is not known.
    """
    rows, columns = np.mgrid[0 : camera.height : every_px, 0 : camera.width : every_px]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    return pixels, camera.rays(pixels)
