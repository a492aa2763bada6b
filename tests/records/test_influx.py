"""Lines for InfluxDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.records.observed import MIDNIGHT, observed
from tests.records.test_logs import bulletin
from tui.calibration.reading import Status
from tui.records.influx import influx_lines


def test_lines_for_influx_escape_what_has_a_meaning_there() -> None:
    seen = bulletin(1.5, 0.8, name="a b,c=d", events=True)
    reading, alarm = influx_lines(seen)
    head, fields, at = reading.rsplit(" ", 2)
    assert head == r"depth,camera=hall,name=a\ b\,c\=d,status=ok"
    assert "known=true" in fields
    assert "distance_m=0.8" in fields
    assert at == str(round((MIDNIGHT + timedelta(seconds=1.5)).timestamp() * 1e9))
    assert alarm.startswith(r"depth_alarm,camera=hall,name=a\ b\,c\=d,alarm=a\ b\,c\=d:\ perhaps\ nearer\ than\ 1\ m ")
    assert "ringing=true" in alarm
    nothing = observed(1.0, None, status=Status.STALE)
    (line,) = influx_lines(replace(seen, observations=(nothing,), events=()))
    assert " known=false " in line
    assert "distance_m" not in line
