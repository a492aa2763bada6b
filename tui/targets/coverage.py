"""How well views of a board cover what a calibration must know: the picture's area, tilts, distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardView
from tui.targets.pose import estimate_pose

COLUMNS, ROWS = 8, 6
"""Cells of the coverage map."""

ENOUGH_VIEWS = 8
ENOUGH_FILLED = 0.6
"""Part of the cells that some view must cover."""
ENOUGH_TILT_RAD = math.radians(20.0)
"""From the view tilted furthest one way to the one tilted furthest the other."""
ENOUGH_SCALE = 1.15
"""The largest view's size over the smallest's."""

_POSITIONS = (("top left", "top", "top right"), ("left", "middle", "right"), ("bottom left", "bottom", "bottom right"))
_GUESSED_FOV_RAD = math.radians(60.0)
"""Of a camera that is not calibrated yet: tilts are then rough, which is enough to tell views apart."""


@dataclass(frozen=True, slots=True)
class Stance:
    """Where in the picture a board is, how large, and how it is tilted."""

    cells: npt.NDArray[np.bool_]
    """Which cells of the map it covers, shape (ROWS, COLUMNS)."""
    across: float
    """Its middle's column, 0 at the left and 1 at the right."""
    down: float
    """Its middle's row, 0 at the top and 1 at the bottom."""
    scale: float
    """Root of the part of the picture that it covers."""
    right_rad: float
    """How far its face turns to the right."""
    down_rad: float
    """How far its face turns down."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the views cover together."""

    counts: npt.NDArray[np.int64]
    """How many views cover each cell of the picture, shape (ROWS, COLUMNS)."""
    views: int
    tilt_right_rad: float
    """Range of the tilts about the vertical axis."""
    tilt_down_rad: float
    """Range of the tilts about the horizontal axis."""
    scale: float
    """The largest view's size over the smallest's; 1 for one view or none."""

    @property
    def filled(self) -> float:
        """Part of the cells that some view covers, 0 to 1."""
        return float((self.counts > 0).mean())

    @property
    def missing(self) -> tuple[str, ...]:
        """What to do for it to suffice, in words, the most useful first; empty if it does."""
        words = []
        if self.filled < ENOUGH_FILLED:
            words.append(f"hold the board towards the {self._emptiest()} of the picture")
        if self.tilt_right_rad < ENOUGH_TILT_RAD:
            words.append("tilt the board to the left and to the right")
        if self.tilt_down_rad < ENOUGH_TILT_RAD:
            words.append("tilt the board up and down")
        if self.scale < ENOUGH_SCALE:
            words.append("hold the board nearer and farther")
        if self.views < ENOUGH_VIEWS:
            more = ENOUGH_VIEWS - self.views
            words.append(f"take {more} more view{'' if more == 1 else 's'}")
        return tuple(words)

    @property
    def suffices(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def _emptiest(self) -> str:
        """Name of the ninth of the picture with the fewest covered cells; corners and edges before the middle."""
        best, words = math.inf, ""
        for row, names in enumerate(_POSITIONS):
            for column, name in enumerate(names):
                part = self.counts[
                    row * ROWS // 3 : (row + 1) * ROWS // 3, column * COLUMNS // 3 : (column + 1) * COLUMNS // 3
                ]
                filled = float((part > 0).mean())
                if filled < best:
                    best, words = filled, name
        return words


def stance_of(view: BoardView, intrinsics: Intrinsics | None = None) -> Stance:
    """How a view sees the board; without intrinsics a common field of view is assumed."""
    cv2 = load_cv2()
    width, height = view.size
    if intrinsics is None:
        intrinsics = Intrinsics.from_horizontal_fov(_GUESSED_FOV_RAD, width, height)
    corners = view.corners_px.astype(np.float32)
    hull = cv2.convexHull(corners)
    cells = np.zeros((ROWS, COLUMNS), np.bool_)
    for row in range(ROWS):
        for column in range(COLUMNS):
            middle = ((column + 0.5) * width / COLUMNS - 0.5, (row + 0.5) * height / ROWS - 0.5)
            cells[row, column] = cv2.pointPolygonTest(hull, middle, measureDist=False) >= 0
    area = float(cv2.contourArea(hull)) / (width * height)
    pose = estimate_pose(view.object_m, view.corners_px, intrinsics)
    normal = np.array([0.0, 0.0, 1.0]) if pose is None else pose.camera_from_target[:, 2]
    normal = normal if normal[2] > 0 else -normal
    middle_px = corners.mean(axis=0)
    return Stance(
        cells,
        float(middle_px[0]) / width,
        float(middle_px[1]) / height,
        math.sqrt(area),
        math.atan2(float(normal[0]), float(normal[2])),
        math.atan2(float(normal[1]), float(normal[2])),
    )


def coverage_of(stances: Sequence[Stance]) -> Coverage:
    """What the views with these stances cover together."""
    counts = sum((stance.cells.astype(np.int64) for stance in stances), np.zeros((ROWS, COLUMNS), np.int64))
    scales = [stance.scale for stance in stances if stance.scale > 0]
    return Coverage(
        counts,
        len(stances),
        _range([stance.right_rad for stance in stances]),
        _range([stance.down_rad for stance in stances]),
        max(scales) / min(scales) if scales else 1.0,
    )


def _range(values: Sequence[float]) -> float:
    return max(values) - min(values) if values else 0.0
