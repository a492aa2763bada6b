"""What is watched on the main screen: the rows of readings, regions that are outlined, alarms, what was over time."""

from __future__ import annotations

from collections.abc import Callable

from textual import on

from tui.errors import InputError
from tui.geometry.region import Corner, Statistic
from tui.instrument.alarms import place_names
from tui.instrument.instrument import Instrument
from tui.instrument.regions import middle_of, with_region_called, without_region
from tui.instrument.said import Severity
from tui.records.rule import Rule
from tui.screens.alarming import AlarmList, adopt_given, alarm_question, remove_alarms
from tui.screens.chart import ChartScreen
from tui.screens.instrument import InstrumentScreen
from tui.screens.listeners import Listeners
from tui.screens.look import Look
from tui.screens.options import StartOptions
from tui.screens.outlining import Outlining, rename_question
from tui.screens.walking import Walking
from tui.terminal.graphics import Canvas
from tui.terminal.wire import Wire
from tui.widgets.outline_bar import OutlineBar
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.reading_rows import ReadingRows


class WatchedScreen(InstrumentScreen):
    """The instrument with what is watched."""

    def __init__(
        self, instrument: Instrument, options: StartOptions, wire: Wire, look: Look, canvas: Canvas | None
    ) -> None:
        super().__init__(instrument, options, wire, look, canvas)
        self.outlining = Outlining(instrument, self._near)
        self.present.outlining = self.outlining.outline
        self.watching = self.present.watching
        self.watching.bell = self._ring
        self.bells = False
        """Whether the terminal's bell is rung when an alarm is."""
        self._listeners: Listeners | None = None
        self.walking = Walking(instrument, self.watching, options.cameras)
        self.present.walking = self.walking

    def listen(self, listeners: Listeners, *, bells: bool) -> None:
        """Tell them what is read, and watch for the alarms that they came with; before it is mounted."""
        self._listeners, self.bells = listeners, bells
        self.watching.given, self.watching.outlets = listeners.rules, listeners.outlets

    def looked(self) -> None:
        """Take the frame into history and alarms."""
        self.walking.look()
        self.watching.look()
        self.two_views.look()
        for line in self._listeners.fetch() if self._listeners is not None else ():
            self.instrument.voice.say(line, Severity.WARNING)

    def on_unmount(self) -> None:
        """Whoever listens hears that nobody looks any more."""
        self.watching.close()

    def _near(self, one: Corner, other: Corner) -> bool:
        """Whether both lie in one cell of a picture that is in sight."""
        for view in self.query(PictureView):
            port = view.viewport
            if view.is_on_screen and port is not None:
                here, there = (
                    port.place_of(round(u_px), round(v_px), port.picture_rows, port.picture_columns)
                    for u_px, v_px in (one, other)
                )
                return here == there
        return one == other

    def _show(self, *, repaint: bool = False) -> None:
        super()._show(repaint=repaint)
        asked = self.query_one(Prompt).question is not None
        words = self.outlining.words if self.outlining.active and not asked else ""
        self.query_one(OutlineBar).say(words)

    # --- over time

    def chosen_place(self) -> str:
        """The pin or region that is meant: the row under the cursor, what lies at the crosshair, the newest.

        Raises:
            InputError: there is neither.
        """
        session, table = self.session, self.query_one(ReadingRows)
        names = place_names(session)
        if not names:
            raise InputError("there is neither a pin nor a region: enter pins the crosshair, O outlines a region")
        if table.has_focus and table.cursor < len(names):
            return names[table.cursor]
        here = (session.u_px, session.v_px)
        pins = (f"pin {each.number}" for each in session.pins if (each.u_px, each.v_px) == here)
        around = [each for each in session.regions if each.mask(session.width, session.height)[here[1], here[0]]]
        around.sort(key=lambda each: int(each.mask(session.width, session.height).sum()))
        return (*pins, *(each.name for each in around), names[-1])[0]

    def action_chart(self) -> None:
        """Show what a pin or region was over time."""

        def opened() -> None:
            self.app.push_screen(ChartScreen(self.instrument, self.watching, self.chosen_place()))

        self.order(opened)

    def action_next_camera(self) -> None:
        """The next camera of the configuration."""
        self.order(self.walking.next)

    # --- alarms

    def action_alarm(self) -> None:
        """Ask for an alarm on the pin or region that is meant."""
        self.order(lambda: self.ask(alarm_question(self.instrument, self.watching, self.chosen_place())))

    def action_alarms(self) -> None:
        """All alarms; one that is chosen there is asked for anew."""

        def remove(rule: Rule) -> None:
            self.order(lambda: remove_alarms(self.instrument, self.watching, rule))
            self.watching.look()

        def change(rule: Rule | None) -> None:
            if rule is not None:
                self.ask(alarm_question(self.instrument, self.watching, rule.place, rule))

        self.app.push_screen(AlarmList(self.watching, self.session.unit, remove), change)

    def action_bell(self) -> None:
        """Ring the terminal's bell with alarms, or leave it silent."""
        self.bells = not self.bells
        self.tell(f"the terminal's bell rings with alarms: {'on' if self.bells else 'off'}")
        self._ring()

    def _ring(self) -> None:
        if self.bells:
            self.app.bell()

    # --- regions

    def action_outline(self) -> None:
        """Begin a region at the crosshair, or close the one that is outlined there."""
        outlining = self.outlining
        if not outlining.active:
            self.order(outlining.begin)
            self.focus_picture()
        elif self.order(outlining.close):
            self._ask_name()

    def put_corner(self) -> None:
        """One more corner at the crosshair; the first one again closes the outline."""
        closed: list[bool] = []
        if self.order(lambda: closed.append(self.outlining.corner())) and closed[0]:
            self._ask_name()

    def _ask_name(self) -> None:
        self.ask(self.outlining.question())
        self.query_one(OutlineBar).say("")

    def action_corner_back(self) -> None:
        """Take the last corner of what is outlined back."""
        self.order(self.outlining.back)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without an outline there is no corner to take back."""
        if action == "corner_back":
            return self.outlining.active
        return super().check_action(action, parameters)

    # --- the table of readings: pins, then regions

    def _order_region(self, index: int, pin: Callable[[], None], region: Callable[[int], object]) -> None:
        """Carry out what a row was asked for, if it is a pin's, or a region's by its own number."""
        at = index - len(self.session.pins)
        if at < 0:
            pin()
        elif at < len(self.session.regions):
            self.order(lambda: region(at))

    @on(ReadingRows.Removed, "#pins")
    def _remove_row(self, event: ReadingRows.Removed) -> None:
        self._order_region(
            event.index,
            lambda: self.update_session(self.session.without_pin(event.index)),
            lambda at: self.instrument.update(without_region(self.session, at)),
        )

    @on(ReadingRows.Chosen, "#pins")
    def _go_to_row(self, event: ReadingRows.Chosen) -> None:
        def to_pin() -> None:
            pin = self.session.pins[event.index]
            self.order(lambda: self.instrument.update(self.session.jumped(pin.u_px, pin.v_px)))

        def to_region(at: int) -> None:
            session = self.session
            pixel = middle_of(session.regions[at], session.width, session.height)
            self.instrument.update(session.jumped(*pixel))

        self._order_region(event.index, to_pin, to_region)

    @on(ReadingRows.Renamed)
    def _rename_row(self, event: ReadingRows.Renamed) -> None:
        self._order_region(
            event.index,
            lambda: self.tell("a pin is called by its number; regions have names"),
            lambda at: self.ask(rename_question(self.instrument, at, self._keep_alarms)),
        )

    def _keep_alarms(self, place: str) -> None:
        adopt_given(self.instrument, self.watching, place)

    @on(ReadingRows.OtherStatistic)
    def _other_statistic(self, event: ReadingRows.OtherStatistic) -> None:
        def another(at: int) -> None:
            region, every = self.session.regions[at], list(Statistic)
            following = every[(every.index(region.statistic) + 1) % len(every)]
            self.instrument.update(with_region_called(self.session, at, region.name, following))

        self._order_region(
            event.index,
            lambda: self.tell("a pin reads the median of its window; regions have a nearest, median or farthest"),
            another,
        )
