"""InfluxDB's line protocol: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from tui.records.bulletin import Bulletin
from tui.records.plain import Value, event_plain, reading_plain

_MEASUREMENT = str.maketrans({",": "\\,", " ": "\\ ", "\n": " ", "\r": " "})
_TAG = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ ", "\n": "\\ ", "\r": "\\ ", "\t": "\\ "})
_STRING = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": " ", "\r": " "})
_READING_TAGS = ("camera", "name", "statistic", "status")
_ALARM_TAGS = ("camera", "name", "alarm")


def influx_lines(bulletin: Bulletin) -> Iterator[str]:
    """`depth` a reading and `depth_alarm` a change of an alarm; what is not known is left out."""
    for seen in bulletin.observations:
        values = reading_plain(bulletin.camera, seen)
        yield _line("depth", values, _READING_TAGS, seen.captured_at)
    for event in bulletin.events:
        yield _line("depth_alarm", event_plain(bulletin, event), _ALARM_TAGS, bulletin.at)


def _line(measurement: str, values: Mapping[str, Value], tag_names: tuple[str, ...], at: datetime) -> str:
    tags = "".join(f",{name}={_tag(str(values[name]))}" for name in tag_names if values[name])
    fields = ",".join(
        f"{name}={_field(value)}"
        for name, value in values.items()
        if name not in {"time", *tag_names} and value is not None
    )
    # A point needs a field: one without a distance says that it has none.
    known = f"known={str(values.get('distance_m') is not None).lower()}"
    return f"{measurement.translate(_MEASUREMENT)}{tags} {known}{',' if fields else ''}{fields} {_nanoseconds(at)}"


def _tag(text: str) -> str:
    # A backslash at the end would escape what follows.
    return text.translate(_TAG).rstrip("\\") or "-"


def _field(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value.translate(_STRING)}"' if isinstance(value, str) else repr(float(value or 0.0))


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp() * 1e6) * 1_000
