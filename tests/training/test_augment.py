import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.training.augment import FOCAL, blob, erase, paste, random_view, recolour, sample, turn, warp
from tui.training.data import Picture


def picture(height: int = 48, width: int = 64) -> Picture:
    y, x = np.mgrid[:height, :width]
    image = np.stack([x * 3, y * 4, (x + y) * 2], axis=2).astype(np.uint8)
    return Picture(image, (1 + x / width + y / height).astype(np.float32))


def test_the_identity_view_changes_nothing() -> None:
    source = picture()
    view = np.array([[1.0, 0, 0], [0, 1.0, 0]])

    image, depth_m = warp(source, view, 48, 64)

    np.testing.assert_array_equal(image, source.image)
    assert depth_m.shape == (24, 32)
    # pixel (i, j) of the half-size map covers source pixels 2 i and 2 i + 1
    assert np.abs(depth_m - source.depth_m[::2, ::2]).max() <= 1 / 64 + 1 / 48 + 1e-6


def test_image_and_depth_move_together() -> None:
    source = picture()
    lit = np.zeros((48, 64, 3), np.uint8)
    lit[20:28, 30:38] = 255
    marked = Picture(lit, np.where(lit[..., 0] > 0, 2.0, 1.0).astype(np.float32))
    for seed in range(20):
        view = random_view(source.depth_m.shape, 48, 64, np.random.default_rng(seed))
        image, depth_m = warp(marked, view, 48, 64)
        bright, near = image[::2, ::2, 0] > 127, depth_m == 2.0
        overlap = (bright & near).sum() / max(1, (bright | near).sum())
        assert near.sum() == 0 or overlap > 0.5


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), shape=st.sampled_from([(48, 64), (64, 48), (64, 64)]))
def test_views_stay_inside_but_for_the_tilt(seed: int, shape: tuple[int, int]) -> None:
    height, width = shape
    view = random_view((60, 81), height, width, np.random.default_rng(seed))
    cos = abs(view[0, 0]) / np.hypot(view[0, 0], view[1, 0])
    if cos < 1 - 1e-9:  # turn it upright about its middle
        middle = view @ np.array([(width - 1) / 2, (height - 1) / 2, 1])
        scale_x, scale_y = np.hypot(*view[:, 0]), np.hypot(*view[:, 1])
    else:
        middle, (scale_x, scale_y) = view @ np.array([(width - 1) / 2, (height - 1) / 2, 1]), abs(np.diag(view))

    assert middle[0] - scale_x * width / 2 >= -0.5 - 1e-6
    assert middle[0] + scale_x * width / 2 <= 81 - 0.5 + 1e-6
    assert middle[1] - scale_y * height / 2 >= -0.5 - 1e-6
    assert middle[1] + scale_y * height / 2 <= 60 - 0.5 + 1e-6


def test_depth_is_never_averaged_over_an_edge() -> None:
    half = np.ones((48, 64), np.float32)
    half[:, 32:] = 5.0
    source = Picture(np.zeros((48, 64, 3), np.uint8), half)

    for seed in range(10):
        found = sample(source, 32, 64, np.random.default_rng(seed)).depth_m
        # a turn of the camera makes them up to a third nearer or farther
        assert np.all((found == 0) | (found < 1.4) | (found > 3.5))


def test_a_sample_follows_from_its_seed() -> None:
    one, two, other = (sample(picture(), 32, 64, np.random.default_rng(seed)) for seed in (5, 5, 6))

    np.testing.assert_array_equal(one.image, two.image)
    np.testing.assert_array_equal(one.depth_m, two.depth_m)
    assert not np.array_equal(one.image, other.image)


def test_without_strength_the_whole_picture_comes_back() -> None:
    source = picture()
    for seed in range(6):
        found = sample(source, 48, 64, np.random.default_rng(seed), strength=0.0).image
        assert np.array_equal(found, source.image) or np.array_equal(found, source.image[:, ::-1])


@pytest.mark.parametrize("seed", range(8))
def test_what_is_pasted_stands_before_what_it_covers(seed: int) -> None:
    below = Picture(np.zeros((64, 64, 3), np.uint8), np.full((32, 32), 2.0, np.float32))
    rng = np.random.default_rng(seed)
    above_depth = rng.uniform(3, 6, (32, 32)).astype(np.float32)
    above = Picture(np.full((64, 64, 3), 255, np.uint8), above_depth)

    result = paste(below, above, rng)

    changed = result.depth_m != 2.0
    if changed.any():
        assert (result.depth_m[changed] < 2.0).mean() > 0.9
        factor = result.depth_m[changed] / above_depth[changed]
        assert factor.max() == pytest.approx(factor.min(), rel=1e-4)
        assert result.image[::2, ::2, 0][changed].mean() > 128


def test_a_paste_without_depth_leaves_the_picture() -> None:
    below = Picture(np.zeros((64, 64, 3), np.uint8), np.full((32, 32), 2.0, np.float32))
    above = Picture(np.full((64, 64, 3), 9, np.uint8), np.zeros((32, 32), np.float32))

    assert paste(below, above, np.random.default_rng(0)) is below


def test_blobs_differ_and_are_partial() -> None:
    shares = [blob((40, 50), np.random.default_rng(seed)).mean() for seed in range(20)]

    assert len(set(shares)) > 10
    assert max(shares) < 0.8


@pytest.mark.parametrize("seed", range(12))
def test_recolouring_keeps_shape_and_type(seed: int) -> None:
    found = recolour(picture().image, np.random.default_rng(seed))

    assert found.shape == (48, 64, 3)
    assert found.dtype == np.uint8
    assert found.flags.c_contiguous


@pytest.mark.parametrize("seed", range(5))
def test_a_smaller_part_of_the_image_is_hidden_and_the_rest_stays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (96, 128, 3), np.uint8)
    before = image.copy()

    hidden = (erase(image, rng) != image).any(axis=2)

    assert 0 < hidden.mean() < 0.3
    assert np.array_equal(image, before)


@pytest.mark.parametrize(("right_rad", "down_rad"), [(0.15, 0.0), (0.0, 0.15), (-0.1, 0.12)])
def test_a_turned_camera_sees_a_wall_where_geometry_puts_it(right_rad: float, down_rad: float) -> None:
    height, width, distance_m = 120, 160, 3.0
    y, x = np.mgrid[:height, :width]
    image = np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.uint8)

    seen = turn(Picture(image, np.full((height, width), distance_m, np.float32)), right_rad, down_rad)

    # the wall's normal in the turned camera: n X = distance, so that z = distance / (n . ray)
    focal = FOCAL * height
    rays = np.stack([(x - 79.5) / focal, (y - 59.5) / focal, np.ones_like(x)], axis=-1)
    rotation = cv2.Rodrigues(np.array([down_rad, -right_rad, 0.0]))[0]
    expected = distance_m / (rays @ rotation[:, 2])
    known = seen.depth_m > 0
    assert known.mean() > 0.6
    np.testing.assert_allclose(seen.depth_m[known], expected[known], rtol=0.01)
    centre = rotation @ np.array([0, 0, 1.0])  # where the old middle is seen now
    at = np.rint(focal * centre[:2] / centre[2] + [79.5, 59.5]).astype(int)
    np.testing.assert_allclose(seen.image[at[1], at[0], :2], [79.5, 59.5], atol=1.5)
    assert np.allclose(-np.sign(centre[:2]), np.sign([right_rad, down_rad]))
