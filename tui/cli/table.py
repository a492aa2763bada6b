"""Measurements as tables that a person likes to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui.calibration.reading import Status
from tui.calibration.result import CalibrationKind
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import format_interval, format_range, format_units
from tui.cli.output import make_console, printable

if TYPE_CHECKING:
    from tui.calibration.checks import Check
    from tui.calibration.measure import Measurement, PointReading
    from tui.calibration.result import Calibration

_UNIT = DistanceUnit.METRES
_STYLES = {
    Status.OK: "green",
    Status.EXTRAPOLATED: "yellow",
    Status.SATURATED: "red",
    Status.UNCALIBRATED: "yellow",
    Status.UNVERIFIED: "yellow",
    Status.OTHER_CAMERA: "yellow",
    Status.OTHER_SIZE: "yellow",
    Status.STALE: "red",
    Status.OUTSIDE: "yellow",
}
_READING_HEADINGS = ("pixel", "units", "distance", "95 % interval", "status")
_REFERENCE_HEADINGS = ("reference", "true", "reads", "off", "others say", "")


def show_measurement(measurement: Measurement, heading: str) -> None:
    """Print the readings, and how well the references fit."""
    calibration = measurement.calibration
    console = make_console()
    console.print(Text(f"{heading}   {_calibration_in_words(calibration)}"), style="bold")
    console.print()
    rows = [_reading_row(point, calibration) for point in measurement.readings]
    for line in align([_READING_HEADINGS, *rows]):
        console.print(line)
    if measurement.checks:
        console.print()
        for line in align([_REFERENCE_HEADINGS, *(_reference_row(each) for each in measurement.checks)]):
            console.print(line)


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
    sign = "-" if calibration.shift < 0 else "+"
    shift = f" {sign} {abs(calibration.shift):.4g}" if calibration.shift else ""
    return f"{origin}: 1/z = {calibration.scale:.4g} p{shift}"


def _reading_row(point: PointReading, calibration: Calibration | None) -> tuple[str | Text, ...]:
    reading = point.reading
    status = Text(reading.status.value, _STYLES[reading.status])
    if reading.status is Status.EXTRAPOLATED and calibration is not None:
        references = "reference" if len(calibration.given) == 1 else "references"
        status.append(f" ({references} {format_range(calibration, _UNIT)})")
    elif reading.status is Status.SATURATED:
        status.append(" (no value there)" if reading.inverse_depth is None else " (too far for this calibration)")
    return (
        _pixel(point.u_px, point.v_px),
        format_units(reading.inverse_depth),
        "-" if reading.distance_m is None else format_distance(reading.distance_m, _UNIT),
        "-" if reading.low_m is None else format_interval(reading.low_m, reading.high_m, _UNIT),
        status,
    )


def _reference_row(check: Check) -> tuple[str, ...]:
    reference = check.reference
    return (
        _pixel(*reference.pixel),
        format_distance(reference.distance_m, _UNIT),
        "-" if check.read_m is None else format_distance(check.read_m, _UNIT),
        "no distance" if check.relative is None else _off(check.relative),
        "-" if check.others_say_m is None else format_distance(check.others_say_m, _UNIT),
        ("" if check.others_relative is None else _off(check.others_relative))
        + (f"  set aside: {check.reason}" if check.set_aside else ""),
    )


def _off(relative: float) -> str:
    return f"{100 * round(relative, 3) + 0.0:+.1f} %"


def _pixel(u_px: int, v_px: int) -> str:
    return f"({u_px:3}, {v_px:3})"
