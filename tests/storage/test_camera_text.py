"""Cameras as they are typed."""

from __future__ import annotations

import math

import pytest

from tui.errors import DepthTuiError, InputError
from tui.storage.camera_text import camera_from_text, parse_angle


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("66deg", 66.0), ("66\u00b0", 66.0), ("66\u00ba", 66.0), ("66", 66.0), ("66,5 degrees", 66.5), ("66,500", 66.5),
        ("66.500\u00b0", 66.5), ("66\u00b0 30\u2032", 66.5), ("\u221220deg", -20.0), ("1/2 deg.", 0.5), ("1e1", 10.0),
        ("\uff16\uff16", 66.0),
    ],
)  # fmt: skip
def test_angles(text: str, degrees: float) -> None:
    assert parse_angle(text, "--fov") == pytest.approx(math.radians(degrees))
    assert parse_angle("1.15 radians", "--fov") == pytest.approx(1.15)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e9", "361", "66 grad", "\u00b2", "far", "66deg deg"])
def test_what_is_no_angle_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--fov .*write an angle"):
        parse_angle(text, "--fov")


def test_a_small_bare_field_of_view_may_be_in_radians() -> None:
    with pytest.raises(InputError, match=r"1.15deg or 1.15rad"):
        camera_from_text("fov 1.15", 640, 480)
    assert camera_from_text("fov 66", 640, 480) == camera_from_text("66 deg", 640, 480)


@pytest.mark.parametrize(
    "text",
    ["520.9,521,325.1,249.7", "520,9; 521; 325,1; 249,7", " 520.9, 521.0,325.1 ,2.497e2", "\uff1520.9,521,325.1,249.7"],
)
def test_four_numbers(text: str) -> None:
    camera = camera_from_text(text, 640, 480)
    assert (camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px) == pytest.approx((520.9, 521.0, 325.1, 249.7))


@pytest.mark.parametrize(
    "text",
    ["1,2,3", "nan,1,2,3", "inf,1,2,3", "520,9,521,0,325,1,249,7", "-5,5,3,3", "1e400,1,1,1", "0,0,0,0", "1,2,3,e"],
)
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="write four numbers fx,fy,cx,cy"):
        camera_from_text(text, 640, 480)


def test_a_name_that_begins_as_a_number_does_is_a_name() -> None:
    with pytest.raises(DepthTuiError, match="none are saved yet"):
        camera_from_text("infrared", 640, 480)
