"""Depth of planted geometry against formulas, and what every made-up picture must be."""

import math

import numpy as np
import pytest

from tui.training.scenes import render, render_many
from tui.training.scenes.geometry import Floats, facing, turned, vector
from tui.training.scenes.nearby import arm_s_length, bin_, floor_level, from_above, gathering, monitor, screens
from tui.training.scenes.patterns import near_lines, noise, table
from tui.training.scenes.pictures import PLACES, Place, picture_of
from tui.training.scenes.places import outdoors
from tui.training.scenes.scene import Camera, Light, Scene, Solid
from tui.training.scenes.shapes import Box, Capsule, Ellipsoid, Frustum, Plane, Shape
from tui.training.scenes.tracing import cast

UPRIGHT = turned(0.0)


def grey(u_m: Floats, _v_m: Floats, _pixel_m: Floats) -> Floats:
    return np.full((3, len(u_m)), 0.5, np.float32)


def level_light(value: float) -> Floats:
    return np.full((3, 1), value, np.float32)


def level_camera(height: int = 48, width: int = 64, at_m: tuple[float, float, float] = (0, 0, 1.5)) -> Camera:
    return Camera.looking(height, width, math.radians(60), vector(*at_m), 0.0, 0.0, 0.0)


def depth_of(shape: Shape, camera: Camera) -> Floats:
    return cast(camera, (Solid(shape, grey),), camera.rays())[0]


def test_the_ground_lies_where_the_pinhole_model_puts_it() -> None:
    camera = level_camera()
    depth = depth_of(Plane(vector(0, 0, 0), facing(vector(0, 0, 1))), camera)

    below = np.arange(48) - 23.5
    expected = np.where(below > 0, 1.5 * camera.focal_px / np.maximum(below, 0.5), np.inf)
    np.testing.assert_allclose(depth, np.tile(expected[:, None], (1, 64)), rtol=1e-4)


def test_depth_is_along_the_axis_of_a_camera_that_is_turned_and_rolled() -> None:
    yaw, down, roll = 0.3, 0.4, 0.2
    camera = Camera.looking(48, 64, math.radians(75), vector(0, 0, 0), yaw, down, roll)
    forward = vector(math.sin(yaw) * math.cos(down), math.cos(yaw) * math.cos(down), -math.sin(down))
    np.testing.assert_allclose(camera.world_from_camera[:, 2], forward, atol=1e-6)
    assert np.linalg.det(camera.world_from_camera) == pytest.approx(1, abs=1e-5)

    across_the_axis = Plane(3.0 * forward, facing(-forward))

    np.testing.assert_allclose(depth_of(across_the_axis, camera), 3.0, rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "expected_m"),
    [
        (Box(vector(0, 3, 1.5), UPRIGHT, vector(0.5, 0.5, 0.5)), 2.5),
        (Ellipsoid(vector(0, 3, 1.5), UPRIGHT, vector(0.3, 0.7, 0.2)), 2.3),
        (Frustum(vector(0, 3, 1.5), UPRIGHT, 0.4, 0.4, 0.5), 2.6),
        (Frustum(vector(0, 3, 1.5), UPRIGHT, 0.5, 0.1, 0.5), 2.7),
        (Frustum(vector(0, 3, 1.5), facing(vector(0, -1, 0)), 0.4, 0.2, 0.5), 2.5),
        (Capsule.between(vector(-1, 3, 1.5), vector(1, 3, 1.5), 0.25), 2.75),
        (Capsule.between(vector(0, 3, 1.5), vector(0, 4, 1.5), 0.25), 2.75),
    ],
)
def test_each_solid_s_nearest_point_is_where_it_was_put(shape: Shape, expected_m: float) -> None:
    depth = depth_of(shape, level_camera(49, 65))
    assert depth[24, 32] == pytest.approx(expected_m, rel=1e-4)
    assert not np.isfinite(depth[0, 0])


