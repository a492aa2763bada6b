"""Sheets of paper as references: planted truths, a sigma that errors obey, OpenCV's boards taken for sheets."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.targets.rendered import blank, finish, rotation
from tests.targets.sheets import corners_of, paint, picture_of, seen, with_text
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardSpec, BoardView
from tui.targets.in_plane import SheetPlane
from tui.targets.markers import references_inside
from tui.targets.observer import observer_of
from tui.targets.pose import estimate_pose
from tui.targets.sheet_finder import find_sheets, grey_of, plane_at, sheet_at, why_unseen
from tui.targets.sheet_pose import sheet_pose
from tui.targets.sheets import SIZES, SheetSpec, ordered, parse_corners, parse_sheet
from tui.targets.solving import solve
from tui.targets.spec import parse_target

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
A4, LETTER, CARD = parse_sheet("A4"), parse_sheet("Letter"), parse_sheet("card")
GREY = np.full((480, 640), 128, np.uint8)
TARGETS = Path(__file__).parents[2] / "../shared/media/targets"


# --- how they are written


@pytest.mark.parametrize(
    ("text", "sides_m"),
    [
        ("A4", (0.210, 0.297)), ("a4", (0.210, 0.297)), (" letter ", (0.2159, 0.2794)), ("US Letter", (0.2159, 0.2794)),
        ("legal", (0.2159, 0.3556)), ("A3", (0.297, 0.420)), ("a5", (0.148, 0.210)), ("ID-1", (0.0856, 0.05398)),
        ("credit card", (0.0856, 0.05398)), ("21x29.7cm", (0.21, 0.297)), ("21 x 29,7 cm", (0.21, 0.297)),
        ("210mm \u00d7 297mm", (0.21, 0.297)), ("8.5x11in", (0.2159, 0.2794)), ("8 1/2 by 11 in", (0.2159, 0.2794)),
        ("0.8m x 2m", (0.8, 2.0)), ("paper", (0.210, 0.297)),
    ],
)  # fmt: skip
def test_sizes_are_written_as_people_do(text: str, sides_m: tuple[float, float]) -> None:
    spec = parse_sheet(text)
    assert (spec.width_m, spec.height_m) == pytest.approx(sides_m)
    assert parse_target(spec.whole) == spec, "a profile gives the same again"


def test_an_uncertainty_is_that_of_each_side() -> None:
    assert parse_sheet("21x29.7cm±2mm").sigma_m == pytest.approx(0.002)
    assert parse_sheet("21x29.7cm ±1mm").relative_sigma == pytest.approx(math.hypot(1 / 210, 1 / 297) / 2)


@pytest.mark.parametrize(
    "text", ["", "A9", "21x29.7", "21cm", "x", "21x29.7cmx3", "0x29cm", "21x29.7km", "1mm x 2mm", "1cm x 3m", "A4=",
             "-1x2cm"],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match="--sheet") as caught:
        parse_sheet(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_no_text_whatever_is_a_traceback(text: str) -> None:
    for parse in (parse_sheet, lambda each: parse_corners(each, each)):
        with contextlib.suppress(InputError):
            parse(text)


def test_corners_may_come_in_any_order() -> None:
    expected = [[10.0, 20.0], [400.0, 25.0], [410.0, 300.5], [8.0, 310.0]]
    for text in ("10,20:400,25:410,300.5:8,310", "8,310:400,25:10,20:410,300.5"):
        assert parse_corners(text, text).tolist() == expected


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2:3,4:5,6", "1,2:1,2:1,2:1,2", "0,0:100,0:200,0:100,50", "0,0:90,0:30,30:0,90",
             "a,b:1,2:3,4:5,6"],
)  # fmt: skip
def test_four_points_that_are_no_rectangle_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--sheet 'A4=.*corners"):
        parse_corners(text, f"A4={text}")


# --- poses


def _stance(
    rng: np.random.Generator, spec: SheetSpec, z_m: float, tilt: float
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    object_m = spec.stances[rng.integers(len(spec.stances))]
    turn = rotation(rng.uniform(-tilt, tilt), rng.uniform(-tilt, tilt), rng.uniform(-0.3, 0.3))
    return object_m, turn, (rng.uniform(-0.2, 0.2) * z_m, rng.uniform(-0.15, 0.15) * z_m, z_m)


def _bound(object_m: np.ndarray, turn: np.ndarray, middle_m: tuple[float, float, float], noise_px: float) -> float:
    """The Cramer-Rao bound of the middle's distance, metres."""
    vector, _ = cv2.Rodrigues(turn)
    _, jacobian = cv2.projectPoints(object_m, vector, np.array(middle_m), CAMERA.matrix, np.zeros(5))
    return float(noise_px * np.sqrt(np.linalg.inv(jacobian[:, :6].T @ jacobian[:, :6])[5, 5]))


