"""Calibration: the reference sets to their stated rms and focal length, planted cameras, views that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.targets.rendered import blank, finish, paste_sheet, rotation
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardSpec, BoardView
from tui.targets.calibrate import CameraCalibration, NamedView, calibrate_camera, calibrate_views

CHESSBOARD = BoardSpec.chessboard(9, 6, 0.025)
CAMERA = Intrinsics(560, 555, 325, 232, 640, 480, (-0.25, 0.08, 0.001, -0.0005, 0.0))
PLAIN = Intrinsics(560, 560, 325, 232, 640, 480)


def _of_folder(folder: Path, pattern: str, board: BoardSpec) -> CameraCalibration:
    paths = sorted(folder.glob(pattern))
    assert paths
    return calibrate_camera([(path.name, partial(read_picture, path)) for path in paths], board)


@pytest.mark.parametrize(("side", "rms_px", "focal_px"), [("left", 0.195, 532.8), ("right", 0.207, 537.5)])
def test_the_chessboard_sets(shared: Path, side: str, rms_px: float, focal_px: float) -> None:
    found = _of_folder(shared / "media/targets/chessboard", f"{side}??.jpg", CHESSBOARD)
    assert found.rms_px == pytest.approx(rms_px, abs=0.002)
    assert found.intrinsics.fx_px == pytest.approx(focal_px, rel=0.005)
    assert found.intrinsics.fy_px == pytest.approx(focal_px, rel=0.005)
    assert len(found.used) == 13
    assert found.rejected == ()
    assert max(found.per_view_rms) < 0.3
    assert found.intrinsics.origin == "chessboard 9x6, 13 views"
    assert not found.accepted  # the board was never held towards the edges
    assert "towards the" in found.missing[0]


def test_the_set_of_a_board_of_markers(shared: Path) -> None:
    board = BoardSpec.markers(4, 5, 0.0375, 0.005, "DICT_6X6_1000")
    found = _of_folder(shared / "media/targets/aruco_board", "*.jpg", board)
    assert found.rms_px == pytest.approx(0.46, abs=0.01)
    assert found.intrinsics.fx_px == pytest.approx(811, rel=0.005)
    assert len(found.used) == 14
    assert found.accepted


def _stances(seed: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rotations and middles of a board of some 0.25 m that tour the picture."""
    rng = np.random.default_rng(seed)
    stances = []
    for _ in range(count):
        z = rng.uniform(0.4, 0.7)
        turn = rotation(rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), rng.uniform(-0.3, 0.3))
        stances.append((turn, np.array([rng.uniform(-0.35, 0.35) * z, rng.uniform(-0.25, 0.25) * z, z])))
    return stances


def _views(noise_px: float, count: int = 14, camera: Intrinsics = CAMERA) -> list[NamedView]:
    rng = np.random.default_rng(9)
    columns, rows = np.meshgrid(np.arange(9), np.arange(6))
    grid = np.stack([columns.ravel(), rows.ravel(), np.zeros(54)], axis=1)
    board_m = 0.025 * grid.astype(np.float64)
    views = []
    for number, (turn, middle) in enumerate(_stances(2, count)):
        seen = camera.pixels((board_m - board_m.mean(axis=0)) @ turn.T + middle) + rng.normal(0, noise_px, (54, 2))
        views.append(NamedView(f"{number}.png", BoardView(board_m, seen, (camera.width, camera.height))))
    return views


def test_a_planted_camera_is_recovered() -> None:
    found = calibrate_views(_views(0.1, 24), CHESSBOARD)
    k = found.intrinsics
    assert (k.fx_px, k.fy_px) == pytest.approx((560, 555), rel=0.005)
    assert (k.cx_px, k.cy_px) == pytest.approx((325, 232), abs=2)
    assert found.rms_px == pytest.approx(0.1 * np.sqrt(2), rel=0.1)
    assert abs(k.fx_px - 560) < 4 * found.focal_sigma_px
    edge = np.array([[60.0, 60.0], [580.0, 420.0]])
    assert k.rays(edge) == pytest.approx(CAMERA.rays(edge), abs=0.004)
    assert found.accepted


def test_a_view_that_does_not_fit_is_left_out_and_named() -> None:
    views = _views(0.1)
    bent = views[4].view.corners_px + 2.0 * np.random.default_rng(1).normal(size=(54, 2))
    views[4] = NamedView("bent.png", BoardView(views[4].view.object_m, bent, (640, 480)))
    found = calibrate_views(views, CHESSBOARD)
    (left_out,) = found.rejected
    assert left_out.name == "bent.png"
    assert "does not fit the others" in left_out.why
    assert found.intrinsics.fx_px == pytest.approx(560, rel=0.005)


