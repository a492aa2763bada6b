"""Sheets as they are written: sizes, uncertainties, corners."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.targets.sheets import parse_corners, parse_sheet
from tui.targets.spec import parse_target


@pytest.mark.parametrize(
    ("text", "sides_m"),
    [
        ("A4", (0.210, 0.297)), ("a4", (0.210, 0.297)), (" letter ", (0.2159, 0.2794)), ("US Letter", (0.2159, 0.2794)),
        ("legal", (0.2159, 0.3556)), ("A3", (0.297, 0.420)), ("a5", (0.148, 0.210)), ("ID-1", (0.0856, 0.05398)),
        ("credit card", (0.0856, 0.05398)), ("21x29.7cm", (0.21, 0.297)), ("21 x 29,7 cm", (0.21, 0.297)),
        ("210mm \u00d7 297mm", (0.21, 0.297)), ("8.5x11in", (0.2159, 0.2794)), ("8 1/2 by 11 in", (0.2159, 0.2794)),
        ("0.8m x 2m", (0.8, 2.0)), ("paper", (0.210, 0.297)),
    ],
)  # fmt: skip
def test_sizes_are_written_as_people_do(text: str, sides_m: tuple[float, float]) -> None:
    spec = parse_sheet(text)
    assert (spec.width_m, spec.height_m) == pytest.approx(sides_m)
    assert parse_target(spec.whole) == spec, "a profile gives the same again"


def test_an_uncertainty_is_that_of_each_side() -> None:
    assert parse_sheet("21x29.7cm±2mm").sigma_m == pytest.approx(0.002)
    assert parse_sheet("21x29.7cm ±1mm").relative_sigma == pytest.approx(math.hypot(1 / 210, 1 / 297) / 2)


@pytest.mark.parametrize(
    "text", ["", "A9", "21x29.7", "21cm", "x", "21x29.7cmx3", "0x29cm", "21x29.7km", "1mm x 2mm", "1cm x 3m", "A4=",
             "-1x2cm"],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match="--sheet") as caught:
        parse_sheet(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_no_text_whatever_is_a_traceback(text: str) -> None:
    for parse in (parse_sheet, lambda each: parse_corners(each, each)):
        with contextlib.suppress(InputError):
            parse(text)


def test_corners_may_come_in_any_order() -> None:
    expected = [[10.0, 20.0], [400.0, 25.0], [410.0, 300.5], [8.0, 310.0]]
    for text in ("10,20:400,25:410,300.5:8,310", "8,310:400,25:10,20:410,300.5"):
        assert parse_corners(text, text).tolist() == expected


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2:3,4:5,6", "1,2:1,2:1,2:1,2", "0,0:100,0:200,0:100,50", "0,0:90,0:30,30:0,90",
             "a,b:1,2:3,4:5,6"],
)  # fmt: skip
def test_four_points_that_are_no_rectangle_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--sheet 'A4=.*corners"):
        parse_corners(text, f"A4={text}")
