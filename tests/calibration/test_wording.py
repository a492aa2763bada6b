"""What stands in the place of a number that should not be believed."""

from __future__ import annotations

import pytest

from tui.calibration.beliefs import EXACT
from tui.calibration.doubt import judged
from tui.calibration.fit import fit, typed
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import ReadingText, describe, format_range, format_units
from tui.geometry.sampling import Sample

M = DistanceUnit.METRES


def two() -> Calibration:
    return fit([ReferenceSample(Reference(i, i, z, 0.01), Sample(1 / z, 0.0, 9)) for i, z in enumerate((1.0, 2.0))])


def told(calibration: Calibration | None, inverse_depth: float) -> ReadingText:
    return describe(judged(read(calibration, Sample(inverse_depth, 0.0, 9)), calibration), M)


def test_a_reading_that_can_be_believed_needs_no_advice() -> None:
    text = told(typed(1.0, 0.0, EXACT), 1 / 1.5)
    assert text.hero == "1.50 ± 0.05 m"
    assert text.interval.startswith("95 %: ")
    assert text.others.endswith("0.667 units")
    assert text.advice == ""


def test_without_a_calibration_it_says_what_to_do() -> None:
    text = told(None, 0.452)
    assert text.hero == "0.452 units"
    assert "press r" in text.advice


def test_beyond_the_references_it_says_so() -> None:
    assert "extrapolated: beyond the references (1.00 - 2.00 m)" in told(two(), 0.2).advice


def test_too_far_and_unknown_are_words_not_numbers() -> None:
    assert told(two(), -5.0).hero == "too far"
    assert describe(Reading(None, None, None, None, Status.SATURATED), M).hero == "no depth"


def test_a_doubtful_reading_says_so_in_a_word_and_why() -> None:
    text = describe(Reading(0.5, 2.0, 1.9, 2.1, Status.DOUBTFUL, ("blurred", "calibration poor")), M)
    assert text.hero == "2.00 ± 0.10 m"
    assert text.advice == "doubtful: blurred"


def test_where_the_picture_cannot_be_read_there_is_no_number() -> None:
    text = describe(Reading(0.5, None, None, None, Status.DOUBTFUL, ("dark",)), M)
    assert (text.hero, text.interval, text.advice) == ("no distance", "", "doubtful: dark")


def test_hero_and_interval_have_one_shape() -> None:
    wide = describe(Reading(0.5, 1.8, 1.1, 2.95, Status.DOUBTFUL, ("wide",)), M)
    assert (wide.hero, wide.interval) == ("1 - 3 m", "95 %: 1 - 3 m")
    hopeless = describe(Reading(0.5, 1.8, 0.4, 20.0, Status.DOUBTFUL, ("wide",)), M)
    assert (hopeless.hero, hopeless.interval) == ("?", "95 %: 0.4 - 20 m")
    assert hopeless.others == "0.500 units"


def test_a_range_of_references_is_shown_as_it_was_measured() -> None:
    assert format_range(two(), M) == "1.00 - 2.00 m"
    assert format_range(two(), DistanceUnit.FEET) == "3 ft 3 - 6 ft 7 in"


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
