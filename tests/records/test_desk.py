"""The desk: a frame counts once, a stale one not at all, and time goes on without frames."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.fakes import RampEstimator
from tests.records.kept import Kept
from tui.calibration.reading import Reading, Status
from tui.camera.frame import Frame
from tui.depth.estimator import DepthMap
from tui.instrument.frame import FrameReading, PinReading
from tui.instrument.measured import Pin
from tui.pipeline.inference import DepthResult
from tui.records.alarms import Stage
from tui.records.desk import Desk
from tui.records.outlet import Outlet
from tui.records.rule import parse_rule

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def frame_reading(at_s: float, distance_m: float | None) -> FrameReading:
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 0, at_s)
    result = DepthResult(frame, DepthMap.of(np.ones((8, 8), np.float32)), RampEstimator().identity, "fake", 0.0)
    low_m, high_m = (None, None) if distance_m is None else (distance_m * 0.9, distance_m * 1.1)
    status = Status.SATURATED if distance_m is None else Status.OK
    pin = PinReading(Pin(1, 4, 4), Reading(1.0, distance_m, low_m, high_m, status))
    return FrameReading(result=result, captured_at=NOON, pins=(pin,))


def test_a_frame_counts_once_and_a_stale_one_gives_no_number() -> None:
    now_s = 100.0
    desk = Desk("hall", [parse_rule("pin 1: no reading for 3s")], clock=lambda: now_s, wall=lambda: NOON)
    first = desk.look(frame_reading(100.0, 2.0))
    assert [(each.name, each.distance_m) for each in first.observations] == [("pin 1", 2.0)]
    again = desk.look(frame_reading(100.0, 2.0))
    assert again.observations == ()
    now_s = 104.0
    stale = desk.look(replace(frame_reading(101.0, 2.0), stale="no new picture"))
    assert (stale.observations, stale.stale) == ((), "no new picture")
    assert [each.alarm.stage for each in stale.events] == [Stage.RINGING]
    place = desk.history.of("pin 1")
    assert place is not None
    assert place.summary().count == 1


def test_rules_that_stay_keep_their_state() -> None:
    now_s = 0.0
    near = parse_rule("pin 1: surely nearer than 3m")
    desk = Desk("hall", [near], clock=lambda: now_s, wall=lambda: NOON)
    assert len(desk.look(frame_reading(0.5, 2.0)).events) == 1
    desk.watch([parse_rule("pin 1: no reading for 3s"), near])
    assert [each.ringing for each in desk.alarms] == [False, True]
    assert desk.look(frame_reading(1.0, 2.0)).events == ()


def test_a_clock_that_is_set_back_an_hour_changes_stamps_and_nothing_else() -> None:
    now_s, wall = 0.0, NOON
    near = parse_rule("pin 1: surely nearer than 3m for 2s")
    desk = Desk("hall", [near], clock=lambda: now_s, wall=lambda: wall)
    rang_s = []
    for second in range(6):
        now_s, wall = float(second), NOON + timedelta(seconds=second, hours=-1 if second >= 1 else 0)
        bulletin = desk.look(replace(frame_reading(now_s, 2.0), captured_at=wall))
        rang_s += [(now_s, bulletin.at) for event in bulletin.events if event.alarm.ringing]
    assert rang_s == [(2.0, NOON + timedelta(seconds=2, hours=-1))]
    place = desk.history.of("pin 1")
    assert place is not None
    assert place.summary().count == 6


def test_an_alarm_that_rings_while_those_who_listen_are_replaced_is_heard_once() -> None:
    before, after = Kept(), Kept()
    first, second = Outlet(before, lambda _line: None), Outlet(after, lambda _line: None)
    desk = Desk("hall", [parse_rule("pin 1: surely nearer than 3m")], [first], clock=lambda: 0.0, wall=lambda: NOON)
    desk.hold()
    first.close()
    desk.look(frame_reading(0.5, 2.0))
    desk.listen([second])
    desk.look(frame_reading(1.0, 2.0))
    second.close()
    assert before.taken == []
    assert [len(each.events) for each in after.taken] == [1, 0]
