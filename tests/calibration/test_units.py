"""Distances as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.units import (
    DEFAULT_RELATIVE_SIGMA,
    DistanceUnit,
    format_distance,
    parse_distance,
    parse_measurement,
)
from tui.errors import InputError


@pytest.mark.parametrize(
    ("text", "distance_m"),
    [
        ("1.8", 1.8),
        ("1,8", 1.8),
        (".5", 0.5),
        ("2.", 2.0),
        (" 1.8m ", 1.8),
        ("1.8 M", 1.8),
        ("1.8 metres", 1.8),
        ("180cm", 1.8),
        ("180 cm", 1.8),
        ("1800 mm", 1.8),
        ("0.25km", 250.0),
        ("5ft 11in", 1.8034),
        ("5ft11in", 1.8034),
        ("5 ft 11", 1.8034),
        ("5'11\"", 1.8034),
        ("5' 11''", 1.8034),
        ("5\u203211\u2033", 1.8034),
        ("5\u201911\u201d", 1.8034),
        ("5 feet 11.5 inches", 1.8161),
        ("6ft", 1.8288),
        ("6'", 1.8288),
        ("71in", 1.8034),
        ('71"', 1.8034),
        ("71''", 1.8034),
        ("10 km", 10_000.0),
        ("1'800 mm", 1.8),
        ("1\u2019800 mm", 1.8),
        ("1 800 mm", 1.8),
        ("1\u2009800\u202fmm", 1.8),
        ("1\u00a0800,5 mm", 1.8005),
        ("1,234,567 mm", 1234.567),
        ("1.234.567 mm", 1234.567),
        ("1.234,5 mm", 1.2345),
        ("1,234.5 mm", 1.2345),
        ("1.800 m", 1.8),
        ("1.234", 1.234),
        ("0,800 m", 0.8),
        ("0.800 mm", 0.0008),
        ("1234.567 mm", 1.234567),
        ("1e3mm", 1.0),
        ("1.8E3 mm", 1.8),
        ("1/2", 0.5),
        ("6 1/2 in", 0.1651),
        ('6-1/2"', 0.1651),
        ("6\u00bd in", 0.1651),
        ("5' 6\u00bd\"", 1.6891),
        ("1m80", 1.8),
        ("1m 05", 1.05),
        ("1m805", 1.805),
        ("1 m 80 cm", 1.8),
        ("1 metre and 80 centimetres", 1.8),
        ("1 km 200 m", 1200.0),
        ("1 meter", 1.0),
        ("1 centimeter", 0.01),
        ("1800 millimetres", 1.8),
        ("180 cm.", 1.8),
        ("5 ft. 11 in.", 1.8034),
        ("2 yd", 1.8288),
        ("1 yard 2 ft", 1.524),
        ("\uff11\uff0e\uff18\uff4d", 1.8),
        ("180\u339d", 1.8),
    ],
)
def test_accepts_what_people_write(text: str, distance_m: float) -> None:
    assert parse_distance(text) == pytest.approx(distance_m, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "m", "far", "1.8.2", "1,800.5", "1 800", "1'800", "-1", "-1.8m", "0", "0.0 cm", "nan", "inf",
        "1.8 parsec",
        "10.1km", "99999999999", "1e9 m", "1e999m", "1e-9 m", "5cm 11in", "5ft 11m", "1 2", "1.8m±2cm", "٣", "1" * 400,
        "1,23,456 mm", "10² m", "5㎡", "1 1/0 m", "1 3/2 in", "5'110", "5ft 13in", "2 m 150 cm", "1_000 mm",
        "1800", "1e3",
    ],
)  # fmt: skip
def test_refuses_the_rest_in_one_line_that_shows_how(text: str) -> None:
    with pytest.raises(InputError, match=r"5ft 11in") as caught:
        parse_distance(text)
    assert "\n" not in str(caught.value)
    assert f"'{text}'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("1,800 mm", "1800 mm or 1.8 mm?"),
        ("1.800 mm", "1800 mm or 1.8 mm?"),
        ("1,500 cm", "1500 cm or 1.5 cm?"),
        ("1,234 in", "1234 in or 1.2340 in?"),
        ("1.234 ft", "1234 ft or 1.2340 ft?"),
        ("1,800 m", "1800 m or 1.8 m?"),
        ("1,800", "1800 m or 1.8 m?"),
        ("1m8", "1.8 m or 1.08 m?"),
    ],
)
def test_what_has_two_readings_is_asked_back(text: str, both: str) -> None:
    with pytest.raises(InputError, match="write one of them") as caught:
        parse_distance(text)
    assert both in str(caught.value)
    for reading in both.rstrip("?").split(" or "):
        assert parse_distance(reading) > 0, "what is offered can be written"


def test_a_reading_that_cannot_be_meant_is_none() -> None:
    assert parse_distance("1,234 km") == pytest.approx(1234.0)
    assert parse_distance("80,000mm", likely_m=3.0) == pytest.approx(0.08)


UNITS_M = {"mm": 0.001, "cm": 0.01, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "m": 1.0, "": 1.0, "km": 1000.0}


@given(
    st.integers(1, 9_999_999),
    st.integers(0, 4),
    st.sampled_from(
        [("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."), ("\u202f", ",")]
    ),
    st.sampled_from(sorted(UNITS_M)),
)
def test_no_separator_is_ever_taken_for_the_other(
    number: int, decimals: int, marks: tuple[str, str], unit: str
) -> None:
    """Whatever the customs of the person who writes: the number that was meant, or a question."""
    thousands, point = marks
    whole, rest = divmod(number, 10**decimals)
    text = f"{whole:,}".replace(",", thousands) + (f"{point}{rest:0{decimals}d}" if decimals else "")
    try:
        distance_m = parse_distance(f"{text} {unit}")
    except InputError:
        return
    if thousands == "." and unit in {"m", "", "km"} and not decimals and 1000 <= whole < 1_000_000:
        return  # a point with metres begins decimals: 1.800 m is 1.8 m
    meant_m = number / 10**decimals * UNITS_M[unit]
    if thousands in {",", "."} and not decimals and 1000 <= whole < 1_000_000 and meant_m > 10_000:
        return  # the one reading that a camera can see
    assert distance_m == pytest.approx(meant_m)


@given(st.text(max_size=12))
def test_any_text_is_a_sane_distance_or_an_input_error(text: str) -> None:
    try:
        distance_m = parse_distance(text)
    except InputError:
        return
    assert 0 < distance_m <= 10_000


@pytest.mark.parametrize(
    ("text", "distance_m", "sigma_m"),
    [
        ("2.5m±2cm", 2.5, 0.02),
        ("2.5m+-2cm", 2.5, 0.02),
        ("2.5 m +/- 2 cm", 2.5, 0.02),
        ("2.5m+\u22122cm", 2.5, 0.02),
        ("180cm±2", 1.8, 0.02),
        ("5ft 11in ± 1", 1.8034, 0.0254),
        ("1.8±0.05", 1.8, 0.05),
        ("2m±1%", 2.0, 0.02),
        ("1,5m±0,5 %", 1.5, 0.0075),
        ("2.5±0.02 m", 2.5, 0.02),
        ("250 ± 2 cm", 2.5, 0.02),
        ("2.5 +- 2 cm", 2.5, 0.02),
        ("(2.5 ± 0.02) m", 2.5, 0.02),
        ("(250+/-2) cm", 2.5, 0.02),
        ("250 ± 1 metres", 250.0, 1.0),
        ("6\u00bd in ± \u00bc in", 0.1651, 0.00635),
        ("1m80 ± 2cm", 1.8, 0.02),
    ],
)
def test_an_uncertainty_is_one_standard_deviation(text: str, distance_m: float, sigma_m: float) -> None:
    assert parse_measurement(text) == pytest.approx((distance_m, sigma_m))


def test_without_an_uncertainty_one_percent_is_assumed() -> None:
    assert DEFAULT_RELATIVE_SIGMA == 0.01
    assert parse_measurement("80cm") == pytest.approx((0.8, 0.008))


@pytest.mark.parametrize("text", [
    "2m±", "±2cm", "2m±0", "2m±-1", "2m±x", "2m±2m", "2m±100%", "2m±1cm±1cm", "2m-1cm", "25±2cm", "1m80±2", "2m±nan",
    "2m±inf", "2.5m±1,234mm", "1,800mm±2mm",
])  # fmt: skip
def test_refuses_an_uncertainty_that_makes_no_sense(text: str) -> None:
    with pytest.raises(InputError):
        parse_measurement(text)


@pytest.mark.parametrize(
    ("distance_m", "unit", "text"),
    [
        (0.0421, DistanceUnit.METRES, "0.042 m"),
        (0.8, DistanceUnit.METRES, "0.80 m"),
        (1.8288, DistanceUnit.METRES, "1.83 m"),
        (9.996, DistanceUnit.METRES, "10.0 m"),
        (12.34, DistanceUnit.METRES, "12.3 m"),
        (123.4, DistanceUnit.METRES, "123 m"),
        (-0.04, DistanceUnit.METRES, "-0.040 m"),
        (0.0421, DistanceUnit.CENTIMETRES, "4.2 cm"),
        (1.8288, DistanceUnit.CENTIMETRES, "183 cm"),
        (0.9996, DistanceUnit.CENTIMETRES, "100 cm"),
        (1.8288, DistanceUnit.FEET, "6 ft 0 in"),
        (1.8034, DistanceUnit.FEET, "5 ft 11 in"),
        (1.8200, DistanceUnit.FEET, "6 ft 0 in"),
        (0.1, DistanceUnit.FEET, "3.9 in"),
        (0.3048, DistanceUnit.FEET, "1 ft 0 in"),
        (100.0, DistanceUnit.FEET, "328 ft"),
    ],
)
def test_shows_the_digits_of_a_tape(distance_m: float, unit: DistanceUnit, text: str) -> None:
    assert format_distance(distance_m, unit) == text


@given(st.floats(0.02, 9_000), st.sampled_from(DistanceUnit))
def test_what_is_shown_can_be_typed_in_again(distance_m: float, unit: DistanceUnit) -> None:
    tolerance_m = 0.06 * 0.0254 if distance_m < 0.3 else 0.51 * 0.0254 if distance_m < 30 else 0.51
    coarse = {DistanceUnit.METRES: 0.51 if distance_m >= 99 else 0.051 if distance_m >= 9.9 else 0.0051}
    assert parse_distance(format_distance(distance_m, unit)) == pytest.approx(
        distance_m, abs=coarse.get(unit, max(tolerance_m, 0.0051))
    )
