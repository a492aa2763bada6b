"""The table of readings: pins, then regions, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size

from tui.calibration.figures import UNKNOWN
from tui.calibration.reading import Reading, Status
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import figure_of, format_units
from tui.geometry.region import Statistic
from tui.instrument.frame import FrameReading, PinReading
from tui.instrument.regions import RegionReading, share_in_words
from tui.render.overlays import pin_glyph

REGION_GLYPH = "◰"
_PLAIN = {Status.OK, Status.UNCALIBRATED, Status.OUTSIDE}
_PIXEL_COLUMNS = 13
"""Of a pin's glyph and pixel; regions' names take as many where they can."""
_GAP = 2
_LEAST_NAME = 4
"""Columns that are left of a name."""


@dataclass(frozen=True, slots=True)
class RowText:
    """One row, before it is known how much room there is."""

    place: str
    """What it is."""
    figure: str
    """What is read there."""
    words: str
    """What is to be said of that; empty if nothing is."""
    warns: bool = False
    """Whether the row stands out."""


def row_texts(reading: FrameReading, unit: DistanceUnit, *, compact: bool) -> list[RowText]:
    """A row a pin and then a region, in their order. Compact leaves out what is not needed."""
    return [
        *(pin_text(each, unit, compact=compact) for each in reading.pins),
        *(region_text(each, unit, compact=compact) for each in reading.regions),
    ]


def rows_in(texts: Sequence[RowText], columns: int) -> list[str]:
    """The rows where each has so many columns: what does not fit is taken from a name."""
    return [_row(each, columns) for each in texts]


def _row(text: RowText, columns: int) -> str:
    rest = "  ".join(filter(None, (text.figure, text.words)))
    room = columns - cell_len(rest) - _GAP
    place = text.place
    if cell_len(place) > room:
        place = f"{set_cell_size(place, max(_LEAST_NAME, room) - 1).rstrip()}…"
    return f"{place}{' ' * _GAP}{rest}".rstrip()


def rows_header(*, compact: bool) -> str:
    """Over the table."""
    return "   distance, 95 %" if compact else "#     pixel      distance, 95 %"


def pin_text(found: PinReading, unit: DistanceUnit, *, compact: bool) -> RowText:
    """One pinned point."""
    pin = found.pin
    place = pin_glyph(pin.number) if compact else f"{pin_glyph(pin.number)} ({pin.u_px:>4},{pin.v_px:>4})"
    return _text(place, found.reading, unit, compact=compact)


def region_text(found: RegionReading, unit: DistanceUnit, *, compact: bool) -> RowText:
    """One region; compact leaves out its statistic where that is the usual one."""
    region = found.region
    place = f"{REGION_GLYPH} {region.name}"
    if not compact:
        place = f"{place:<{_PIXEL_COLUMNS}}"
    text = _text(place, found.reading, unit, compact=compact)
    statistic = "" if compact and region.statistic is Statistic.NEAREST else region.statistic.value
    unknown = f"{share_in_words(found.unknown_share)} unknown" if found.unknown_share else ""
    figure = " ".join(filter(None, (statistic, text.figure.strip())))
    return replace(text, figure=figure, words="  ".join(filter(None, (text.words, unknown))))


def _text(place: str, reading: Reading, unit: DistanceUnit, *, compact: bool) -> RowText:
    warns = reading.status not in _PLAIN
    if reading.status is Status.OUTSIDE:
        return RowText(place, "", reading.status.value, warns)
    if reading.distance_m is None:
        word = "" if reading.status is Status.UNCALIBRATED else reading.status.value
        return RowText(place, f"{format_units(reading.inverse_depth):>8} units", word, warns)
    figure = figure_of(reading, unit)
    word = "unverified" if reading.status is Status.UNVERIFIED else reading.status.value
    if compact and figure is not None and figure.number == UNKNOWN and reading.status is not Status.OK:
        return RowText(place, "", f"{word}: {figure.interval}", warns)
    doubt = "" if reading.status is Status.OK else word
    return RowText(place, "" if figure is None else figure.whole, doubt, warns)
