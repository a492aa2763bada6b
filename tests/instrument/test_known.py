"""Typed numbers: one reading each, or they are asked back."""

from __future__ import annotations

import math

import pytest

from tui.calibration.beliefs import NETWORK
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.known import floor_reference, smoothing_s, typed_scale

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
    found = floor_reference(CAMERA, (160, 200), text)
    down = math.atan((200 - 119.5) / 300)
    expected_m = 1.5 / math.sin(math.radians(20) + down) * math.cos(down)
    assert found.distance_m == pytest.approx(expected_m, rel=0.02)
