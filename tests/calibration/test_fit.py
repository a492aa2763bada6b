"""Scale and shift from references."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.planted import exact, sample, seen, spread_out_distances, wild
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.fit import fit, typed
from tui.calibration.health import Grade
from tui.calibration.reading import Status, read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind
from tui.errors import InputError


def by_trend_m(calibration: Calibration, value: float) -> float:
    return 1 / float(calibration.trend.inverse(np.array([value]))[0])


@pytest.mark.parametrize("beliefs", [NETWORK, PROPORTIONAL_NETWORK, METRIC_NETWORK])
def test_a_sheet_that_a_coarse_map_shows_flat_is_one_reference_in_all_but_name(beliefs: Beliefs) -> None:
    context = MapContext(0.1, 1.7, 640, 480)
    tilted = [seen(0.5, z_m, u_px=u_px) for u_px, z_m in ((100, 0.78), (150, 0.8), (200, 0.82))]
    calibration = fit(tilted, beliefs, context)
    reading = read(calibration, sample(0.5), (150, 0))
    assert reading.distance_m == pytest.approx(0.8, rel=0.02)
    with pytest.raises(DegenerateReferences, match="same value"):
        fit([seen(0.5, 1.0), seen(0.5, 2.0, u_px=200)], beliefs, context)


@given(st.floats(0.01, 100), st.floats(-2, 2), spread_out_distances(2))
def test_recovers_a_planted_scale_and_shift(scale: float, shift: float, distances_m: list[float]) -> None:
    calibration = fit(exact(scale, shift, distances_m))
    assert calibration.kind is CalibrationKind.SCALE_AND_SHIFT
    assert calibration.trend.scale == pytest.approx(scale, rel=1e-6)
    assert calibration.trend.shift == pytest.approx(shift, rel=1e-6, abs=1e-6)
    for each, distance_m in zip(calibration.given, distances_m, strict=True):
        assert by_trend_m(calibration, each.sample.value) == pytest.approx(distance_m)


def test_a_reference_with_a_large_stated_sigma_counts_less() -> None:
    good = exact(2.0, 0.1, [0.5, 4.0])
    vague = [*good, seen(0.45, 1.3, relative_sigma=0.9)]
    equal = [*good, seen(0.45, 1.3)]
    assert abs(fit(vague).trend.scale - 2.0) < 0.2 * abs(fit(equal).trend.scale - 2.0)


@given(st.floats(1e-3, 1e3), st.floats(-10, 10), spread_out_distances(3), st.floats(-0.2, 0.2))
def test_distances_do_not_change_under_an_affine_change_of_the_map(
    factor: float, offset: float, distances_m: list[float], error: float
) -> None:
    plain = exact(1.5, 0.2, distances_m)
    plain[1] = seen(plain[1].sample.value * (1 + 0.1 * error), plain[1].reference.distance_m)
    changed = [seen(factor * each.sample.value + offset * factor, each.reference.distance_m) for each in plain]
    before, after = fit(plain), fit(changed)
    for p in np.linspace(plain[-1].sample.value, plain[0].sample.value, 5):
        was = by_trend_m(before, float(p))
        assert by_trend_m(after, float(factor * p + offset * factor)) == pytest.approx(was, rel=1e-5)


def test_the_range_is_widened_by_the_spread_of_its_ends() -> None:
    calibration = fit([seen(0.2, 3.0, spread=0.01), seen(0.8, 1.0, spread=0.02)])
    assert calibration.inverse_depth_range == pytest.approx((0.19, 0.82))
    assert calibration.range_m == (1.0, 3.0)


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        ([seen(0.5, 1.0), seen(0.5, 2.0, u_px=9)], "have the same value 0.5 on the map"),
        ([seen(0.5, 1.0), seen(0.5, 2.0)], "lie on the same pixel"),
        ([seen(0.4, 1.5), seen(0.5, 1.5, u_px=9)], "are all 1.5 m away"),
        ([seen(0.3, 0.8), seen(0.5, 1.52, u_px=9)], "in the wrong order"),
        ([seen(0.3, 1.5, u_px=9), seen(0.5, 1.6), seen(0.6, 1.55)], "in the wrong order"),
        ([seen(-0.1, 1.5)], "a single reference needs one above 0"),
        ([seen(0.0, 1.5)], "a single reference needs one above 0"),
    ],
)  # fmt: skip
def test_degenerate_references_are_refused(samples: list[object], says: str) -> None:
    with pytest.raises(DegenerateReferences, match=says) as caught:
        fit(samples)  # type: ignore[arg-type]  # parametrize loses the element type
    if "order" not in says:
        assert len(caught.value.references) == len(samples)
    assert all(str(reference) in str(caught.value) for reference in caught.value.references)


def test_a_wrong_order_names_the_pair_that_contradicts_the_map_most() -> None:
    samples = [seen(0.5, 0.7, u_px=1), seen(0.1, 0.6, u_px=3), seen(0.52, 3.0, u_px=4)]
    with pytest.raises(DegenerateReferences, match=r"\(3, 7\) = 0.6 m and \(4, 7\) = 3 m are in the wrong order"):
        fit(samples)


def test_no_references_are_an_error() -> None:
    with pytest.raises(InputError, match="at least one"):
        fit([])


def test_typed_scale_and_shift_are_taken_as_they_are() -> None:
    calibration = typed(2.0, 0.1)
    assert calibration.kind is CalibrationKind.TYPED
    assert (calibration.trend.scale, calibration.trend.shift) == (2.0, 0.1)
    assert calibration.inverse_depth_range is None
    assert calibration.range_m is None


@pytest.mark.parametrize(("scale", "shift"), [(0.0, 1.0), (-1.0, 0.0), (math.nan, 0.0), (1.0, math.inf), (1e12, 0.0)])
def test_refuses_typed_numbers_that_are_no_calibration(scale: float, shift: float) -> None:
    with pytest.raises(InputError):
        typed(scale, shift)


@pytest.mark.parametrize(
    ("distance_m", "sigma_m"), [(0.0, 0.1), (-1.0, 0.1), (math.nan, 0.1), (1.0, 0.0), (1.0, math.inf)]
)
def test_a_reference_is_checked_at_the_border(distance_m: float, sigma_m: float) -> None:
    with pytest.raises(InputError):
        Reference(1, 2, distance_m, sigma_m)


CONTEXT = MapContext(0.05, 0.9, 640, 480)


def test_one_reference_fits_the_scale_and_leaves_the_shift_to_the_prior() -> None:
    for context in (None, CONTEXT):
        calibration = fit([seen(0.5, 2.0)], NETWORK, context)
        assert calibration.kind is CalibrationKind.SCALE
        assert calibration.trend.scale == pytest.approx(1.0)
        assert calibration.trend.shift == 0.0
        assert by_trend_m(calibration, 0.25) == pytest.approx(4.0)
        assert calibration.inverse_depth_range == (0.5, 0.5)
        assert calibration.condition is None
        assert calibration.health.grade is Grade.POOR


@given(st.floats(0.01, 100), st.floats(-2, 2), spread_out_distances(2))
def test_a_plateau_prior_leaves_a_likely_shift_alone(scale: float, shift: float, distances_m: list[float]) -> None:
    samples = exact(scale, shift, distances_m)
    low, high = ((1 / z_m - shift) / scale for z_m in (1.05 * distances_m[-1], distances_m[0] / 1.5))
    calibration = fit(samples, NETWORK, MapContext(low, high, 640, 480))
    for each, distance_m in zip(calibration.given, distances_m, strict=True):
        assert by_trend_m(calibration, each.sample.value) == pytest.approx(distance_m, rel=1e-3)
    at_low = by_trend_m(calibration, low)
    assert at_low == pytest.approx(1.05 * distances_m[-1], rel=5e-3)


@given(st.floats(0.02, 50), spread_out_distances(2))
def test_an_exact_map_without_shift_is_recovered_under_the_prior_of_a_metric_network(
    scale: float, distances_m: list[float]
) -> None:
    values = [each.sample.value for each in exact(scale, 0.0, distances_m)]
    calibration = fit(exact(scale, 0.0, distances_m), METRIC_NETWORK, MapContext(values[-1], values[0], 640, 480))
    assert calibration.kind is CalibrationKind.POWER
    assert calibration.trend.scale == pytest.approx(scale, rel=1e-6)
    assert calibration.trend.shift == 0.0
    assert calibration.trend.exponent == pytest.approx(1.0)


@given(st.floats(0.02, 50), st.floats(0.7, 1.4))
def test_many_references_recover_a_planted_power_of_the_map(scale: float, exponent: float) -> None:
    distances_m = np.geomspace(0.5, 8.0, 12).tolist()
    values = [(1.0 / z_m / scale) ** (1.0 / exponent) for z_m in distances_m]
    samples = [seen(value, z_m, u_px=9 * i) for i, (value, z_m) in enumerate(zip(values, distances_m, strict=True))]
    found = fit(samples, METRIC_NETWORK, MapContext(values[-1], values[0], 640, 480))
    assert found.trend.shift == 0.0
    assert abs(found.trend.exponent - exponent) < 0.4 * abs(1.0 - exponent) + 1e-6
    for value, z_m in zip(values[::2], distances_m[::2], strict=True):
        assert read(found, sample(value), (9, 7)).distance_m == pytest.approx(z_m, rel=0.05)


@given(st.integers(0, 500), st.integers(1, 9), st.floats(1e-3, 1e3))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("beliefs", [PROPORTIONAL_NETWORK, METRIC_NETWORK])
def test_readings_do_not_change_under_a_change_of_the_scale_of_a_map_whose_zero_is_far_away(
    beliefs: Beliefs, seed: int, count: int, factor: float
) -> None:
    found = []
    for change in (1.0, factor):
        samples = [
            replace(each, sample=sample(change * each.sample.value, change * 0.01)) for each in wild(seed, count)
        ]
        try:
            calibration = fit(samples, beliefs, MapContext(change * 0.1, change * 1.0, 640, 480))
        except DegenerateReferences:
            return
        found.append([read(calibration, sample(change * p, change * 0.02), (300, 200)) for p in (0.05, 0.4, 1.1)])
    for one, other in zip(*found, strict=True):
        assert other.distance_m == pytest.approx(one.distance_m, rel=1e-3)
        assert other.low_m == pytest.approx(one.low_m, rel=1e-3)
        assert other.high_m == pytest.approx(one.high_m, rel=1e-3)


def test_a_power_has_no_value_where_the_map_is_not_above_zero_and_no_shift_that_could_reach_it() -> None:
    samples = [seen(0.5, 2.0), seen(0.25, 4.5, u_px=50), seen(0.8, 1.2, u_px=90)]
    calibration = fit(samples, METRIC_NETWORK, MapContext(0.1, 1.0, 640, 480))
    assert read(calibration, sample(0.0)).status is Status.SATURATED
    assert read(calibration, sample(-0.1)).status is Status.SATURATED
    far = read(calibration, sample(0.02))
    assert far.status is Status.EXTRAPOLATED
    assert far.distance_m is not None
    assert far.high_m is not None
    assert far.distance_m > 20


def test_a_reference_at_or_below_the_zero_of_a_map_makes_it_a_scale_and_a_shift() -> None:
    samples = [seen(0.5, 1.0), seen(-0.1, 4.0, u_px=50), seen(0.2, 1.9, u_px=90)]
    calibration = fit(samples, METRIC_NETWORK, MapContext(-0.2, 1.0, 640, 480))
    assert calibration.kind is CalibrationKind.SCALE_AND_SHIFT
    assert (calibration.trend.exponent, calibration.trend.shift > 0) == (1.0, True)


def test_the_prior_on_the_exponent_matters_less_with_each_reference() -> None:
    generator = np.random.default_rng(4)
    pulled = []
    for count in (2, 4, 8, 16):
        values = np.geomspace(0.3, 1.0, count)
        distances_m = values**-1.5 * np.exp(0.02 * generator.standard_normal(count))
        samples = [
            ReferenceSample(Reference(u_px, v_px, z_m, 0.01 * z_m), sample(value))
            for (u_px, v_px), value, z_m in zip(
                generator.integers(0, 480, (count, 2)).tolist(), values.tolist(), distances_m.tolist(), strict=True
            )
        ]
        pulled.append(abs(fit(samples, METRIC_NETWORK, MapContext(0.1, 1.0, 640, 480)).trend.exponent - 1.5))
    assert pulled[0] > 0.05
    assert pulled[-1] < 0.5 * pulled[0]


def test_health_says_what_is_poor() -> None:
    context = MapContext(0.05, 2.0, 640, 480)
    good = fit(exact(0.8, 0.1, np.geomspace(0.6, 5.0, 8).tolist()), NETWORK, context)
    assert (good.health.grade, good.health.reasons) == (Grade.GOOD, ())
    assert good.condition is not None
    assert 1 <= good.condition < 10
    few = fit(exact(0.8, 0.1, [0.6, 5.0]), NETWORK, context)
    assert few.health.grade is Grade.FAIR
    close = fit(exact(0.8, 0.1, [1.0, 1.02, 1.05, 1.04]), NETWORK, context)
    assert close.health.grade is Grade.POOR
    assert "one distance" in " ".join(close.health.reasons)


def test_a_flat_map_is_refused() -> None:
    with pytest.raises(DegenerateReferences, match="same value"):
        fit([seen(-0.5, 1.0)], NETWORK, MapContext(-0.5, -0.5, 640, 480))


def test_with_a_prior_references_at_one_distance_will_do() -> None:
    calibration = fit([seen(0.4, 1.5), seen(0.5, 1.5, u_px=9)], METRIC_NETWORK, CONTEXT)
    assert 1.3 < by_trend_m(calibration, 0.45) < 1.7
    assert calibration.health.grade is Grade.POOR
