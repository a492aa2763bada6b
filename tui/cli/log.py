"""`depth-tui log`: what a log says."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.exits import warn
from tui.cli.output import json_text, make_console, put
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.records.read_back import Entry, LogFile, Place

_HEADINGS = ("place", "readings", "least", "mean", "most", "spread", "not ok", "without", "from", "to")
_ROWS = 16
_LEAST_COLUMNS = 40


class Form(StrEnum):
    """How entries are printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def log(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was given to --log.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Only this pin or region; drawn as a chart.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only the last so long before its end: 1h, 7d.")
    ] = None,
    alarms: Annotated[bool, typer.Option("--alarms", help="When alarms began to ring and fell quiet.")] = False,
    form: Annotated[
        Form, typer.Option("--format", help="A table and a chart, or every entry as JSON or CSV.")
    ] = Form.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Read a log back: what each place showed, a chart of one, the alarms, or all of it as JSON lines or CSV."""
    from tui.records.read_back import LogFile

    found = LogFile(file)
    try:
        _show(found, name, since, Form.JSON if as_json else form, alarms=alarms)
    finally:
        if found.damaged:
            one = found.damaged == 1
            warn(f"{file}: {found.damaged} damaged {'entry is' if one else 'entries are'} left out")


def _show(found: LogFile, name: str | None, since: str | None, form: Form, *, alarms: bool) -> None:
    from tui.calibration.durations import parse_duration

    since_s = float("-inf")
    if since is not None:
        ends_s = [place.last_s for place in found.places()]
        since_s = max(ends_s, default=0.0) - parse_duration(since, f"--since '{since}'")
    if form is not Form.TEXT:
        _put_entries(found.alarms(since_s) if alarms else found.readings(since_s, name), form, alarms=alarms)
        return
    if alarms:
        _show_alarms(found.alarms(since_s))
        return
    places = [place for place in found.places(since_s) if name in (None, place.name)]
    if not places and name is not None:
        there = ", ".join(dict.fromkeys(place.name for place in found.places())) or "none"
        raise InputError(f"--name '{name}': no such place in {found.path}; there is {there}")
    _show_places(places)
    if len(places) == 1 or name is not None:
        for place in places:
            _show_chart(found, place)


def _put_entries(entries: Iterable[Entry], form: Form, *, alarms: bool) -> None:
    import csv

    from tui.records.plain import ALARM_COLUMNS, READING_COLUMNS

    columns = ALARM_COLUMNS if alarms else READING_COLUMNS
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if form is Form.CSV:
        writer.writerow(columns)
    for entry in entries:
        if form is Form.JSON:
            put(json_text({column: entry[column] for column in columns}))
        else:
            writer.writerow(["" if entry[column] is None else entry[column] for column in columns])


def _show_alarms(entries: Iterable[Entry]) -> None:
    from tui.cli.table import align

    rows = [(_when(float(entry["at"] or 0.0)), str(entry["camera"]), str(entry["words"])) for entry in entries]
    console = make_console()
    if not rows:
        console.print("no alarm has rung")
        return
    for line in align([("time", "camera", "alarm"), *rows], right=False):
        console.print(line)


def _show_places(places: Iterable[Place]) -> None:
    from tui.calibration.units import DistanceUnit, format_distance
    from tui.cli.table import align

    rows = []
    for place in places:
        figures = ["-"] * 4
        if place.count:
            found = (place.least_m, place.mean_m, place.most_m)
            figures = [*(format_distance(each, DistanceUnit.METRES) for each in found), f"{place.spread_m:.2g} m"]
        name = " ".join(filter(None, (place.camera, place.name, place.statistic)))
        counts = (str(place.count), *figures, str(place.doubted), str(place.without))
        rows.append((name, *counts, _when(place.first_s), _when(place.last_s)))
    console = make_console()
    if not rows:
        console.print("no reading in it")
        return
    for line in align([_HEADINGS, *rows], right=True):
        console.print(line)


def _show_chart(found: LogFile, place: Place) -> None:
    import numpy as np
    from rich.text import Text

    from tui.render.chart import GUTTER, Ink, Series, chart

    console = make_console()
    if place.first_s >= place.last_s:
        return
    count = max(_LEAST_COLUMNS, min(console.width, 200) - GUTTER)
    columns = found.columns(place, count).joined()
    series = Series(
        columns.middle_m, columns.low_m, columns.high_m, columns.doubted, columns.watched, np.zeros(count, bool)
    )
    ends = ((0, _when(place.first_s)), (count - 1, _when(place.last_s)))
    styles = {Ink.BAND: "dim", Ink.AXIS: "dim", Ink.DOUBTED: "yellow", Ink.VALUE: "bold", Ink.ALARM: "red"}
    console.print()
    for row in chart(series, _ROWS, lambda value: f"{value:.4g} m", ends):
        console.print(Text.assemble(*((run.text, styles.get(run.ink, "")) for run in row)))


def _when(at_s: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
