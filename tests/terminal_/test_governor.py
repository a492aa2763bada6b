"""Frames on links that carry more, less, or far less than they need."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tui.terminal.governor import Governor

COST = (1.0, 0.5, 0.25, 0.12, 0.06)
"""Bytes of a frame at each step, as shares of the finest."""


def play(
    link_share: float, seconds: float, governor: Governor | None = None
) -> tuple[Governor, list[tuple[float, int]]]:
    """A link that carries `link_share` of what ten of the finest frames a second need; (when, step) of each frame."""
    governor = governor or Governor(10, 4)
    now_s, frames = 0.0, []
    while now_s < seconds:
        now_s += max(0.0, governor.due_in_s(now_s))
        governor.begin(now_s)
        frames.append((now_s, governor.step))
        took_s = 0.1 * COST[governor.step] / link_share
        now_s += took_s
        governor.sent(now_s, took_s)
    return governor, frames


def rate(frames: list[tuple[float, int]]) -> float:
    late = [at_s for at_s, _ in frames if at_s > frames[-1][0] / 2]
    return (len(late) - 1) / (late[-1] - late[0])


def test_with_room_the_beat_is_kept_at_the_finest() -> None:
    governor, frames = play(2.0, 20)
    assert governor.step == 0
    assert rate(frames) == pytest.approx(10, rel=0.02)


def test_frames_become_fewer_before_they_become_coarser() -> None:
    governor, frames = play(0.5, 20)
    assert governor.step == 0
    assert 4 < rate(frames) < 6


def test_below_the_floor_they_become_coarser_step_by_step() -> None:
    _, frames = play(0.1, 20)
    steps = [step for _, step in frames]
    assert steps[0] == 0
    assert max(steps) >= 1
    assert all(abs(after - before) <= 1 for before, after in pairwise(steps))
    assert rate(frames) >= Governor.FLOOR_FPS


def test_it_never_goes_past_the_coarsest() -> None:
    governor, _ = play(0.005, 300)
    assert governor.step == 4


def test_it_does_not_swing() -> None:
    for share in (0.05, 0.1, 0.2, 0.29):
        _, frames = play(share, 120)
        changes = sum(before[1] != after[1] for before, after in pairwise(frames))
        assert changes <= 12


def test_a_link_that_recovers_gets_the_finest_again() -> None:
    governor, _ = play(0.05, 20)
    assert governor.step >= 2
    for beat in range(2000):
        now_s = 30 + beat / 10
        governor.begin(now_s)
        governor.sent(now_s, 0.01)
    assert governor.step == 0


def test_one_slow_frame_changes_nothing() -> None:
    governor = Governor(10, 4)
    for beat in range(100):
        governor.sent(beat / 10, 3.0 if beat % 10 == 0 else 0.02)
    assert governor.step == 0