@pytest.mark.parametrize(("z_m", "promised"), [(1.0, 0.005), (2.0, 0.012)])
def test_errors_are_those_of_the_bound_and_intervals_hold(z_m: float, promised: float) -> None:
    """0.7 px of error, f 600 px, as it was reckoned: 0.4 % at 1 m and 0.8 % at 2 m from corners alone."""
    rng = np.random.default_rng(3)
    exact = SheetSpec("exact", A4.width_m, A4.height_m, 1e-9)
    errors, bounds, held, sigmas = [], [], [], []
    for _ in range(300):
        object_m, turn, middle_m = _stance(rng, exact, z_m, 0.7)
        corners = seen(object_m, turn, middle_m, CAMERA) + rng.normal(0, 0.7, (4, 2))
        pose = sheet_pose(exact, corners, CAMERA, 0.7, freedom=30.0, flat_sigma=0.0)
        assert pose is not None
        errors.append(pose.distances_m[0] - z_m)
        bounds.append(_bound(object_m, turn, middle_m, 0.7))
        held.append(abs(errors[-1]) < 1.96 * pose.sigmas_m[0])
        sigmas.append(pose.sigmas_m[0])
    assert math.sqrt(np.mean(np.square(errors))) < 1.2 * math.sqrt(np.mean(np.square(bounds)))
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.median(sigmas) < promised * z_m


@pytest.mark.parametrize(("spec", "z_m"), [(A4, 3.0), (CARD, 1.0), (CARD, 1.5)])
def test_where_two_stances_fit_the_interval_holds_both(spec: SheetSpec, z_m: float) -> None:
    rng = np.random.default_rng(5)
    held, ambiguous = [], 0
    for _ in range(200):
        object_m, turn, middle_m = _stance(rng, spec, z_m, 0.7)
        corners = seen(object_m, turn, middle_m, CAMERA) + rng.normal(0, 0.5, (4, 2))
        pose = sheet_pose(spec, corners, CAMERA, 0.5)
        if pose is None:  # too small to be told
            continue
        off = 1.96 * pose.sigmas_m[0]
        held.append(abs(pose.distances_m[0] - z_m) < off)
        if pose.other_m is not None:
            ambiguous += 1
            assert abs(pose.other_m - pose.distances_m[0]) <= 1.1 * off
    assert len(held) > 150
    assert ambiguous > 10, "that is what is tried here"
    assert np.mean(held) >= 0.92


def test_all_points_of_a_sheet_share_the_size_s_and_the_focal_length_s_error() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.3, 0.2), (0.0, 0.0, 1.0), CAMERA)
    vague = Intrinsics(600, 600, 319.5, 239.5, 640, 480, focal_sigma=0.03)
    exact, far = (sheet_pose(A4, corners, camera, 0.2) for camera in (CAMERA, vague))
    assert exact is not None
    assert far is not None
    assert len(far.distances_m) == 5
    assert far.sigmas_m == pytest.approx(far.distances_m * np.hypot(0.03, exact.sigmas_m / exact.distances_m), rel=1e-6)
    assert far.shared == pytest.approx(np.full(5, 0.03), rel=0.1), "what is left to each alone is little"


