"""A reading as a line: words, JSON, CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.cli.output import json_text, put

if TYPE_CHECKING:
    from tui.calibration.measure import PointReading
    from tui.calibration.reading import Reading
    from tui.cli.answer import Answer
    from tui.cli.headless import Headless
    from tui.cli.space import Span
    from tui.instrument.regions import RegionReading
    from tui.records.alarms import Event
    from tui.records.bulletin import Bulletin


class Format(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    INFLUX = "influx"


COLUMNS = (
    "time", "age_s", "x", "y", "to_x", "to_y", "inverse_depth", "distance_m", "low_m", "high_m", "status", "problem",
    "source", "model", "profile", "warnings", "reasons", "health", "region", "statistic",
    "unknown_share", "camera", "alarm",
)  # fmt: skip
"""Of a line; `to_x` and `to_y` are empty but for a `--distance`, `region`, `statistic` and `unknown_share` but for a
`--region`;
`camera` is named where there are several, and a row with `alarm` says that one has begun to ring or is quiet again."""


class Lines:
    """Prints what is read and which alarms ring, one line each."""

    def __init__(self, output: Format | None, camera: str = "") -> None:
        """`output` None: alarms alone; `camera` names the camera in each line, where there are several."""
        self._output, self._camera = output, camera

    def begin(self) -> None:
        """What stands above the first line."""
        if self._output is Format.CSV:
            put(_csv(COLUMNS))

    def put(self, headless: Headless, answer: Answer, bulletin: Bulletin) -> None:
        """What one look gave."""
        if self._output is Format.INFLUX:
            self.tell(bulletin)
            return
        if self._output is not None:
            for point in answer.points:
                self._put(_line(headless, self._output, self._camera, point, None))
            for span in answer.spans:
                self._put(_line(headless, self._output, self._camera, None, span))
            for region in answer.regions:
                self._put(_line(headless, self._output, self._camera, None, None, region))
        self._tell_events(bulletin)

    def tell(self, bulletin: Bulletin) -> None:
        """What became of alarms while nothing was read."""
        from tui.records.influx import influx_lines

        if self._output is Format.INFLUX:
            for line in influx_lines(bulletin):
                put(line)
        else:
            self._tell_events(bulletin)

    def _tell_events(self, bulletin: Bulletin) -> None:
        for event in bulletin.events:
            self._put(self._event_line(bulletin, event))

    def _put(self, line: str) -> None:
        named = self._camera and self._output in {None, Format.TEXT}
        put(f"{self._camera}: {line}" if named else line)

    def _event_line(self, bulletin: Bulletin, event: Event) -> str:
        from tui.records.plain import event_plain

        if self._output is Format.JSON:
            return json_text({"kind": "alarm", **event_plain(bulletin, event)})
        if self._output is Format.CSV:
            values = {"time": bulletin.at.isoformat(timespec="milliseconds"), "camera": self._camera}
            return _csv([({**values, "alarm": event.words}).get(name) for name in COLUMNS])
        return f"{bulletin.at:%H:%M:%S} alarm: {event.words}"


def _line(
    headless: Headless,
    output: Format,
    camera: str,
    point: PointReading | None,
    span: Span | None,
    region: RegionReading | None = None,
) -> str:
    from tui.calibration.report import health_plain, set_aside
    from tui.cli.regions import region_words

    reading, session = headless.instrument.reading, headless.instrument.session
    if output is Format.TEXT:
        at = reading.captured_at
        when = "" if at is None else f"{at:%H:%M:%S} "
        words = _point_words(point) if point is not None else _span_words(span)
        words = words if region is None else region_words(region)
        more = [each for each in reading.warnings if each not in words]  # what is a reason, too, is said once
        return f"{when}{'; '.join((words, *more))}"
    values: dict[str, object] = dict.fromkeys(COLUMNS) | {
        "time": None if reading.captured_at is None else reading.captured_at.isoformat(timespec="milliseconds"),
        "age_s": round(reading.age_s, 3),
        "problem": reading.problem or None,
        "camera": camera or None,
        "source": None if reading.info is None else reading.info.label,
        "model": None if reading.result is None else reading.result.identity.name,
        "profile": session.profile or None,
        "warnings": list(reading.warnings),
        "reasons": [],
        "health": health_plain(reading.calibration),
    }
    if point is not None:
        found = point.reading
        values |= {
            "x": point.u_px,
            "y": point.v_px,
            **found.plain(),
        }
    elif span is not None:
        values |= {"x": span.start[0], "y": span.start[1], "to_x": span.end[0], "to_y": span.end[1], **span.plain}
    elif region is not None:
        plain = region.plain()
        values |= {"region": plain.pop("name"), **plain}
    if output is Format.JSON:
        aside = list(set_aside(headless.checks()))
        return json_text(values | {"set_aside": aside, "picture": reading.picture()})
    return _csv([_cell(values[name]) for name in COLUMNS])


def _cell(value: object) -> object:
    """A value as it stands in CSV: lists joined, of the health its grade."""
    if isinstance(value, Mapping):
        return value["grade"]
    return "; ".join(value) if isinstance(value, list) else value


def _point_words(point: PointReading) -> str:
    from tui.calibration.wording import figure_of, format_units

    reading, figure = point.reading, figure_of(point.reading)
    numbers = "" if figure is None else f"{figure.whole}, "
    words = f"{numbers}{format_units(reading.inverse_depth)} units, {_status(reading)}"
    return f"({point.u_px}, {point.v_px}): {words}"


def _span_words(span: Span | None) -> str:
    if span is None:
        return ""
    figure = span.figure
    apart = "" if figure is None else f"{figure.whole} apart, "
    return f"{span.start} - {span.end}: {apart}{_status(span.judgement)}"


def _status(reading: Reading) -> str:
    from tui.calibration.wording import status_in_words

    return status_in_words(reading)


def _csv(values: Iterable[object]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(["" if value is None else value for value in values])
    return text.getvalue()
