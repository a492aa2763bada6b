"""What a map's value means before any correction: two forms, one number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.planted import exact
from tui.calibration.curve import Anchors, Curve
from tui.calibration.fit import fit
from tui.calibration.trend import Trend


@pytest.mark.parametrize(
    ("trend", "text"),
    [
        (Trend(0.83, 0.041), "1/z = 0.83 p + 0.041"),
        (Trend(0.83, -0.041), "1/z = 0.83 p - 0.041"),
        (Trend(0.83), "1/z = 0.83 p"),
        (Trend(0.83, 0.0, 1.1234), "1/z = 0.83 p^1.12"),
        (Trend(0.83, 0.0, 1.0000001), "1/z = 0.83 p"),
    ],
)
def test_in_words(trend: Trend, text: str) -> None:
    assert str(trend) == text


@given(st.floats(0.01, 100), st.lists(st.floats(0.3, 30), min_size=2, max_size=2, unique=True))
def test_no_shift_is_printed_where_rounding_alone_left_one(scale: float, distances_m: list[float]) -> None:
    near_m, far_m = min(distances_m), max(distances_m)
    if far_m < 1.05 * near_m:
        return
    text = str(fit(exact(scale, 0.0, [near_m, far_m])).trend)
    assert "e-1" not in text


def test_values_by_hand() -> None:
    values = np.array([-1.0, 0.0, 0.25, 4.0, np.nan])
    np.testing.assert_allclose(Trend(2.0, 0.0, 0.5).inverse(values), [np.nan, np.nan, 1.0, 4.0, np.nan])
    np.testing.assert_allclose(Trend(2.0, 1.0).inverse(values), [-1.0, 1.0, 1.5, 9.0, np.nan])
    assert Trend(2.0, 0.0, 0.5).relative_slope(np.array([4.0])) == pytest.approx(0.125)
    assert Trend(2.0, 1.0).relative_slope(np.array([4.0])) == pytest.approx(2 / 9)


@given(st.booleans(), st.floats(-2, 2), st.floats(0.4, 1.3), st.floats(0.11, 5.0))
def test_a_curve_and_its_trend_say_the_same_and_the_derivatives_are_theirs(
    power: bool, near: float, bend: float, value: float
) -> None:
    curve = Curve(Anchors(0.1, 1.5, power), near, bend)
    p, step = np.array([value]), 1e-6
    log_inverse, by_parameters, by_value = curve.expand(p)
    assert float(log_inverse[0]) == pytest.approx(math.log(curve.trend.inverse(p)[0]), abs=1e-9)
    for place, moved in enumerate((curve.at(near + step, bend), curve.at(near, bend + step))):
        slope = float(moved.log_inverse(p)[0] - log_inverse[0]) / step
        assert float(by_parameters[0, place]) == pytest.approx(slope, rel=1e-3, abs=1e-5)
    along = curve.anchors.typical(p + step) - curve.anchors.typical(p)
    rise = (curve.log_inverse(p + step) - log_inverse) / along
    assert float(curve.rise(curve.anchors.typical(p))[0]) == pytest.approx(float(rise[0]), rel=1e-3)
    assert float(by_value[0]) == pytest.approx(float((curve.log_inverse(p + step) - log_inverse)[0]) / step, rel=1e-3)