# --- in pictures


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0), (0.4, 0.2, 0.1), (-0.6, 0.3, 1.2)])
@pytest.mark.parametrize(("spec", "z_m"), [(A4, 0.7), (LETTER, 1.0), (A4, 2.0), (CARD, 0.35)])
def test_a_sheet_is_found_by_itself_and_is_where_it_is(
    spec: SheetSpec, z_m: float, turn: tuple[float, float, float]
) -> None:
    place = rotation(*turn), (0.05 * z_m, -0.03 * z_m, z_m)
    fine = blank(CAMERA, 110.0)
    paint(fine, seen(corners_of(spec.width_m, spec.height_m), *place, CAMERA), 230.0)
    with_text(fine, spec.width_m, spec.height_m, place, CAMERA) if spec.is_paper else None
    (found,), rival = find_sheets(grey_of(finish(fine, 3.0)), spec, CAMERA)
    assert rival == ""
    assert found.pose.distances_m[0] == pytest.approx(z_m, rel=0.004)
    assert abs(found.pose.distances_m[0] - z_m) < 2 * found.pose.sigmas_m[0]
    assert found.pose.points_px[0] == pytest.approx(tuple(seen(np.zeros((1, 3)), *place, CAMERA)[0]), abs=0.3)


@pytest.mark.parametrize(("spec", "other"), [(A4, LETTER), (LETTER, A4)])
def test_a4_and_letter_are_told_apart(spec: SheetSpec, other: SheetSpec) -> None:
    corners = seen(corners_of(spec.width_m, spec.height_m), rotation(0.3, -0.2, 0.1), (0.0, 0.0, 1.0), CAMERA)
    image = picture_of(corners, CAMERA)
    found, rival = find_sheets(grey_of(image), other, CAMERA)
    assert (found, rival) == ((), spec.name)
    assert f"write {spec.name}" in why_unseen(other, image, CAMERA)
    with pytest.raises(InputError, match=f"shape of {spec.name}"):
        sheet_at(grey_of(image), other, corners, CAMERA)
    (either,), _ = find_sheets(grey_of(image), parse_sheet("paper"), CAMERA)
    assert either.pose.distances_m[0] == pytest.approx(1.0, rel=0.004)
    assert either.pose.sigmas_m[0] < 0.006, "it is not asked for where the picture tells it"


def test_paper_too_far_away_to_be_told_may_be_either() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.4, 0.2, 0.1), (0.1, 0.0, 3.5), CAMERA)
    (either,), _ = find_sheets(grey_of(picture_of(corners, CAMERA)), parse_sheet("paper"), CAMERA)
    assert either.pose.other_m is not None
    assert abs(either.pose.distances_m[0] - 3.5) < 1.96 * either.pose.sigmas_m[0]


def test_a_thumb_over_an_edge_does_no_harm() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.2, 0.2), (0.0, 0.0, 0.8), CAMERA)
    fine = blank(CAMERA, 110.0)
    paint(fine, corners, 230.0)
    foot = 0.6 * corners[2] + 0.4 * corners[3]
    paint(fine, foot + np.array([[-12, -25], [12, -25], [12, 60], [-12, 60]]), 140.0)
    (found,), _ = find_sheets(grey_of(finish(fine, 3.0)), A4, CAMERA)
    assert found.pose.distances_m[0] == pytest.approx(0.8, rel=0.004)


def test_of_two_sheets_none_is_taken_unless_one_was_confirmed() -> None:
    fine = blank(CAMERA, 110.0)
    for x_m, z_m in ((-0.35, 1.0), (0.35, 1.5)):
        paint(fine, seen(corners_of(0.21, 0.297), rotation(0.2), (x_m, 0.0, z_m), CAMERA), 230.0)
    image = finish(fine, 3.0)
    assert observer_of([A4], CAMERA)(image).markers == ()
    assert why_unseen(A4, image, CAMERA).startswith("2 rectangles may be it, at (")
    (marker,) = observer_of([SheetSpec("A4", *SIZES["A4"], near_px=(460.0, 240.0))], CAMERA)(image).markers
    assert marker.distance_m == pytest.approx(1.5, rel=0.004)


