"""Lines of pixels: both ends, no pixel twice, none left out, and the same there and back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.line import Pixel, pixels_along

pixels = st.tuples(st.integers(0, 400), st.integers(0, 300))


@given(pixels, pixels)
def test_a_line_leaves_no_pixel_out(start: Pixel, end: Pixel) -> None:
    if start == end:
        with pytest.raises(InputError):
            pixels_along(start, end)
        return
    line = pixels_along(start, end)
    assert (line[0], line[-1]) == (start, end)
    assert len(line) == max(abs(start[0] - end[0]), abs(start[1] - end[1])) + 1
    assert all(max(abs(after[0] - before[0]), abs(after[1] - before[1])) == 1 for before, after in pairwise(line))
    assert pixels_along(end, start) == line[::-1]


@given(pixels, pixels, st.integers(2, 50))
def test_fewer_are_spread_evenly(start: Pixel, end: Pixel, most: int) -> None:
    if start == end:
        return
    line = pixels_along(start, end, most)
    assert (line[0], line[-1]) == (start, end)
    assert len(line) == len(set(line)) == min(most, len(pixels_along(start, end)))
    along = [max(abs(b[0] - a[0]), abs(b[1] - a[1])) for a, b in pairwise(line)]
    assert max(along) - min(along) <= 1


def test_a_diagonal_of_three() -> None:
    assert pixels_along((0, 0), (2, 2)) == ((0, 0), (1, 1), (2, 2))
    assert pixels_along((0, 0), (4, 1)) == ((0, 0), (1, 0), (2, 1), (3, 1), (4, 1))
