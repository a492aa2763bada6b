"""Durations as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.durations import format_duration, parse_duration
from tui.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0), ("500 ms", 0.5), ("0,5 s", 0.5), ("2min", 120.0), ("1 h", 3600.0), ("7 days", 604_800.0),
        ("3", 3.0), ("0", 0.0), ("1 min 30 s", 90.0), ("1h30min", 5400.0), ("1d 4h", 100_800.0),
    ],
)  # fmt: skip
def test_what_people_write(text: str, seconds: float) -> None:
    assert parse_duration(text, "it") == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-1s", "1x", "30s 1min", "1min 1min", "1min x", "nan", "9999 d", "1 min 30"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(InputError, match="it: write a time"):
        parse_duration(text, "it")


@given(st.integers(1, 31_536_000))
def test_what_is_shown_is_read_back_but_for_its_rounding(seconds: int) -> None:
    assert parse_duration(format_duration(seconds), "it") == pytest.approx(seconds, rel=0.042)
