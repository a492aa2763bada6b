"""The demo room: its depth is exact, its picture moves slowly, and it is the same every time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.camera.demo.atlas import bake
from tui.camera.demo.renderer import DEMO_INTRINSICS, PERIOD_S, DemoRenderer, pose_at
from tui.camera.demo.room import BOXES, ROOM, Box
from tui.geometry.intrinsics import Intrinsics

K = DEMO_INTRINSICS
RENDERER = DemoRenderer()
times = st.floats(0, PERIOD_S)


def face_distances(box: Box, origin: np.ndarray, ray: np.ndarray) -> list[float]:
    """How far along the ray each rectangle of a box is hit, one plane at a time, in double precision."""
    found = []
    for axis in range(3):
        for plane in (box.low[axis], box.high[axis]):
            if ray[axis] == 0:
                continue
            distance = (plane - origin[axis]) / ray[axis]
            point = origin + distance * ray
            others = [other for other in range(3) if other != axis]
            if distance > 0 and all(box.low[o] - 1e-12 <= point[o] <= box.high[o] + 1e-12 for o in others):
                found.append(distance)
    return found


def true_depth_m(u_px: float, v_px: float, t_s: float, intrinsics: Intrinsics = K) -> float:
    pose = pose_at(t_s)
    ray = pose.room_from_camera @ np.array(intrinsics.ray(u_px, v_px))
    return min(distance for box in (ROOM, *BOXES) for distance in face_distances(box, pose.position_m, ray))


@settings(max_examples=40, deadline=None)
@given(t_s=times, u_px=st.integers(1, K.width - 2), v_px=st.integers(1, K.height - 2))
def test_depth_is_that_of_the_nearest_surface(t_s: float, u_px: int, v_px: int) -> None:
    _, depth = RENDERER.render(t_s)
    # At an edge a hair's breadth decides between two surfaces: one of those beside the pixel's middle it must be.
    beside = [true_depth_m(u_px + du, v_px + dv, t_s) for du in (-1e-3, 0, 1e-3) for dv in (-1e-3, 0, 1e-3)]
    assert any(depth[v_px, u_px] == pytest.approx(depth_m, rel=1e-4) for depth_m in beside)


def test_known_points_lie_at_their_depth() -> None:
    _, depth = RENDERER.render(0.0)
    pitch = math.radians(9.0)  # at rest the camera is at the origin and looks down by this much
    for name, share in [
        ("painting", (0.5, 0.5)),
        ("bookshelf", (0.5, 0.2)),
        ("red box", (0.4, 0.5)),
        ("dice", (0.5, 0.6)),
    ]:
        box = next(box for box in BOXES if box.name == name)
        x = box.low[0] + share[0] * (box.high[0] - box.low[0])
        y = box.low[1] + share[1] * (box.high[1] - box.low[1])
        z = box.low[2]
        depth_m = z * math.cos(pitch) + y * math.sin(pitch)
        down_m = y * math.cos(pitch) - z * math.sin(pitch)
        u_px, v_px = K.cx_px + K.fx_px * x / depth_m, K.cy_px + K.fy_px * down_m / depth_m
        seen = depth[round(v_px), round(u_px)]
        # The face is upright and the camera tilted: half a pixel up or down changes depth by so much at most.
        assert seen == pytest.approx(depth_m, rel=0.5 / K.fy_px * math.tan(pitch + math.atan(0.5)) + 1e-4)
        column = round(u_px)
        exact = true_depth_m(column, round(v_px), 0.0)
        assert seen == pytest.approx(exact, rel=1e-4)


def test_the_ray_is_longer_than_the_axis_by_the_rays_length() -> None:
    _, depth = RENDERER.render(3.0)
    pose = pose_at(3.0)
    u_px, v_px = 300, 20
    direction = pose.room_from_camera @ np.array(K.ray(u_px, v_px))
    along_ray_m = depth[v_px, u_px] * K.ray_per_axis(u_px, v_px)
    point = pose.position_m + along_ray_m * direction / np.linalg.norm(direction)
    assert np.min(np.abs(np.concatenate([point - ROOM.low, point - ROOM.high]))) < 1e-3, "on a wall of the room"


@settings(max_examples=40, deadline=None)
@given(t_s=st.floats(0, 3 * PERIOD_S))
def test_depth_is_finite_positive_and_inside_the_room(t_s: float) -> None:
    image, depth = RENDERER.render(t_s)
    assert image.shape == (K.height, K.width, 3)
    assert image.dtype == np.uint8
    assert depth.dtype == np.float32
    assert np.isfinite(depth).all()
    assert 0.5 < depth.min() < 1.5
    assert 4.0 < depth.max() < 7.0


@settings(max_examples=40, deadline=None)
@given(t_s=times)
def test_the_pose_is_a_rotation_and_moves_gently(t_s: float) -> None:
    pose, later = pose_at(t_s), pose_at(t_s + 1 / 15)
    np.testing.assert_allclose(pose.room_from_camera @ pose.room_from_camera.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose.room_from_camera) == pytest.approx(1)
    assert np.linalg.norm(later.position_m - pose.position_m) < 0.02
    turned = math.acos(min(1.0, (np.trace(pose.room_from_camera.T @ later.room_from_camera) - 1) / 2))
    assert turned < math.radians(0.4)


def test_it_looks_down_and_returns_to_rest() -> None:
    pose = pose_at(0.0)
    assert pose.room_from_camera[1, 2] == pytest.approx(math.sin(math.radians(9))), "y is down"
    np.testing.assert_allclose(pose_at(PERIOD_S / 2 + PERIOD_S).position_m, pose_at(PERIOD_S / 2).position_m)
    for near in (1e-3, PERIOD_S - 1e-3):
        np.testing.assert_allclose(pose_at(near).position_m, 0, atol=1e-6)


def test_the_same_time_gives_the_same_frame() -> None:
    other = DemoRenderer()
    for t_s in (0.0, 5.5):
        for first, second in zip(RENDERER.render(t_s), other.render(t_s), strict=True):
            np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(bake(ROOM, BOXES).colours, bake(ROOM, BOXES).colours)


def test_the_picture_changes_but_slowly() -> None:
    first, _ = RENDERER.render(5.0)
    second, _ = RENDERER.render(5.0 + 1 / 15)
    much_later, _ = RENDERER.render(11.0)
    step = np.abs(first.astype(int) - second).mean()
    assert 0 < step < 12
    assert np.abs(first.astype(int) - much_later).mean() > 2 * step


def test_the_picture_is_colourful_and_neither_dark_nor_burnt() -> None:
    image, _ = RENDERER.render(0.0)
    assert 70 < image.mean() < 170
    assert (image.max(axis=2) > 250).mean() < 0.05
    coarse = image.reshape(K.height // 8, 8, K.width // 8, 8, 3).mean(axis=(1, 3))
    assert len(np.unique((coarse / 48).round(), axis=0).reshape(-1, 3)) > 50
    hues = {tuple(row) for row in (coarse.reshape(-1, 3) / 64).round().astype(int)}
    assert len(hues) > 15


def test_another_size_sees_the_same_room() -> None:
    small = Intrinsics.from_horizontal_fov(math.radians(66), 64, 48)
    _, depth = DemoRenderer(small).render(4.0)
    for u_px, v_px in [(3, 5), (31, 20), (60, 40), (20, 45)]:
        assert depth[v_px, u_px] == pytest.approx(true_depth_m(u_px, v_px, 4.0, small), rel=1e-4)


def test_boxes_lie_in_the_room_and_are_not_inside_out() -> None:
    for box in BOXES:
        assert (box.low < box.high).all(), box.name
        assert (box.low >= ROOM.low).all(), box.name
        assert (box.high <= ROOM.high).all(), box.name
    assert len({box.name for box in BOXES}) == len(BOXES)
