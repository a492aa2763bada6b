"""Scale and shift from references."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.planted import exact, seen, spread_out_distances
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.fit import NETWORK_NOISE, PRIOR_FREEDOM, SHIFT_SIGMA, fit, typed
from tui.calibration.reference import Reference
from tui.calibration.result import CalibrationKind
from tui.errors import InputError


@given(st.floats(0.01, 100), st.floats(-2, 2), spread_out_distances(2))
def test_recovers_a_planted_scale_and_shift(scale: float, shift: float, distances_m: list[float]) -> None:
    calibration = fit(exact(scale, shift, distances_m))
    assert calibration.kind is CalibrationKind.SCALE_AND_SHIFT
    assert calibration.scale == pytest.approx(scale, rel=1e-6)
    assert calibration.shift == pytest.approx(shift, rel=1e-6, abs=1e-6)
    assert calibration.rms_relative == pytest.approx(0, abs=1e-6)
    for residual, distance_m in zip(calibration.residuals, distances_m, strict=True):
        assert residual.fitted_m == pytest.approx(distance_m)
        assert residual.residual_m == pytest.approx(0, abs=1e-6 * distance_m)


def test_is_least_squares_of_the_relative_error() -> None:
    values = np.array([0.9, 0.7, 0.45, 0.2, 0.12])
    distances_m = np.array([0.6, 0.8, 1.1, 2.7, 3.1])
    calibration = fit([seen(p, z) for p, z in zip(values.tolist(), distances_m.tolist(), strict=True)])
    design = np.column_stack([distances_m * values, distances_m])
    scale, shift = np.linalg.lstsq(design, np.ones(5), rcond=None)[0]
    assert (calibration.scale, calibration.shift) == pytest.approx((scale, shift))


def test_a_reference_with_a_large_stated_sigma_counts_less() -> None:
    good = exact(2.0, 0.1, [0.5, 1.0, 2.0, 4.0])
    vague = [*good, seen(good[1].sample.value, 2.0, relative_sigma=0.9)]
    equal = [*good, seen(good[1].sample.value, 2.0)]
    assert abs(fit(vague).scale - 2.0) < 0.2 * abs(fit(equal).scale - 2.0)


@given(st.floats(1e-3, 1e3), st.floats(-10, 10), spread_out_distances(3), st.floats(-0.2, 0.2))
def test_distances_do_not_change_under_an_affine_change_of_the_map(
    factor: float, offset: float, distances_m: list[float], error: float
) -> None:
    plain = exact(1.5, 0.2, distances_m)
    plain[1] = seen(plain[1].sample.value * (1 + 0.1 * error), plain[1].reference.distance_m)
    changed = [seen(factor * each.sample.value + offset * factor, each.reference.distance_m) for each in plain]
    before, after = fit(plain), fit(changed)
    for p in np.linspace(plain[-1].sample.value, plain[0].sample.value, 5):
        was, now = before.distance_m(float(p)), after.distance_m(float(factor * p + offset * factor))
        assert was is not None
        assert now == pytest.approx(was, rel=1e-5)


def test_one_reference_fits_the_scale_and_keeps_a_prior_on_the_shift() -> None:
    calibration = fit([seen(0.5, 2.0)])
    assert calibration.kind is CalibrationKind.SCALE
    assert (calibration.scale, calibration.shift) == (1.0, 0.0)
    assert calibration.distance_m(0.25) == pytest.approx(4.0)
    assert calibration.inverse_depth_range == (0.5, 0.5)
    (aa, ab), (ba, bb) = calibration.covariance
    assert bb == pytest.approx((SHIFT_SIGMA / 2.0) ** 2)
    assert ab == ba
    at_reference = aa * 0.25 + 2 * ab * 0.5 + bb
    assert at_reference == pytest.approx((NETWORK_NOISE**2 + 0.01**2) / 4.0)


def test_the_range_is_widened_by_the_spread_of_its_ends() -> None:
    calibration = fit([seen(0.2, 3.0, spread=0.01), seen(0.8, 1.0, spread=0.02)])
    assert calibration.inverse_depth_range == pytest.approx((0.19, 0.82))
    assert calibration.range_m == (1.0, 3.0)


def test_the_covariance_of_many_noisy_fits_is_the_stated_one() -> None:
    generator = np.random.default_rng(0)
    distances_m = np.array([0.6, 0.9, 1.4, 2.2, 3.0, 4.0])
    truth = (1.0 / distances_m - 0.1) / 2.0
    fits = []
    stated = []
    for _ in range(800):
        noisy = (1.0 / distances_m * (1 + NETWORK_NOISE * generator.standard_normal(6)) - 0.1) / 2.0
        calibration = fit([seen(p, z) for p, z in zip(noisy.tolist(), distances_m.tolist(), strict=True)])
        fits.append([calibration.distance_m(p) or math.nan for p in truth.tolist()])
        stated.append(np.array(calibration.covariance))
    # Errors in p bias a straight line slightly; the sizes agree.
    spread_of_inverse = np.std(1.0 / np.array(fits)[:, 0])
    point = np.array([truth[0], 1.0])
    expected = math.sqrt(np.median([point @ each @ point for each in stated]))
    assert spread_of_inverse == pytest.approx(expected, rel=0.25)


def test_residuals_that_are_smaller_than_the_prior_make_the_noise_smaller() -> None:
    quiet = fit(exact(2.0, 0.1, [0.5, 0.8, 1.3, 2.0, 3.0, 4.0, 5.0, 6.0]))
    assert quiet.freedom == PRIOR_FREEDOM + 6
    assert quiet.noise == pytest.approx(NETWORK_NOISE * math.sqrt(PRIOR_FREEDOM / (PRIOR_FREEDOM + 6)))


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
    samples = [seen(0.5, 0.7, u_px=1), seen(0.45, 0.75, u_px=2), seen(0.1, 0.6, u_px=3), seen(0.52, 3.0, u_px=4)]
    with pytest.raises(DegenerateReferences, match=r"\(3, 7\) = 0.6 m and \(4, 7\) = 3 m are in the wrong order"):
        fit(samples)


def test_no_references_are_an_error() -> None:
    with pytest.raises(InputError, match="at least one"):
        fit([])


def test_a_reference_that_the_fit_saturates_has_no_residual() -> None:
    calibration = fit([seen(0.8, 0.8), seen(0.4, 8.4, u_px=1), seen(0.3, 0.9, u_px=2)])
    saturated = [each for each in calibration.residuals if each.fitted_m is None]
    for each in saturated:
        assert each.residual_m is None
        assert each.relative is None
    assert saturated
    assert calibration.rms_relative is None


def test_typed_scale_and_shift_are_taken_as_they_are() -> None:
    calibration = typed(2.0, 0.1)
    assert calibration.kind is CalibrationKind.TYPED
    assert calibration.distance_m(0.2) == pytest.approx(2.0)
    assert calibration.distance_m(-0.05) is None
    assert calibration.inverse_depth_range is None
    assert calibration.rms_relative is None
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


def test_a_whole_map_is_turned_into_metres() -> None:
    values = np.array([[0.2, -0.05, np.nan], [0.45, -1.0, 0.95]], dtype=np.float32)
    metres = typed(2.0, 0.1).distances_m(values)
    assert metres.dtype == np.float32
    np.testing.assert_allclose(metres, [[2.0, np.nan, np.nan], [1.0, np.nan, 0.5]], rtol=1e-6)
