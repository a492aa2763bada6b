"""The table of readings: pins, then regions, a row each."""

from __future__ import annotations

import math
import time
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
from tui.records.alarms import Alarm
from tui.render.chart import sparkline
from tui.render.overlays import pin_glyph
from tui.screens.alarm_words import alarm_text
from tui.screens.watching import Watching

REGION_GLYPH = "◰"
_PLAIN = {Status.OK, Status.UNCALIBRATED, Status.OUTSIDE}
_PIXEL_COLUMNS = 13
"""Of a pin's glyph and pixel; regions' names take as many where they can."""
_GAP = 2
_STEP, _WORDS_STEP = 4, 8
"""Columns in whole multiples of which numbers and words get room, so that what is beside them seldom moves."""
_LEAST_SPARK, _MOST_SPARK = 6, 20
"""Columns."""
_SPARK_S = 60.0
_LEAST_NAME = 4
"""Columns that are left of a name."""
_SHORT = {Statistic.NEAREST: "near", Statistic.MEDIAN: "med", Statistic.FARTHEST: "far"}


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
    name: str = ""
    """By which it is remembered: 'pin 1', 'door'."""
    short: str = ""
    """What is read there, where there is no room for more: the interval alone."""


def row_texts(reading: FrameReading, unit: DistanceUnit, watching: Watching, *, compact: bool) -> list[RowText]:
    """A row a pin and then a region, in their order, with their alarms. Compact leaves out what is not needed."""
    texts = [
        *(pin_text(each, unit, compact=compact) for each in reading.pins),
        *(region_text(each, unit, compact=compact) for each in reading.regions),
    ]
    names = [*(f"pin {each.pin.number}" for each in reading.pins), *(each.region.name for each in reading.regions)]
    return [
        _with_alarms(replace(text, name=name), watching.alarms_of(name), unit, compact=compact)
        for text, name in zip(texts, names, strict=True)
    ]


class Sparks:
    """The last minute of each place as a line of glyphs, reckoned once a second."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._at = 0
        self._drawn: dict[tuple[str, int], str] = {}

    def of(self, name: str, columns: int) -> str:
        """So many columns; empty if nothing is known of it."""
        now_s = time.monotonic()
        if int(now_s) != self._at:
            self._at, self._drawn = int(now_s), {}
        found = self._drawn.get((name, columns))
        if found is None:
            history = self._watching.history_of(name)
            found = ""
            if history is not None:
                found = sparkline(history.columns(now_s, _SPARK_S, columns).joined().middle_m)
            self._drawn[name, columns] = found = found if found.strip() else ""
        return found


def rows_in(texts: Sequence[RowText], columns: int, sparks: Sparks | None = None) -> list[str]:
    """The rows where each has so many columns.

    A spark line fills a gap; where there is too little room a reading is shortened first, and then a name; a reading
    goes before the words that say why it is doubted do.
    """
    left = max((cell_len(each.place) + _GAP + cell_len(each.figure) for each in texts), default=0)
    left = math.ceil(left / _STEP) * _STEP
    return [_row(each, columns, left, sparks) for each in texts]


def _row(text: RowText, columns: int, left: int, sparks: Sparks | None) -> str:
    room = columns - left - 2 * _GAP - math.ceil(cell_len(text.words) / _WORDS_STEP) * _WORDS_STEP
    if sparks is not None and room >= _LEAST_SPARK and text.figure:
        spark = sparks.of(text.name, min(room, _MOST_SPARK))
        if spark:
            start = set_cell_size(f"{text.place}{' ' * _GAP}{text.figure}", left)
            return f"{start}{' ' * _GAP}{spark}{' ' * _GAP}{text.words}".rstrip()
    place, rest = text.place, _joined(text.figure, text.words)
    if text.short and cell_len(place) + _GAP + cell_len(rest) > columns:
        rest = _joined(text.short, text.words)
    most = columns - _GAP - min(_LEAST_NAME, cell_len(place))
    if text.words and cell_len(rest) > most:  # a number must not stand without what is to be said of it
        close = f"{text.short or text.figure.strip()} {text.words}".strip()
        rest = close if cell_len(close) <= most else text.words
    room = columns - cell_len(rest) - _GAP
    if cell_len(place) > room:
        place = f"{set_cell_size(place, max(_LEAST_NAME, room) - 1).rstrip()}…"
    return f"{place}{' ' * _GAP}{rest}".rstrip()


def _joined(*parts: str) -> str:
    return (" " * _GAP).join(filter(None, parts))


def _with_alarms(text: RowText, alarms: Sequence[Alarm], unit: DistanceUnit, *, compact: bool) -> RowText:
    said = alarm_text(alarms, unit, compact=compact)
    if not said:
        return text
    words = said if compact else _joined(text.words, said)
    return replace(text, words=words, warns=text.warns or any(each.ringing for each in alarms))


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
    words = text.words or unknown if compact else _joined(text.words, unknown)
    short = " ".join(filter(None, (_SHORT.get(region.statistic, "") if statistic else "", text.short)))
    return replace(text, figure=figure, words=words, short=short if text.short else "")


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
    whole, short = ("", "") if figure is None else (figure.whole, figure.interval)
    return RowText(place, whole, doubt, warns, short=short)
