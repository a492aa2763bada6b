"""Two views: the bundle's covariances against planted truths, pictures of a known room, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.targets.rendered import rotation
from tests.targets.slid import CAMERA, Room, depth_at
from tui.calibration.reference import Reference
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardSpec
from tui.targets.two_views_matching import Features, features_of
from tui.targets.two_views_pose import Motion, Refined, Sights, corrected, inverse_depths, refine
from tui.targets.two_views_solved import solve
from tui.targets.views import Views, references_of_views
from tui.targets.views_given import View, default_way_sigma_m

FOCAL_PX = 600.0
SLID_M = (0.2, 0.01, 0.02)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture(autouse=True, scope="module")
def looked_at_once() -> Iterator[None]:
    """What is to be found in a picture is looked for once, though many pairs have it."""
    known: dict[bytes, Features] = {}

    def remembered(image: RGBImage) -> Features:
        key = image.tobytes()
        if key not in known:
            known[key] = features_of(image)
        return known[key]

    with patch("tui.targets.views_solving.features_of", remembered):
        yield


def references_of_two_views(
    first: RGBImage,
    second: RGBImage,
    camera: Intrinsics,
    way_m: float,
    sigma_m: float | None = None,
    other: Intrinsics | None = None,
) -> Views:
    """Of one further picture and its way."""
    return references_of_views(first, [View(second, "B", way_m, sigma_m)], camera, other)


def _planted(
    rng: np.random.Generator, noise_px: float, count: int = 80
) -> tuple[Motion, Sights, npt.NDArray[np.float64]]:
    """Random points at 1.5 - 6 m seen twice by a camera that moved by 20 cm, with noise in both pictures."""
    plane = rng.uniform((-0.53, -0.4), (0.53, 0.4), (count, 2))
    z_m = rng.uniform(1.5, 6.0, count)
    first = np.column_stack([plane, np.ones(count)])
    turn = rotation(0.03, -0.02, 0.01)
    way = -turn @ np.array(SLID_M) / np.linalg.norm(SLID_M)
    w = np.linalg.norm(SLID_M) / z_m
    second = first @ turn.T + w[:, None] * way
    second /= second[:, 2:]
    for each in (first, second):
        each[:, :2] += rng.normal(0, noise_px / FOCAL_PX, (count, 2))
    return Motion(turn, way), Sights(first, second, FOCAL_PX, FOCAL_PX), w


@pytest.mark.parametrize("noise_px", [0.3, 0.7])
def test_errors_are_as_small_as_can_be_and_as_large_as_is_said(noise_px: float) -> None:
    rng = np.random.default_rng(3)
    everything, none = np.ones(80, bool), np.zeros(0)
    off, bound = [], []
    for _ in range(40):
        truth, sights, w = _planted(rng, noise_px)
        motion = refine(Refined(truth, none), sights, noise_px).motion
        found = inverse_depths(motion, corrected(motion, sights))
        # The Cramer-Rao bound is the inverse of the normal matrix at the truth.
        solved = solve(truth, sights, everything, noise_px, none)
        spread = np.einsum("ni,ij,nj->n", solved.by_motion, solved.covariance, solved.by_motion)
        off.append(found - w)
        bound.append(np.sqrt(solved.own**2 + spread))
    relative = np.array(off) / np.array(bound)
    assert math.sqrt(float((relative**2).mean())) < 1.2
    assert 0.92 <= float((np.abs(relative) < 1.96).mean()) <= 0.98


def _errors(references: tuple[Reference, ...], room: Room) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Relative errors, and errors in standard deviations."""
    depth = room.depth()
    true_m = np.array([depth_at(depth, each.u_px, each.v_px) for each in references])
    found_m = np.array([each.distance_m for each in references])
    sigma_m = np.array([each.sigma_m for each in references])
    return found_m / true_m - 1, (found_m - true_m) / sigma_m


