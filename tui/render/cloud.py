"""The points of a picture in space, without those that fly at edges; numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.render.downsample import shrink_image

Points = npt.NDArray[np.float32]
"""In the camera's frame: x right, y down, z ahead; float32, shape (N, 3)."""

_EDGE = 1.25
"""Two things whose distances differ by such a factor have an edge between them; as for readings."""
_PLATEAU = 0.2
"""Of the difference across an edge, in 1/z: what is so near to one of both sides belongs to it, the rest flies."""
_EDGE_REACH = 0.5 * 15 / 640
"""To each side, of the map's longer side; a point at least. As for readings."""


@dataclass(frozen=True, eq=False, slots=True)
class Cloud:
    """Coloured points, and how the camera saw them."""

    points: Points
    colours: npt.NDArray[np.uint8]
    """RGB, shape (N, 3)."""
    spacing: float
    """Between the rays of neighbouring points, at distance 1."""
    window: tuple[float, float, float, float]
    """Left, top, right and bottom of what the camera saw, at distance 1."""
    flying: int
    """How many were left out at edges."""

    @property
    def pivot(self) -> float:
        """Distance of what it is turned around: half of it is nearer. 1 where there is nothing."""
        return float(np.median(self.points[:, 2])) if len(self.points) else 1.0


def cloud_of(distances: FloatMap, image: RGBImage, intrinsics: Intrinsics, every_px: int = 1) -> Cloud:
    """The points of a map; those without a distance, beyond the lens, and between two things at an edge are left out.

    Args:
        distances: along the axis, in any unit, at every so-manieth pixel of the picture, float32, (h, w); NaN where
            there is none.
        image: the picture, RGB, uint8, (H, W, 3).
        intrinsics: of the picture.
        every_px: how many pixels of the picture apart the distances are.
    """
    height, width = distances.shape
    rays = _rays(intrinsics, height, width, every_px)
    flying = flying_at(distances)
    known = np.isfinite(distances) & (distances > 0)
    kept = known & ~flying & np.isfinite(rays[:, :, 0])
    points = rays[kept] * distances[kept][:, None]
    # The borders as well, between the last pixels and what lies beyond.
    edges = np.array([(-0.5, -0.5), (intrinsics.width - 0.5, intrinsics.height - 0.5)])
    plane = (edges - (intrinsics.cx_px, intrinsics.cy_px)) / (intrinsics.fx_px, intrinsics.fy_px)
    (left, top), (right, bottom) = plane.tolist()
    return Cloud(
        points.astype(np.float32),
        shrink_image(image, height, width)[kept],
        every_px / min(intrinsics.fx_px, intrinsics.fy_px),
        (left, top, right, bottom),
        int(np.count_nonzero(known & flying)),
    )


@lru_cache(maxsize=2)
def _rays(intrinsics: Intrinsics, height: int, width: int, every_px: int) -> Points:
    """Of every so-manieth pixel, shape (height, width, 3)."""
    rows, columns = np.mgrid[:height, :width]
    pixels = every_px * np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    return intrinsics.rays(pixels).reshape(height, width, 3).astype(np.float32)


def flying_at(distances: FloatMap) -> npt.NDArray[np.bool_]:
    """Where a map goes from one thing to another: no thing is there, as a network draws its edges smooth.

    Args:
        distances: float32, (H, W); NaN where there is none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(np.isfinite(distances) & (distances > 0), 1 / distances, np.nan).astype(np.float32)
    low, high = inverse, inverse
    reach = max(1, round(_EDGE_REACH * max(distances.shape)))
    for axis in (0, 1):
        low, high = _around(low, np.fmin, axis, reach), _around(high, np.fmax, axis, reach)
    share = (inverse - low) / np.where(high > low, high - low, 1)
    found: npt.NDArray[np.bool_] = (high > _EDGE * low) & (share > _PLATEAU) & (share < 1 - _PLATEAU)
    return found


def _around(values: FloatMap, extreme: np.ufunc, axis: int, reach: int) -> FloatMap:
    """The least, or the greatest, of each value and so many neighbours to each side along an axis."""
    found = values.copy()
    before, after = [slice(None)] * 2, [slice(None)] * 2
    for by in range(1, min(reach, values.shape[axis] - 1) + 1):
        before[axis], after[axis] = slice(None, -by), slice(by, None)
        one, other = tuple(before), tuple(after)
        extreme(found[one], values[other], out=found[one])
        extreme(found[other], values[one], out=found[other])
    return found
