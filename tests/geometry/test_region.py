"""Regions: what they cover, how they are written, and what cannot be one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.region import (
    LONGEST_NAME,
    MOST_CORNERS,
    Region,
    Statistic,
    checked_region,
    parse_region,
    parse_regions,
)

WIDTH, HEIGHT = 64, 48
BOX = Region("door", ((10.0, 5.0), (19.0, 24.0)))


def test_a_box_covers_both_its_corners_whichever_two_they_are() -> None:
    mask = BOX.mask(WIDTH, HEIGHT)
    assert mask.sum() == 10 * 20
    assert mask[5, 10]
    assert mask[24, 19]
    assert not mask[4, 10]
    assert np.array_equal(mask, Region("door", ((19.0, 5.0), (10.0, 24.0))).mask(WIDTH, HEIGHT))


def test_sides_may_cross_and_what_is_enclosed_twice_is_outside() -> None:
    bow = Region("bow", ((10.0, 10.0), (30.0, 30.0), (30.0, 10.0), (10.0, 30.0)))
    mask = bow.mask(WIDTH, HEIGHT)
    assert mask[20, 12]  # left triangle
    assert mask[20, 28]  # right one
    assert not mask[12, 20]  # above the crossing
    star = Region("star", ((30.0, 2.0), (42.0, 40.0), (10.0, 16.0), (50.0, 16.0), (18.0, 40.0)))
    assert not star.mask(WIDTH, HEIGHT)[24, 30]
    assert star.mask(WIDTH, HEIGHT)[12, 30]


def test_it_is_clipped_to_the_picture_however_far_its_corners_are() -> None:
    half = Region("half", ((-1e7, -1e7), (9.0, 1e7)))
    assert half.mask(WIDTH, HEIGHT).sum() == 10 * HEIGHT
    assert half.reaches_out(WIDTH, HEIGHT)
    assert not Region("away", ((100.0, 100.0), (200.0, 200.0))).mask(WIDTH, HEIGHT).any()


@given(st.tuples(st.integers(0, 63), st.integers(0, 47)), st.sampled_from([(640, 480), (128, 96), (200, 150)]))
def test_through_another_size_and_back_it_covers_the_same(at: tuple[int, int], size: tuple[int, int]) -> None:
    region = Region("any", ((5.0, 7.0), (50.0, 3.0), (float(at[0]), float(at[1]))))
    across, down = size[0] / WIDTH, size[1] / HEIGHT
    larger = region.scaled(across, down)
    back = larger.scaled(1 / across, 1 / down)
    assert np.array_equal(back.mask(WIDTH, HEIGHT), region.mask(WIDTH, HEIGHT))
    share = larger.mask(*size).mean() / max(region.mask(WIDTH, HEIGHT).mean(), 1e-9)
    assert share < 1.2  # the same part of the picture, but for what its sides take up


def test_some_of_its_pixels_lie_evenly_over_it() -> None:
    region = Region("wide", ((0.0, 0.0), (639.0, 479.0)))
    some = region.pixels(640, 480, 256)
    assert len({tuple(pixel) for pixel in some.tolist()}) == 256
    cells, _, _ = np.histogram2d(some[:, 0], some[:, 1], bins=[8, 8], range=[[0, 640], [0, 480]])
    assert cells.min() >= 2
    assert cells.max() <= 6
    assert len(BOX.pixels(WIDTH, HEIGHT, 256)) == 200  # all of a small one


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("door=100,80:220,300", Region("door", ((100.0, 80.0), (220.0, 300.0)))),
        (
            " Tür 2 : Median = 1,2 : 3,4 : 5,60",
            Region("Tür 2", ((1.0, 2.0), (3.0, 4.0), (5.0, 60.0)), Statistic.MEDIAN),
        ),
        ("a-b_c.d:farthest=0,0:9,9", Region("a-b_c.d", ((0.0, 0.0), (9.0, 9.0)), Statistic.FARTHEST)),
    ],
)
def test_it_is_taken_as_it_is_written_and_written_as_it_is_taken(text: str, region: Region) -> None:
    assert parse_region(text) == region
    assert parse_region(region.written) == region


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write a region as"),
        ("door", "write a region as"),
        ("=1,2:3,4", "needs a name"),
        ("door=", "is no corner"),
        ("door=1,2", "one corner"),
        ("door=1,2:3", "'3' is no corner"),
        ("door=1,2:3,4:", "'' is no corner"),
        ("door=1.5,2:3,4", "whole pixels"),
        ("door=1,2:99999999999,4", "is no corner"),
        ("door:widest=1,2:30,40", "'widest' is no statistic; choose one of nearest, median, farthest"),
        ("door:=1,2:30,40", "is no statistic"),
        ("do\x1b[31mor=1,2:30,40", "letters, digits"),
        ("do\nor=1,2:30,40", "letters, digits"),
        ("do/or=1,2:30,40", "letters, digits"),
        ("-door=1,2:30,40", "begins with a letter"),
        ("\u202edoor=1,2:30,40", "letters, digits"),
        ("d" * (LONGEST_NAME + 1) + "=1,2:30,40", "longer than"),
        ("Pin 3=1,2:30,40", "pins are called"),
        ("door=" + ":".join(["1,2"] * (MOST_CORNERS + 1)), f"{MOST_CORNERS} are the most"),
        ("door=" + "x" * 1000, "is no corner"),
    ],
)
def test_what_is_none_is_refused_in_one_line_that_says_why(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        parse_region(text)
    assert words in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 500


@given(st.text(max_size=30), st.sampled_from(["=1,2:30,40", ":median=1,2:3,4:5,9", ""]))
def test_whatever_is_typed_is_a_region_or_refused_in_one_line(head: str, tail: str) -> None:
    refused, region = "", None
    try:
        region = parse_region(head + tail)
    except InputError as error:
        refused = str(error)
    assert (region is None) == bool(refused)
    assert refused.isprintable()
    assert region is None or parse_region(region.written) == region


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="there is a region 'door' already"):
        parse_regions(["door=1,2:30,40", "DOOR=5,6:30,40"])
    with pytest.raises(InputError, match="are the most"):
        parse_regions([f"r{number}=1,2:30,40" for number in range(100)])


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (((10.0, 10.0), (64.0, 20.0)), r"\(64, 20\) is outside the 64x48 picture"),
        (((-1.0, 10.0), (30.0, 20.0)), "is outside"),
        (((10.0, 10.0), (10.0, 20.0)), "on one line"),
        (((10.0, 10.0), (20.0, 20.0), (30.0, 30.0)), "on one line"),
        (((10.0, 10.0), (10.0, 10.0), (10.0, 10.0)), "on one line"),
        (((10.0, 10.0), (11.0, 11.0)), "covers 4 pixels"),
    ],
)
def test_what_encloses_nothing_of_the_picture_is_refused(corners: tuple[tuple[float, float], ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        checked_region(Region("door", corners), WIDTH, HEIGHT)
    assert checked_region(BOX, WIDTH, HEIGHT) is BOX
