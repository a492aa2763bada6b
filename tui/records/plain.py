"""Observations and alarms as plain data: the same names and values in every log, message and line."""

from __future__ import annotations

import math

from tui.calibration.reading import Reading
from tui.records.alarms import Event
from tui.records.bulletin import Bulletin
from tui.records.observation import Observation

Value = str | float | bool | None

READING_COLUMNS = (
    "time", "camera", "name", "statistic", "distance_m", "low_m", "high_m", "status", "reasons", "inverse_depth",
    "unknown_share",
)  # fmt: skip
"""Of a reading; `time` is that of its frame."""

ALARM_COLUMNS = ("time", "camera", "name", "alarm", "ringing", "distance_m", "low_m", "high_m", "words")
"""Of an alarm that began to ring or fell quiet."""


def reading_plain(camera: str, seen: Observation) -> dict[str, Value]:
    """What `READING_COLUMNS` names; the time as ISO 8601 with its zone."""
    reading = seen.reading
    return {
        "time": seen.captured_at.isoformat(timespec="milliseconds"),
        "camera": camera,
        "name": seen.name,
        "statistic": seen.statistic or None,
        **_distance(reading),
        "status": reading.status.value,
        "reasons": "; ".join(reading.reasons) or None,
        "inverse_depth": _finite(reading.inverse_depth),
        "unknown_share": _finite(seen.unknown_share),
    }


def event_plain(bulletin: Bulletin, event: Event) -> dict[str, Value]:
    """What `ALARM_COLUMNS` names."""
    reading = None if event.observation is None else event.observation.reading
    return {
        "time": bulletin.at.isoformat(timespec="milliseconds"),
        "camera": bulletin.camera,
        "name": event.alarm.rule.place,
        "alarm": event.alarm.rule.text,
        "ringing": event.alarm.ringing,
        **_distance(reading),
        "words": event.words,
    }


def _distance(reading: Reading | None) -> dict[str, Value]:
    if reading is None:
        return dict.fromkeys(("distance_m", "low_m", "high_m"))
    return {name: _finite(getattr(reading, name)) for name in ("distance_m", "low_m", "high_m")}


def _finite(value: float | None) -> float | None:
    """What JSON, a database and a broker can hold."""
    return None if value is None or not math.isfinite(value) else float(value)
