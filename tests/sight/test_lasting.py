"""A finding has to last, and nothing flips faster than it may."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tui.sight.lasting import Lasting

STEPS = st.lists(st.tuples(st.sampled_from([True, False, None]), st.floats(0.0, 2.0)), min_size=2, max_size=200)


def made() -> Lasting:
    return Lasting(rise_s=0.4, fall_s=0.5, least_s=1.0)


@given(STEPS)
def test_it_never_flips_more_often_than_the_least_time(steps: list[tuple[bool | None, float]]) -> None:
    lasting, at_s, flips, before = made(), 0.0, [], False
    for found, step_s in steps:
        at_s += step_s
        now = lasting.look(found, at_s)
        if now != before:
            flips.append(at_s)
            assert lasting.since_s <= at_s
        before = now
    assert all(later - earlier >= 1.0 - 1e-9 for earlier, later in itertools.pairwise(flips))


@given(st.booleans(), st.lists(st.floats(0.01, 0.3), min_size=20, max_size=60))
def test_what_stays_so_is_said_in_the_end(found: bool, steps_s: list[float]) -> None:
    lasting, at_s = made(), 0.0
    lasting.look(not found, at_s)
    for step_s in (*steps_s, *[0.2] * 10):
        at_s += step_s
        lasting.look(found, at_s)
    assert lasting.on is found


def test_every_second_look_is_not_enough() -> None:
    lasting = made()
    for index in range(200):
        assert not lasting.look(index % 2 == 1, index * 0.1)


def test_the_first_look_counts_at_once_and_nothing_known_says_nothing() -> None:
    assert made().look(True, 5.0)
    lasting = made()
    assert not lasting.look(None, 0.0)
    assert lasting.look(True, 0.1)
    assert lasting.since_s == 0.1
    assert lasting.look(None, 60.0)


def test_it_began_when_it_was_first_found() -> None:
    lasting = made()
    lasting.look(False, 0.0)
    for tenths in range(10, 20):
        lasting.look(True, tenths / 10)
    assert lasting.on
    assert lasting.since_s == 1.0