@pytest.mark.parametrize(
    ("moved_m", "turned_rad"),
    [
        ((0.2, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((-0.2, 0.02, 0.05), (0.02, -0.03, 0.02)),
        ((0.0, 0.2, 0.0), (0.0, 0.02, 0.0)),
    ],
)
def test_a_slide_of_20_cm_measures_the_room(
    room: Room, moved_m: tuple[float, float, float], turned_rad: tuple[float, float, float]
) -> None:
    length_m = float(np.linalg.norm(moved_m))
    found = references_of_two_views(room.look(), room.look(moved_m, turned_rad), CAMERA, length_m, 1e-4)
    assert len(found.references) >= 24
    relative, sigmas = _errors(found.references, room)
    assert np.median(np.abs(relative)) < 0.015
    assert np.mean(np.abs(sigmas) < 1.96) > 0.75  # what they have in common, they have in common here
    assert found.places_m[0] == pytest.approx(moved_m, abs=0.012)
    distances_m = [each.distance_m for each in found.references]
    assert min(distances_m) < 2.0 < 4.0 < max(distances_m)
    assert len({(int(each.u_px) // 160, int(each.v_px) // 160) for each in found.references}) >= 9


def test_what_all_share_is_said_and_follows_baseline_and_focal_length(room: Room) -> None:
    pictures = (room.look(), room.look((0.2, 0.0, 0.0)))
    sure = references_of_two_views(*pictures, CAMERA, 0.2, 1e-4)
    unsure = references_of_two_views(*pictures, CAMERA, 0.2, 0.01)
    for one, other in zip(sure.references, unsure.references, strict=True):
        assert other.distance_m == pytest.approx(one.distance_m)
        assert other.sigma_m**2 - one.sigma_m**2 == pytest.approx((0.05 * one.distance_m) ** 2, rel=0.01)
        assert other.shared > one.shared > 0
    typed = Intrinsics(
        CAMERA.fx_px, CAMERA.fy_px, CAMERA.cx_px, CAMERA.cy_px, CAMERA.width, CAMERA.height, focal_sigma=0.01
    )
    of_typed = references_of_two_views(*pictures, typed, 0.2, 1e-4)
    sigmas = [np.median([each.sigma_m / each.distance_m for each in found.references]) for found in (sure, of_typed)]
    assert sigmas[1] > math.hypot(sigmas[0], 0.005)


def test_a_way_without_an_uncertainty_has_one() -> None:
    assert default_way_sigma_m(0.1) == 0.002
    assert default_way_sigma_m(0.5) == pytest.approx(0.005)


def test_a_larger_picture_says_the_same_at_its_own_pixels(room: Room) -> None:
    one, other = room.look(), room.look((0.2, 0.0, 0.0))
    large: list[RGBImage] = [
        np.asarray(cv2.resize(each, (2560, 1920), interpolation=cv2.INTER_CUBIC), np.uint8) for each in (one, other)
    ]
    found = references_of_two_views(large[0], large[1], CAMERA.scaled_to(2560, 1920), 0.2, 1e-4)
    depth = room.depth()
    off = [each.distance_m / depth_at(depth, each.u_px / 4, each.v_px / 4) - 1 for each in found.references]
    assert np.median(np.abs(off)) < 0.02


def _wall(shift_px: float = 0.0) -> RGBImage:
    """A picture of one plane, all of it textured, that slid sideways."""
    rng = np.random.default_rng(5)
    grain = cv2.GaussianBlur(rng.uniform(0, 255, (480, 900)).astype(np.float32), (0, 0), 2.5)
    grain = (grain - grain.min()) / (grain.max() - grain.min()) * 255
    moved = cv2.warpAffine(grain, np.array([[1, 0, -shift_px], [0, 1, 0]]), (640, 480), flags=cv2.INTER_CUBIC)
    noisy = np.clip(moved + rng.normal(0, 2, moved.shape), 0, 255).astype(np.uint8)
    return np.repeat(noisy[:, :, None], 3, axis=2)


def _people(picture: RGBImage) -> RGBImage:
    """Half of the picture has moved up by 20 pixels."""
    changed = picture.copy()
    changed[:440, :400] = picture[20:460, 10:410]
    return changed


def test_pictures_that_tell_nothing_sure_are_refused_with_the_reason(room: Room) -> None:
    first = room.look()
    slid = room.look((0.2, 0.0, 0.0))
    blurred: RGBImage = np.asarray(cv2.blur(slid, (15, 1)), np.uint8)
    plain = np.full((480, 640, 3), 127, np.uint8)
    cases: list[tuple[RGBImage, RGBImage, str]] = [
        (first, room.look((0.05, 0.02, 0.5)), "towards the scene"),
        (first, room.look((0.05, 0.0, -0.3)), "away from the scene"),
        (first, room.look(), "almost the same"),
        (first, room.look(turned_rad=(0.05, 0.0, 0.0)), "turned"),
        (first, room.look((0.2, 0.0, 0.0), (0.2, 0.0, 0.0)), "turned by 1[12] degrees"),
        (first, room.look((0.004, 0.0, 0.0)), "parallax"),
        (first, blurred, "second picture is blurred"),
        (blurred, first, "first picture is blurred"),
        (plain, plain, "only 0 points"),
        (first, _wall(), "match"),
        (_wall(), _wall(25.0), "plane|parallax"),
        (first, _people(slid), "moved between the pictures"),
        (first, slid[:, ::-1].copy(), "match|moved between"),
    ]
    for one, other, words in cases:
        with pytest.raises(InputError, match=words) as error:
            references_of_two_views(one, other, CAMERA, 0.2)
        assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="one camera at one size"):
        references_of_two_views(first, slid[:, :600], CAMERA, 0.2)


def test_two_real_cameras_measure_the_board_between_them(shared: Path) -> None:
    """The baseline and the truth are the board's own: its squares' 25 mm, seen by both cameras in 13 pairs."""
    opencv: Any = cv2
    board = BoardFinder(BoardSpec.chessboard(9, 6, 0.025))
    folder = shared / "media/targets/chessboard"
    pairs = [
        (read_picture(path), read_picture(path.with_name(path.name.replace("left", "right"))))
        for path in sorted(folder.glob("left??.jpg"))
    ]
    seen = [(board.find(one), board.find(other)) for one, other in pairs]
    both = [(one, other) for one, other in seen if one is not None and other is not None]
    assert len(both) >= 10
    object_m = [one.object_m.astype(np.float32) for one, _ in both]
    corners = [[side.corners_px.astype(np.float32) for side in sides] for sides in zip(*both, strict=True)]
    cameras, lenses = [], []
    for of_side in corners:
        _, matrix, bend, _, _ = opencv.calibrateCamera(object_m, of_side, (640, 480), np.eye(3), np.zeros(5))
        lenses += [matrix, bend]
        (fx_px, _, cx_px), (_, fy_px, cy_px) = matrix[:2].tolist()
        bends = tuple(float(each) for each in bend.ravel()[:5])
        cameras.append(Intrinsics(fx_px, fy_px, cx_px, cy_px, 640, 480, bends, focal_sigma=0.002))
    solved = opencv.stereoCalibrate(object_m, *corners, *lenses, (640, 480), flags=opencv.CALIB_FIX_INTRINSIC)
    baseline_m = float(np.linalg.norm(solved[6]))
    assert baseline_m == pytest.approx(0.0832, abs=0.0005)
    within, on_board = [], []
    for number in (0, 6):  # there the board is upright and all of it is seen
        one, _ = seen[number]
        assert one is not None
        _, turn, origin = opencv.solvePnP(one.object_m, one.corners_px, lenses[0], lenses[1])
        normal = opencv.Rodrigues(turn)[0][:, 2]
        found = references_of_two_views(*pairs[number], cameras[0], baseline_m, 1e-4, cameras[1])
        edge_m = np.array([[-0.025, -0.025, 0], [0.225, -0.025, 0], [0.225, 0.15, 0], [-0.025, 0.15, 0]])
        edge_px = opencv.projectPoints(edge_m, turn, origin, lenses[0], lenses[1])[0]
        hull = opencv.convexHull(edge_px.reshape(-1, 2).astype(np.float32))
        for each in found.references:
            if opencv.pointPolygonTest(hull, (each.u_px, each.v_px), measureDist=False) > 0:
                true_m = float(normal @ origin.ravel()) / float(normal @ np.array(cameras[0].ray(each.u_px, each.v_px)))
                on_board.append(each.distance_m / true_m - 1)
                within.append(abs(each.distance_m - true_m) < 1.96 * each.sigma_m)
    assert len(on_board) >= 6
    assert np.max(np.abs(on_board)) < 0.03
    assert np.mean(within) > 0.9
