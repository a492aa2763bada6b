"""One map, its references and its readings."""

from __future__ import annotations

import numpy as np
import pytest

from tui.calibration.fit import typed
from tui.calibration.measure import measure_map
from tui.calibration.reading import Status
from tui.calibration.reference import Reference
from tui.errors import InputError
from tui.geometry.arrays import FloatMap


@pytest.fixture
def ramp() -> FloatMap:
    """1/z = 2 p + 0.1 with z from 1 m at the left to 5 m at the right; nothing known in one corner."""
    distances_m = np.linspace(1.0, 5.0, 81)
    values = np.tile((1 / distances_m - 0.1) / 2.0, (40, 1)).astype(np.float32)
    values[:12, :12] = np.nan
    return values


def test_reads_metres_where_two_references_were_given(ramp: FloatMap) -> None:
    references = [Reference(20, 30, 2.0, 0.02), Reference(60.2, 29.7, 4.0, 0.04)]
    measured = measure_map(ramp, references, [(40, 20), (0, 30), (3, 3)])
    assert measured.calibration is not None
    assert measured.calibration.trend.scale == pytest.approx(2.0, rel=0.02)
    middle, left, corner = [point.reading for point in measured.readings]
    assert middle.distance_m == pytest.approx(3.0, rel=0.01)
    assert (middle.status, middle.reasons) == (Status.OK, ())
    assert left.status is Status.EXTRAPOLATED
    assert (corner.status, corner.inverse_depth) == (Status.SATURATED, None)
    assert [(point.u_px, point.v_px) for point in measured.readings] == [(40, 20), (0, 30), (3, 3)]


def test_a_given_calibration_counts_only_without_references(ramp: FloatMap) -> None:
    kept = measure_map(ramp, [], [(40, 20)], calibration=typed(2.0, 0.1))
    assert kept.readings[0].reading.distance_m == pytest.approx(3.0, rel=0.01)
    refitted = measure_map(ramp, [Reference(40, 20, 9.0, 0.1)], [(40, 20)], calibration=typed(2.0, 0.1))
    assert refitted.readings[0].reading.distance_m == pytest.approx(9.0)


def test_without_anything_it_is_uncalibrated(ramp: FloatMap) -> None:
    measured = measure_map(ramp, [], [(40, 20)])
    assert measured.calibration is None
    assert measured.readings[0].reading.status is Status.UNCALIBRATED


def test_names_the_reference_that_cannot_be_sampled(ramp: FloatMap) -> None:
    good = Reference(20, 30, 2.0, 0.02)
    with pytest.raises(InputError, match=r"reference \(99, 3\) = 2 m: .*outside the 81x40 picture"):
        measure_map(ramp, [good, Reference(99, 3, 2.0, 0.02)], [])
    with pytest.raises(InputError, match=r"reference \(3, 3\) = 2 m: .*no depth"):
        measure_map(ramp, [Reference(3, 3, 2.0, 0.02)], [])


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_references_without_a_value_are_set_aside_and_the_others_calibrate(ramp: FloatMap, nothing: float) -> None:
    ramp[:12, :12] = nothing
    good = [Reference(20, 30, 2.0, 0.02), Reference(60, 30, 4.0, 0.04)]
    holes = [Reference(3, 3, 2.0, 0.02), Reference(5, 4, 9.0, 0.02)]
    measured = measure_map(ramp, [holes[0], *good, holes[1]], [(40, 20)])
    assert measured.calibration == measure_map(ramp, good, []).calibration
    assert [each.reference for each in measured.set_aside] == holes
    assert all("no depth" in each.reason for each in measured.set_aside)
    assert [check.reference for check in measured.checks] == good


def test_what_is_left_must_determine_a_calibration(ramp: FloatMap) -> None:
    hole = Reference(3, 3, 2.0, 0.02)
    with pytest.raises(InputError) as caught:
        measure_map(ramp, [hole, Reference(20, 30, 4.0, 0.02), Reference(60, 30, 2.0, 0.02)], [])
    assert "wrong order" in str(caught.value)
    assert "set aside: reference (3, 3) = 2 m" in str(caught.value)


@pytest.mark.parametrize("query", [(-1, 0), (81, 0), (0, 40)])
def test_refuses_a_query_outside(ramp: FloatMap, query: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="outside"):
        measure_map(ramp, [], [query])


@pytest.mark.parametrize("window_px", [0, -3, 4])
def test_refuses_a_window_that_has_no_middle(ramp: FloatMap, window_px: int) -> None:
    for query in [(40, 20), (1, 1)]:
        with pytest.raises(InputError, match="odd"):
            measure_map(ramp, [], [query], window_px)
