"""A number's shape is its trust: what is shown never says more than the interval behind it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.figures import Figure, area, length
from tui.calibration.units import DistanceUnit, parse_distance

M, CM, FT = DistanceUnit.METRES, DistanceUnit.CENTIMETRES, DistanceUnit.FEET
UNITS = st.sampled_from(list(DistanceUnit))
DISTANCES_M = st.floats(math.log(1e-3), math.log(1e4)).map(math.exp)
HALF_WIDTHS = st.floats(-7, math.log(6)).map(math.exp)
"""In ln z, where intervals are symmetric."""
SIZE_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254}
SIZE_M2 = {"m²": 1.0, "cm²": 1e-4, "ft²": 0.3048**2, "in²": 0.0254**2}


def of(value_m: float, half_width: float, unit: DistanceUnit) -> tuple[float, float, Figure]:
    low_m, high_m = value_m * math.exp(-half_width), value_m * math.exp(half_width)
    return low_m, high_m, length(value_m, low_m, high_m, unit)


def metres(text: str) -> float:
    """Of a length as it is shown; not by the program's own parser, which refuses what no camera sees."""
    return sum(float(number) * SIZE_M[name] for number, name in re.findall(r"([\d.]+) (mm|cm|m|ft|in)", text))


def ends_m(interval: str) -> tuple[float, float]:
    """Of '1.1 - 2.9 m', whose ends have one unit or two."""
    if interval.startswith("up to "):
        return 0.0, metres(interval)
    low, high = interval.split(" - ")
    unit = high.rsplit(" ", 1)[1]
    return metres(low if low[-1].isalpha() else f"{low} {unit}"), metres(high)


def last_digit_m(text: str) -> float:
    """What one more of the last digit shown is worth; zeros at the end of a whole number only hold its place."""
    number, name = re.findall(r"([\d.]+) (mm|cm|m|ft|in)", text)[-1]
    whole, _, decimals = number.partition(".")
    zeros = 0 if decimals or whole == "0" else len(whole) - len(whole.rstrip("0"))
    return float(10.0 ** (zeros - len(decimals)) * SIZE_M[name])


@pytest.mark.parametrize(
    ("value_m", "low_m", "high_m", "unit", "number", "interval"),
    [
        (1.83, 1.742, 1.918, M, "1.83 ± 0.09 m", "1.74 - 1.92 m"),
        (1.8, 1.05, 2.9, M, "1 - 3 m", "1 - 3 m"),
        (2.8, 1.92, 4.08, M, "1.9 - 4.1 m", "1.9 - 4.1 m"),
        (3.0, 2.22, 4.05, M, "3.0 m", "2.2 - 4.1 m"),
        (3.0, 2.13, 4.23, M, "3 m", "2.1 - 4.3 m"),
        (1.83, 1.713, 1.955, M, "1.8 m", "1.71 - 1.96 m"),
        (5.0, 4.899, 5.101, M, "5.0 ± 0.11 m", "4.89 - 5.11 m"),
        (1.0, 0.2, 3.0, M, "?", "0.2 - 3 m"),
        (1.0, 0.5, None, M, "?", "0.5 m - no limit"),
        (0.1, 0.0, 0.29, M, "?", "up to 0.3 m"),
        (0.372, 0.37, 0.374, M, "372 ± 2 mm", "370 - 374 mm"),
        (1.834, 1.832, 1.836, M, "1.834 ± 0.002 m", "1.832 - 1.836 m"),
        (0.08, 0.066, 0.096, M, "8 ± 1.6 cm", "6.4 - 9.6 cm"),
        (1.83, 1.742, 1.918, CM, "183 ± 9 cm", "174 - 192 cm"),
        (1.83, 1.742, 1.918, FT, "6 ft 0 in ± 4 in", "5 ft 8 - 6 ft 4 in"),
        (0.34, 0.29, 0.41, FT, "1 ft 1 in", "11.4 in - 1 ft 4.2 in"),
        (5.7546, 5.716, 5.7935, FT, "18 ft 11 in", "18 ft 9.0 - 19 ft 0.1 in"),
        (47.2, 47.1, 47.3, FT, "154.9 ± 0.4 ft", "154.5 - 155.3 ft"),
        (9.0, 8.2, 9.8, FT, "30 ft", "26.9 - 32.2 ft"),
        (1.8, 1.2, 2.95, FT, "3.9 - 10 ft", "3.9 - 10 ft"),
        (2.0, 2.0, 2.0, M, "2.000 ± 0.001 m", "1.999 - 2.001 m"),
        (40.0, 25.0, 300.0, M, "?", "25 - 300 m"),
        (0.0, 0.0, 0.0, M, "?", "0 m"),
    ],
)
def test_what_a_number_looks_like(
    value_m: float, low_m: float, high_m: float | None, unit: DistanceUnit, number: str, interval: str
) -> None:
    figure = length(value_m, low_m, high_m, unit)
    assert (figure.number, figure.interval) == (number, interval)


@given(DISTANCES_M, HALF_WIDTHS, UNITS)
def test_the_last_digit_is_never_worth_less_than_a_tenth_of_half_the_interval(
    value_m: float, half_width: float, unit: DistanceUnit
) -> None:
    low_m, high_m, figure = of(value_m, half_width, unit)
    if high_m <= 2 * low_m:
        assert last_digit_m(figure.short) >= 0.999 * (high_m - low_m) / 20
    elif high_m <= 10 * low_m:
        assert figure.number == figure.short == figure.interval
        digits = [re.sub(r"^0|0+$|\D", "", end) for end in figure.number.split(" - ")]
        assert all(len(each.strip("0")) <= 2 for each in digits)
    else:
        assert figure.number == figure.short == "?"


