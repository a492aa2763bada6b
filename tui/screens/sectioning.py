"""The section in the place of the panels: along what, and what stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual.screen import Screen

from tui.calibration.section import doubt_words, no_section_words, step_words
from tui.errors import InputError
from tui.geometry.line import Pixel
from tui.instrument.instrument import Instrument
from tui.instrument.section import Line, ends_of, section_along
from tui.render.chart import GUTTER, LEAST_COLUMNS, Ink, Row, Run
from tui.render.overlays import pin_glyph, reference_glyph
from tui.render.section import section_chart
from tui.widgets.chart_view import ChartView
from tui.widgets.words import with_dots

_ID = "#section"
_CROSSHAIR = "┼"


class Sectioning:
    """Opens and closes the section, and fills it.

    Args:
        screen: where the widget is.
        instrument: what is read.
    """

    def __init__(self, screen: Screen[None], instrument: Instrument) -> None:
        self._screen = screen
        self._instrument = instrument
        self.line: Line | None = None
        """Along what; None while it is closed."""

    def toggle(self) -> None:
        """Open it, along the pins if there are two, or close it.

        Raises:
            InputError: there is no picture yet.
        """
        self.line = None if self.line is not None else self._first_of((Line.PINS, Line.ROW))

    def switch(self) -> None:
        """The next line that there is; opens it.

        Raises:
            InputError: there is no picture yet.
        """
        if self.line is None:
            self.toggle()
        else:
            self.line = self._first_of((self.line.next, self.line.next.next, self.line))

    def _first_of(self, lines: Sequence[Line]) -> Line:
        for line in lines[:-1]:
            try:
                ends_of(line, self._instrument.session)
            except InputError:
                continue
            return line
        ends_of(lines[-1], self._instrument.session)
        return lines[-1]

    def show(self) -> None:
        """What is read now, if it is open."""
        if self.line is None:
            return
        pane, title = self._screen.query_one(f"{_ID}-pane"), f"Section along {self.line.value}"
        if pane.border_title != title:  # setting it draws the whole pane again
            pane.border_title = title
        self._screen.query_one(_ID, ChartView).show(self._chart)

    def _chart(self, columns: int, rows: int) -> Sequence[Row]:
        session, reading = self._instrument.session, self._instrument.reading
        if self.line is None or reading.result is None or columns < GUTTER + LEAST_COLUMNS:
            return ()
        try:
            ends = ends_of(self.line, session)
        except InputError as error:
            return [_words(str(error), columns, Ink.DOUBTED)]
        section = section_along(reading, *ends, most=columns - GUTTER)
        if not section.known:
            return [_words(no_section_words(section), columns, Ink.DOUBTED)]
        step = section.step(max(reading.result.inverse_depth.shape))
        found = "no step along it" if step is None else step_words(step, session.unit)
        told = "   ".join(filter(None, (found, doubt_words(section))))
        return [
            _words(told, columns, Ink.NONE),
            *section_chart(section, rows - 1, columns, session.unit, self._marks()),
        ]

    def _marks(self) -> list[tuple[Pixel, str]]:
        session = self._instrument.session
        return [
            *(((each.u_px, each.v_px), pin_glyph(each.number)) for each in session.pins),
            ((session.u_px, session.v_px), _CROSSHAIR),
            *((each.reference.pixel, reference_glyph(number)) for number, each in enumerate(session.references, 1)),
        ]


def _words(text: str, columns: int, ink: Ink) -> Row:
    text = f" {text}"
    return (Run(set_cell_size(text if cell_len(text) <= columns else with_dots(text, columns), columns), ink),)