@pytest.mark.parametrize(
    "shape",
    [
        Box(vector(0.1, 3, 1.4), turned(0.5), vector(0.5, 0.3, 0.4)),
        Ellipsoid(vector(0.1, 3, 1.4), turned(0.5), vector(0.5, 0.3, 0.4)),
        Frustum(vector(0.1, 3, 1.4), turned(0.5), 0.5, 0.3, 0.4),
        Capsule.between(vector(-0.2, 3, 1.2), vector(0.4, 2.8, 1.7), 0.25),
    ],
)
def test_hits_lie_on_the_surface_and_their_normals_face_the_camera(shape: Shape) -> None:
    camera = level_camera()
    rays = camera.rays().reshape(3, -1)
    depth = depth_of(shape, camera).ravel()
    hits = np.isfinite(depth)
    assert hits.sum() > 50

    point = shape.local_from_world @ (camera.position_m - shape.centre_m)[:, None] + depth[hits] * (
        shape.local_from_world @ rays[:, hits]
    )
    normal = shape.normal(point)

    np.testing.assert_allclose(shape.distance(point), 0, atol=2e-3)
    np.testing.assert_allclose(np.sqrt((normal**2).sum(0)), 1, atol=1e-4)
    assert ((shape.local_from_world.T @ normal * rays[:, hits]).sum(0) < 1e-3).all()


def test_the_nearer_solid_is_seen() -> None:
    camera = level_camera()
    near, far = (Solid(Box(vector(0, y, 1.5), UPRIGHT, vector(0.2, 0.1, 0.2)), grey) for y in (2.1, 4.1))
    for solids in ((near, far), (far, near)):
        depth, number = cast(camera, solids, camera.rays())
        assert depth[24, 32] == pytest.approx(2.0)
        assert solids[number[24, 32]] is near


def test_leaves_are_on_the_near_or_the_far_side_and_some_rays_pass() -> None:
    camera = level_camera(96, 128)
    ball = Ellipsoid(vector(0, 3, 1.5), UPRIGHT, vector(0.8, 0.5, 0.7))
    whole = depth_of(ball, camera)
    depth, _ = cast(camera, (Solid(ball, grey, holes=0.4, leaf_m=0.05),), camera.rays())
    rays, leafy = camera.rays(), np.isfinite(depth)

    point = (camera.position_m - ball.centre_m)[:, None] + depth[leafy] * rays[:, leafy]

    np.testing.assert_allclose(ball.distance(point), 0, atol=1e-3)
    assert 0.2 < (depth[leafy] == whole[leafy]).mean() < 0.9
    assert (depth[leafy] >= whole[leafy]).all()
    assert 0.4 < leafy.sum() / np.isfinite(whole).sum() < 0.98


def test_light_that_is_blocked_leaves_a_shadow() -> None:
    floor = Solid(Plane(vector(0, 0, 0), facing(vector(0, 0, 1))), grey)
    camera = Camera.looking(96, 128, math.radians(60), vector(0, 0, 1.5), 0.0, 0.5, 0.0)
    lid = Solid(Box(vector(0, 2.6, 1.6), UPRIGHT, vector(0.5, 0.5, 0.02)), grey)
    light = Light(vector(0, 2.6, 3.0), 0.001, level_light(1.0), level_light(0.1), level_light(0.1), fades=False)

    def middle(solids: tuple[Solid, ...]) -> float:
        picture = picture_of(Scene(solids, light, camera), np.random.default_rng(1))
        # against the darkest corner, since the exposure follows the picture
        return float(picture.image[50:60, 55:72].mean() / picture.image[50:60, :8].mean())

    assert middle((floor, lid)) < 0.7 * middle((floor,))