@given(DISTANCES_M, HALF_WIDTHS, UNITS)
def test_the_number_lies_in_the_interval_and_the_interval_shown_holds_all_of_it(
    value_m: float, half_width: float, unit: DistanceUnit
) -> None:
    low_m, high_m, figure = of(value_m, half_width, unit)
    shown_low_m, shown_high_m = ends_m(figure.interval)
    assert shown_low_m <= low_m * (1 + 1e-6)
    assert shown_high_m >= high_m * (1 - 1e-6)
    if high_m <= 2 * low_m:
        number_m, last_m = metres(figure.short), last_digit_m(figure.short)
        assert min(low_m, value_m - 0.51 * last_m) <= number_m <= max(high_m, value_m + 0.51 * last_m)
        if (high_m - low_m) / 20 > 0.0026:  # so that the digits stop for the interval, not for the eye
            assert low_m <= number_m <= high_m
        assert shown_low_m < number_m < shown_high_m
        assert shown_high_m - shown_low_m <= 1.6 * (high_m - low_m) or last_m < 0.0031
    elif high_m <= 10 * low_m:
        assert shown_low_m >= 0.84 * low_m
        assert shown_high_m <= 1.16 * high_m


@given(DISTANCES_M, HALF_WIDTHS, UNITS)
def test_what_follows_the_sign_reaches_from_one_end_to_the_other(
    value_m: float, half_width: float, unit: DistanceUnit
) -> None:
    _, _, figure = of(value_m, half_width, unit)
    if "±" not in figure.number:
        assert figure.whole in (figure.number, f"{figure.number} ({figure.interval})")
        return
    assert figure.whole == figure.number
    reach = figure.number.split("± ")[1]
    number_m, reach_m = metres(figure.short), metres(reach)
    assert ends_m(figure.interval) == pytest.approx((number_m - reach_m, number_m + reach_m), rel=1e-9)


@given(DISTANCES_M, HALF_WIDTHS, UNITS)
def test_nothing_is_ever_nothing_and_everything_fits(value_m: float, half_width: float, unit: DistanceUnit) -> None:
    _, _, figure = of(value_m, half_width, unit)
    for text in (figure.number, figure.short, figure.interval):
        for number in re.findall(r"[\d.]+(?= (?:mm|cm|m|ft)\b)", text):
            assert float(number) > 0
    assert len(figure.number) <= 22
    assert len(figure.short) <= 16
    assert len(figure.whole) <= 40


@given(st.lists(DISTANCES_M, min_size=2, max_size=2).map(sorted), HALF_WIDTHS, UNITS)
def test_a_longer_length_is_never_shown_in_a_smaller_unit(
    pair: list[float], half_width: float, unit: DistanceUnit
) -> None:
    sizes = []
    for value_m in pair:
        _, _, figure = of(value_m, half_width, unit)
        names = re.findall(r"mm|cm|m|ft|in", figure.short)
        sizes.append(SIZE_M[names[0]] if names else None)
    nearer, farther = sizes
    assert nearer is None or farther is None or nearer <= farther


@given(st.floats(math.log(0.01), math.log(1e3)).map(math.exp), st.floats(-5, -1.2).map(math.exp), UNITS)
def test_what_is_shown_can_be_typed_in_again(value_m: float, half_width: float, unit: DistanceUnit) -> None:
    low_m, high_m, figure = of(value_m, half_width, unit)
    slack_m = 0.51 * last_digit_m(figure.short)
    assert min(low_m, value_m - slack_m) <= parse_distance(figure.short) <= max(high_m, value_m + slack_m)


def test_areas_below_a_tenth_of_a_square_metre_are_in_square_centimetres() -> None:
    assert area(1.2, 0.95, 1.48, M).number == "1.2 ± 0.3 m²"
    assert area(0.045, 0.04, 0.0507, M).number == "450 ± 60 cm²"
    assert area(0.045, 0.03, 0.07, CM).number == "300 - 700 cm²"
    assert area(1.2, 0.95, 1.48, FT).number == "13 ± 3 ft²"
    assert area(1.2, 0.1, None, FT).whole == "? (1 ft² - no limit)"


@given(st.floats(math.log(1e-3), math.log(1e4)).map(math.exp), HALF_WIDTHS, UNITS)
def test_areas_hold_their_interval_too(value_m2: float, half_width: float, unit: DistanceUnit) -> None:
    low_m2, high_m2 = value_m2 * math.exp(-half_width), value_m2 * math.exp(half_width)
    figure = area(value_m2, low_m2, high_m2, unit)
    found = re.fullmatch(r"(?:up to|([\d.]+)(?: (\w+²))? -) ([\d.]+(?:e\+\d+)?) (\w+²)", figure.interval)
    assert found is not None
    assert float(found[1] or 0) * SIZE_M2[found[2] or found[4]] <= low_m2 * (1 + 1e-6)
    assert float(found[3]) * SIZE_M2[found[4]] >= high_m2 * (1 - 1e-6)
