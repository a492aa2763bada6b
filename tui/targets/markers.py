"""Markers in a picture, each with its distance: ArUco, AprilTag, ChArUco boards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.camera.opencv import load_cv2
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardSpec, charuco_detector, charuco_points
from tui.targets.cells import CellEdges, cell_edges, grown
from tui.targets.dictionary import load_dictionary
from tui.targets.edges import refine_corners
from tui.targets.pose import CORNER_SIGMA_PX, estimate_pose
from tui.targets.spec import CharucoSpec, MarkerSpec, TargetSpec

_LEAST_BOARD_CORNERS = 6
_ROUGH_SIGMA_PX = 1.0
"""Standard deviation of a corner whose edges are not found where it should be: something crosses them, or motion."""
_SHARP_PX = 0.7
"""Width of edges above which corners are less certain, by its square as far as they are sure of their edges."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Marker:
    """A printed target as one picture shows it."""

    spec: TargetSpec
    """What was asked for that this is."""
    label: str
    """What the panel calls it: 'marker 7', 'tag 7', 'board 5x7'."""
    key: str
    """Names this target from picture to picture: dictionary and id, or the board."""
    u_px: float
    """Column of its middle."""
    v_px: float
    """Row of its middle."""
    distance_m: float
    """Of its middle, along the optical axis."""
    sigma_m: float
    """One standard deviation: corners, size of the print, focal length."""
    focal_sigma: float
    """Of that, relative: the focal length's, which all markers share that one camera sees; how far white has spread in
    this picture, and a sheet's size, too."""
    outline_px: tuple[tuple[float, float], ...]
    """Its four corners, from the one that is its top left."""
    corners_px: tuple[tuple[float, float], ...]
    """What the distance was computed from: a marker's four corners as they were found, a board's inner ones."""
    object_m: tuple[tuple[float, float, float], ...]
    """The same on the print, from its middle, z = 0."""
    origin_m: tuple[float, float, float]
    """In the camera's frame, where the print's own count begins: a marker's middle, a board's first corner."""
    rms_px: float
    """Reprojection error."""
    ambiguous: bool
    """Whether its tilt is uncertain; the distance hardly suffers, and sigma says by how much."""
    more: tuple[Reference, ...] = ()
    """What else it says: a sheet, which is larger, at further pixels."""

    @property
    def reference(self) -> Reference:
        """This marker as a reference at its middle's pixel."""
        return Reference(self.u_px, self.v_px, self.distance_m, self.sigma_m, self.label, self.focal_sigma)

    @property
    def references(self) -> tuple[Reference, ...]:
        """All that it says."""
        return (self.reference, *self.more)


def references_inside(markers: Iterable[Marker], width: int, height: int) -> tuple[Reference, ...]:
    """What they say on a picture of that size, as references; each says how much of its error all share."""
    seen = [reference for marker in markers for reference in marker.references]
    return tuple(each for each in seen if 0 <= each.pixel[0] < width and 0 <= each.pixel[1] < height)


class MarkerDetector:
    """Finds the targets that were asked for; made once, then called a picture. One thread uses it.

    Raises:
        InputError: a dictionary that there is not.
    """

    def __init__(self, specs: Sequence[TargetSpec]) -> None:
        """Args: specs: what is printed; a spec with an id comes before one of `*`; sheets are found elsewhere."""
        aruco = load_cv2().aruco
        self._sizes: dict[str, dict[int | None, MarkerSpec]] = {}
        self._boards: list[tuple[CharucoSpec, Any]] = []
        for spec in specs:
            if isinstance(spec, CharucoSpec):
                board = BoardSpec.charuco(spec.columns, spec.rows, spec.square_m, spec.marker_m, spec.dictionary)
                self._boards.append((spec, charuco_detector(board)))
            elif isinstance(spec, MarkerSpec):
                self._sizes.setdefault(spec.dictionary, {})[spec.number] = spec
        parameters = aruco.DetectorParameters()
        parameters.cornerRefinementMethod = aruco.CORNER_REFINE_SUBPIX
        parameters.adaptiveThreshWinSizeStep = (
            20  # windows of 3 and 23 px: 13 finds no more and costs half as much again
        )
        self._detectors = [
            (name, aruco.ArucoDetector(load_dictionary(name), parameters), load_dictionary(name))
            for name in self._sizes
        ]

    def detect(self, image: RGBImage, intrinsics: Intrinsics) -> tuple[Marker, ...]:
        """The targets that this picture shows, in the order of their dictionaries and ids.

        A marker that is seen twice under one id is left out, for nobody knows which is meant.

        Args:
            image: RGB, uint8, shape (H, W, 3).
            intrinsics: of pictures of this size.
        """
        cv2 = load_cv2()
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        markers: list[Marker] = []
        for name, detector, dictionary in self._detectors:
            cells = int(dictionary.markerSize) + 2
            squares, numbers, _ = detector.detectMarkers(grey)
            found = [] if numbers is None else [int(number) for number in np.asarray(numbers).ravel()]
            for number, seen in sorted(zip(found, squares, strict=True), key=lambda each: each[0]):
                spec = self._sizes[name].get(number) or self._sizes[name].get(None)
                if spec is None or found.count(number) > 1:
                    continue
                rough = np.asarray(seen, np.float64).reshape(4, 2)
                refined = refine_corners(grey, rough, cells)
                corners = rough if refined is None else refined
                edges = cell_edges(grey, corners, np.asarray(dictionary.generateImageMarker(number, cells)) > 0)
                sigma_px = CORNER_SIGMA_PX if refined is not None else _ROUGH_SIGMA_PX
                markers.extend(_single(spec, number, corners, intrinsics, edges, sigma_px))
        for board, detector in self._boards:
            markers.extend(_board(board, detector, grey, intrinsics))
        return tuple(markers)


