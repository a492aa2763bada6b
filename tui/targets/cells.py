"""What a marker's own cells say of its edges: how far white has spread over dark, and how blurred they are.

White that is too bright spreads over what is dark (overexposure, a halo, a screen that glows), and the square is
seen too small, hence too far; its corners fit a pose as well as ever. Its cells tell, for white spreads over each of
them as it does over the square: dark ones are narrower than their grid, light ones wider.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.targets.edges import sampled

_ACROSS = (0.3, 0.5, 0.7)
"""Where along a border between two cells it is looked for, in sides of a cell."""
_REACH = np.linspace(-0.5, 0.5, 17)
"""How far from where it should be, likewise."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellEdges:
    """The edges of a marker's cells, as one picture shows them."""

    spread_px: float
    """How far white has spread over what is dark, at each edge; below 0 dark over white."""
    width_px: float
    """Standard deviation of an edge's squared slope, along the direction that is more blurred."""


def cell_edges(grey: npt.NDArray[np.uint8], corners_px: Array, white: npt.NDArray[np.bool_]) -> CellEdges | None:
    """Compare the borders between dark and light cells with the grid that the corners span.

    With n cells a side and white that spreads by w, a border at k moves by -s w, s = 1 where what is dark comes before
    it, and the grid, whose ends have both moved inwards by w, by w (1 - 2 k / n) there: what is left is
    w (2 k / n - 1 - s), of which w is the least-squares solution.

    Args:
        grey: picture, shape (H, W).
        corners_px: in order around the marker, from its own top left, shape (4, 2).
        white: which cells are, its dark border included, shape (n, n).

    Returns:
        None where a direction shows no edge.
    """
    cv2 = load_cv2()
    count = len(white)
    square = np.array([[0, 0], [count, 0], [count, count], [0, count]], np.float32)
    to_picture = cv2.getPerspectiveTransform(square, corners_px.astype(np.float32))
    middles = 0.5 * (_REACH[1:] + _REACH[:-1])
    widths, above, below = [], 0.0, 0.0
    for along, cells in ((0, white), (1, white.T)):
        row, before = np.nonzero(cells[:, 1:] != cells[:, :-1])
        sign = np.where(cells[row, before], -1.0, 1.0)
        places = np.empty((len(row), len(_ACROSS), len(_REACH), 2))
        places[..., along] = (before + 1.0)[:, None, None] + _REACH
        places[..., 1 - along] = row[:, None, None] + np.array(_ACROSS)[None, :, None]
        seen = cv2.perspectiveTransform(places.reshape(1, -1, 2), to_picture).reshape(places.shape)
        side_px = np.linalg.norm(seen[:, 1, -1] - seen[:, 1, 0], axis=1)
        slopes = np.maximum(0.0, np.diff(sampled(grey, seen).mean(axis=1), axis=1) * sign[:, None]) ** 2
        weights = slopes.sum(axis=1)
        if not weights.any():
            return None
        there = weights > 0
        moved = (slopes @ middles)[there] / weights[there]
        spread = np.sqrt(np.maximum(0.0, (slopes @ middles**2)[there] / weights[there] - moved**2))
        widths.append(float(np.median(side_px[there] * spread)))
        slope = (2 * (before + 1.0) / count - 1 - sign)[there]
        above += float((side_px[there] * moved * slope).sum())
        below += float((slope**2).sum())
    return CellEdges(above / below, max(widths))


def grown(corners_px: Array, by_px: float) -> Array:
    """The quadrilateral whose edges lie that much farther out, shape (4, 2)."""
    ends = np.roll(corners_px, -1, axis=0)
    along = (ends - corners_px) / np.linalg.norm(ends - corners_px, axis=1)[:, None]
    before = np.roll(along, 1, axis=0)
    # A corner lies on both edges: it goes against the one that leaves it and along the one that comes to it.
    sine = np.abs(before[:, 0] * along[:, 1] - before[:, 1] * along[:, 0])[:, None]
    return np.asarray(corners_px + by_px * (before - along) / np.maximum(sine, 0.1))
