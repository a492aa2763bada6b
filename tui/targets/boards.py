"""Calibration boards, and where their points are in a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.targets.dictionary import dictionary_size, load_dictionary

_FIND_WIDTH_PX = 800
"""A chessboard is looked for in a picture of at most this width, then refined in the picture itself."""

_LEAST_SIDE_PX = 32
"""No board can be made out in a smaller picture, and OpenCV's search fails in one."""

_WINDOW_PER_WIDTH = 1 / 128
"""Half the window in which a chessboard's corner is refined: 5 px in a picture of 640."""

MOST_SIDE_M = 3.0
"""Nobody prints a larger square: one of 25 m was meant to be 25 mm."""

_REFINE_STEPS = 30
_REFINE_TOLERANCE_PX = 0.001

Array = npt.NDArray[np.float64]
GreyImage = npt.NDArray[np.uint8]


class BoardKind(StrEnum):
    """What is printed."""

    CHESSBOARD = "chessboard"
    CHARUCO = "charuco"
    ARUCO_BOARD = "aruco-board"


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """A board for calibration.

    Raises:
        InputError: a size that cannot be.
    """

    kind: BoardKind
    columns: int
    """Chessboard: inner corners across; ChArUco: squares; board of markers: markers."""
    rows: int
    square_m: float
    """Side of a square; of a board of markers: the distance from marker to marker, side and gap."""
    marker_m: float = 0.0
    """Side of a marker; 0 for a chessboard."""
    dictionary: str = ""

    def __post_init__(self) -> None:
        least = 1 if self.kind is BoardKind.ARUCO_BOARD else 3
        if min(self.columns, self.rows) < least or max(self.columns, self.rows) < 2 or not self.square_m > 0:
            raise InputError(f"a {self.kind} of {self.columns}x{self.rows}: at least {least}x{max(least, 2)}")
        if self.square_m > MOST_SIDE_M:
            raise InputError(
                f"a {self.kind} whose squares are {self.square_m:g} m: above {MOST_SIDE_M:g} m; write millimetres as "
                f"{self.square_m:g}mm"
            )
        if self.kind is not BoardKind.CHESSBOARD:
            if not 0 < self.marker_m < self.square_m:
                raise InputError(f"a {self.kind}: its markers must be smaller than the distance between them")
            needed = self.columns * self.rows // (2 if self.kind is BoardKind.CHARUCO else 1)
            if needed > (count := dictionary_size(self.dictionary)):
                raise InputError(f"a {self.kind} of {self.columns}x{self.rows}: {self.dictionary} has {count} markers")

    @classmethod
    def chessboard(cls, columns: int, rows: int, square_m: float) -> BoardSpec:
        """A chessboard of `columns` x `rows` inner corners."""
        return cls(BoardKind.CHESSBOARD, columns, rows, square_m)

    @classmethod
    def charuco(cls, columns: int, rows: int, square_m: float, marker_m: float, dictionary: str) -> BoardSpec:
        """A ChArUco board of `columns` x `rows` squares."""
        return cls(BoardKind.CHARUCO, columns, rows, square_m, marker_m, dictionary)

    @classmethod
    def markers(cls, columns: int, rows: int, marker_m: float, gap_m: float, dictionary: str) -> BoardSpec:
        """A grid of markers with gaps between them, ids counted along the rows from 0."""
        return cls(BoardKind.ARUCO_BOARD, columns, rows, marker_m + gap_m, marker_m, dictionary)

    @property
    def count(self) -> int:
        """How many points the whole board has."""
        match self.kind:
            case BoardKind.CHESSBOARD:
                return self.columns * self.rows
            case BoardKind.CHARUCO:
                return (self.columns - 1) * (self.rows - 1)
            case BoardKind.ARUCO_BOARD:
                return 4 * self.columns * self.rows

    def __str__(self) -> str:
        return f"{self.kind} {self.columns}x{self.rows}"


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board's points as one picture shows them."""

    object_m: Array
    """On the board, z = 0, shape (N, 3)."""
    corners_px: Array
    """In the picture, shape (N, 2)."""
    size: tuple[int, int]
    """Of the picture, (width, height)."""


class BoardFinder:
    """Looks for one board; made once, then called a picture. One thread uses it."""

    def __init__(self, board: BoardSpec) -> None:
        self.board = board
        self._detector: Any = None
        aruco = load_cv2().aruco
        if board.kind is BoardKind.CHARUCO:
            self._detector = charuco_detector(board)
        elif board.kind is BoardKind.ARUCO_BOARD:
            parameters = aruco.DetectorParameters()
            parameters.cornerRefinementMethod = aruco.CORNER_REFINE_SUBPIX
            dictionary = load_dictionary(board.dictionary)
            self._grid = aruco.GridBoard(
                (board.columns, board.rows), board.marker_m, board.square_m - board.marker_m, dictionary
            )
            self._detector = aruco.ArucoDetector(dictionary, parameters)
            parameters.adaptiveThreshWinSizeStep = 20  # windows of 3 and 23 px: half the time, for live pictures
            self._quick_detector = aruco.ArucoDetector(dictionary, parameters)

    def find(self, image: RGBImage, *, quick: bool = False) -> BoardView | None:
        """The board's points, or None where it is not seen (well enough to name its points).

        Args:
            image: RGB, uint8, shape (H, W, 3).
            quick: for live pictures; a chessboard that is hard to see is then not searched for.
        """
        if min(image.shape[:2]) < _LEAST_SIDE_PX:
            return None
        cv2 = load_cv2()
        grey: GreyImage = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        points: tuple[Array, Array] | None
        match self.board.kind:
            case BoardKind.CHESSBOARD:
                points = _chessboard_points(self.board, grey, quick=quick)
            case BoardKind.CHARUCO:
                points = charuco_points(self._detector, grey)
            case BoardKind.ARUCO_BOARD:
                points = self._grid_points(self._quick_detector if quick else self._detector, grey)
        if points is None or len(points[0]) < 6 or _on_a_line(points[0]):
            return None
        return BoardView(*points, (grey.shape[1], grey.shape[0]))

    def finds_mirrored(self, image: RGBImage) -> bool:
        """Whether the board is seen once the picture is mirrored; a chessboard is its own mirror image, so never."""
        return bool(self.board.dictionary) and self.find(np.ascontiguousarray(image[:, ::-1])) is not None

    def _grid_points(self, detector: Any, grey: GreyImage) -> tuple[Array, Array] | None:  # noqa: ANN401 - OpenCV's
        corners, numbers, _ = detector.detectMarkers(grey)
        if numbers is None:
            return None
        return _matched(self._grid.matchImagePoints(corners, numbers))


