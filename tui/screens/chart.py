"""A pin's or region's distance over time, over the whole screen."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.calibration.units import DistanceUnit, format_distance
from tui.instrument.alarms import place_names
from tui.instrument.instrument import Instrument
from tui.records.history import Columns, PlaceHistory, Span
from tui.render.chart import GUTTER, Row, Series, chart
from tui.screens.alarm_words import rule_words, stage_words
from tui.screens.reading_rows import row_texts
from tui.screens.watching import Watching
from tui.widgets.chart_view import ChartView
from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.words import Words

_EVERY_S = 1.0
_KEYS = (
    KeyHint("→", "longer or shorter", "right"),
    KeyHint("↓", "next place", "down"),
    KeyHint("del", "begin anew", "delete"),
    KeyHint("esc", "close", "escape"),
)
_PER_METRE = {DistanceUnit.METRES: 1.0, DistanceUnit.CENTIMETRES: 100.0, DistanceUnit.FEET: 1 / 0.3048}
_UNIT = {DistanceUnit.METRES: "m", DistanceUnit.CENTIMETRES: "cm", DistanceUnit.FEET: "ft"}
_AGO = {
    Span.MINUTE: ("60 s ago", "30 s"),
    Span.TEN_MINUTES: ("10 min ago", "5 min"),
    Span.HOUR: ("60 min ago", "30 min"),
}


class ChartScreen(Screen[str]):
    """Goes on by itself; the answer is the place that was shown last.

    Args:
        instrument: is read.
        watching: remembers.
        name: of the place.
    """

    DEFAULT_CSS = """
    ChartScreen {
        background: $background; layout: vertical;
        & #chart-title { height: 1; padding: 0 1; background: $panel; color: $foreground; text-style: bold; }
        & #chart-alarms, & #chart-summary { height: auto; max-height: 4; padding: 0 1; }
        & #chart-summary { color: $foreground-muted; }
        & Hints { background: $panel; }
        & Hints > .keys--key { background: $panel; }
        & Hints > .keys--words { background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,H,shift+h", "leave", "close", id="chart.close", key_display="esc"),
        Binding("right,space,l", "span(1)", "longer", id="chart.longer"),
        Binding("left,h", "span(-1)", "shorter", id="chart.shorter"),
        Binding("down,tab,j", "place(1)", "next place", id="chart.next"),
        Binding("up,shift+tab,k", "place(-1)", "place before", id="chart.before"),
        Binding("delete,backspace", "anew", "begin anew", id="chart.anew"),
    ]

    def __init__(self, instrument: Instrument, watching: Watching, name: str) -> None:
        super().__init__()
        self._instrument = instrument
        self._watching = watching
        self.place = name
        self.span = Span.MINUTE
        """How far to look back."""

    def compose(self) -> ComposeResult:
        """What it is, the chart, what its alarms do, what it was since the start; keys."""
        yield Words(id="chart-title")
        yield ChartView(widget_id="chart")
        yield Words(id="chart-alarms")
        yield Words(id="chart-summary")
        yield Hints(_KEYS)

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(_EVERY_S, self.look)
        self.call_after_refresh(self.look)

    def action_leave(self) -> None:
        """Back to the pictures."""
        if self.is_current:
            self.dismiss(self.place)

    def action_span(self, step: int) -> None:
        """Look back farther, or less far."""
        spans = list(Span)
        self.span = spans[(spans.index(self.span) + step) % len(spans)]
        self.look()

    def action_place(self, step: int) -> None:
        """Another pin or region."""
        names = place_names(self._instrument.session)
        if names:
            at = names.index(self.place) + step if self.place in names else 0
            self.place = names[at % len(names)]
            self.look()

    def action_anew(self) -> None:
        """Forget what it was."""
        self._watching.forget(self.place)
        self.look()

    def look(self) -> None:
        """Show what there is now."""
        session, reading = self._instrument.session, self._instrument.reading
        unit, history = session.unit, self._watching.history_of(self.place)
        found = [each for each in row_texts(reading, unit, self._watching, compact=False) if each.name == self.place]
        now = "".join(f"{each.place.rstrip()}  {each.figure}  {each.words}" for each in found).rstrip()
        self.query_one("#chart-title", Words).say(f"{now or f'{self.place} is not there any more'}   {self.span.words}")
        alarms = self._watching.alarms_of(self.place)
        limits = [each.rule.limit_m for each in alarms if each.rule.condition.has_limit]
        rang_s, span, now_s = self._watching.rang_at(self.place), self.span, time.monotonic()

        def drawn(columns: int, rows: int) -> tuple[Row, ...]:
            if history is None or columns <= GUTTER:
                return ()
            found = history.columns(now_s, span.value, columns - GUTTER).joined()
            return _drawn(found, rows, unit, rang_s, limits, span)

        self.query_one("#chart", ChartView).show(drawn)
        words = "   ".join(f"{rule_words(each.rule, unit)}: {stage_words(each)}" for each in alarms)
        self.query_one("#chart-alarms", Words).say(words)
        self.query_one("#chart-alarms").display = bool(words)
        still = reading.info is not None and reading.info.still
        self.query_one("#chart-summary", Words).say(summary_words(history, unit, still=still))


def _drawn(
    columns: Columns, rows: int, unit: DistanceUnit, rang_s: Sequence[float], limits_m: Sequence[float], span: Span
) -> tuple[Row, ...]:
    count, factor = len(columns.middle_m), _PER_METRE[unit]
    marked = np.zeros(count, np.bool_)
    for at_s in rang_s:
        column = math.floor((at_s - columns.start_s) / columns.column_s)
        if 0 <= column < count:
            marked[column] = True
    series = Series(
        columns.middle_m * factor,
        columns.low_m * factor,
        columns.high_m * factor,
        columns.doubted,
        columns.watched,
        marked,
    )
    begin, half = _AGO[span]
    below = ((0, begin), (count // 2, half), (count - 1, "now"))

    def label(value: float) -> str:
        number = f"{round(value, 6):.4g}"
        whole = f"{number} {_UNIT[unit]}"
        return whole if len(whole) <= GUTTER - 2 else number

    return chart(series, rows, label, below, [each * factor for each in limits_m])


def summary_words(history: PlaceHistory | None, unit: DistanceUnit, *, still: bool = False) -> str:
    """'since the start: 1.02 - 1.98 m, mean 1.50 m, spread 0.31 m; 1234 readings, 12 of them without a distance'."""
    if still:
        return "a picture that stands still: there is no course to be seen"
    if history is None:
        return "nothing has been seen of it yet"
    found = history.summary()
    without = f", {found.without} without a distance" if found.without else ""
    if not found.count:
        return f"since the start: no distance in {found.without} frames"
    least, most, mean, spread = (
        format_distance(each, unit) for each in (found.least_m, found.most_m, found.mean_m, found.spread_m)
    )
    return (
        f"since the start: least {least}, most {most}, mean {mean}, spread {spread}; {found.count} distances{without}"
    )
