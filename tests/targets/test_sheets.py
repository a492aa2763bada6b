"""Sheets of paper as references, found in pictures: planted truths, a board of OpenCV's taken for a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.targets.rendered import blank, finish, rotation
from tests.targets.sheets import corners_of, paint, picture_of, seen, with_text
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardSpec, BoardView
from tui.targets.markers import references_inside
from tui.targets.observer import observer_of
from tui.targets.pose import estimate_pose
from tui.targets.sheet_finder import find_sheets, grey_of, sheet_at, why_unseen
from tui.targets.sheets import SIZES, SheetSpec, ordered, parse_sheet
from tui.targets.solving import solve

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
A4, LETTER, CARD = parse_sheet("A4"), parse_sheet("Letter"), parse_sheet("card")
GREY = np.full((480, 640), 128, np.uint8)
TARGETS = Path(__file__).parents[2] / "../shared/media/targets"


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
