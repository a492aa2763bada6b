"""What views cannot tell is not believed, what they can tell has an honest sigma, and two cameras are told apart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.targets import simulated
from tests.targets.simulated import BOARDS, SILENT, TELLING, Stances, deviations, good, planted, see
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardSpec, BoardView
from tui.targets.calibrate import NamedView, calibrate_camera, calibrate_views

CHESSBOARD = BOARDS[0]


def _mirrored(each: NamedView) -> NamedView:
    flipped = each.view.corners_px * (-1, 1) + (each.view.size[0] - 1, 0)
    return NamedView(f"mirrored-{each.name}", replace(each.view, corners_px=flipped))


@pytest.mark.parametrize("stances", TELLING)
def test_good_sets_are_believed_and_their_sigma_is_honest(stances: Stances) -> None:
    z = np.abs(deviations(stances, 15))
    assert len(z) >= 13
    assert (z < 2).mean() >= 0.8
    assert z.max() < 4


@pytest.mark.parametrize("stances", SILENT)
@pytest.mark.parametrize("count", [3, 12])
def test_sets_that_cannot_tell_are_not_believed(stances: Stances, count: int) -> None:
    for seed in range(2):
        each = planted(stances, seed, count)
        try:
            found = calibrate_views(each.views, each.board)
        except InputError:  # so alike that they are one picture
            continue
        assert not found.accepted
        assert "tilt the board" in found.doubts[0]
        assert found.intrinsics.doubt == "; ".join(found.doubts)
        assert found.intrinsics.focal_sigma >= 0.3


def test_every_intrinsic_has_a_sigma() -> None:
    each = planted(good, 5, 14)
    found = calibrate_views(each.views, each.board)
    assert list(found.sigma_of) == ["fx_px", "fy_px", "cx_px", "cy_px", "k1", "k2", "p1", "p2", "k3"]
    truth = np.array([*np.diag(each.camera.matrix)[:2], *each.camera.matrix[:2, 2], *each.camera.distortion[:4]])
    camera = found.intrinsics
    seen = np.array([*np.diag(camera.matrix)[:2], *camera.matrix[:2, 2], *camera.distortion[:4]])
    assert (np.abs(seen - truth) < 4 * np.array(found.sigmas[:8])).all()
    noisier = [
        NamedView(v.name, replace(v.view, corners_px=v.view.corners_px + np.random.default_rng(i).normal(0, 1.5, (1, 1))
                                  + np.random.default_rng(i).normal(0, 1.5, v.view.corners_px.shape)))
        for i, v in enumerate(each.views)
    ]  # fmt: skip
    assert calibrate_views(noisier, each.board).sigmas[0] > 2 * found.sigmas[0]


@pytest.mark.parametrize(("factor", "seed"), [(1.1, 0), (1.6, 2), (3.0, 3)])
def test_two_zooms_in_one_set_are_named(factor: float, seed: int) -> None:
    each = planted(good, seed, 14)
    rng = np.random.default_rng(seed)
    nearer = replace(each.camera, fx_px=each.camera.fx_px * factor, fy_px=each.camera.fy_px * factor)
    zoomed = [
        NamedView(f"zoomed{index}.png", see(nearer, each.board, stance, each.noise_px, rng))
        for index, stance in enumerate(good(rng, 6))
    ]
    views = [*each.views[:7], *zoomed]
    found = calibrate_views([views[index] for index in rng.permutation(len(views))], each.board)
    words = found.doubts[0]
    assert words.startswith("the pictures are of two cameras or zooms: ")
    fewer, others, _ = words.split("; ")
    assert fewer.count("zoomed") == 6
    assert fewer.count(".png") == 6
    assert "zoomed" not in others


def test_zooms_a_few_per_cent_apart_are_named_where_the_views_tell() -> None:
    assert simulated.zooms_named(1.03, 8) >= 5
    assert simulated.zooms_named(1.0, 8) == 0


def test_pictures_of_which_some_are_mirrored_are_named() -> None:
    each = planted(good, 3, 14)
    assert abs(each.camera.cx_px - (each.camera.width - 1) / 2) > 5
    found = calibrate_views([*map(_mirrored, each.views[:5]), *each.views[5:]], each.board)
    assert found.doubts[0].startswith("some of the pictures are mirrored against the others: mirrored-0.png, ")
    assert found.doubts[0].count("mirrored-") == 5


def test_two_real_cameras_in_one_set_are_told_apart(shared: Path) -> None:
    folder = shared / "media/targets/chessboard"
    paths = [*sorted(folder.glob("left*.jpg"))[:7], *sorted(folder.glob("right*.jpg"))[7:]]
    found = calibrate_camera([(path.name, partial(read_picture, path)) for path in paths], CHESSBOARD)
    assert "two cameras" in found.doubts[0]
    fewer, others, _ = found.doubts[0].split("; ")
    assert ("left" in fewer) != ("right" in fewer)
    assert ("left" in others) != ("right" in others)


def test_one_picture_counts_once_whatever_its_name_and_compression(shared: Path, tmp_path: Path) -> None:
    picture = cv2.imread(str(shared / "media/targets/chessboard/left01.jpg"))
    assert picture is not None
    paths = [tmp_path / f"{quality}.jpg" for quality in range(40, 100, 5)]
    for path in paths:
        assert cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, int(path.stem)])
    with pytest.raises(InputError, match=r"1 picture with .*45\.jpg: shows the board as 40\.jpg does: counted once"):
        calibrate_camera([(str(path), partial(read_picture, path)) for path in paths], CHESSBOARD)


def test_a_mirrored_board_of_markers_is_named_as_such() -> None:
    board = BoardSpec.charuco(7, 5, 0.04, 0.03, "DICT_4X4_50")
    printed = cv2.aruco.CharucoBoard(
        (7, 5), 0.04, 0.03, cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    ).generateImage((700, 500), marginSize=40)
    picture: RGBImage = np.ascontiguousarray(np.repeat(np.asarray(printed)[:, ::-1, None], 3, axis=2), dtype=np.uint8)
    with pytest.raises(InputError, match="shows the board mirrored: turn the camera's mirror mode off"):
        calibrate_camera([("selfie.png", lambda: picture)], board)


def test_another_board_than_was_said_fits_no_camera() -> None:
    each = planted(good, 1, 12)
    rng = np.random.default_rng(0)
    wrong = [
        NamedView(view.name, BoardView(rng.permutation(view.view.object_m), view.view.corners_px, view.view.size))
        for view in each.views
    ]
    found = calibrate_views(wrong, each.board)
    assert "fit no camera" in found.doubts[0]
    assert "check the board's columns, rows and sides" in found.doubts[0]


def test_a_square_of_metres_was_meant_in_millimetres() -> None:
    with pytest.raises(InputError, match=r"25 m: above 3 m; write millimetres as 25mm"):
        BoardSpec.chessboard(9, 6, 25.0)


def test_a_long_lens_keeps_its_coefficients_within_bounds() -> None:
    """Far from the edges of what it bends, a lens's higher coefficients are noise: hundreds, if they were let."""
    rng = np.random.default_rng(0)
    camera = Intrinsics(2500, 2500, 325, 236, 640, 480, (0.1, 0.0, 0.0, 0.0, 0.0))
    views = [NamedView(str(i), see(camera, CHESSBOARD, stance, 0.1, rng)) for i, stance in enumerate(good(rng, 15))]
    found = calibrate_views(views, CHESSBOARD)
    assert not found.doubts
    assert max(map(abs, found.intrinsics.distortion)) < 10
    assert abs(found.intrinsics.fx_px - 2500) < 4 * found.sigmas[0]


def test_the_kinds_of_sets_are_what_they_are_called() -> None:
    rng = np.random.default_rng(0)
    assert {stance[:3] for stance in simulated.square_on(rng, 5)} == {(0.0, 0.0, 0.0)}
    assert len({stance[:2] for stance in simulated.moved_along(rng, 5)}) == 1
    assert len({stance[:2] for stance in good(rng, 5)}) == 5
