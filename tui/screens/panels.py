"""The two panels under the pictures: what is read, and what it is calibrated with."""

from __future__ import annotations

from textual.screen import Screen

from tui.calibration.checks import Checker
from tui.calibration.reading import Reading, Status
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import ReadingText, describe
from tui.instrument.frame import FrameReading, seconds_in_words
from tui.instrument.instrument import Instrument
from tui.screens.calibration_text import calibration_text
from tui.screens.placing import over_fields
from tui.screens.planning import Planning
from tui.screens.reading_rows import Sparks, row_texts, rows_header, rows_in
from tui.screens.room import Room
from tui.screens.space_text import pins_text, position_text
from tui.screens.tour import Tour
from tui.screens.watching import Watching
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.status_line import StatusLine

_NOTHING = ReadingText("", "", "", "no reading yet")


class Panels:
    """Shows the readings and the calibration.

    Args:
        screen: where the widgets are.
        instrument: what is shown.
        planning: knows the floor.
        tour: of the demo's room.
        watching: knows what was over time.
    """

    def __init__(
        self, screen: Screen[None], instrument: Instrument, planning: Planning, tour: Tour, watching: Watching
    ) -> None:
        self._screen = screen
        self._instrument = instrument
        self._planning = planning
        self._tour = tour
        self._watching = watching
        self._sparks = Sparks(watching)
        self._checker = Checker()
        self._spanned: object = None

    def show(self, room: Room) -> None:
        """Both, as large as the room has them."""
        self.coordinates(room)
        self.calibration(room)

    def coordinates(self, room: Room) -> None:
        """What is read at the crosshair, at the pins and of the regions."""
        session, reading = self._instrument.session, self._instrument.reading
        panel = self._screen.query_one(CoordinatesPanel)
        panel.show_pixel(session.u_px, session.v_px, session.window_px)
        frame = reading.frame
        if frame is None:
            self._forget(panel)
            return
        crosshair, unit = reading.crosshair, session.unit
        high = self._planning.height_text(reading.crosshair_px, crosshair)
        true_m = None if frame.true_depth_m is None else float(frame.true_depth_m[session.v_px, session.u_px])
        place = position_text(session.intrinsics, reading.crosshair_px, crosshair, unit)
        words = describe(crosshair, unit)
        if crosshair.status is Status.STALE:
            words = _stale_text(reading)
        if room.compact and words.advice and session.intrinsics is None:
            place = ""  # a hint; there is room for one alone
        place = "\n".join(filter(None, (place, high)))
        truth = _truth_text(crosshair, true_m, unit)
        panel.show_reading(words, truth, place)
        if room.view.alone or room.section_rows:
            line = self._screen.query_one("#reading-over", StatusLine)
            name = "" if reading.info is not None and reading.info.label == frame.name else frame.name
            line.show(over_fields(reading.crosshair_px, session.window_px, words, truth, name, high))
        compact = room.compact
        rows = row_texts(reading, unit, self._watching, compact=compact)
        fitted = rows_in(rows, panel.row_columns(len(rows)), self._sparks)
        panel.show_pins(fitted, frozenset(at for at, row in enumerate(rows) if row.warns), rows_header(compact=compact))
        if self._spanned != self._span_key():
            self.spans(room)

    def _forget(self, panel: CoordinatesPanel) -> None:
        """What was read of another source does not stand beside the name of this one."""
        panel.show_reading(_NOTHING)
        panel.show_pins((), frozenset(), "")
        panel.show_span("")
        self._screen.query_one("#reading-over", StatusLine).show(())
        self._spanned = None

    def spans(self, room: Room) -> None:
        """What lies between the pins: some milliseconds of drawing lots, so not for every frame."""
        session, reading = self._instrument.session, self._instrument.reading
        self._spanned = self._span_key()
        pinned = [(each.pin, each.reading) for each in reading.pins if each.reading.status is not Status.OUTSIDE]
        text = pins_text(session.intrinsics, pinned, session.unit, reading.calibration)
        text = "\n".join(filter(None, (text, self._planning.pins_text())))
        self._screen.query_one(CoordinatesPanel).show_span(text)
        self.calibration(room, anew=True)

    def _span_key(self) -> object:
        session = self._instrument.session
        return (session.pins, session.unit, session.intrinsics, session.floor)

    def calibration(self, room: Room, *, anew: bool = False) -> None:
        """The references and the fit; `anew` asks what the other references say of each, too much for every frame."""
        instrument, reading, compact = self._instrument, self._instrument.reading, room.compact
        lesson = self._tour.words(instrument.session, instrument.shown, compact=compact)
        text = calibration_text(
            instrument.session,
            reading,
            reading.checks(self._checker, anew=anew),
            instrument.offer_words or lesson,
            compact=compact,
        )
        self._screen.query_one(CalibrationPanel).show(
            text.header,
            text.rows,
            "" if lesson and compact else text.fit,  # the table that a lesson speaks of needs the room
            text.advice,
            warning=text.warning,
            suspects=text.suspects,
            own=len(instrument.session.references),
        )


def _stale_text(reading: FrameReading) -> ReadingText:
    """What stands in the place of the number when the picture is not what the camera sees."""
    when = "" if reading.captured_at is None else f"; the last picture is of {reading.captured_at:%H:%M:%S}"
    return ReadingText(f"stale {seconds_in_words(reading.age_s)}", "", "", f"{reading.stale}: no distance{when}")


def _truth_text(reading: Reading, true_m: float | None, unit: DistanceUnit) -> str:
    """How a reading compares with the demo's truth."""
    if true_m is None:
        return ""
    true = f"true {format_distance(true_m, unit)}"
    if reading.distance_m is None:
        return f"{true} (the demo knows)"
    return f"{true}: off by {100 * (reading.distance_m / true_m - 1):+.1f} %"
