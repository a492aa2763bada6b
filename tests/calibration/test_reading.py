"""Readings: their status and their interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.planted import exact, sample, seen, spread_out_distances
from tui.calibration.beliefs import EXACT
from tui.calibration.context import MapContext
from tui.calibration.fit import fit, typed
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference, ReferenceSample


def test_without_a_calibration_there_is_no_distance() -> None:
    assert read(None, sample(0.4)) == Reading(0.4, None, None, None, Status.UNCALIBRATED)


def test_a_pixel_without_a_value_is_saturated() -> None:
    assert read(typed(1, 0), None) == Reading(None, None, None, None, Status.SATURATED)


@pytest.mark.parametrize("value", [-0.05, -0.2])
def test_no_distance_where_scale_and_shift_give_none(value: float) -> None:
    assert read(typed(2.0, 0.1), sample(value)) == Reading(value, None, None, None, Status.SATURATED)


def test_within_the_references_it_is_ok_and_outside_extrapolated() -> None:
    calibration = fit(exact(2.0, 0.1, [0.8, 1.5, 2.5]))
    near, far = calibration.given[0].sample.value, calibration.given[2].sample.value
    assert read(calibration, sample(near)).status is Status.OK
    assert read(calibration, sample(0.5 * (near + far))).status is Status.OK
    assert read(calibration, sample(far)).status is Status.OK
    assert read(calibration, sample(near + 0.01)).status is Status.EXTRAPOLATED
    assert read(calibration, sample(far - 0.01)).status is Status.EXTRAPOLATED


def test_one_reference_speaks_for_its_own_distance_only() -> None:
    calibration = fit([seen(0.5, 2.0, spread=0.01)])
    assert read(calibration, sample(0.505)).status is Status.OK
    assert read(calibration, sample(0.4)).status is Status.EXTRAPOLATED


def test_typed_numbers_have_no_range_to_leave() -> None:
    assert read(typed(2.0, 0.1), sample(40.0)).status is Status.OK


@given(spread_out_distances(2), st.floats(0.1, 1.5), st.floats(0, 0.3))
def test_the_interval_contains_the_distance(distances_m: list[float], inverse_m: float, spread: float) -> None:
    calibration = fit(exact(2.0, 0.1, distances_m))
    reading = read(calibration, sample((inverse_m - 0.1) / 2.0, spread))
    assert reading.distance_m == pytest.approx(1 / inverse_m, rel=1e-5)
    assert reading.low_m is not None
    assert reading.distance_m is not None
    assert 0 <= reading.low_m < reading.distance_m
    assert reading.high_m is None or reading.high_m > reading.distance_m


@given(spread_out_distances(2), st.floats(-0.04, 1.5), st.floats(0.001, 0.5))
def test_a_larger_map_value_is_nearer(distances_m: list[float], value: float, more: float) -> None:
    calibration = fit(exact(2.0, 0.1, distances_m))
    far, near = read(calibration, sample(value)), read(calibration, sample(value + more))
    assert far.distance_m is not None
    assert near.distance_m is not None
    assert near.distance_m < far.distance_m


@given(st.floats(1e-2, 1e2), st.floats(-5, 5), spread_out_distances(2), st.floats(0.15, 2.0))
def test_readings_do_not_change_under_an_affine_change_of_the_map(
    factor: float, offset: float, distances_m: list[float], inverse_m: float
) -> None:
    def reading(change: float, move: float) -> Reading:
        samples = [
            seen(change * (each.sample.value + move), each.reference.distance_m, spread=change * 0.004)
            for each in exact(2.0, 0.1, distances_m)
        ]
        value = (inverse_m - 0.1) / 2.0
        return read(fit(samples), sample(change * (value + move), change * 0.007))

    one, other = reading(1.0, 0.0), reading(factor, offset)
    assert other.distance_m == pytest.approx(one.distance_m, rel=1e-5)
    assert other.low_m == pytest.approx(one.low_m, rel=1e-4)
    if one.high_m is not None and one.high_m < 1e4:
        assert other.high_m == pytest.approx(one.high_m, rel=1e-2)


def test_the_interval_widens_with_the_spread_and_with_the_distance_from_the_references() -> None:
    calibration = fit(exact(2.0, 0.1, [0.8, 1.2, 1.6, 2.0]))

    def relative_width(distance_m: float, spread: float = 0.0) -> float:
        reading = read(calibration, sample((1 / distance_m - 0.1) / 2.0, spread))
        assert reading.low_m is not None
        return (1 / reading.low_m - 1 / distance_m) * distance_m

    assert relative_width(1.4, 0.05) > relative_width(1.4)
    assert relative_width(1.4) < relative_width(2.5) < relative_width(4.0) < relative_width(8.0)
    assert relative_width(0.3) > relative_width(0.6) > relative_width(1.0)


def test_an_interval_without_an_upper_end_says_so() -> None:
    calibration = fit([seen(0.5, 1.0)])
    reading = read(calibration, sample(0.02))
    assert reading.status is Status.EXTRAPOLATED
    assert reading.distance_m == pytest.approx(25.0)
    assert reading.high_m is None


def test_an_exact_map_has_a_narrow_interval() -> None:
    samples = exact(2.0, 0.1, [1.0, 3.0])
    wide, narrow = read(fit(samples), sample(0.2)), read(fit(samples, EXACT), sample(0.2))
    assert wide.low_m is not None
    assert narrow.low_m is not None
    assert narrow.distance_m == pytest.approx(2.0)
    assert 1.85 < narrow.low_m < 2.0
    assert wide.low_m < 1.7


@given(st.floats(0.002, 0.1), st.integers(1, 20))
@settings(max_examples=40)
def test_no_number_of_markers_knows_distances_better_than_the_focal_length(focal_sigma: float, count: int) -> None:
    sigma = math.hypot(0.001, focal_sigma)
    distances_m = np.geomspace(0.6, 4.0, count)
    samples = [
        ReferenceSample(
            Reference(30 * i, 20 * i, z_m, sigma * z_m, f"marker {i}", focal_sigma), sample((1 / z_m - 0.1) / 2)
        )
        for i, z_m in enumerate(distances_m.tolist())
    ]
    reading = read(fit(samples, EXACT, MapContext(0.05, 0.8, 640, 480)), sample((1 / 0.6 - 0.1) / 2), (100, 100))
    assert reading.distance_m is not None
    assert reading.low_m is not None
    assert math.log(reading.distance_m / reading.low_m) > 1.96 * focal_sigma


def test_a_tape_beside_markers_takes_their_shared_error_away() -> None:
    def width(*shared: float) -> float:
        samples = [
            ReferenceSample(
                Reference(30 * i, 20 * i, z_m, 0.05 * z_m if error else 0.002 * z_m, "", error), sample(0.5 / z_m)
            )
            for i, (z_m, error) in enumerate(zip((0.7, 1.0, 1.5, 2.0, 3.0, 4.0), shared, strict=True))
        ]
        reading = read(fit(samples, EXACT, MapContext(0.1, 0.8, 640, 480)), sample(0.4), (100, 100))
        assert reading.distance_m is not None
        assert reading.low_m is not None
        return math.log(reading.distance_m / reading.low_m)

    assert width(0.05, 0.05, 0.05, 0.05, 0.05, 0.0) < 0.6 * width(0.05, 0.05, 0.05, 0.05, 0.05, 0.05)
