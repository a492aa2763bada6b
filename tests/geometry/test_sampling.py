"""Sampling around a pixel, and the checks at the border."""

from __future__ import annotations

import numpy as np
import pytest

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, check_map, check_rgb
from tui.geometry.sampling import Around, look_around, sample_median, sample_medians, sample_or_none, samples_or_none


def test_the_median_shrugs_off_outliers_and_holes() -> None:
    values = np.full((9, 9), 2.0, np.float32)
    values[4, 4], values[4, 5], values[3, 3] = 99.0, np.nan, np.inf
    sample = sample_median(values, 4, 4, 5)
    assert (sample.value, sample.spread, sample.count) == (2.0, 0.0, 23)


def test_the_spread_is_that_of_a_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(5.0, 0.3, (301, 301)).astype(np.float32)
    assert sample_median(values, 150, 150, 301).spread == pytest.approx(0.3, rel=0.02)


def test_windows_are_cut_off_at_the_border() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    assert sample_median(values, 0, 0, 3).count == 4
    assert sample_median(values, 3, 3, 1).value == 15.0


@pytest.mark.parametrize(("u_px", "v_px", "window_px"), [(4, 0, 3), (0, -1, 3), (0, 0, 2), (0, 0, 0), (0, 0, -3)])
def test_bad_pixels_and_windows_are_refused(u_px: int, v_px: int, window_px: int) -> None:
    with pytest.raises(InputError):
        sample_median(np.zeros((4, 4), np.float32), u_px, v_px, window_px)


def test_a_hole_as_large_as_the_window_is_named() -> None:
    with pytest.raises(InputError, match=r"\(1, 1\) has no depth"):
        sample_median(np.full((4, 4), np.nan, np.float32), 1, 1, 3)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_what_is_no_rgb_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        check_rgb(np.zeros(shape, np.uint8))
    with pytest.raises(InputError):
        check_rgb(np.zeros((4, 4, 3), np.float32))


def test_what_passes_is_the_array_itself() -> None:
    image, values = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.float32)
    assert check_rgb(image) is image
    assert check_map(values, 4, 5) is values
    with pytest.raises(InputError):
        check_map(values, 5, 4)


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("window_px", [1, 3, 5])
def test_many_at_once_are_the_same_as_one_by_one(gap: bool, window_px: int) -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(30, 40)).astype(np.float32)
    if gap:
        values[10:12, 20] = np.nan
    for pixels in ([(20, 13), (5, 5), (33, 20)], [(20, 13), (0, 0), (39, 29)]):
        one_by_one = [sample_median(values, *pixel, window_px) for pixel in pixels]
        assert sample_medians(values, pixels, window_px) == one_by_one


def step(height: int = 48, width: int = 640, at: int = 300, low: float = 1.0, high: float = 3.0) -> FloatMap:
    row = np.where(np.arange(width) < at, high, low)
    found: FloatMap = np.tile(row, (height, 1)).astype(np.float32)
    return found


@pytest.mark.parametrize("scale", [1, 2])
def test_a_look_around_sees_about_15_and_41_of_640_pixels(scale: int) -> None:
    values = step(48 * scale, 640 * scale, 300 * scale)
    far, wide, near = look_around(values, [(scale * u_px, 20) for u_px in (330, 312, 303)])
    assert far == Around((1.0, 1.0), (1.0, 1.0), None)
    assert wide == Around((1.0, 1.0), (1.0, 3.0), (1.0, 3.0))
    assert near == Around((1.0, 3.0), (1.0, 3.0), (1.0, 3.0))


def test_a_slope_and_noise_are_no_two_plateaus() -> None:
    slope = np.tile(np.linspace(0, 1, 640, dtype=np.float32), (48, 1))
    noise = np.random.default_rng(0).normal(size=(48, 640)).astype(np.float32)
    for values in (slope, noise):
        found = look_around(values, [(100, 20), (0, 0), (639, 47)])
        assert [each and each.plateaus for each in found] == [None] * 3


def test_a_look_around_leaves_holes_out() -> None:
    values = step()
    values[:, 280:299] = np.nan
    (found,) = look_around(values, [(300, 20)])
    assert found is not None
    assert (found.near, found.plateaus) == ((1.0, 1.0), None)
    values[:] = np.nan
    assert look_around(values, [(300, 20)]) == [None]
    assert sample_or_none(values, 300, 20) is None
    values[20, 300] = 2.0
    found_one = sample_or_none(values, 300, 20)
    assert found_one is not None
    assert found_one.around == Around((2.0, 2.0), (2.0, 2.0), None)


@pytest.mark.parametrize("gap", [False, True])
def test_readings_at_many_pixels_see_what_one_alone_sees(gap: bool) -> None:
    values = np.random.default_rng(0).normal(size=(60, 80)).astype(np.float32)
    if gap:
        values[20:40, 30:50] = np.nan
    pixels = [(40, 30), (0, 0), (79, 59), (28, 20)]
    one_by_one = [sample_or_none(values, *pixel) for pixel in pixels]
    together = samples_or_none(values, pixels)
    assert together == one_by_one
    assert [each and each.around for each in together] == [each and each.around for each in one_by_one]
    assert (one_by_one[0] is None) == gap
    assert samples_or_none(values, []) == []
