"""What stands in the place of a number that should not be believed."""

from __future__ import annotations

import pytest

from tui.calibration.fit import fit
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import describe, format_interval, format_units
from tui.geometry.sampling import Sample

M = DistanceUnit.METRES


def two() -> Calibration:
    return fit([ReferenceSample(Reference(i, i, z, 0.01), Sample(1 / z, 0.0, 9)) for i, z in enumerate((1.0, 2.0))])


def test_a_reading_that_can_be_believed_needs_no_advice() -> None:
    calibration = two()
    text = describe(read(calibration, Sample(1 / 1.5, 0.0, 9)), calibration, M)
    assert text.hero == "1.50 m"
    assert text.interval.startswith("95 %: ")
    assert text.others == "150 cm   4 ft 11 in   0.667 units"
    assert text.advice == ""


def test_without_a_calibration_it_says_what_to_do() -> None:
    text = describe(read(None, Sample(0.452, 0.0, 9)), None, M)
    assert text.hero == "0.452 units"
    assert "press r" in text.advice


def test_beyond_the_references_it_says_so() -> None:
    calibration = two()
    text = describe(read(calibration, Sample(0.2, 0.0, 9)), calibration, M)
    assert "beyond your references (1.00 - 2.00 m)" in text.advice


def test_too_far_and_unknown_are_words_not_numbers() -> None:
    calibration = two()
    assert describe(read(calibration, Sample(-5.0, 0.0, 9)), calibration, M).hero == "too far"
    assert describe(Reading(None, None, None, None, Status.SATURATED), calibration, M).hero == "no depth"


@pytest.mark.parametrize(
    ("low_m", "high_m", "unit", "text"),
    [
        (1.62, 2.09, M, "1.62 - 2.09 m"),
        (0.5, 12.0, M, "0.50 - 12.0 m"),
        (1.62, None, M, "1.62 m - no limit"),
        (1.62, 2.09, DistanceUnit.CENTIMETRES, "162 - 209 cm"),
        (1.0, 2.0, DistanceUnit.FEET, "3 ft 3 in - 6 ft 7 in"),
        (None, None, M, "unknown"),
    ],
)
def test_intervals(low_m: float | None, high_m: float | None, unit: DistanceUnit, text: str) -> None:
    assert format_interval(low_m, high_m, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4523, "0.452"),
        (12.345, "12.35"),
        (160.04, "160.0"),
        (2345.6, "2346"),
        (0.0123, "0.0123"),
        (0.0, "0.000"),
        (-0.5, "-0.500"),
        (None, "-"),
    ],
)
def test_units_keep_their_digits(value: float | None, text: str) -> None:
    assert format_units(value) == text


def test_units_of_any_size_fit_into_a_column() -> None:
    assert [format_units(value) for value in (1234.5, -45678.0, 1.2e37, -3e38)] == [
        "1234",
        "-45678",
        "1.2e+37",
        "-3e+38",
    ]
