"""The floor and what stands on it: the demo exactly, planted planes with noise, intervals that hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer, pose_at
from tui.camera.demo.room import BOXES, ROOM
from tui.errors import InputError
from tui.geometry.height import height_above, height_of_camera
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Floor, axes_of, fit_floor, floor_of, gains_of
from tui.geometry.space import Located

CAMERA = Intrinsics.from_horizontal_fov(math.radians(62), 160, 120, focal_sigma=0.0)
Array = NDArray[np.float64]


def grid(camera: Intrinsics, every_px: int = 1) -> tuple[Array, Array]:
    rows, columns = np.mgrid[0 : camera.height : every_px, 0 : camera.width : every_px]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    return pixels, camera.rays(pixels)


def planted(floor: Floor, wall_m: float, rays: Array) -> Array:
    """Distances along the axis of a floor with a wall at the end of it, (H * W,)."""
    there = rays @ floor.per_metre
    z = np.full(len(rays), wall_m)
    z[there > 1 / wall_m] = 1 / there[there > 1 / wall_m]
    return z


@given(st.floats(0.3, 3.0), st.floats(math.radians(4), math.radians(70)), st.floats(-0.3, 0.3))
@settings(deadline=None, max_examples=25)
def test_an_exact_floor_is_found_exactly(height_m: float, pitch_rad: float, roll_rad: float) -> None:
    pixels, rays = grid(CAMERA, 2)
    tilt = np.array([math.sin(roll_rad) * math.cos(pitch_rad), math.cos(roll_rad) * math.cos(pitch_rad)])
    true = Floor(np.array([*tilt, math.sin(pitch_rad)]) / height_m)
    z = planted(true, 12 * height_m, rays)
    found = fit_floor(z.reshape(60, 80), pixels, rays)
    assert found.height_m == pytest.approx(height_m, rel=1e-3)
    assert found.pitch_rad == pytest.approx(pitch_rad, abs=1e-3)
    assert found.roll_rad == pytest.approx(roll_rad, abs=2e-3)


@pytest.mark.parametrize("t_s", [0.0, 6.5, 17.0])
def test_the_demos_floor_is_found_and_its_boxes_are_as_high_as_they_are(t_s: float) -> None:
    _, depth_m = DemoRenderer().render(t_s)
    pose = pose_at(t_s)
    pixels, rays = grid(DEMO_INTRINSICS, 2)
    floor = fit_floor(depth_m[::2, ::2], pixels, rays)
    above_m = ROOM.high_m[1] - float(pose.position_m[1])
    assert floor.height_m == pytest.approx(above_m, rel=0.01)
    assert floor.down @ pose.room_from_camera[1] > math.cos(math.radians(0.3))
    points = (rays * depth_m[::2, ::2].reshape(-1, 1)).astype(np.float64)
    in_room = points @ pose.room_from_camera.T + pose.position_m
    heights_m = floor.heights_m(points)
    for name in ("carton", "small carton", "plinth", "table", "bookshelf"):
        box = next(each for each in BOXES if each.name == name)
        on_it = ((in_room > box.low - 1e-3) & (in_room < box.high + 1e-3)).all(axis=1)
        assert on_it.sum() > 20
        true_m = ROOM.high_m[1] - in_room[on_it, 1]
        assert np.median(np.abs(heights_m[on_it] / true_m - 1)[true_m > 0.1]) < 0.02


def test_a_table_is_no_floor_where_one_is_seen_below_it() -> None:
    pixels, rays = grid(CAMERA)
    floor, table = floor_of(1.5, math.radians(25), 0.0), floor_of(0.8, math.radians(25), 0.0)
    z = planted(floor, 15.0, rays)
    on_table = planted(table, 15.0, rays)
    lower_left = (pixels[:, 0] < 70) & (pixels[:, 1] > 40)
    z[lower_left] = on_table[lower_left]
    assert fit_floor(z.reshape(120, 160), pixels, rays).height_m == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("z", [np.full(19200, np.nan), np.full(19200, 2.0)], ids=["nothing known", "a wall"])
def test_where_there_is_no_floor_none_is_found(z: Array) -> None:
    pixels, rays = grid(CAMERA)
    with pytest.raises(InputError, match="no floor is seen"):
        fit_floor(z.reshape(120, 160), pixels, rays)


def test_noise_and_things_in_the_way_do_not_move_it() -> None:
    rng = np.random.default_rng(1)
    pixels, rays = grid(CAMERA)
    true = floor_of(1.25, math.radians(15), 0.0)
    z = planted(true, 9.0, rays)
    z[rng.random(z.size) < 0.25] *= 0.5  # legs, chairs, a dog
    z *= np.exp(0.03 * rng.standard_normal(z.size))
    found = fit_floor(z.reshape(120, 160), pixels, rays)
    assert found.height_m == pytest.approx(1.25, rel=0.02)
    assert math.degrees(abs(found.pitch_rad - true.pitch_rad)) < 0.7
    again = fit_floor(z.reshape(120, 160), pixels, rays, before=found)
    assert again.height_m == pytest.approx(found.height_m, rel=1e-3)


def _coverage(shared_sigma: float, own_sigma: float, *, knows: bool) -> float:
    """How often the interval of a fitted floor's box holds its height, with errors as they are stated."""
    rng = np.random.default_rng(11)
    true = floor_of(1.2, math.radians(20), 0.0)
    pixels, rays = grid(CAMERA, 4)
    exact = fit_floor(planted(true, 20.0, rays).reshape(30, 40), pixels, rays)
    assert exact.support_px is not None
    assert exact.gains is not None
    on_floor = CAMERA.rays(exact.support_px)
    place = np.array([0.3, 0.4, 2.0])
    box_px = CAMERA.pixels(place[None])[0]
    height_m = float(true.heights_m(place))
    count = 1 + len(on_floor)
    covariance = shared_sigma**2 * np.ones((count, count)) + own_sigma**2 * np.eye(count)
    sigma, held, tries = math.hypot(shared_sigma, own_sigma), 0, 300
    for _ in range(tries):
        errors = shared_sigma * rng.standard_normal() + own_sigma * rng.standard_normal(count)
        inverse = (on_floor @ true.per_metre) * np.exp(-errors[1:])
        plane = exact.gains @ (inverse / (on_floor @ exact.per_metre))
        seen = Floor(plane, None, 0.0, exact.support_px, gains_of(plane, on_floor))
        point = Located(float(box_px[0]), float(box_px[1]), 2.0 * math.exp(errors[0]), sigma)
        support = [
            Located(pixel[0], pixel[1], 1 / there, sigma)
            for pixel, there in zip(exact.support_px.tolist(), (on_floor @ seen.per_metre).tolist(), strict=True)
        ]
        found = height_above(CAMERA, seen, [point], support, covariance if knows else None, pixel_sigma_px=0.0)
        assert found.high is not None
        held += found.low <= height_m <= found.high
    return held / tries