def moved_px(before: BoardView, now: BoardView) -> float:
    """Mean distance in pixels of the points that both show; infinite if they share none, or are of two sizes."""
    if before.size != now.size:
        return math.inf
    places = {
        tuple(point): corner for point, corner in zip(before.object_m.round(6).tolist(), before.corners_px, strict=True)
    }
    steps = [
        float(np.linalg.norm(corner - places[tuple(point)]))
        for point, corner in zip(now.object_m.round(6).tolist(), now.corners_px, strict=True)
        if tuple(point) in places
    ]
    return sum(steps) / len(steps) if steps else math.inf


def charuco_detector(board: BoardSpec) -> tuple[Any, Any]:
    """Detectors for OpenCV's layout since 4.6 and for the older one, which differ for an even number of rows."""
    aruco = load_cv2().aruco
    detectors = []
    for legacy in (False, True) if board.rows % 2 == 0 else (False,):
        printed = aruco.CharucoBoard(
            (board.columns, board.rows), board.square_m, board.marker_m, load_dictionary(board.dictionary)
        )
        printed.setLegacyPattern(legacy)
        detectors.append(aruco.CharucoDetector(printed))
    return detectors[0], detectors[-1]


def charuco_points(detectors: tuple[Any, Any], grey: GreyImage) -> tuple[Array, Array] | None:
    """(on the board (N, 3), in the picture (N, 2)) of the inner corners that are seen; None if there are none."""
    best: tuple[Array, Array] | None = None
    for detector in dict.fromkeys(detectors):
        corners, numbers, _, _ = detector.detectBoard(grey)
        if numbers is None or len(numbers) == 0:
            continue
        points = _matched(detector.getBoard().matchImagePoints(corners, numbers))
        if points is not None and (best is None or len(points[0]) > len(best[0])):
            best = points
    return best


def _matched(points: tuple[Any, Any]) -> tuple[Array, Array] | None:
    object_m, corners_px = points
    if object_m is None or len(object_m) == 0:
        return None
    return (
        np.asarray(object_m, dtype=np.float64).reshape(-1, 3),
        np.asarray(corners_px, dtype=np.float64).reshape(-1, 2),
    )


def _chessboard_points(board: BoardSpec, grey: GreyImage, *, quick: bool) -> tuple[Array, Array] | None:
    cv2: Any = load_cv2()
    shape = (board.columns, board.rows)
    scale = min(1.0, _FIND_WIDTH_PX / grey.shape[1])
    small = grey if scale == 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    flags = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE
    found, corners = cv2.findChessboardCorners(small, shape, flags=flags | (cv2.CALIB_CB_FAST_CHECK if quick else 0))
    if not found and not quick:
        found, corners = cv2.findChessboardCornersSB(grey, shape)
        small, scale = grey, 1.0
    if not found:
        return None
    across = grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0]
    corners_px: Array = (np.asarray(corners, dtype=np.float64).reshape(-1, 2) + 0.5) * across - 0.5
    # A window that reaches the next corner would pull this one towards it.
    grid = corners_px.reshape(board.rows, board.columns, 2)
    steps = [np.linalg.norm(np.diff(grid, axis=axis), axis=2).min() for axis in (0, 1)]
    half = max(2, min(round(_WINDOW_PER_WIDTH * grey.shape[1]), int(0.4 * min(steps))))
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, _REFINE_STEPS, _REFINE_TOLERANCE_PX)
    start = np.ascontiguousarray(corners_px, dtype=np.float32).reshape(-1, 1, 2)
    refined = cv2.cornerSubPix(grey, start, (half, half), (-1, -1), criteria)
    columns, rows = np.meshgrid(np.arange(board.columns), np.arange(board.rows))
    grid_points = np.stack([columns.ravel(), rows.ravel(), np.zeros(columns.size)], axis=1)
    object_m: Array = grid_points.astype(np.float64) * board.square_m
    return object_m, np.asarray(refined, dtype=np.float64).reshape(-1, 2)


def _on_a_line(object_m: Array) -> bool:
    """Whether the points leave a direction of the board unseen."""
    spread = np.linalg.svd(object_m[:, :2] - object_m[:, :2].mean(axis=0), compute_uv=False)
    return bool(spread[1] < 1e-6 * max(float(spread[0]), 1e-300))
