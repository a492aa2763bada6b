"""The demo as a source."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.camera.closing import assert_close_wakes_the_read
from tui.camera.demo.renderer import DemoRenderer
from tui.camera.demo.source import RATE_HZ, STILL_S, DemoSource


def test_frames_carry_their_truth_and_keep_their_pace() -> None:
    begun_s = time.monotonic()
    source = DemoSource()
    frames = [source.read() for _ in range(4)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    image, depth_m = DemoRenderer().render(0.0)
    np.testing.assert_array_equal(frames[0].image, image)
    assert frames[0].true_depth_m is not None
    np.testing.assert_array_equal(frames[0].true_depth_m, depth_m)
    for frame in frames:
        assert frame.captured_at_s - begun_s >= frame.index / RATE_HZ - 1e-3
    source.close()


def test_it_rests_first_and_then_moves() -> None:
    source = DemoSource()
    assert source.time_of(round(STILL_S * RATE_HZ)) == 0
    assert source.time_of(round((STILL_S + 2) * RATE_HZ)) == pytest.approx(2)
    assert DemoSource(moving=False).time_of(10_000) == 0


def test_close_ends_it_and_wakes_the_read() -> None:
    source = DemoSource()
    source.read()
    source._due_s += 100
    assert_close_wakes_the_read(source)