@pytest.mark.parametrize(("shared", "own"), [(0.05, 0.02), (0.0, 0.04), (0.08, 0.005)])
def test_intervals_of_heights_hold_95_percent(shared: float, own: float) -> None:
    assert 0.92 <= _coverage(shared, own, knows=True) <= 0.98


def test_a_stated_floor_has_errors_of_its_own() -> None:
    rng = np.random.default_rng(5)
    place = np.array([0.2, 0.5, 2.5])
    pixel, held, tries = CAMERA.pixels(place[None])[0], 0, 400
    true = floor_of(1.4, math.radians(10), 0.0)
    height_m = float(true.heights_m(place))
    for _ in range(tries):
        height_sigma_m, pitch_sigma = 0.03, math.radians(1.0)
        stated = floor_of(
            1.4 + height_sigma_m * rng.standard_normal(),
            math.radians(10) + pitch_sigma * rng.standard_normal(),
            height_sigma_m,
            pitch_sigma,
        )
        point = Located(float(pixel[0]), float(pixel[1]), 2.5 * math.exp(0.02 * rng.standard_normal()), 0.02)
        found = height_above(CAMERA, stated, [point], pixel_sigma_px=0.0)
        assert found.high is not None
        held += found.low <= height_m <= found.high
    assert 0.92 <= held / tries <= 0.99


def test_the_floors_own_height_has_the_scales_error() -> None:
    pixels, rays = grid(CAMERA, 4)
    true = floor_of(1.2, math.radians(20), 0.0)
    floor = fit_floor(planted(true, 20.0, rays).reshape(30, 40), pixels, rays)
    assert floor.support_px is not None
    support = [Located(u, v, 1 / float(CAMERA.rays(np.array([[u, v]]))[0] @ floor.per_metre), 0.1)
               for u, v in floor.support_px.tolist()]  # fmt: skip
    shared = 0.01 * np.ones((len(support), len(support)))
    found = height_of_camera(CAMERA, floor, support, shared)
    assert found.high is not None
    assert math.log(found.high / found.low) / 2 == pytest.approx(1.96 * 0.1, rel=0.1)


def test_two_points_are_as_much_apart_as_they_are() -> None:
    floor = floor_of(1.25, math.radians(9), 0.0, 0.0)
    low, high = floor.down * 1.0, floor.down * 0.2
    ahead = axes_of(floor)[1]
    ends = [low + 2 * ahead, high + 3 * ahead]
    seen = [CAMERA.pixels(each[None])[0] for each in ends]
    located = [Located(float(u), float(v), float(end[2]), 0.0) for (u, v), end in zip(seen, ends, strict=True)]
    found = height_above(CAMERA, floor, located, pixel_sigma_px=0.0)
    assert (found.value, found.low, found.high) == pytest.approx((0.8, 0.8, 0.8))


def test_axes_are_a_turned_frame() -> None:
    axes = axes_of(floor_of(1.3, math.radians(35), 0.0))
    assert axes @ axes.T == pytest.approx(np.eye(3))
    assert np.linalg.det(axes[[0, 2, 1]]) == pytest.approx(1)
    assert axes[0] == pytest.approx([1, 0, 0])
