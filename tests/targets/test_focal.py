"""A focal length that is not the pictures' is found where prints in sight tell it, and nothing is said where not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.targets.rendered import rotation
from tests.targets.simulated import BOARDS, see
from tui.camera.imread import read_picture
from tui.geometry.intrinsics import FOV_SIGMA, Intrinsics
from tui.targets.focal import FocalCheck, FocalFinding, judge, sights_of
from tui.targets.markers import Marker, MarkerDetector
from tui.targets.pose import estimate_pose
from tui.targets.prints import Print, Sight
from tui.targets.spec import MarkerSpec, parse_target

Array = npt.NDArray[np.float64]

LENS = (-0.1, 0.05, 0.0, 0.0)
HALF_M = 0.04
SQUARE_M = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * HALF_M
NOISE_PX = 0.2
ARUCO_CAMERA = Intrinsics(
    811.4, 810.8, 317.8, 240.7, 640, 480, (-0.0604, 0.1807, 0.0007, 0.00101, 0.2625), focal_sigma=0.002
)
OTHER_CAMERA = Intrinsics(532.8, 532.9, 342.5, 233.9, 640, 480, (-0.281, 0.0252, 0.0012, -0.0001, 0.163))


def _true_camera(rng: np.random.Generator) -> Intrinsics:
    return Intrinsics(600, 600, 319.5 + rng.normal(0, 5), 239.5 + rng.normal(0, 5), 640, 480, LENS)


def _given(factor: float, sigma: float = 0.003, lens: tuple[float, ...] = LENS) -> Intrinsics:
    return Intrinsics(600 * factor, 600 * factor, 319.5, 239.5, 640, 480, lens, focal_sigma=sigma)


def _boards(rng: np.random.Generator, tilt_deg: float, count: int) -> list[Sight]:
    """A board tilted so far to a side drawn by chance, each view by a camera of 600 px."""
    sights = []
    for index in range(count):
        way, tilt = rng.uniform(0, 2 * np.pi), math.radians(tilt_deg)
        stance = (tilt * math.cos(way), tilt * math.sin(way), rng.uniform(-0.3, 0.3), *rng.uniform(-0.3, 0.3, 2), 0.45)
        view = see(_true_camera(rng), BOARDS[(0, 2)[index % 2]], stance, NOISE_PX, rng)
        sights.append(Sight((Print(view.object_m, view.corners_px),)))
    return sights


def _markers(rng: np.random.Generator, camera: Intrinsics, tilt_deg: float | None, count: int) -> list[Marker]:
    """Markers of 80 mm, on one plane tilted so far, or (None) each somewhere in a room, as the camera sees them."""
    way, tilt, markers = rng.uniform(0, 2 * np.pi), math.radians(tilt_deg or 0), list[Marker]()
    turn = rotation(tilt * math.cos(way), tilt * math.sin(way), rng.uniform(-3, 3))
    z_m = rng.uniform(0.6, 1.4)
    while len(markers) < count:
        if tilt_deg is None:
            turn, z_m = (
                rotation(rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8), rng.uniform(-3, 3)),
                rng.uniform(0.5, 2.5),
            )
        at = np.array([rng.uniform(-0.45, 0.45) * z_m, rng.uniform(-0.35, 0.35) * z_m, 0.0])
        own = SQUARE_M @ rotation(0, 0, rng.uniform(-3, 3)).T
        points = (own + at) @ turn.T + (0, 0, z_m) if tilt_deg is not None else own @ turn.T + at + (0, 0, z_m)
        seen = camera.pixels(points)
        if (points[:, 2] > 0.2).all() and (seen > 0).all() and (seen < (640, 480)).all():
            markers.append(_marker(len(markers), seen + rng.normal(0, NOISE_PX, (4, 2)), camera))
    return markers


def _marker(number: int, seen: Array, camera: Intrinsics) -> Marker:
    pose = estimate_pose(SQUARE_M, seen, camera)
    assert pose is not None
    corners = tuple((float(u), float(v)) for u, v in seen)
    spec = parse_target("DICT_4X4_50:*=80mm")
    assert isinstance(spec, MarkerSpec)
    middle = seen.mean(axis=0)
    outline = tuple((float(x), float(y), 0.0) for x, y, _ in SQUARE_M)
    return Marker(
        spec, f"marker {number}", f"DICT_4X4_50:{number}", float(middle[0]), float(middle[1]), 1.0, 0.01, 0.0, corners,
        corners, outline, (0.0, 0.0, 1.0), pose.rms_px, ambiguous=False,
    )  # fmt: skip


def _share_wrong(findings: list[FocalFinding | None]) -> float:
    return sum(each is not None and each.wrong for each in findings) / len(findings)


@pytest.mark.parametrize("tilt_deg", [30.0, 45.0])
@pytest.mark.parametrize("factor", [0.6, 0.85, 1.15, 1.6])
def test_a_tilted_board_finds_a_wrong_focal_length_and_says_by_how_much(tilt_deg: float, factor: float) -> None:
    found = [judge([each], _given(factor)) for each in _boards(np.random.default_rng(3), tilt_deg, 12)]
    assert _share_wrong(found) >= 0.75
    for each in found:
        assert each is not None
        assert abs(math.log(each.found_px / 600)) < 3.5 * each.sigma
        assert not each.agrees
    words = next(each.words for each in found if each is not None and each.wrong)
    assert ("too short" in words) == (factor < 1)


@pytest.mark.parametrize("tilt_deg", [0.0, 10.0, 20.0, 30.0, 45.0])
@pytest.mark.parametrize(("sigma", "lens"), [(0.003, LENS), (FOV_SIGMA, ())])
def test_the_right_focal_length_is_never_doubted(tilt_deg: float, sigma: float, lens: tuple[float, ...]) -> None:
    given = _given(1.0, sigma, lens)
    assert _share_wrong([judge([each], given) for each in _boards(np.random.default_rng(4), tilt_deg, 16)]) == 0


@pytest.mark.parametrize("factor", [0.75, 1.0, 1.3])
def test_a_board_seen_square_on_cannot_tell_and_says_nothing(factor: float) -> None:
    found = [judge([each], _given(factor)) for each in _boards(np.random.default_rng(5), 0.0, 12)]
    assert _share_wrong(found) == 0
    assert not any(each is not None and each.agrees for each in found)


def test_markers_on_a_plane_tell_together_what_one_of_them_cannot() -> None:
    rng = np.random.default_rng(6)
    wrong, alone = _given(0.7), 0
    for _ in range(8):
        markers = _markers(rng, _true_camera(rng), 35.0, 6)
        (sight,) = sights_of(markers, wrong)
        assert sight.on_one_plane
        finding = judge([sight], wrong)
        assert finding is not None
        assert finding.wrong
        assert finding.found_px == pytest.approx(600, rel=4 * finding.sigma)
        assert "if they lie on one plane" in finding.words
        one = judge(sights_of(markers[:1], wrong), wrong)
        alone += one is not None and one.wrong
    assert alone <= 2


@pytest.mark.parametrize("count", [1, 3, 6])
def test_markers_about_a_room_raise_nothing(count: int) -> None:
    rng = np.random.default_rng(7)
    given, found = _given(1.0), list[FocalFinding | None]()
    for _ in range(12):
        sights = sights_of(_markers(rng, _true_camera(rng), None, count), given)
        assert not any(each.on_one_plane for each in sights)
        found.append(judge(sights, given))
    assert _share_wrong(found) == 0


def test_views_that_differ_are_remembered_and_equal_ones_are_not_counted_twice() -> None:
    rng = np.random.default_rng(8)
    camera = _true_camera(rng)
    check, alone = FocalCheck(_given(0.85)), []
    for _ in range(5):
        markers = _markers(rng, camera, 22.0, 5)
        alone.append(judge(sights_of(markers, _given(0.85)), _given(0.85)))
        finding = check.look(markers)
    assert finding is not None
    assert finding.wrong
    assert finding.sigma < min(each.sigma for each in alone if each is not None)
    assert check.look(markers) is finding
    assert check.look(()) is finding


def test_the_camera_of_a_real_board_and_another_camera_s_intrinsics(shared: Path) -> None:
    """The board at 0.37 m that read 0.25 m."""
    detector = MarkerDetector([parse_target("DICT_6X6_1000:*=37.5mm")])
    for name in ("0", "9", "18", "30"):
        picture = read_picture(shared / f"media/targets/aruco_board/{name}.jpg")
        right = judge(sights_of(detector.detect(picture, ARUCO_CAMERA), ARUCO_CAMERA), ARUCO_CAMERA)
        assert right is not None
        assert not right.wrong
        other = judge(sights_of(detector.detect(picture, OTHER_CAMERA), OTHER_CAMERA), OTHER_CAMERA)
        assert other is not None
        assert other.wrong
        assert other.found_px == pytest.approx(811, rel=3 * other.sigma)
        assert "too short: given as 533 px" in other.words


def test_the_charuco_board_confirms_its_camera(shared: Path) -> None:
    detector = MarkerDetector([parse_target("DICT_6X6_250:5x7=40mm/20mm")])
    picture = read_picture(shared / "media/targets/charuco/choriginal.jpg")
    twice = Intrinsics(1260, 1260, 319.5, 239.5, 640, 480, focal_sigma=FOV_SIGMA)
    found = judge(sights_of(detector.detect(picture, twice), twice), twice)
    assert found is not None
    assert found.wrong
    assert "too long" in found.words
