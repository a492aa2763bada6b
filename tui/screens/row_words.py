"""What a row of a table says, in whole sentences."""

from __future__ import annotations

from tui.calibration.checks import Check
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import describe, figure_of, format_units, status_in_words
from tui.geometry.region import Statistic
from tui.instrument.frame import FrameReading, PinReading
from tui.instrument.regions import RegionReading, share_in_words
from tui.instrument.session import Session
from tui.widgets.row_list import RowList


def pin_words(pin: PinReading, unit: DistanceUnit) -> tuple[str, str]:
    """Of a pinned point: what it is, and what it says."""
    reading, where = pin.reading, pin.pin
    name = f"this row: pin {where.number} at ({where.u_px}, {where.v_px})"
    figure = figure_of(reading, unit)
    units = f"The network says {format_units(reading.inverse_depth)} units there"
    if figure is None:
        text = describe(reading, unit)
        return name, f"{units}; no distance: {text.advice or status_in_words(reading)}."
    return name, (
        f"{units}, which the calibration makes {figure.number}. In 95 of 100 such cases the true distance is in "
        f"{figure.interval}. It is {status_in_words(reading)}."
    )


def region_words(found: RegionReading, unit: DistanceUnit) -> tuple[str, str]:
    """Of a region: what it is, and what it says."""
    region, reading = found.region, found.reading
    name = f"this row: region {region.name}, {len(region.outline)} corners"
    what = {
        Statistic.NEAREST: "what 5 % of it is nearer than",
        Statistic.MEDIAN: "what half of it is nearer than",
        Statistic.FARTHEST: "what 5 % of it is farther than",
    }[region.statistic]
    unknown = f" {share_in_words(found.unknown_share)} of it has no distance." if found.unknown_share else ""
    figure = figure_of(reading, unit)
    if figure is None:
        text = describe(reading, unit)
        return (
            name,
            f"Its {region.statistic.value} ({what}) has no distance: {text.advice or status_in_words(reading)}.",
        )
    return name, (
        f"Its {region.statistic.value} ({what}) is {figure.number}. In 95 of 100 such cases the true one is in "
        f"{figure.interval}. It is {status_in_words(reading)}.{unknown}"
    )


def words_of_row(reading: FrameReading, index: int, unit: DistanceUnit) -> tuple[str, str]:
    """Of a row of the readings: pins, then regions."""
    if index < len(reading.pins):
        return pin_words(reading.pins[index], unit)
    return region_words(reading.regions[index - len(reading.pins)], unit)


def reference_words(check: Check, unit: DistanceUnit) -> tuple[str, str]:
    """Of a reference: what it is, and what it says."""
    reference = check.reference
    u_px, v_px = reference.pixel
    name = f"this row: reference at ({u_px}, {v_px})"
    given = f"Measured ({reference.label}): {format_distance(reference.distance_m, unit)}"
    parts = [f"{given}, give or take {format_distance(2 * reference.sigma_m, unit)}."]
    if check.set_aside:
        parts.append("It is set aside, since it contradicts the others, and does not count.")
    read = None if check.reading is None else figure_of(check.reading, unit)
    if read is not None and check.relative is not None:
        parts.append(f"The calibration reads {read.short} there, {100 * check.relative:+.1f} % off.")
    said = None if check.others is None else figure_of(check.others, unit)
    if said is not None and check.others_relative is not None:
        parts.append(
            f"All the others together, without it, say {said.short}, {100 * check.others_relative:+.1f} % off: "
            "so far off may a reading be where there is no reference."
        )
    elif said is None:
        parts.append("The others alone are too few to say anything of it.")
    return name, " ".join(parts)


def reading_line(reading: FrameReading, session: Session) -> str:
    """The reading at the crosshair in one line, to be pasted elsewhere: never a distance without its doubt."""
    u_px, v_px = reading.crosshair_px
    at, found = f"({u_px}, {v_px})", reading.crosshair
    figure = figure_of(found, session.unit)
    if figure is None:
        return f"{at}  {format_units(found.inverse_depth)} units  {status_in_words(found)}"
    return f"{at}  {figure.number}, 95 %: {figure.interval}  {status_in_words(found)}"


def words_under_cursor(table: RowList, reading: FrameReading, unit: DistanceUnit) -> tuple[str, str] | None:
    """What the row under the cursor of a table says."""
    if not table.rows:
        return None
    if table.id == "pins":
        return words_of_row(reading, table.cursor, unit)
    return reference_words(reading.checks()[table.cursor], unit)
