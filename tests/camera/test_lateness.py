"""Pictures of which it is known when they were made, and whether they are told from those that come late."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import pytest

from tui.camera.lateness import Lateness


def ages_let_through(
    comes: Iterable[tuple[float, float]],
    clock: Callable[[float], float] = lambda made_s: made_s,
    opening_s: float = 0.0,
) -> list[float]:
    """How old the pictures were that were taken as new.

    Args:
        comes: (when it came, when it was made) each.
        clock: of the camera.
        opening_s: how long opening took, up to time 0.
    """
    lateness = Lateness(0.0, opening_s)
    return [came_s - made_s for came_s, made_s in comes if not lateness.is_late(came_s, clock(made_s))]


def steady(rate_hz: float, seconds: float, begin_s: float = 0.0, delay_s: float = 0.05) -> list[tuple[float, float]]:
    """Pictures that come as they are made."""
    return [(begin_s + k / rate_hz + delay_s, begin_s + k / rate_hz) for k in range(round(rate_hz * seconds))]


def held_up(comes: list[tuple[float, float]], begin_s: float, end_s: float) -> list[tuple[float, float]]:
    """The same, with nothing coming through for a time, and then all at once, a millisecond each."""
    late = [k for k, (came_s, _) in enumerate(comes) if begin_s <= came_s < end_s]
    moved = dict(zip(late, (end_s + 0.001 * k for k in range(len(late))), strict=True))
    last_s = max(moved.values(), default=0.0)
    return [
        (moved.get(k, max(came_s, last_s) if came_s >= end_s else came_s), at) for k, (came_s, at) in enumerate(comes)
    ]


@pytest.mark.parametrize("rate_hz", [0.2, 1, 15, 60])
@pytest.mark.parametrize("drift", [0.0, 5e-4, -5e-4])
def test_hours_on_time_loses_nothing_whatever_the_clocks_do(rate_hz: float, drift: float) -> None:
    rng = np.random.default_rng(0)
    comes = [
        (came_s + float(rng.uniform(0, 0.2)), made_s) for came_s, made_s in steady(rate_hz, min(3600, 20_000 / rate_hz))
    ]
    came_s = np.maximum.accumulate([came_s for came_s, _ in comes]).tolist()
    comes = [(at_s, made_s) for at_s, (_, made_s) in zip(came_s, comes, strict=True)]
    assert len(ages_let_through(comes, lambda made_s: 1000 + made_s * (1 - drift))) == len(comes)


@pytest.mark.parametrize("rate_hz", [5, 30, 60])
@pytest.mark.parametrize("stall_s", [0.8, 3.0, 9.0])
def test_what_was_held_up_is_not_taken_for_new(rate_hz: float, stall_s: float) -> None:
    comes = held_up(steady(rate_hz, 40), 20.0, 20.0 + stall_s)
    ages_s = ages_let_through(comes)
    assert max(ages_s) < 0.2
    assert len(ages_s) >= len(comes) - 1.1 * rate_hz * stall_s - 3, "nothing else is lost"


def test_half_a_second_of_a_burst_is_not_let_through_either() -> None:
    comes = held_up(steady(30, 10), 5.0, 5.4)
    assert max(ages_let_through(comes)) < 0.5, "as much as a network's ups and downs"
    comes = held_up(steady(30, 10), 5.0, 5.9)
    assert max(ages_let_through(comes)) < 0.2


@pytest.mark.parametrize("opening_s", [0.0, 1.0])
def test_what_was_looked_at_while_opening_is_old(opening_s: float) -> None:
    burst = [(0.001 * k, -opening_s + k / 30) for k in range(round(30 * opening_s))]
    ages_s = ages_let_through(burst + steady(30, 5), lambda made_s: made_s + opening_s, opening_s)
    assert max(ages_s) < 0.1
    assert len(ages_s) >= 148


@pytest.mark.parametrize("jump_s", [-1000.0, -2.0, 2.0, 1000.0])
def test_a_clock_that_is_set_anew_loses_a_picture_at_most(jump_s: float) -> None:
    comes = steady(15, 20)
    ages_s = ages_let_through(comes, lambda made_s: made_s + (jump_s if made_s > 10 else 0.0))
    assert len(ages_s) >= len(comes) - 1


def test_a_decoder_that_is_too_slow_still_shows_something() -> None:
    comes = [(1.5 * k / 30, k / 30) for k in range(3000)]
    lateness = Lateness(0.0, 0.0)
    shown_s = [came_s for came_s, made_s in comes if not lateness.is_late(came_s, made_s)]
    assert max(b - a for a, b in pairwise(shown_s)) < 2.0
    assert len(shown_s) > len(comes) / 4


@pytest.mark.parametrize("at_s", [0.0, math.nan, math.inf])
def test_a_stream_without_times_is_taken_as_it_is(at_s: float) -> None:
    assert len(ages_let_through(steady(30, 10), lambda _: at_s)) == 300
    assert len(ages_let_through(steady(30, 10), lambda _: at_s, 1.0)) >= 300 - 3 * 30
