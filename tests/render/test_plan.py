"""The plan: cells and metres are inverse, things stand where they are, and are as sharp as they are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import axes_of, fit_floor, floor_of
from tui.render.cells import BLANK, HALF_BITS, LOWER_MASK, Cells
from tui.render.colors import ColorMode
from tui.render.plan import GUTTER, PlanFrame, PlanPainter, SeenAbove, Sureness, seen_above

CAMERA = Intrinsics.from_horizontal_fov(math.radians(60), 160, 120)
Array = NDArray[np.float64]


def sure(log_sigma: float) -> Sureness:
    return Sureness(np.array([0.1, 50.0]), np.array([log_sigma, log_sigma]))


def grid(camera: Intrinsics, every_px: int) -> tuple[Array, Array, tuple[float, float]]:
    rows, columns = np.mgrid[0 : camera.height : every_px, 0 : camera.width : every_px]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    return pixels, camera.rays(pixels), (every_px / camera.fx_px, every_px / camera.fy_px)


def wall(z_m: float) -> SeenAbove:
    _, rays, steps = grid(CAMERA, 1)
    return seen_above(np.full(len(rays), z_m), rays, axes_of(None), steps)


def levels_of(painter: PlanPainter, cells: Cells) -> NDArray[np.int64]:
    """Brightness of each half cell, -1 outside the field of view, (half rows, columns)."""
    codes = cells.codes[:-1, GUTTER:]
    index = np.empty((2 * codes.shape[0], codes.shape[1]), np.int64)
    index[0::2], index[1::2] = (codes >> HALF_BITS) & LOWER_MASK, codes & LOWER_MASK
    level_of = {int(each): level for level, each in reversed(list(enumerate(painter.palette.index_of_level[:-1])))}
    found = np.array([level_of.get(each, -1) for each in index.ravel().tolist()]).reshape(index.shape)
    return np.where(np.repeat(codes == BLANK, 2, axis=0), -1, found)


@given(st.integers(20, 200), st.integers(6, 80), st.floats(0.001, 10), st.data())
@settings(deadline=None, max_examples=60)
def test_cells_and_metres_are_one_anothers_inverse(columns: int, rows: int, metres: float, data: st.DataObject) -> None:
    frame = PlanFrame(columns, rows, metres)
    column = data.draw(st.integers(GUTTER, columns - 1))
    half = data.draw(st.integers(0, frame.halves - 1))
    right_m, ahead_m = frame.metres_of(column, half)
    assert frame.half_of(right_m, ahead_m) == (column, half)
    assert 0 < ahead_m < frame.reach_m
    assert frame.half_of(right_m, frame.reach_m * 1.001) is None
    assert frame.half_of(right_m, -metres / 1000) is None


@given(st.integers(30, 160), st.integers(8, 60), st.floats(0.002, 5), st.sampled_from([1.0, 0.01, 0.3048]))
@settings(deadline=None, max_examples=40)
def test_ticks_stand_at_their_numbers(columns: int, rows: int, metres: float, unit_m: float) -> None:
    frame = PlanFrame(columns, rows, metres)
    ahead = frame.ticks_ahead(unit_m)
    for row, number in ahead:
        near, far = (frame.metres_of(GUTTER, 2 * row + half)[1] for half in (1, 0))
        assert near - 0.51 * metres <= number * unit_m <= far + 0.51 * metres
    rows_of = [row for row, _ in ahead]
    assert all(above - below >= 2 for below, above in zip(rows_of[1:], rows_of, strict=False))
    for column, number in frame.ticks_aside(unit_m):
        assert frame.metres_of(column, 0)[0] == pytest.approx(number * unit_m, abs=0.51 * metres)


@pytest.mark.parametrize("z_m", [0.4, 2.3, 30.0])
def test_a_wall_is_a_line_at_its_distance(z_m: float) -> None:
    painter = PlanPainter()
    levels = levels_of(painter, painter.paint(wall(z_m), sure(0.0), 90, 30))
    frame = painter.frame
    assert frame is not None
    place = frame.half_of(0.0, z_m)
    assert place is not None
    column, half = place
    middle = levels[:, column - GUTTER]
    assert abs(int(middle.argmax()) - half) <= 1
    assert (middle[: half - 2] <= 1).all()
    assert (middle[half + 3 :] <= 1).all()
    assert (middle[: half - 4] <= 0).all()
    assert (levels[half] > 0).sum() == pytest.approx(2 * math.tan(math.radians(30)) * z_m / frame.metres, rel=0.1)


def test_what_is_known_badly_is_smeared_along_its_ray_and_dimmer() -> None:
    sharp, smeared = PlanPainter(), PlanPainter()
    well = levels_of(sharp, sharp.paint(wall(2.0), sure(0.005), 90, 40))
    badly = levels_of(smeared, smeared.paint(wall(2.0), sure(0.15), 90, 40))
    frame = smeared.frame
    assert frame is not None
    column = (90 - GUTTER) // 2
    lit = np.flatnonzero(badly[:, column] > 0)
    near_m, far_m = (frame.metres_of(GUTTER, int(half))[1] for half in (lit[-1], lit[0]))
    assert near_m < 2 * math.exp(-0.15) < 2 * math.exp(0.15) < far_m
    assert near_m > 2 * math.exp(-0.6)
    assert badly[:, column].max() < well[:, column].max()
    assert len(lit) > 4 * (well[:, column] > 0).sum()


def test_the_demos_boxes_stand_where_they_are_and_the_floor_is_gone() -> None:
    _, depth_m = DemoRenderer().render(0.0)
    pixels, rays, steps = grid(DEMO_INTRINSICS, 2)
    z = depth_m[::2, ::2].ravel().astype(np.float64)
    floor = fit_floor(z.reshape(120, 160), pixels, rays)
    above = floor.heights_m(rays * z[:, None]) > 0.05
    painter = PlanPainter()
    seen = seen_above(np.where(above, z, np.nan), rays, axes_of(floor), steps)
    levels = levels_of(painter, painter.paint(seen, sure(0.0), 120, 50))
    frame = painter.frame
    assert frame is not None

    def lit(left_m: float, right_m: float, near_m: float, far_m: float) -> float:
        first, last = frame.half_of(left_m, far_m), frame.half_of(right_m, near_m)
        assert first is not None
        assert last is not None
        part = levels[first[1] : last[1] + 1, first[0] - GUTTER : last[0] - GUTTER + 1]
        return float((part > 0).mean())

    assert lit(-1.0, -0.55, 1.86, 1.94) >= 0.4  # the carton's front
    assert lit(0.57, 0.78, 1.16, 1.24) >= 0.4  # the plinth's
    assert lit(-0.8, 0.1, 4.5, 4.6) > 0.9  # the wall
    assert lit(-0.3, 0.4, 1.3, 2.1) == 0  # the floor
    assert lit(-0.4, 0.1, 2.6, 3.9) == 0


def test_from_above_is_along_the_vertical_however_the_camera_looks_down() -> None:
    floor = floor_of(1.5, math.radians(40), 0.0)
    _, rays, steps = grid(CAMERA, 1)
    axes = axes_of(floor)
    z = 2.5 / (rays @ axes[1])  # an upright wall 2.5 m ahead along the floor
    painter = PlanPainter()
    levels = levels_of(painter, painter.paint(seen_above(z, rays, axes, steps), sure(0.0), 90, 30))
    frame = painter.frame
    assert frame is not None
    place = frame.half_of(0.0, 2.5)
    assert place is not None
    assert abs(int(levels[:, place[0] - GUTTER].argmax()) - place[1]) <= 1


def test_noise_changes_few_cells() -> None:
    _, rays, steps = grid(CAMERA, 1)
    rng, painter, before = np.random.default_rng(3), PlanPainter(), None
    changed = []
    for _ in range(6):
        z = np.where(rays[:, 0] > 0, 2.0, 3.0) * np.exp(0.02 * rng.standard_normal(len(rays)))
        cells = painter.paint(seen_above(z, rays, axes_of(None), steps), sure(0.05), 90, 30)
        if before is not None:
            changed.append(float((cells.codes != before).mean()))
        before = cells.codes
    assert max(changed) < 0.01


@pytest.mark.parametrize("mode", list(ColorMode))
def test_every_terminal_sees_the_wall(mode: ColorMode) -> None:
    painter = PlanPainter(mode)
    cells = painter.paint(wall(2.3), sure(0.0), 90, 30)
    frame = painter.frame
    assert frame is not None
    place = frame.half_of(0.0, 2.3)
    assert place is not None
    assert cells.codes[place[1] // 2, place[0]] != cells.codes[place[1] // 2 + 4, place[0]]


@pytest.mark.parametrize("size", [(10, 3), (17, 40), (80, 4)])
def test_where_there_is_no_room_there_is_no_plan(size: tuple[int, int]) -> None:
    painter = PlanPainter()
    assert (painter.paint(wall(1.0), sure(0.0), *size).codes == BLANK).all()
    assert painter.frame is None


def test_nothing_seen_is_an_empty_field_of_view() -> None:
    _, rays, steps = grid(CAMERA, 4)
    painter = PlanPainter()
    cells = painter.paint(seen_above(np.full(len(rays), np.nan), rays, axes_of(None), steps), sure(0.1), 60, 20)
    assert (levels_of(painter, cells) <= 0).all()
