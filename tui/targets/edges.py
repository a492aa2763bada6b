"""A marker's corners to a tenth of a pixel: straight lines through its four edges, intersected.

OpenCV's corner refinement is meant for the crossing of four squares. At the outer corner of a single dark square
blur pulls it inwards, by some 0.2 px: half a per cent to one per cent of the distance of a small marker. A straight
edge stays where it is under any symmetric blur.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2

_ALONG = np.linspace(0.12, 0.88, 20)
"""Where along an edge it is looked for; the corners themselves are rounded by blur."""
_STEP_PX = 0.5
_PASSES = 2
_REWEIGHTED = 3
_LEAST_SCATTER_PX = 0.1
_MOST_MOVED_PX = 2.0

Array = npt.NDArray[np.float64]


def refine_corners(grey: npt.NDArray[np.uint8], corners_px: Array, cells: int) -> Array | None:
    """The corners of a dark square on light ground, from its edges.

    Args:
        grey: picture, shape (H, W).
        corners_px: approximate, in order around the square, shape (4, 2).
        cells: how many cells the marker has along a side, its border of one cell at each end included.

    Returns:
        Shape (4, 2); None where an edge is not found, or not where these corners have it.
    """
    current = np.asarray(corners_px, dtype=np.float64)
    for _ in range(_PASSES):
        lines = _lines(grey, current, cells)
        if lines is None:
            return None
        refined = intersections(lines)
        if refined is None or np.abs(refined - corners_px).max() > _MOST_MOVED_PX:
            return None
        current = refined
    return current


def _lines(grey: npt.NDArray[np.uint8], corners: Array, cells: int) -> Array | None:
    """A line a n + b m = c through each edge as (a, b, c), shape (4, 3); edge i runs from corner i to i + 1."""
    ends = np.roll(corners, -1, axis=0)
    sides = np.linalg.norm(ends - corners, axis=1)
    if sides.min() < cells:
        return None
    along = (ends - corners) / sides[:, None]
    turn = np.sign(_cross(along[0], along[1])) or 1.0
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) * turn
    reach = float(np.clip(0.7 * sides.min() / cells, 1.5, 4.0))
    offsets = np.arange(-reach, reach + 0.5 * _STEP_PX, _STEP_PX)
    feet = corners[:, None] + _ALONG[None, :, None] * (ends - corners)[:, None]
    places = feet[:, :, None] + offsets[None, None, :, None] * outward[:, None, None]
    slopes = np.maximum(0.0, np.diff(sampled(grey, places), axis=2)) ** 2
    weights = slopes.sum(axis=2)
    if (weights.max(axis=1) <= 0).any():
        return None
    middles = 0.5 * (offsets[:-1] + offsets[1:])
    shift = (slopes * middles).sum(axis=2) / np.maximum(weights, 1e-12)
    found = feet + shift[:, :, None] * outward[:, None]
    return fitted_lines(found, np.sqrt(weights))


def sampled(grey: npt.NDArray[np.uint8], places: Array) -> Array:
    """Grey levels at places of shape (..., 2), bilinear; three dimensions before."""
    cv2 = load_cv2()
    flat = places.reshape(places.shape[0] * places.shape[1], places.shape[2], 2).astype(np.float32)
    values = cv2.remap(grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, dtype=np.float64).reshape(places.shape[:3])


def fitted_lines(points: Array, weights: Array) -> Array:
    """The weighted least-squares line through each row of points, those far off counting less (Cauchy weights).

    Args:
        points: shape (4, N, 2).
        weights: shape (4, N).

    Returns:
        (a, b, c) of a u + b v = c, a^2 + b^2 = 1, shape (4, 3).
    """
    full = weights / weights.sum(axis=1, keepdims=True)
    current = full
    for _ in range(_REWEIGHTED):
        middles = (current[:, :, None] * points).sum(axis=1)
        u, v = np.moveaxis(points - middles[:, None], 2, 0)
        spread_uu, spread_uv, spread_vv = ((current * each).sum(axis=1) for each in (u * u, u * v, v * v))
        angle = 0.5 * np.arctan2(2 * spread_uv, spread_uu - spread_vv)
        normals = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
        off = np.abs(u * normals[:, :1] + v * normals[:, 1:])
        scale = np.maximum(_LEAST_SCATTER_PX, 3 * np.median(off, axis=1, keepdims=True))
        current = full / (1 + (off / scale) ** 2)
        current = current / current.sum(axis=1, keepdims=True)
    return np.column_stack([normals, (normals * middles).sum(axis=1)])


def intersections(lines: Array) -> Array | None:
    """Corner i, where edge i - 1 meets edge i, shape (4, 2)."""
    before = np.roll(lines, 1, axis=0)
    systems = np.stack([before[:, :2], lines[:, :2]], axis=1)
    if (np.abs(np.linalg.det(systems)) < 0.1).any():
        return None
    return np.asarray(np.linalg.solve(systems, np.stack([before[:, 2], lines[:, 2]], axis=1)[:, :, None])[:, :, 0])


def _cross(first: Array, second: Array) -> float:
    return float(first[0] * second[1] - first[1] * second[0])
