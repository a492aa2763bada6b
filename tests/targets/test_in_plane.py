"""Lengths in a sheet's plane, without a camera."""

from __future__ import annotations

import numpy as np
import pytest

from tests.targets.rendered import blank, finish, rotation
from tests.targets.sheets import corners_of, picture_of, seen, stance
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.in_plane import SheetPlane
from tui.targets.sheet_finder import plane_at
from tui.targets.sheets import ordered, parse_sheet

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
A4 = parse_sheet("A4")


def test_lengths_in_its_plane_need_no_camera() -> None:
    rng = np.random.default_rng(4)
    errors, held = [], []
    for _ in range(60):
        focal_px = float(rng.choice([480.0, 600.0, 800.0]))
        camera = Intrinsics(focal_px, focal_px, 319.5, 239.5, 640, 480)
        object_m, turn, middle_m = stance(rng, A4, 1.0, 0.6)
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