def _single(
    spec: MarkerSpec, number: int, corners_px: Array, intrinsics: Intrinsics, edges: CellEdges | None, sigma_px: float
) -> Iterable[Marker]:
    half = spec.size_m / 2
    object_m = np.array([[-half, -half, 0.0], [half, -half, 0.0], [half, half, 0.0], [-half, half, 0.0]])
    word = "tag" if "APRILTAG" in spec.dictionary.upper() else "marker"
    names = (f"{word} {number}", f"{spec.dictionary}:{number}")
    return _located(
        spec,
        names,
        object_m,
        corners_px,
        spec.size_sigma_m / spec.size_m,
        intrinsics,
        (half, half),
        np.zeros(3),
        edges,
        sigma_px,
    )


def _board(spec: CharucoSpec, detector: Any, grey: Any, intrinsics: Intrinsics) -> Iterable[Marker]:  # noqa: ANN401 - OpenCV's
    points = charuco_points(detector, grey)
    if points is None or len(points[0]) < _LEAST_BOARD_CORNERS:
        return ()
    half = (spec.columns * spec.square_m / 2, spec.rows * spec.square_m / 2)
    names = (f"board {spec.columns}x{spec.rows}", str(spec))
    middle_m = np.array([*half, 0.0])
    relative = spec.square_sigma_m / spec.square_m
    return _located(spec, names, points[0] - middle_m, points[1], relative, intrinsics, half, -middle_m)


def _located(
    spec: TargetSpec,
    names: tuple[str, str],
    object_m: Array,
    corners_px: Array,
    size_sigma: float,
    intrinsics: Intrinsics,
    half_m: tuple[float, float],
    origin_m: Array,
    edges: CellEdges | None = None,
    sigma_px: float = CORNER_SIGMA_PX,
) -> Iterable[Marker]:
    """The target with its middle at 0, 0, 0 and its own origin at `origin_m`; none where no pose explains it."""
    blurred = max(1.0, edges.width_px / _SHARP_PX if edges else 1.0)
    pose = estimate_pose(object_m, corners_px, intrinsics, blurred * min(_ROUGH_SIGMA_PX, blurred * sigma_px))
    if pose is None:
        return ()
    outline_m = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (*half_m, 0.0)
    in_camera_m = np.vstack([np.zeros(3), outline_m, origin_m]) @ pose.camera_from_target.T + pose.origin_m
    if (in_camera_m[:, 2] <= 0).any():
        return ()
    middle, *outline = _pairs(intrinsics.pixels(in_camera_m[:-1]))
    distance_m = float(pose.origin_m[2])
    # Inner edges may speak of their own light or print alone: how far white has spread is doubt, not a correction.
    whole = estimate_pose(object_m, grown(corners_px, edges.spread_px), intrinsics) if edges else pose
    spread = abs(float(whole.origin_m[2]) / distance_m - 1) if whole else 0.0
    shared_sigma = math.hypot(intrinsics.focal_sigma, spread)
    # A print that is larger, or a focal length that is longer, moves everything away in proportion.
    sigma_m = math.hypot(float(pose.origin_sigma_m[2]), distance_m * size_sigma, distance_m * shared_sigma)
    origin = in_camera_m[-1].tolist()
    marker = Marker(
        spec,
        *names,
        *middle,
        distance_m,
        sigma_m,
        shared_sigma,
        tuple(outline),
        tuple(_pairs(corners_px)),
        tuple((float(x_m), float(y_m), float(z_m)) for x_m, y_m, z_m in object_m),
        (origin[0], origin[1], origin[2]),
        pose.rms_px,
        pose.ambiguous,
    )
    return (marker,)


def _pairs(points: Array) -> list[tuple[float, float]]:
    return [(float(u_px), float(v_px)) for u_px, v_px in points]
