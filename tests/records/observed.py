"""Observations made up for the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tui.calibration.reading import Reading, Status
from tui.records.observation import Observation

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def observed(
    at_s: float, distance_m: float | None, name: str = "door", *, width: float = 0.05, status: Status = Status.OK
) -> Observation:
    """`distance_m` at that time, its interval a factor of 1 + `width` to both sides."""
    if distance_m is None:
        reading = Reading(None, None, None, None, Status.SATURATED if status is Status.OK else status)
    else:
        reading = Reading(0.5, distance_m, distance_m / (1 + width), distance_m * (1 + width), status)
    return Observation(name, reading, MIDNIGHT + timedelta(seconds=at_s), at_s)
