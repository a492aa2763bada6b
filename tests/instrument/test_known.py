"""Typed numbers: one reading each, or they are asked back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.geometry.test_floor_pitch import floor as standing
from tui.calibration.beliefs import NETWORK
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.floor_answer import floor_answer
from tui.instrument.known import smoothing_s, typed_scale
from tui.instrument.measured import Pin

CAMERA = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)


@pytest.mark.parametrize(
    ("text", "scale", "shift"),
    [("0.0023 0.04", 0.0023, 0.04), ("0.0023, -0.04", 0.0023, -0.04), ("2e-3", 0.002, 0.0), ("0,5 0,25", 0.5, 0.25)],
)
def test_scale_and_shift(text: str, scale: float, shift: float) -> None:
    found = typed_scale(text, NETWORK)
    assert found.trend.scale == pytest.approx(scale)
    assert found.trend.shift == pytest.approx(shift)


@pytest.mark.parametrize("text", ["", "nan", "inf 0", "1 2 3", "1,500 0", "-1", "0", "much"])
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        typed_scale(text, NETWORK)


@pytest.mark.parametrize(("text", "seconds"), [("0.5", 0.5), ("0,5 s", 0.5), ("2s", 2.0), ("0", 0.0)])
def test_seconds(text: str, seconds: float) -> None:
    assert smoothing_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["-1", "nan", "1,500", "9999", "soon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        smoothing_s(text)


@pytest.mark.parametrize("text", ["1.5m 20deg", "1.5m@20deg", "1.5 m, 20 deg", "1,5m 20°", "1.5m @ 20"])
def test_the_floor(text: str) -> None:
    found = floor_answer(CAMERA, (160, 200), (), text, None).reference
    down = math.atan((200 - 119.5) / 300)
    expected_m = 1.5 / math.sin(math.radians(20) + down) * math.cos(down)
    assert found.distance_m == pytest.approx(expected_m, rel=0.02)


def test_pins_tell_how_far_the_camera_looks_down() -> None:
    pitch, up = math.radians(20), np.array([0, math.cos(math.radians(20)), math.sin(math.radians(20))])
    near, far, at = (standing(pitch, 1.5, *each) for each in ((-0.5, 2.0), (0.5, 3.0), (0.1, 4.0)))
    seen = CAMERA.pixels(np.stack([near, near - 0.8 * up, far, far - 0.8 * up, at])).round().astype(int).tolist()
    pins = tuple(Pin(number, *pixel) for number, pixel in enumerate(seen[:4], 1))
    u_px, v_px = seen[4]
    length_m = float(np.linalg.norm(near - far))
    ends = (pins[0], pins[2])
    for text, chosen in (("1.5m pins 80cm", pins[:2]), (f"1.5m@apart={length_m:.3f}m", ends), ("1.5m twice", pins)):
        found = floor_answer(CAMERA, (u_px, v_px), chosen, text, None)
        assert found.reference.distance_m == pytest.approx(at[2], rel=0.05)
        assert "looks down by" in found.told
        assert found.given.pitch_rad == pytest.approx(pitch, abs=0.03)
        assert (found.given.pitch_sigma_rad or 0) > 0
    with pytest.raises(InputError, match="foot and top at both places"):
        floor_answer(CAMERA, (u_px, v_px), pins[:3], "1.5m twice", None)
    with pytest.raises(InputError, match="no depth map yet"):
        floor_answer(CAMERA, (u_px, v_px), (), "1.5m map", None)
