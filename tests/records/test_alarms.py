"""Alarms: they ring when something is so, and never else."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.observed import observed
from tui.calibration.reading import Status
from tui.records.alarms import BASE_COUNT, Alarms, Event
from tui.records.observation import Observation
from tui.records.rule import Condition, Rule, parse_rule


def ringing(text: str, observations: list[Observation]) -> list[tuple[float, bool]]:
    """When the alarm began to ring or fell quiet."""
    alarms = Alarms([parse_rule(text)], 0.0)
    return [
        (event.at_s, event.alarm.ringing) for each in observations for event in alarms.look([each], each.captured_at_s)
    ]


def test_surely_nearer_waits_for_the_whole_interval_and_perhaps_does_not() -> None:
    coming = [observed(second, distance_m) for second, distance_m in enumerate([1.2, 1.03, 0.97, 0.94])]
    assert ringing("door: surely nearer than 1m", coming) == [(3.0, True)]
    assert ringing("door: perhaps nearer than 1m", coming) == [(1.0, True)]


def test_farther_is_the_same_from_the_other_side() -> None:
    going = [observed(second, distance_m) for second, distance_m in enumerate([0.8, 0.97, 1.03, 1.07])]
    assert ringing("door: perhaps farther than 1m", going) == [(1.0, True)]
    assert ringing("door: surely farther than 1m", going) == [(3.0, True)]


def test_it_has_to_be_so_for_the_time_that_was_asked() -> None:
    once = [observed(second / 2, 0.8 if 4 <= second < 7 else 2.0) for second in range(20)]
    assert ringing("door: surely nearer than 1m for 2s", once) == []
    longer = [observed(second / 2, 0.8 if 4 <= second < 12 else 2.0) for second in range(20)]
    assert ringing("door: surely nearer than 1m for 2s", longer) == [(4.0, True), (6.0, False)]


def test_a_gap_without_evidence_begins_anew() -> None:
    gap = [observed(0, 0.8), observed(1, 0.8), *(observed(2 + second, None) for second in range(30)), observed(32, 0.8)]
    assert ringing("door: surely nearer than 1m for 3s", gap) == []


def test_what_cannot_be_believed_is_no_evidence_of_what_must_be_so() -> None:
    doubtful = [observed(second, 0.5, status=Status.DOUBTFUL) for second in range(5)]
    assert ringing("door: surely nearer than 1m", doubtful) == []
    assert ringing("door: perhaps nearer than 1m", doubtful) == [(0.0, True)]
    alarms = Alarms([parse_rule("door: surely nearer than 1m")], 0.0)
    alarms.look(doubtful[:1], 0.0)
    assert alarms.alarms[0].blind == "doubtful"


def test_what_comes_nearer_than_the_references_is_seen_and_what_one_reference_says_is_not_sure() -> None:
    def beyond(*reasons: str) -> Observation:
        seen = observed(1.0, 0.5, status=Status.EXTRAPOLATED)
        return replace(seen, reading=replace(seen.reading, reasons=reasons))

    near = "door: surely nearer than 1m"
    assert ringing(near, [beyond("beyond the references (0.70 - 2.50 m)")]) == [(1.0, True)]
    poor = "calibration poor: one reference: the shift is a guess"
    assert ringing(near, [beyond("away from the one reference (2.00 m): a second one helps", poor)]) == []
    assert ringing(near, [beyond("beyond the references (0.70 - 2.50 m)", "dark: a tenth of the light")]) == []


@pytest.mark.parametrize("status", [Status.STALE, Status.SATURATED, Status.UNCALIBRATED])
def test_no_distance_neither_sets_nor_clears(status: Status) -> None:
    readings = [observed(0, 0.8), *(observed(second, None, status=status) for second in range(1, 9)), observed(9, 0.8)]
    assert ringing("door: surely nearer than 1m", readings) == [(0.0, True)]


def test_silence_rings_by_time_alone_and_ends_with_a_distance() -> None:
    alarms = Alarms([parse_rule("door: no reading for 10s")], 100.0)
    assert alarms.look([], 109.9) == ()
    (event,) = alarms.look([], 110.0)
    assert event.alarm.ringing
    assert alarms.look([observed(111, None)], 111.0) == ()
    (event,) = alarms.look([observed(112, 3.0)], 112.0)
    assert not event.alarm.ringing
    assert alarms.look([observed(121, 3.0)], 121.0) == ()
    assert alarms.look([observed(125, None)], 130.9) == ()
    assert [each.alarm.ringing for each in alarms.look([observed(126, None)], 131.0)] == [True]


def test_a_change_is_measured_from_what_was_there_first() -> None:
    steady = [observed(second, 2.0 * (1 + 0.01 * (-1) ** second), width=0.5) for second in range(BASE_COUNT + 5)]
    moved = [observed(20.0, 2.3, width=0.5), observed(21.0, 2.15, width=0.5), observed(22.0, 2.05, width=0.5)]
    assert ringing("tank: changes by more than 10%", [*map(_as_tank, steady + moved)]) == [(20.0, True), (22.0, False)]


def _as_tank(observation: Observation) -> Observation:
    return Observation("tank", observation.reading, observation.captured_at, observation.captured_at_s)


def test_an_event_says_what_is_so() -> None:
    alarms = Alarms([parse_rule("door: surely nearer than 1m for 1s")], 0.0)
    events: list[Event] = []
    for each in (observed(0, 0.8), observed(1, 0.8), observed(2, 1.5)):
        events += alarms.look([each], each.captured_at_s)
    assert [event.words for event in events] == [
        "door: surely nearer than 1 m for 1 s: 0.80 ± 0.04 m",
        "no longer: door: surely nearer than 1 m for 1 s: 1.50 ± 0.08 m",
    ]


@settings(deadline=None, max_examples=60)
@given(
    speed=st.floats(0.05, 2.0), period_s=st.floats(0.05, 2.0), hold_s=st.floats(0.0, 5.0), limit_m=st.floats(0.5, 3.0)
)
def test_an_approach_rings_within_one_period_of_the_truth(
    speed: float, period_s: float, hold_s: float, limit_m: float
) -> None:
    rule = Rule("door", Condition.SURELY_NEARER, limit_m, hold_s=hold_s)
    alarms, width, start_m = Alarms([rule], 0.0), 0.04, 5.0
    at_s = (start_m - limit_m / (1 + width)) / speed + hold_s
    rang = math.inf
    for step in range(int((at_s + 3 * period_s) / period_s) + 1):
        now_s = step * period_s
        distance_m = max(start_m - speed * now_s, 0.01)
        if alarms.look([observed(now_s, distance_m, width=width)], now_s):
            rang = min(rang, now_s)
    # The crossing lies between two frames, and so does the end of the time that it has to hold.
    assert at_s - 1e-6 <= rang <= at_s + 2 * period_s + 1e-6
    if hold_s == 0:
        assert rang <= at_s + period_s + 1e-6


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    condition=st.sampled_from([each for each in Condition if each.sure]),
    hold_s=st.sampled_from([0.0, 0.5, 2.0]),
)
def test_noise_never_rings_and_what_rings_does_not_flutter(seed: int, condition: Condition, hold_s: float) -> None:
    """A scene at rest just at the limit; the noise is a part of the interval, as that of a steady map is."""
    noise = np.random.default_rng(seed).normal(0.0, 0.01, 2000)
    rest = [observed(step / 10, float(2.0 * np.exp(each)), width=0.05) for step, each in enumerate(noise)]
    assert _events(Rule("door", condition, 2.0, hold_s=hold_s), rest) == []
    near = 2.0 * 1.05 if condition is Condition.SURELY_NEARER else 2.0 / 1.05
    edge = [observed(step / 10, float(2.0 * np.exp(each)), width=0.05) for step, each in enumerate(noise)]
    found = _events(Rule("door", condition, near, hold_s=hold_s, clears_beyond=0.08), edge)
    assert len(found) <= 1


def _events(rule: Rule, observations: list[Observation]) -> list[Event]:
    alarms = Alarms([rule], 0.0)
    return [event for each in observations for event in alarms.look([each], each.captured_at_s)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.none(), st.floats(0.1, 10.0)), max_size=60), st.floats(0.0, 3.0))
def test_ringing_and_quiet_take_turns(distances: list[float | None], hold_s: float) -> None:
    rule = Rule("door", Condition.PERHAPS_NEARER, 1.0, hold_s=hold_s)
    told = [each.alarm.ringing for each in _events(rule, [observed(s, m) for s, m in enumerate(distances)])]
    assert told == [number % 2 == 0 for number in range(len(told))]
