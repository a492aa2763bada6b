"""What is typed of the floor."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.instrument.test_regions import SETTING
from tui.errors import InputError
from tui.instrument.given_floor import GivenFloor, height_and_pitch, parse_floor
from tui.instrument.profiles import kept_of, measured_of, taken_over
from tui.instrument.session import Session
from tui.storage.kept import load_kept, save_kept


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


@given(
    st.floats(0.05, 200),
    st.floats(0.0001, 0.05),
    st.one_of(st.none(), st.floats(-0.5, 1.5)),
    st.one_of(st.none(), st.floats(0.001, 0.3)),
)
def test_it_is_written_as_it_is_read(
    height_m: float, relative: float, pitch_rad: float | None, pitch_sigma_rad: float | None
) -> None:
    sigma_rad = None if pitch_rad is None else pitch_sigma_rad
    known = GivenFloor(height_m, relative * height_m, pitch_rad, sigma_rad)
    found = parse_floor(known.text)
    assert found is not None
    assert (found.height_m, found.height_sigma_m, found.pitch_rad) == pytest.approx(
        (height_m, relative * height_m, pitch_rad), rel=1e-6, abs=1e-9
    )
    assert found.pitch_sigma_rad == pytest.approx(sigma_rad, rel=1e-6)
    assert parse_floor(GivenFloor().text) == GivenFloor()


def test_a_pitch_may_be_the_maps_or_have_its_own_uncertainty() -> None:
    assert height_and_pitch("1.5m map").pitch_rad is None
    for text in ("1.5m@20deg±2deg", "1.5m 20deg ±2deg", "1.5m 20 +- 2deg"):
        assert height_and_pitch(text).pitch_sigma_rad == pytest.approx(math.radians(2))
    with pytest.raises(InputError, match=r"between 0\.01 and 30 degrees"):
        height_and_pitch("1.5m 20deg±60deg")


def test_it_is_kept_on_disk_and_in_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    known = parse_floor("1.25m 9deg")
    measured = replace(Session(width=64, height=48), floor=known).measured
    kept = kept_of(measured, SETTING, 5, 1.0)
    assert not kept.empty
    save_kept("camera 0", [kept])
    (found,) = load_kept("camera 0")
    again = measured_of(found.profile, found.pins).floor
    assert again is not None
    assert known is not None
    assert (again.height_m, again.pitch_rad) == pytest.approx((known.height_m, known.pitch_rad))
    assert taken_over(measured, measured_of(replace(found.profile, floor="")), unused=False).floor == known
    with pytest.raises(InputError, match="write"):
        measured_of(replace(found.profile, floor="\x1b[31m"))


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