def test_pictures_of_another_size_are_left_out_and_named() -> None:
    views = _views(0.1)
    views[0] = NamedView("big.png", BoardView(views[0].view.object_m, views[0].view.corners_px * 2, (1280, 960)))
    found = calibrate_views(views, CHESSBOARD)
    assert [(each.name, each.why) for each in found.rejected] == [("big.png", "is 1280x960, most pictures are 640x480")]


def test_noise_fails_the_rule_with_words() -> None:
    found = calibrate_views(_views(1.5), CHESSBOARD)
    assert not found.accepted
    assert found.missing[0].startswith("rms 2")


def test_too_few_views_say_how_many_there_are() -> None:
    with pytest.raises(InputError, match=r"2 pictures with the chessboard 9x6 \(inner corners\), at least 3"):
        calibrate_views(_views(0.1)[:2], CHESSBOARD)


def test_what_shows_no_board_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    grey: RGBImage = np.full((48, 64, 3), 128, np.uint8)

    def missing() -> RGBImage:
        return read_picture(tmp_path / "gone.png")

    loaders: list[tuple[str, Callable[[], RGBImage]]] = [("grey.png", lambda: grey), ("gone.png", missing)]
    seen: list[tuple[str, str]] = []
    with pytest.raises(InputError, match=r"0 pictures .*; grey\.png: the chessboard 9x6 is not seen"):
        calibrate_camera(loaders, CHESSBOARD, lambda name, why: seen.append((name, why)))
    assert seen[0] == ("grey.png", "the chessboard 9x6 is not seen")
    assert "no such file" in seen[1][1]


def _sheet(board: BoardSpec, pixels_a_square: int = 60) -> tuple[np.ndarray, float]:
    """The board as it is printed, with a margin of a square, and metres a pixel."""
    if board.dictionary:
        aruco = cv2.aruco
        printed = aruco.CharucoBoard(
            (board.columns, board.rows), board.square_m, board.marker_m,
            aruco.getPredefinedDictionary(getattr(aruco, board.dictionary)),
        )  # fmt: skip
        inside = printed.generateImage((board.columns * pixels_a_square, board.rows * pixels_a_square))
    else:
        squares = np.indices((board.rows + 1, board.columns + 1)).sum(axis=0) % 2 * 255
        inside = np.kron(squares, np.ones((pixels_a_square, pixels_a_square))).astype(np.uint8)
    return np.pad(np.asarray(inside), pixels_a_square, constant_values=255), board.square_m / pixels_a_square


@pytest.mark.parametrize("board", [CHESSBOARD, BoardSpec.charuco(7, 6, 0.035, 0.028, "DICT_5X5_50")])
def test_rendered_pictures_of_a_board(board: BoardSpec) -> None:
    sheet, pixel_m = _sheet(board)
    finder = BoardFinder(board)
    views = []
    for number, (turn, middle) in enumerate(_stances(3, 9)):
        fine = blank(PLAIN)
        paste_sheet(fine, sheet, pixel_m, (middle[0], middle[1], middle[2]), turn, PLAIN)
        view = finder.find(finish(fine, seed=number))
        if view is not None:
            views.append(NamedView(str(number), view))
    assert len(views) >= 7
    found = calibrate_views(views, board)
    assert found.intrinsics.fx_px == pytest.approx(560, rel=0.005)
    assert found.rms_px < 0.15


@pytest.mark.parametrize("size", [(1, 1), (10, 10), (200, 3), (40, 60)])
@pytest.mark.parametrize("board", [CHESSBOARD, BoardSpec.charuco(7, 6, 0.035, 0.028, "DICT_5X5_50")])
def test_a_tiny_picture_shows_no_board(board: BoardSpec, size: tuple[int, int]) -> None:
    picture: RGBImage = np.random.default_rng(0).integers(0, 255, (*size, 3), dtype=np.uint8)
    finder = BoardFinder(board)
    assert finder.find(picture) is None
    assert finder.find(picture, quick=True) is None


def test_boards_that_cannot_be() -> None:
    with pytest.raises(InputError, match="at least 3x3"):
        BoardSpec.chessboard(2, 6, 0.025)
    with pytest.raises(InputError, match="markers must be smaller"):
        BoardSpec.charuco(5, 7, 0.02, 0.04, "DICT_6X6_250")
    with pytest.raises(InputError, match="DICT_4X4_50 has 50 markers"):
        BoardSpec.markers(8, 8, 0.02, 0.005, "DICT_4X4_50")
    with pytest.raises(InputError, match="is not a dictionary"):
        BoardSpec.charuco(5, 7, 0.04, 0.02, "DICT_6")
