"""Paces against links whose speed is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.terminal_.links import Link
from tui.terminal.bandwidth import Bandwidth
from tui.terminal.meter import Meter
from tui.terminal.pace import FixedPace, LinkPace, Pace, Unpaced, pace_for


def run(pace: Pace, link: Link, seconds: float, start_s: float = 0.0) -> int:
    """Send as much as the pace allows, every 15 ms; returns how much that was."""
    before = link.total
    for beat in range(int(seconds / 0.015)):
        now_s = start_s + beat * 0.015
        for at_s, total in link.arrivals(now_s):
            pace.arrived(at_s, total)
        allowance = pace.allowance(now_s)
        assert allowance is not None
        if allowance > 0:
            link.send(now_s, allowance)
            pace.sent(now_s, link.total)
    return link.total - before


@settings(deadline=None)
@given(st.floats(2_000, 2_000_000))
def test_a_budget_is_used_and_kept(rate: float) -> None:
    sent = run(FixedPace(rate), Link(rate, 0), 10)
    assert 0.9 * rate * 10 <= sent <= rate * 10


@pytest.mark.parametrize("rate", [20_000, 50_000, 200_000])
def test_within_a_budget_nothing_queues(rate: float) -> None:
    link = Link(rate, 0)
    run(FixedPace(rate), link, 10)
    assert link.longest_wait_s < 0.05


def test_a_burst_is_paid_back_before_anything_else_goes() -> None:
    pace = FixedPace(50_000)
    pace.allowance(0.0)
    pace.sent(0.0, 100_000)
    assert pace.allowance(1.9) == 0
    assert (pace.allowance(2.2) or 0) > 0


@pytest.mark.parametrize("rate", [30_000, 100_000, 400_000, 1_500_000])
@pytest.mark.parametrize("delay_s", [0.005, 0.05, 0.15])
def test_the_link_is_used_and_its_queue_stays_short(rate: float, delay_s: float) -> None:
    link, pace = Link(rate, delay_s), LinkPace()
    run(pace, link, 10)
    link.longest_wait_s = 0.0
    sent = run(pace, link, 10, start_s=10)
    assert link.longest_wait_s < 0.15
    assert sent > 0.6 * rate * 10


def test_a_link_that_slows_down_is_followed() -> None:
    fast, slow, pace = Link(500_000, 0.02), Link(50_000, 0.02), LinkPace()
    run(pace, fast, 5)
    slow.total = fast.total
    pace.arrived(5.0, fast.total)
    run(pace, slow, 3, start_s=5)
    slow.longest_wait_s = 0.0
    run(pace, slow, 5, start_s=8)
    assert slow.longest_wait_s < 0.13


def test_without_a_limit_frames_still_wait_for_the_writer() -> None:
    pace = Unpaced()
    assert pace.allowance(0.0) is None
    pace.sent(0.0, 100_000)
    assert pace.allowance(0.0) == 0
    pace.arrived(1.0, 99_000)
    assert pace.allowance(1.0) is None


def test_each_setting_has_its_pace() -> None:
    assert isinstance(pace_for(Bandwidth.parse("auto")), LinkPace)
    assert isinstance(pace_for(Bandwidth.parse("off")), Unpaced)
    assert isinstance(pace_for(Bandwidth.parse("50kB")), FixedPace)


def test_the_meter_forgets_what_is_long_past() -> None:
    meter = Meter(window_s=2.0)
    assert meter.sample(0.0, 1_000_000) == 0
    assert meter.sample(1.0, 1_010_000) == pytest.approx(10_000)
    for tenth in range(11, 60):
        rate = meter.sample(tenth / 10, 1_010_000)
    assert rate == 0
