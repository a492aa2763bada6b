"""Measurements as tables that a person likes to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui.calibration.figures import UNKNOWN
from tui.calibration.reading import Status
from tui.calibration.result import CalibrationKind
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import figure_of, format_units, status_in_words, what_it_brings
from tui.cli.output import make_console, printable

if TYPE_CHECKING:
    from tui.calibration.checks import Check
    from tui.calibration.measure import Measurement, PointReading
    from tui.calibration.result import Calibration
    from tui.calibration.suggest import Suggestion
    from tui.instrument.regions import RegionReading

_UNIT = DistanceUnit.METRES
_STYLES = {
    Status.OK: "green",
    Status.DOUBTFUL: "yellow",
    Status.EXTRAPOLATED: "yellow",
    Status.SATURATED: "red",
    Status.UNCALIBRATED: "yellow",
    Status.UNVERIFIED: "yellow",
    Status.OTHER_CAMERA: "yellow",
    Status.OTHER_SIZE: "yellow",
    Status.DOUBTFUL: "yellow",
    Status.STALE: "red",
    Status.OUTSIDE: "yellow",
}
_READING_HEADINGS = ("pixel", "units", "distance", "95 % interval", "status")
_REGION_HEADINGS = ("region", "reads", "no distance", "distance", "95 % interval", "status")
_SUGGESTION_HEADINGS = ("", "measure next", "which")
_REFERENCE_HEADINGS = ("reference", "true", "reads", "off", "others say", "")


def show_measurement(measurement: Measurement, heading: str, unit: DistanceUnit = _UNIT) -> None:
    """Print the readings with what is against them, and how well the references fit."""
    calibration = measurement.calibration
    console = make_console()
    console.print(Text(f"{heading}   {_calibration_in_words(calibration)}"), style="bold")
    _show_table(_READING_HEADINGS, [_reading_row(point, unit) for point in measurement.readings])
    _show_table(_REFERENCE_HEADINGS, [_reference_row(each, unit) for each in measurement.checks])
    if calibration is not None:
        console.print()
        console.print(Text(f" {_health_in_words(calibration)}", "dim"))


def show_regions(regions: Sequence[RegionReading], unit: DistanceUnit = _UNIT) -> None:
    """Print what is read of regions, with what is against it."""
    from tui.instrument.regions import share_in_words

    rows = []
    for each in regions:
        figure, share = figure_of(each.reading, unit), each.unknown_share
        rows.append(
            (
                each.region.name,
                each.region.statistic.value,
                "-" if share is None else share_in_words(share),
                "-" if figure is None else figure.number,
                "-" if figure is None else figure.interval,
                Text(printable(status_in_words(each.reading)), _STYLES[each.reading.status]),
            )
        )
    _show_table(_REGION_HEADINGS, rows)


def show_suggestions(suggestions: Sequence[Suggestion]) -> None:
    """Print where to measure next, in that order, and what each place brings."""
    rows = [
        (str(number), _pixel(each.u_px, each.v_px), what_it_brings(each.gain))
        for number, each in enumerate(suggestions, 1)
    ]
    _show_table(_SUGGESTION_HEADINGS, rows)


def _show_table(headings: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    """A blank line and the table; nothing without rows."""
    console = make_console()
    if rows:
        console.print()
        for line in align([headings, *rows]):
            console.print(line)


def show_warnings(warnings: Sequence[str]) -> None:
    """Print what somebody who uses the numbers should know, a line each."""
    console = make_console()
    for each in warnings:
        console.print(Text(f" warning: {printable(each)}", "yellow"))


def align(rows: Sequence[Sequence[str | Text]], *, right: bool = True) -> list[Text]:
    """Columns two blanks apart, the first row dimmed as the heading; the last column is left-aligned always."""
    rows = [[printable(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for number, row in enumerate(rows):
        line = Text(" ")
        for cell, width in zip(row, widths, strict=False):
            pad = " " * (width - len(cell))
            line.append(pad if right else "").append(cell).append("" if right else pad).append("   ")
        line.append(row[-1])
        line.rstrip()
        if number == 0:
            line.stylize("dim")
        lines.append(line)
    return lines


def _calibration_in_words(calibration: Calibration | None) -> str:
    if calibration is None:
        return "uncalibrated: add --reference X,Y=DISTANCE for metres"
    if calibration.kind is CalibrationKind.METRIC:
        return f"{calibration.kind.value}: add --reference X,Y=DISTANCE to correct it"
    count = len(calibration.given)
    origin = f"{count} reference{'s' if count > 1 else ''}" if count else "scale and shift as given"
    return f"{origin}: {calibration.trend}"


def _health_in_words(calibration: Calibration) -> str:
    health = calibration.health
    return ": ".join(filter(None, (f"calibration {health.grade.value}", "; ".join(health.reasons))))


def _reading_row(point: PointReading, unit: DistanceUnit) -> tuple[str | Text, ...]:
    reading = point.reading
    figure = figure_of(reading, unit)
    return (
        _pixel(point.u_px, point.v_px),
        format_units(reading.inverse_depth),
        "-" if figure is None else figure.number,
        "-" if figure is None else figure.interval,
        Text(printable(status_in_words(reading)), _STYLES[reading.status]),
    )


def _reference_row(check: Check, unit: DistanceUnit) -> tuple[str, ...]:
    reference = check.reference
    read, others = (None if each is None else figure_of(each, unit) for each in (check.reading, check.others))
    return (
        _pixel(*reference.pixel),
        format_distance(reference.distance_m, unit),
        "-" if read is None else read.short,
        "no distance" if check.relative is None else _off(check.relative),
        "-" if others is None else others.short,
        (
            ""
            if others is None or others.short == UNKNOWN or check.others_relative is None
            else _off(check.others_relative)
        )
        + (f"  set aside: {check.reason}" if check.set_aside else ""),
    )


def _off(relative: float) -> str:
    return f"{100 * round(relative, 3) + 0.0:+.1f} %"


def _pixel(u_px: int, v_px: int) -> str:
    return f"({u_px:3}, {v_px:3})"
