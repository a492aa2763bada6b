"""Pictures of sheets of paper and cards: rectangles with exact edges, seen by a pinhole camera whose pose is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.targets.rendered import FINE, blank, finish, rotation
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.sheets import SheetSpec

Array = npt.NDArray[np.float64]


def corners_of(width_m: float, height_m: float) -> Array:
    """On the sheet, from its middle, clockwise, shape (4, 3)."""
    return np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) / 2 * (width_m, height_m, 0.0)


def seen(object_m: Array, turn: Array, middle_m: tuple[float, float, float], camera: Intrinsics) -> Array:
    """Where its points are in the picture, shape (N, 2)."""
    return camera.pixels(object_m @ turn.T + np.array(middle_m))


def paint(fine: Array, corners_px: Array, grey: float) -> None:
    """A quadrilateral, as far as it is in the picture, into a FINE one; each pixel as far as it is covered."""
    places = (corners_px + 0.5) * FINE - 0.5
    low = np.maximum(np.floor(places.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(places.max(axis=0)).astype(int) + 3, fine.shape[::-1])
    if (high <= low).any():
        return
    part = fine[low[1] : high[1], low[0] : high[0]]
    rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]]
    covered = np.ones(part.shape)
    for start, end in zip(places, np.roll(places, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        inside = along[0] * (rows - start[1]) - along[1] * (columns - start[0])
        covered = np.minimum(covered, np.clip(inside + 0.5, 0.0, 1.0))
    part[:] = covered * grey + (1 - covered) * part


def with_text(
    fine: Array, width_m: float, height_m: float, place: tuple[Array, tuple[float, float, float]], camera: Intrinsics
) -> None:
    """Lines of text over the inner part of a sheet."""
    turn, middle_m = place
    rows = np.arange(-0.38 * height_m, 0.38 * height_m, 0.03)
    for row in rows:
        line = corners_of(0.7 * width_m, 0.008) + np.array([0.0, row, 0.0])
        paint(fine, seen(line, turn, middle_m, camera), 70.0)


def picture_of(
    corners_px: Array, camera: Intrinsics, *, paper: float = 230.0, around: float = 110.0, seed: int = 0
) -> RGBImage:
    """One sheet, blurred and noisy."""
    fine = blank(camera, around)
    paint(fine, corners_px, paper)
    return finish(fine, 3.0, seed)


def stance(
    rng: np.random.Generator, spec: SheetSpec, z_m: float, tilt: float
) -> tuple[Array, Array, tuple[float, float, float]]:
    """A sheet that lies in one of its ways, somewhere at that distance: its corners, its turn, its middle; metres."""
    object_m = spec.stances[rng.integers(len(spec.stances))]
    turn = rotation(rng.uniform(-tilt, tilt), rng.uniform(-tilt, tilt), rng.uniform(-0.3, 0.3))
    return object_m, turn, (rng.uniform(-0.2, 0.2) * z_m, rng.uniform(-0.15, 0.15) * z_m, z_m)
