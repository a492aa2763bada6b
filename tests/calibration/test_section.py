"""Sections: what stands in a column, and where a step is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.measure import PointReading
from tui.calibration.reading import Reading, Status
from tui.calibration.section import Section, doubt_words, step_words
from tui.calibration.units import DistanceUnit

NONE = Reading(None, None, None, None, Status.SATURATED)


def section_of(metres: Sequence[float | None], width: float = 0.05) -> Section:
    """Along a row, a pixel a value, each known within that share of it."""
    readings = [
        NONE if each is None else Reading(1 / each, each, each / (1 + width), each * (1 + width), Status.OK)
        for each in metres
    ]
    return Section(tuple(PointReading(u_px, 7, each) for u_px, each in enumerate(readings)))


def test_what_is_narrow_is_seen_in_a_column_of_many() -> None:
    metres: list[float | None] = [2.0] * 100
    metres[43] = 1.0
    columns = section_of(metres).columns(10)
    assert columns.middle_m == pytest.approx([2.0] * 10)
    assert columns.low_m[4] == pytest.approx(1 / 1.05)
    assert [column for column in range(10) if columns.low_m[column] < 1.5] == [4]
    assert not columns.doubted.any()


def test_a_column_without_a_distance_is_a_gap_and_one_that_lacks_some_is_doubted() -> None:
    columns = section_of([1.0] * 10 + [None] * 15 + [1.0] * 15).columns(4)
    assert np.isnan(columns.middle_m).tolist() == [False, True, False, False]
    assert columns.doubted.tolist() == [False, False, True, False]
    open_ended = Reading(0.1, 9.0, 5.0, None, Status.EXTRAPOLATED)
    far = Section((PointReading(0, 0, open_ended), PointReading(1, 0, open_ended))).columns(2)
    assert np.isinf(far.high_m).all()
    assert far.doubted.all()


def test_more_columns_than_pixels_repeat_them() -> None:
    columns = section_of([1.0, 2.0]).columns(10)
    assert columns.middle_m == pytest.approx([1.0] * 5 + [2.0] * 5)


@given(st.integers(2, 300), st.integers(1, 200))
def test_every_pixel_has_its_column_and_every_column_shows_it(count: int, columns: int) -> None:
    section = section_of([float(1 + number) for number in range(count)])
    found = section.columns(columns)
    for u_px in range(count):
        column = section.column_of((u_px, 7), columns)
        assert column is not None
        assert found.low_m[column] <= 1 + u_px <= found.high_m[column]
    assert section.column_of((0, 9), columns) is None


def test_a_step_is_where_it_is_and_says_both_distances() -> None:
    step = section_of([1.0] * 40 + [2.0] * 60).step(100)
    assert step is not None
    assert (step.before.reading.distance_m, step.after.reading.distance_m) == (1.0, 2.0)
    assert abs(step.pixel[0] - 39.5) <= 1
    assert step_words(step, DistanceUnit.METRES).startswith(
        "largest step: 1.00 ± 0.05 m, then 2.00 ± 0.10 m, at (39, 7)"
    )


def test_what_is_not_ok_is_counted_and_the_usual_reason_named() -> None:
    assert doubt_words(section_of([1.0] * 10)) == ""
    assert doubt_words(section_of([1.0] * 30 + [None] * 10)) == "25 % not ok: saturated"
    far = Reading(0.1, 9.0, 5.0, None, Status.EXTRAPOLATED, ("beyond the references",))
    points = (*section_of([1.0] * 996 + [None]).points, *(PointReading(u_px, 7, far) for u_px in (997, 998)))
    assert doubt_words(Section(points)) == "1 % not ok: mostly extrapolated: beyond the references"


def test_the_largest_of_two_steps_and_the_same_there_and_back() -> None:
    metres = [1.0] * 40 + [1.5] * 40 + [4.5] * 40
    there, back = section_of(metres).step(120), section_of(metres[::-1]).step(120)
    assert there is not None
    assert back is not None
    assert (there.before.reading.distance_m, there.after.reading.distance_m) == (1.5, 4.5)
    assert (back.before.reading.distance_m, back.after.reading.distance_m) == (4.5, 1.5)


@pytest.mark.parametrize(
    ("metres", "width"),
    [
        (list(np.geomspace(1, 20, 100)), 0.01),  # a slope
        ([1.0] * 50 + [1.1] * 50, 0.01),  # too little
        ([1.0] * 50 + [1.5] * 50, 0.4),  # not told apart
        ([None] * 100, 0.01),
        ([1.0, 2.0], 0.01),  # too short
    ],
)
def test_what_is_no_step(metres: list[float | None], width: float) -> None:
    assert section_of(metres, width).step(100) is None