def test_what_is_small_enough_to_be_anything_is_taken_only_when_it_was_confirmed() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.3, 0.2), (0.3, 0.0, 3.6), CAMERA)
    image = picture_of(corners, CAMERA)
    assert observer_of([A4], CAMERA)(image).markers == ()
    assert "to be taken unasked" in why_unseen(A4, image, CAMERA)
    place = tuple(corners.mean(axis=0).tolist())
    (marker,) = observer_of([replace(A4, near_px=place)], CAMERA)(image).markers
    assert abs(marker.distance_m - 3.6) < 2 * marker.sigma_m
    assert observer_of([replace(A4, near_px=(40.0, 40.0))], CAMERA)(image).markers == ()


def test_a_sheet_is_followed_from_picture_to_picture_and_gone_when_it_is_gone() -> None:
    observe = observer_of([A4], CAMERA)
    for step in range(4):
        z_m = 1.0 + 0.02 * step
        corners = seen(corners_of(0.21, 0.297), rotation(0.2), (0.005 * step, 0.0, z_m), CAMERA)
        observed = observe(picture_of(corners, CAMERA, seed=step))
        references = references_inside(observed.markers, 640, 480)
        assert [each.label for each in references] == [f"sheet A4 {number}" for number in range(1, 6)]
        assert references[0].distance_m == pytest.approx(z_m, rel=0.004)
    assert observe(finish(blank(CAMERA, 110.0), 3.0)).markers == ()


def test_nothing_is_found_where_there_is_nothing() -> None:
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 255, (480, 640), np.uint8)
    assert find_sheets(noise, A4, CAMERA) == ((), "")
    assert find_sheets(np.asarray(cv2.GaussianBlur(noise, (0, 0), 6), np.uint8), A4, CAMERA)[0] == ()


def test_corners_that_were_pinned_roughly_are_refined_and_without_edges_taken_as_they_are() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.3, 0.2), (0.0, 0.0, 1.0), CAMERA)
    rough = np.rint(corners + np.random.default_rng(1).normal(0, 1.0, (4, 2)))
    found = sheet_at(grey_of(picture_of(corners, CAMERA)), A4, rough, CAMERA)
    assert found.refined
    assert np.abs(found.corners_px - corners).max() < 0.15
    bare = sheet_at(GREY, A4, rough, CAMERA)
    assert not bare.refined
    assert bare.corners_px.tolist() == rough.tolist()
    assert abs(bare.pose.distances_m[0] - 1.0) < 2 * bare.pose.sigmas_m[0]
    assert bare.pose.sigmas_m[0] > 1.5 * found.pose.sigmas_m[0]


def test_a_lens_that_bends_edges_is_undone() -> None:
    bent = Intrinsics(600, 600, 319.5, 239.5, 640, 480, (-0.25, 0.08, 0.0, 0.0))
    sides = corners_of(0.21, 0.297)
    around = np.concatenate([np.linspace(sides[i], sides[(i + 1) % 4], 40, endpoint=False) for i in range(4)])
    turn, middle_m = rotation(0.2, 0.3), (0.12, 0.05, 0.6)
    fine = blank(bent, 110.0)
    edge = (seen(around, turn, middle_m, bent) + 0.5) * 4 - 0.5
    cv2.fillPoly(fine, [np.rint(edge * 256).astype(np.int32)], 230.0, cv2.LINE_AA, 8)
    found = sheet_at(grey_of(finish(fine, 3.0)), A4, np.rint(seen(sides, turn, middle_m, bent)), bent)
    assert found.refined
    assert found.pose.distances_m[0] == pytest.approx(0.6, rel=0.003)


def test_a_rectangle_that_no_camera_sees_like_that_is_refused() -> None:
    square = np.array([[100.0, 100], [300, 100], [300, 300], [100, 300]])
    with pytest.raises(InputError, match="check the corners, the size and the focal length"):
        sheet_at(GREY, parse_sheet("10x80cm"), square, CAMERA)


# --- without a camera


