"""Markers' distances: planted truths, OpenCV's own solution, and a sigma that errors obey."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.targets.rendered import blank, finish, marker_sheet, paste_sheet, rotation
from tui.camera.imread import read_picture
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.markers import MarkerDetector, references_inside
from tui.targets.pose import CORNER_SIGMA_PX, estimate_pose
from tui.targets.spec import parse_target

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
EXACT = "±0.001mm"
Place = tuple[float, float, float]


def _picture(dictionary: str, places: dict[int, tuple[Place, tuple[float, float, float]]], cells: int) -> RGBImage:
    """Markers of 80 mm at places, turned by (right, down, roll)."""
    fine = blank(CAMERA)
    for number, (centre, turn) in places.items():
        sheet, side = marker_sheet(dictionary, number, cells)
        paste_sheet(fine, sheet, 0.08 / side, centre, rotation(*turn), CAMERA)
    return finish(fine)


@pytest.mark.parametrize(
    ("dictionary", "cells", "label"),
    [("DICT_4X4_50", 6, "marker"), ("DICT_6X6_250", 8, "marker"), ("DICT_APRILTAG_36H11", 10, "tag")],
)
def test_markers_are_where_they_were_put(dictionary: str, cells: int, label: str) -> None:
    places = {
        3: ((-0.25, -0.1, 0.9), (0.4, 0.2, 0.3)),
        7: ((0.3, 0.2, 1.4), (-0.5, 0.3, 2.0)),
        11: ((0.05, -0.2, 1.1), (0.0, 0.0, 0.0)),
    }
    found = MarkerDetector([parse_target(f"{dictionary}:*=80mm{EXACT}")]).detect(
        _picture(dictionary, places, cells), CAMERA
    )
    assert [each.label for each in found] == [f"{label} {number}" for number in places]
    for each, (centre, _) in zip(found, places.values(), strict=True):
        assert each.distance_m == pytest.approx(centre[2], rel=2e-3)
        assert abs(each.distance_m - centre[2]) < 2 * each.sigma_m
        (middle,) = CAMERA.pixels(np.array([centre]))
        assert (each.u_px, each.v_px) == pytest.approx(tuple(middle), abs=0.1)
        assert each.rms_px < 0.3
    assert [each.label for each in references_inside(found, 640, 480)] == [each.label for each in found]
    assert [each.label for each in references_inside(found, 320, 480)] == [found[0].label]


def test_a_size_of_its_own_comes_before_that_of_all() -> None:
    places = {3: ((-0.2, 0.0, 1.0), (0.2, 0.0, 0.0)), 7: ((0.2, 0.0, 1.0), (0.2, 0.0, 0.0))}
    picture = _picture("DICT_4X4_50", places, 6)
    both = MarkerDetector([parse_target("DICT_4X4_50:*=80mm"), parse_target("DICT_4X4_50:7=160mm")])
    assert [each.distance_m for each in both.detect(picture, CAMERA)] == pytest.approx([1.0, 2.0], rel=3e-3)
    one = MarkerDetector([parse_target("DICT_4X4_50:7=80mm")])
    assert [each.label for each in one.detect(picture, CAMERA)] == ["marker 7"]
    none = MarkerDetector([parse_target("DICT_5X5_50:*=80mm")])
    assert none.detect(picture, CAMERA) == ()


def test_one_id_seen_twice_is_left_out() -> None:
    fine = blank(CAMERA)
    sheet, side = marker_sheet("DICT_4X4_50", 5, 6)
    for x in (-0.2, 0.2):
        paste_sheet(fine, sheet, 0.08 / side, (x, 0.0, 1.0), rotation(0.3), CAMERA)
    assert MarkerDetector([parse_target("DICT_4X4_50:5=80mm")]).detect(finish(fine), CAMERA) == ()


def test_sigma_knows_the_size_and_the_focal_length() -> None:
    picture = _picture("DICT_4X4_50", {3: ((0.0, 0.0, 1.0), (0.3, 0.1, 0.0))}, 6)
    (exact,) = MarkerDetector([parse_target(f"DICT_4X4_50:3=80mm{EXACT}")]).detect(picture, CAMERA)
    (vague,) = MarkerDetector([parse_target("DICT_4X4_50:3=80mm±4mm")]).detect(picture, CAMERA)
    guessed = Intrinsics(600, 600, 319.5, 239.5, 640, 480, focal_sigma=0.03)
    (far,) = MarkerDetector([parse_target(f"DICT_4X4_50:3=80mm{EXACT}")]).detect(picture, guessed)
    assert exact.sigma_m < 0.01
    assert vague.sigma_m == pytest.approx(math.hypot(0.05, exact.sigma_m), rel=1e-2)
    assert far.sigma_m == pytest.approx(math.hypot(0.03, exact.sigma_m), rel=1e-2)


@pytest.mark.parametrize(("nearest", "farthest"), [(0.3, 0.8), (0.8, 2.5)])
@pytest.mark.parametrize("tilt", [0.0, 0.7])
def test_the_sigma_of_a_pose_holds_under_corner_noise(nearest: float, farthest: float, tilt: float) -> None:
    rng = np.random.default_rng(8)
    object_m = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * 0.04
    deviations = []
    for _ in range(400):
        z = rng.uniform(nearest, farthest)
        turn = rotation(rng.uniform(-tilt, tilt), rng.uniform(-tilt, tilt), rng.uniform(-3, 3))
        centre = np.array([rng.uniform(-0.4, 0.4) * z, rng.uniform(-0.3, 0.3) * z, z])
        seen = CAMERA.pixels(object_m @ turn.T + centre) + rng.normal(0, CORNER_SIGMA_PX, (4, 2))
        pose = estimate_pose(object_m, seen, CAMERA)
        assert pose is not None
        deviations.append((pose.origin_m[2] - z) / pose.origin_sigma_m[2])
    assert 0.93 <= np.mean(np.abs(deviations) < 1.96) <= 0.99
    assert 0.7 <= np.std(deviations) <= 1.1


def test_corners_that_no_pose_explains_give_none() -> None:
    object_m = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * 0.04
    on_a_line = np.array([[10.0, 10.0], [20.0, 20.0], [30.0, 30.0], [40.0, 40.0]])
    pose = estimate_pose(object_m, on_a_line, CAMERA)
    assert pose is None or pose.rms_px > 1


def _camera_of(path: Path) -> Intrinsics:
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_READ)
    matrix = storage.getNode("camera_matrix").mat()
    lens = storage.getNode("distortion_coefficients").mat()
    assert matrix is not None
    assert lens is not None
    k = np.asarray(matrix)
    return Intrinsics(k[0, 0], k[1, 1], k[0, 2], k[1, 2], 640, 480, tuple(np.asarray(lens).ravel()))


def test_the_charuco_picture(shared: Path) -> None:
    """Its board's origin, the corner where OpenCV begins to count, is 0.399 m from the camera along the axis."""
    folder = shared / "media/targets/charuco"
    camera = _camera_of(folder / "tutorial_camera_charuco.yml")
    picture = read_picture(folder / "choriginal.jpg")
    (board,) = MarkerDetector([parse_target("DICT_6X6_250:5x7=40mm/20mm")]).detect(picture, camera)
    assert board.origin_m[2] == pytest.approx(0.399, rel=0.01)
    assert board.label == "board 5x7"
    aruco = cv2.aruco
    printed = aruco.CharucoBoard((5, 7), 0.04, 0.02, aruco.getPredefinedDictionary(aruco.DICT_6X6_250))
    corners, numbers, _, _ = aruco.CharucoDetector(printed).detectBoard(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    object_m, seen = printed.matchImagePoints(corners, numbers)  # type: ignore[call-overload]  # OpenCV's stubs want a sequence
    _, turn, origin = cv2.solvePnP(object_m, seen, camera.matrix, np.array(camera.distortion))
    middle = np.asarray(cv2.Rodrigues(turn)[0]) @ (0.1, 0.14, 0.0) + origin.ravel()
    assert board.distance_m == pytest.approx(float(middle[2]), rel=1e-3)
    assert board.sigma_m < 0.01 * board.distance_m


@pytest.mark.parametrize("name", ["gboriginal", "gbocclusion"])
def test_markers_of_a_file_against_opencv(shared: Path, name: str) -> None:
    """The distances are `solvePnP`'s on the same corners; those of one flat board lie on one plane."""
    folder = shared / "media/targets/charuco"
    camera = _camera_of(folder / "tutorial_camera_params.yml")
    found = MarkerDetector([parse_target(f"{folder / 'tutorial_dict.yml'}:*=40mm{EXACT}")]).detect(
        read_picture(folder / f"{name}.jpg"), camera
    )
    assert len(found) >= 20
    object_m = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * 0.02
    for each in found:
        _, _, origin = cv2.solvePnP(
            object_m, np.array(each.corners_px), camera.matrix, np.array(camera.distortion),
            flags=cv2.SOLVEPNP_ITERATIVE,
        )  # fmt: skip
        assert each.distance_m == pytest.approx(float(origin.ravel()[2]), rel=5e-3)
    places = np.array([(each.u_px, each.v_px, 1.0) for each in found])
    inverse = np.array([1 / each.distance_m for each in found])
    plane, *_ = np.linalg.lstsq(places, inverse, rcond=None)
    assert np.median(np.abs(places @ plane / inverse - 1)) < 0.006


def test_a_marker_agrees_with_the_board_that_it_is_on(shared: Path) -> None:
    """No systematic error of size: 280 markers of 14 photographs against the pose of their whole board."""
    aruco = cv2.aruco
    camera = Intrinsics(811.4, 810.8, 317.8, 240.7, 640, 480, (-0.0604, 0.1807, 0.0007, 0.00101, 0.2625))
    detector = MarkerDetector([parse_target(f"DICT_6X6_1000:*=37.5mm{EXACT}")])
    board = aruco.GridBoard((4, 5), 0.0375, 0.005, aruco.getPredefinedDictionary(aruco.DICT_6X6_1000))
    middles_m = np.array([np.asarray(points).mean(axis=0) for points in board.getObjPoints()])
    ratios = []
    for path in sorted((shared / "media/targets/aruco_board").glob("*.jpg")):
        found = detector.detect(read_picture(path), camera)
        numbers = [int(each.key.rpartition(":")[2]) for each in found]
        centres = np.array([(each.u_px, each.v_px) for each in found])
        _, turn, origin = cv2.solvePnP(middles_m[numbers], centres, camera.matrix, np.array(camera.distortion))
        depths = (middles_m[numbers] @ np.asarray(cv2.Rodrigues(turn)[0]).T + origin.ravel())[:, 2]
        ratios += [each.distance_m / depth for each, depth in zip(found, depths, strict=True)]
        within = [abs(each.distance_m - depth) < 1.96 * each.sigma_m for each, depth in zip(found, depths, strict=True)]
        assert np.mean(within) >= 0.8
    assert len(ratios) == 280
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.001)
    assert np.std(ratios) < 0.003