def test_the_same_seed_gives_the_same_picture_whoever_makes_it() -> None:
    alone, shared = render_many(4, seed=5, threads=1), render_many(3, seed=5, threads=2)
    for one, other in zip(alone[:3], shared, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_array_equal(one.depth_m, other.depth_m)
    assert [p.image.shape for p in alone] == [(320, 240, 3), (240, 320, 3), (240, 320, 3), (320, 240, 3)]
    assert not np.array_equal(alone[1].image, alone[2].image)


def test_the_generator_decides_alone() -> None:
    first, second = (render(np.random.default_rng(3), 60, 80) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)


@pytest.mark.parametrize("place", [place for place, _ in PLACES], ids=lambda place: place.__name__)
def test_every_kind_of_place_gives_usable_pictures(place: Place) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        picture = picture_of(place(rng, 60, 80), rng)

        assert picture.image.dtype == np.uint8
        assert picture.image.shape == (60, 80, 3)
        assert 10 < picture.image.mean() < 245
        assert picture.image.std() > 5
        assert picture.depth_m.dtype == np.float32
        assert picture.depth_m.shape == (60, 80)
        assert np.isfinite(picture.depth_m).all()
        known = picture.depth_m > 0
        assert known.mean() > (0.15 if place in (outdoors, from_above) else 0.999)
        assert picture.depth_m[known].min() > 0.05


def test_noise_repeats_without_a_seam_and_lines_cover_their_share() -> None:
    u, v = np.linspace(0, 1, 300, dtype=np.float32), np.full(300, 0.3, np.float32)
    np.testing.assert_allclose(noise(u, v, 2.0), noise(u + 2, v, 2.0), atol=2e-2)
    assert abs(float(table(1.0).mean())) < 1e-5
    x = np.linspace(0, 10, 5000, dtype=np.float32)
    for pixel_m in (0.001, 0.05, 2.0):  # finer than a line, coarser than a line, coarser than the period
        covered = near_lines(x, 0.1, 0.02, np.full_like(x, pixel_m))
        assert float(covered.mean()) == pytest.approx(0.2, abs=0.03)


def test_a_screen_and_a_bin_are_as_far_as_they_were_put() -> None:
    rng, camera = np.random.default_rng(0), level_camera(49, 65, (0, 0, 1.2))
    screen = tuple(monitor(rng, vector(0, 0.8, 1.2), 0.0, 0.5, 0.75))
    depth, number = cast(camera, screen, camera.rays())
    assert depth[24, 32] == pytest.approx(0.8 - 0.0125, abs=0.002)
    assert number[24, 32] == 1  # what it shows, not its body
    # 0.48 m by 0.25-0.32 m of the 0.91 m by 0.68 m that are seen at this distance
    assert 0.18 < (number == 1).mean() < 0.27

    down = Camera.looking(49, 65, math.radians(60), vector(0, 0, 1.2), 0.0, math.pi / 2, 0.0)
    lid, _ = cast(down, tuple(bin_(rng, vector(0, 0, 0), 0.5)), down.rays())
    assert lid[24, 32] == pytest.approx(0.7, abs=0.002)


@pytest.mark.parametrize(
    ("place", "nearest_m", "farthest_m"),
    [
        (screens, (0.2, 1.1), (2.5, 20)),  # near things before a far room
        (gathering, (0.2, 2.5), (3.0, 30)),
        (arm_s_length, (0.1, 0.9), (0.3, 20)),
        (floor_level, (0.05, 1.0), (1.5, 20)),
        (from_above, (0.1, 1.6), (0.5, 10)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_near_stands_before_what_is_far(
    place: Place, nearest_m: tuple[float, float], farthest_m: tuple[float, float]
) -> None:
    found = [picture_of(place(rng, 48, 64), rng).depth_m for rng in map(np.random.default_rng, range(8))]

    near, far = np.array([np.percentile(z[z > 0], (3, 99)) for z in found]).T
    assert ((near > nearest_m[0]) & (near < nearest_m[1])).sum() >= 6
    assert ((far > farthest_m[0]) & (far < farthest_m[1])).sum() >= 6