def test_lengths_in_its_plane_need_no_camera() -> None:
    rng = np.random.default_rng(4)
    errors, held = [], []
    for _ in range(60):
        focal_px = float(rng.choice([480.0, 600.0, 800.0]))
        camera = Intrinsics(focal_px, focal_px, 319.5, 239.5, 640, 480)
        object_m, turn, middle_m = _stance(rng, A4, 1.0, 0.6)
        corners = ordered(seen(object_m, turn, middle_m, camera) + rng.normal(0, 0.2, (4, 2)))
        ends_m = rng.uniform(-0.25, 0.25, (2, 3)) * (1, 1, 0)
        start, end = seen(ends_m, turn, middle_m, camera)
        found = SheetPlane(A4, corners, (640, 480), 0.2).length(tuple(start), tuple(end))
        assert found is not None
        true_m = float(np.linalg.norm(ends_m[1] - ends_m[0]))
        errors.append(abs(found.length_m / true_m - 1))
        held.append(abs(found.length_m - true_m) < 1.96 * found.sigma_m)
    assert np.median(errors) < 0.004
    assert np.mean(held) >= 0.92


def test_a_pixel_beyond_the_plane_s_horizon_has_no_length() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.0, -1.2), (0.0, 0.1, 0.6), CAMERA)
    plane = plane_at(picture_of(corners, CAMERA), A4, ordered(corners), still=True)
    middle = tuple(corners.mean(axis=0))
    assert plane.length(middle, (middle[0], 5.0)) is None
    inside = plane.length(tuple(corners[0]), tuple(corners[1]))
    assert inside is not None
    assert inside.length_m == pytest.approx(0.21, rel=0.01)


def test_a_plane_is_found_by_itself_and_only_when_it_is_seen() -> None:
    corners = seen(corners_of(0.21, 0.297), rotation(0.4, 0.2), (0.0, 0.0, 0.8), CAMERA)
    found = plane_at(picture_of(corners, CAMERA), A4, None, still=True).length(tuple(corners[1]), tuple(corners[2]))
    assert found is not None
    assert found.length_m == pytest.approx(0.297, rel=0.01)
    empty = finish(blank(CAMERA, 110.0), 3.0)
    with pytest.raises(InputError, match="give its corners"):
        plane_at(empty, A4, None, still=True)
    with pytest.raises(InputError, match="not seen at these corners any more"):
        plane_at(empty, A4, ordered(corners), still=False)


# --- real pictures


@pytest.mark.skipif(not TARGETS.is_dir(), reason="needs the shared pictures of targets")
def test_a_real_board_taken_for_a_sheet_is_where_the_board_is() -> None:
    board = BoardSpec.markers(4, 5, 0.0375, 0.005, "DICT_6X6_1000")
    finder = BoardFinder(board)
    images = [read_picture(str(path)) for path in sorted((TARGETS / "aruco_board").glob("*.jpg"))]
    views: list[BoardView] = []
    for image in images:
        view = finder.find(image)
        assert view is not None
        views.append(view)
    solution = solve(views)
    k = solution.matrix
    camera = Intrinsics(k[0, 0], k[1, 1], k[0, 2], k[1, 2], 640, 480, tuple(solution.distortion.tolist()))
    sheet = parse_sheet("165x207.5mm")
    middle = np.array([sheet.width_m / 2, sheet.height_m / 2, 0.0])
    rng = np.random.default_rng(0)
    for image, view in zip(images, views, strict=True):
        true = estimate_pose(view.object_m - middle, view.corners_px, camera)
        assert true is not None
        turn, origin = true.camera_from_target, true.origin_m
        exact = camera.pixels(corners_of(sheet.width_m, sheet.height_m) @ turn.T + origin)
        pinned = ordered(np.rint(exact + rng.normal(0, 1.0, (4, 2))))
        found = sheet_at(grey_of(image), sheet, pinned, camera)
        assert found.refined
        assert found.pose.distances_m[0] == pytest.approx(float(origin[2]), rel=0.005)
        assert abs(found.pose.distances_m[0] - origin[2]) < 2 * found.pose.sigmas_m[0]
