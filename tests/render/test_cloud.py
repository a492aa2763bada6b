"""Clouds: a box has its sizes from every side, what is nearer hides what is farther, a whole turn is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.render.cells import BLANK
from tui.render.cloud import Cloud, cloud_of, flying_at
from tui.render.cloud_seen import CloudPainter, Pose, project
from tui.render.colors import ColorMode
from tui.render.quality import LADDER, Quality

WIDTH, HEIGHT = 160, 120
CAMERA = Intrinsics.from_horizontal_fov(math.radians(60), WIDTH, HEIGHT)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)

poses = st.builds(
    Pose,
    st.integers(0, 359),
    st.integers(-90, 90),
    st.integers(-12, 12),
    st.floats(-4, 4, width=32),
    st.floats(-4, 4, width=32),
)


def cloud(points: list[tuple[float, float, float]], colours: list[tuple[int, int, int]]) -> Cloud:
    """Small points, before a camera that sees 60 degrees across."""
    across, down = math.tan(math.radians(30)), math.tan(math.radians(30)) * HEIGHT / WIDTH
    return Cloud(
        np.array(points, np.float32).reshape(-1, 3),
        np.array(colours, np.uint8).reshape(-1, 3),
        1e-4,
        (-across, -down, across, down),
        0,
    )


def box(width_m: float, height_m: float, depth_m: float, near_m: float, count: int = 41) -> Cloud:
    """The edges of a box in the middle of the picture."""
    line = np.linspace(-0.5, 0.5, count)
    points = []
    for axis in range(3):
        for one in (-0.5, 0.5):
            for other in (-0.5, 0.5):
                edge = np.full((count, 3), 0.0)
                edge[:, axis] = line
                edge[:, (axis + 1) % 3], edge[:, (axis + 2) % 3] = one, other
                points.append(edge)
    solid = np.concatenate(points) * (width_m, height_m, depth_m) + np.array([0, 0, near_m + depth_m / 2])
    return cloud([(float(x), float(y), float(z)) for x, y, z in solid], [WHITE] * len(solid))


def extent(shown: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], axis: int) -> int:
    """How many columns, or rows, are between the outermost that show anything, both included."""
    at = np.flatnonzero(shown.any(axis=axis))
    return int(at[-1] - at[0] + 1)


def test_a_box_from_the_side_shows_how_deep_it_is() -> None:
    planted = box(width_m=0.4, height_m=0.6, depth_m=1.2, near_m=2.4)  # around z = 3 m
    focal = 160 / (2 * math.tan(math.radians(30)))
    for yaw_deg, across_m, toward_m in ((0, 0.4, 1.2), (90, 1.2, 0.4), (180, 0.4, 1.2), (270, 1.2, 0.4)):
        seen = project(planted, Pose(yaw_deg), 120, 160, pivot=3.0)
        front_m = 3.0 - toward_m / 2
        assert extent(seen.shown, 0) == pytest.approx(focal * across_m / front_m, abs=2)
        assert extent(seen.shown, 1) == pytest.approx(focal * 0.6 / front_m, abs=2)
    above = project(planted, Pose(0, 90), 120, 160, pivot=3.0)
    assert extent(above.shown, 1) == pytest.approx(focal * 1.2 / (3.0 - 0.3), abs=2)


def test_what_is_nearer_hides_what_is_farther_from_both_sides() -> None:
    both = cloud([(0, 0, 2), (0, 0, 4)], [RED, BLUE])
    for yaw_deg, colour in ((0, RED), (180, BLUE)):
        seen = project(both, Pose(yaw_deg), 30, 40, pivot=3.0)
        assert np.count_nonzero(seen.shown) == 1
        assert tuple(seen.image[seen.shown][0]) == colour
        assert seen.distances[seen.shown][0] == pytest.approx(2.0)
    side = project(both, Pose(90), 30, 40, pivot=3.0)
    assert np.count_nonzero(side.shown) == 2


def test_the_eye_goes_to_the_right_and_up() -> None:
    near = cloud([(0, 0, 2), (0, 0, 4)], [RED, BLUE])
    right = project(near, Pose().turned(20, 0), 90, 120, pivot=3.0)
    columns = {tuple(right.image[row, column]): column for row, column in np.argwhere(right.shown)}
    assert columns[RED] < 60 < columns[BLUE]
    above = project(near, Pose().turned(0, 20), 90, 120, pivot=3.0)
    rows = {tuple(above.image[row, column]): row for row, column in np.argwhere(above.shown)}
    assert rows[BLUE] < 45 < rows[RED]


@given(poses, st.lists(st.integers(0, 360), max_size=6).map(sorted), st.integers(-30, 30))
def test_a_whole_turn_is_none(pose: Pose, stops_deg: list[int], up_deg: int) -> None:
    turned, at_deg = pose, 0
    for stop_deg in (*stops_deg, 360):
        turned, at_deg = turned.turned(stop_deg - at_deg, 0), stop_deg
    assert turned == pose
    planted = cloud([(0, 0, 2), (1, 0, 3), (0, 1, 4)], [RED, GREEN, BLUE])
    same = [project(planted, each, 20, 30).image for each in (pose, pose.turned(360, 0), pose.turned(-720, 0))]
    assert (same[0] == same[1]).all()
    assert (same[0] == same[2]).all()
    assert -90 <= pose.turned(0, 7 * up_deg).pitch_deg <= 90


@given(poses, st.integers(1, 40), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_from_anywhere_every_pixel_is_a_point_or_paper(pose: Pose, height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(0, 2, (50, 3)) + np.array([0, 0, 4])
    planted = cloud([(float(x), float(y), float(z)) for x, y, z in points], [RED] * 50)
    seen = project(planted, pose, height, width, paper=GREEN)
    assert seen.image.shape == (height, width, 3)
    assert (seen.image[seen.shown] == RED).all()
    assert (seen.image[~seen.shown] == GREEN).all()


def test_as_the_camera_saw_it_the_cloud_is_the_picture() -> None:
    image: RGBImage = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    distances: FloatMap = np.full((HEIGHT, WIDTH), 2.0, np.float32)
    seen = project(cloud_of(distances, image, CAMERA), Pose(), HEIGHT, WIDTH)
    assert seen.shown.all()
    assert (seen.image == image).all()


def test_between_two_things_nothing_flies_and_a_floor_is_whole() -> None:
    step: FloatMap = np.full((40, 60), 1.0, np.float32)
    step[:, 31:] = 3.0
    step[:, 30] = 1.5  # as a network draws an edge
    step[5, 5] = np.nan
    flying = flying_at(step)
    assert np.argwhere(flying).tolist() == [[row, 30] for row in range(40)]
    found = cloud_of(step, np.zeros((40, 60, 3), np.uint8), Intrinsics.from_horizontal_fov(1.0, 60, 40))
    assert found.flying == 40
    assert len(found.points) == 40 * 60 - 40 - 1
    assert set(np.round(found.points[:, 2], 3).tolist()) == {1.0, 3.0}
    rows = np.arange(20, 120, dtype=np.float32)
    floor: FloatMap = np.repeat((100 / rows)[:, None], 50, axis=1).astype(np.float32)  # 1/z grows evenly
    assert not flying_at(floor)[5:].any()


@pytest.mark.parametrize("values", [np.nan, np.inf, 0.0, -1.0])
def test_nothing_is_made_of_no_distance(values: float) -> None:
    nothing: FloatMap = np.full((6, 8), values, np.float32)
    found = cloud_of(nothing, np.zeros((6, 8, 3), np.uint8), Intrinsics.from_horizontal_fov(1.0, 8, 6))
    assert len(found.points) == 0
    assert not project(found, Pose().turned(33, 12), 20, 30).shown.any()


def test_a_slit_of_one_surface_is_closed_and_one_between_two_is_not() -> None:
    wall = [(x / 10, y / 10, 3.0) for y in range(-8, 9) for x in range(-10, 11) if x != 3]
    seen = project(cloud(wall, [RED] * len(wall)), Pose(), 22, 30, pivot=3.0)
    focal = 30 / (2 * math.tan(math.radians(30)))
    middle = 11
    row = seen.shown[middle]
    first, last = (int(focal * x / 3.0 + 15) for x in (-0.95, 0.95))
    assert row[first + 1 : last].all()
    apart = [(-0.1, 0.0, 2.0), (0.15, 0.0, 3.0)]
    assert np.count_nonzero(project(cloud(apart, [RED, BLUE]), Pose(), 30, 40).shown) == 2


@pytest.mark.parametrize("mode", list(ColorMode))
@pytest.mark.parametrize("quality", LADDER)
def test_every_colour_mode_and_every_step_paints_a_pane(mode: ColorMode, quality: Quality) -> None:
    planted = box(1.0, 1.0, 1.0, 2.0)
    painter = CloudPainter(mode, quality)
    cells = painter.paint(planted, Pose(20, 10), 40, 12, 2.5, (0, 0, 0))
    assert cells.codes.shape == (12, 40)
    shown = project(planted, Pose(20, 10), 24, 40, pivot=2.5).shown.reshape(12, 2, 40).any(axis=1)
    if mode is not ColorMode.MONO:
        assert ((cells.codes != BLANK) == shown).all()
    assert 40 < np.count_nonzero(cells.codes != BLANK) < 40 * 12 / 2
    again = painter.paint(planted, Pose(20, 10), 40, 12, 2.5, (0, 0, 0))
    assert (again.codes == cells.codes).all()
