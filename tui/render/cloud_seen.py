"""A cloud of points seen from elsewhere: turned, projected, the nearer hiding the farther; numpy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import BLANK, Cells
from tui.render.cloud import Cloud
from tui.render.colors import RGB, ColorMode
from tui.render.painter import PicturePainter
from tui.render.quality import Quality
from tui.render.viewport import Viewport

_ZOOM_STEP = 1.25
_MOST_ZOOM_STEPS = 12
_MOST_SHIFT = 4.0
_NEAREST = 0.05
"""Of the pivot's distance: what is nearer to the eye is not drawn."""
_LARGEST = 6
"""Pixels that a point fills in each direction at most."""
_SPREAD = 1.4
"""Of a point's size, so that a surface that is turned has no holes at once."""
_BEHIND = np.float32(1.003)
"""By so much farther counts what a point spreads over beside its own pixel: there its neighbours' own come first."""
_SLIT = 2
"""Pixels: a gap so narrow between two points of one surface is closed."""
_ONE_SURFACE = 1.15
"""Distances that differ by less of a factor, across a slit, are of one surface."""


@dataclass(frozen=True, slots=True)
class Pose:
    """From where a cloud is seen; as the camera saw it to begin with. Whole degrees, so that nothing adds up."""

    yaw_deg: int = 0
    """How far the eye has gone around the pivot to the right, 0 to 359."""
    pitch_deg: int = 0
    """How far it has gone up, -90 to 90."""
    zoom_steps: int = 0
    right: float = 0.0
    """How far the picture has moved, in its smaller side."""
    down: float = 0.0

    def turned(self, right_deg: int, up_deg: int) -> Pose:
        """Further around, and up as far as straight above."""
        return replace(
            self,
            yaw_deg=(self.yaw_deg + right_deg) % 360,
            pitch_deg=max(-90, min(90, self.pitch_deg + up_deg)),
        )

    def zoomed(self, steps: int) -> Pose:
        """Larger, or smaller, up to a limit."""
        return replace(self, zoom_steps=max(-_MOST_ZOOM_STEPS, min(_MOST_ZOOM_STEPS, self.zoom_steps + steps)))

    def moved(self, right: float, down: float) -> Pose:
        """The picture further to the right and further down, up to a limit."""
        return replace(
            self,
            right=max(-_MOST_SHIFT, min(_MOST_SHIFT, self.right + right)),
            down=max(-_MOST_SHIFT, min(_MOST_SHIFT, self.down + down)),
        )

    @property
    def zoom(self) -> float:
        """How many times as large as the camera saw it."""
        return float(_ZOOM_STEP**self.zoom_steps)

    @property
    def rotation(self) -> npt.NDArray[np.float64]:
        """Of points around the pivot, shape (3, 3)."""
        yaw, pitch = math.radians(self.yaw_deg), math.radians(self.pitch_deg)
        # The eye goes to the right and up; what it sees turns the other way.
        around_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
        around_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
        return np.asarray(around_x @ around_y)


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A cloud from somewhere."""

    image: RGBImage
    shown: npt.NDArray[np.bool_]
    """Where there is a point, shape (H, W); the paper elsewhere."""
    distances: FloatMap
    """From the eye, along its axis, infinite where there is nothing."""


def project(cloud: Cloud, pose: Pose, height: int, width: int, *, pivot: float = 0.0, paper: RGB = (0, 0, 0)) -> Seen:
    """What is seen of a cloud from somewhere, with perspective; as the camera saw it where nothing is turned.

    Args:
        cloud: the points.
        pose: from where.
        height: of the picture, square pixels.
        width: of it.
        pivot: distance of what is turned around; the cloud's own if not given.
        paper: where there is nothing.
    """
    image = np.empty((height, width, 3), np.uint8)
    image[:] = paper
    depths = np.full(height * width, np.inf, np.float32)
    pivot = pivot or cloud.pivot
    target, source, z = _placed(cloud, pose, height, width, pivot)
    np.minimum.at(depths, target, z)
    nearest = z == depths[target]
    image.reshape(-1, 3)[target[nearest]] = cloud.colours[source[nearest]]
    by_row = depths.reshape(height, width)
    for axis in (1, 0):
        _close_slits(image, by_row, axis)
    return Seen(image, np.isfinite(by_row), by_row)


def _close_slits(image: RGBImage, depths: FloatMap, axis: int) -> None:
    """Fill what is empty between two points of one surface along an axis; both arrays are changed."""
    pixels, z = (image, depths) if axis == 0 else (image.swapaxes(0, 1), depths.T)
    for wide in range(1, _SLIT + 1):
        if len(z) < wide + 2:
            return
        before, after = z[: -wide - 1], z[wide + 1 :]
        with np.errstate(invalid="ignore"):
            apart = np.maximum(before, after) / np.minimum(before, after)
        open_between = np.isfinite(before) & np.isfinite(after) & (apart < _ONE_SURFACE)
        for inside in range(1, wide + 1):
            open_between &= ~np.isfinite(z[inside : inside + len(before)])
        rows, columns = np.nonzero(open_between)
        for inside in range(1, wide + 1):
            z[rows + inside, columns] = np.maximum(before, after)[rows, columns]
            pixels[rows + inside, columns] = pixels[rows if 2 * inside <= wide + 1 else rows + wide + 1, columns]


def _placed(
    cloud: Cloud, pose: Pose, height: int, width: int, pivot: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Each pixel that each point fills: its number, the point's, and how far that is from the eye."""
    left, top, right, bottom = cloud.window
    focal = min(width / (right - left), height / (bottom - top)) * pose.zoom
    middle = np.array([0, 0, pivot], np.float32)
    turned = (cloud.points - middle) @ pose.rotation.T.astype(np.float32) + middle
    z = turned[:, 2]
    source = np.flatnonzero(z > _NEAREST * pivot)
    turned, z = turned[source], z[source]
    smaller = min(height, width)
    x = focal * (turned[:, 0] / z - (left + right) / 2) + width / 2 + pose.right * smaller
    y = focal * (turned[:, 1] / z - (top + bottom) / 2) + height / 2 + pose.down * smaller
    inside = (x > -_LARGEST) & (x < width + _LARGEST) & (y > -_LARGEST) & (y < height + _LARGEST)
    source, x, y, z = source[inside], x[inside], y[inside], z[inside]
    sizes = np.ceil(_SPREAD * focal * cloud.spacing * cloud.points[source, 2] / z)
    sizes = np.clip(sizes, 1, _LARGEST).astype(np.intp)
    targets, sources, depths = [], [], []
    for size in range(1, _LARGEST + 1):
        these = sizes == size
        if not these.any():
            continue
        across = np.floor(x[these] - (size - 1) / 2).astype(np.intp)
        down = np.floor(y[these] - (size - 1) / 2).astype(np.intp)
        offsets = np.mgrid[:size, :size].reshape(2, -1)
        rows, columns = down[:, None] + offsets[0], across[:, None] + offsets[1]
        here = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        targets.append((rows * width + columns)[here])
        sources.append(np.broadcast_to(source[these][:, None], here.shape)[here])
        own = (rows == np.floor(y[these])[:, None]) & (columns == np.floor(x[these])[:, None])
        depths.append((z[these][:, None] * np.where(own, np.float32(1), _BEHIND))[here])
    if not targets:
        none = np.empty(0, np.intp)
        return none, none, np.empty(0, np.float32)
    return np.concatenate(targets), np.concatenate(sources), np.concatenate(depths)


class CloudPainter:
    """Paints clouds as pictures are painted: the same colours, the same hysteresis, the same budget.

    Args:
        mode: the terminal's colours.
        quality: how finely.
    """

    def __init__(self, mode: ColorMode, quality: Quality) -> None:
        self.mode, self.quality = mode, quality
        self._painter = PicturePainter(mode, quality.detail, quality.block)
        self._finer = 2 if mode is ColorMode.MONO else 1
        """Dots of braille are half as wide as a cell."""

    def paint(self, cloud: Cloud, pose: Pose, columns: int, rows: int, pivot: float, paper: RGB) -> Cells:
        """Cells of a pane of that size; where there is nothing they are blank.

        Args:
            cloud: the points.
            pose: from where.
            columns: of the pane.
            rows: of the pane.
            pivot: as for `project`.
            paper: the pane's own colour.
        """
        height, width = 2 * rows * self._finer, columns * self._finer
        seen = project(cloud, pose, height, width, pivot=pivot, paper=paper)
        cells = self._painter.paint(seen.image, Viewport(columns, rows, width, height))
        anything = seen.shown.reshape(rows, height // rows, columns, self._finer).any(axis=(1, 3))
        return Cells(np.where(anything, cells.codes, BLANK), cells.table)
