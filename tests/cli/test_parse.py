"""What is typed on the command line besides distances."""

from __future__ import annotations

import pytest

from tui.cli.judged_data import parse_units
from tui.cli.parse import parse_every, parse_pixel, parse_reference
from tui.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0), ("0", 0.0), ("0,5 s", 0.5), ("500ms", 0.5), ("1.500s", 1.5), ("2 minutes", 120.0),
        ("1e-1s", 0.1), ("1/2 s", 0.5), ("\uff11s", 1.0), ("1 sec.", 1.0), ("1500 ms", 1.5), ("1 500 ms", 1.5),
    ],
)  # fmt: skip
def test_times(text: str, seconds: float) -> None:
    assert parse_every(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["1,500ms", "1.500 ms", "1,500 s", "1,500"])
def test_a_time_with_two_readings_is_asked_back(text: str) -> None:
    with pytest.raises(InputError, match=r"1500 m?s or 1\.5 m?s\? write one of them"):
        parse_every(text)


@pytest.mark.parametrize("text", ["", "nan", "inf", "-1s", "1 fortnight", "2 days", "100000", "1e99", "1" * 200])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--every .*such as 1s, 500ms or 2min"):
        parse_every(text)


def test_pixels_are_whole_numbers_of_any_keyboard() -> None:
    assert parse_pixel("\uff11\uff12,3") == (12, 3)
    for text in ("\u00b2,3", "1.5,2", "nan,1", "1;2"):
        with pytest.raises(InputError, match="such as --at 120,200"):
            parse_pixel(text)


def test_a_reference_with_two_readings_is_asked_back() -> None:
    with pytest.raises(InputError, match=r"1800 mm or 1.8 mm") as caught:
        parse_reference("10,20=1,800 mm")
    assert str(caught.value).startswith("--reference '10,20=1,800 mm'")


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0", "x", "5,000", "5.000", "\u00b2"])
def test_units_of_a_metre_are_one_number(text: str) -> None:
    with pytest.raises(InputError, match="--depth-units"):
        parse_units([text])
    assert parse_units(["1e3"]).default == parse_units(["1000"]).default == 1000.0
