"""From the main screen's state to its widgets: what is shown where, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

from textual.screen import Screen
from textual.widgets import Static

from tui.calibration.distance import MapDistances
from tui.calibration.wording import format_units
from tui.camera.frame import Frame
from tui.instrument.calibrating import Purpose
from tui.instrument.instrument import Instrument
from tui.instrument.view import View
from tui.pipeline.inference import DepthResult
from tui.render.contours import Contours, Drawn, Shading
from tui.render.levels import ValueRange
from tui.render.loupe import loupes_in
from tui.render.outlines import Outline
from tui.render.palette import SAFE_PALETTES
from tui.render.quality import FINEST, LADDER, Quality
from tui.screens.alarm_words import alarm_field
from tui.screens.contouring import bar_label
from tui.screens.look import Look, color_mode_of
from tui.screens.marks import marks_of
from tui.screens.panels import Panels
from tui.screens.placing import Grown, apply_room, share_loupe
from tui.screens.planning import Planning
from tui.screens.recording import Recorder
from tui.screens.room import BORDERS, SMALLEST, Room, arranged, has_digits, views_at, with_section
from tui.screens.sectioning import Sectioning
from tui.screens.status_text import depth_hint, lost_banner, status_fields
from tui.screens.tour import Tour
from tui.screens.walking import Walking
from tui.screens.watching import Watching
from tui.terminal.wire import Wire
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.key_bar import KeyBar
from tui.widgets.legend import DepthLegend
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.status_line import Field, StatusLine, Tone
from tui.widgets.words import Words

_UNTIL_ONE_COMES = (640, 480)
"""Size of a picture, as most are."""


class Presenter:
    """Shows the instrument's state.

    Args:
        screen: where the widgets are.
        instrument: what is shown.
        wire: how much goes to the terminal.
        recorder: what is recorded of it.
        look: how depth maps are drawn.
    """

    def __init__(
        self, screen: Screen[None], instrument: Instrument, wire: Wire, recorder: Recorder, look: Look
    ) -> None:
        self._recorder = recorder
        self._screen = screen
        self._instrument = instrument
        self._wire = wire
        self.look = look
        self.room = Room(View.BOTH)
        """Where everything stands."""
        self._size = (0, 0)
        self._arranged: tuple[Room, bool] | None = None
        self._grown = Grown()
        self._distances: MapDistances | None = None
        self._legend_of: object = None
        self._filled = False
        self.section = Sectioning(screen, instrument)
        self.planning = Planning(screen, instrument)
        """The plan and the floor."""
        self.tour = Tour()
        """Of the demo's room."""
        self.watching = Watching(instrument)
        """Pins and regions over time."""
        self.panels = Panels(screen, instrument, self.planning, self.tour, self.watching)
        self.walking: Walking | None = None
        """From camera to camera."""
        self.outlining: Callable[[], Outline | None] = lambda: None
        """What is being outlined."""

    def everything(self, *, repaint: bool = True) -> None:
        """Pictures (unless only what the user set has changed), marks, panels, states."""
        instrument, reading = self._instrument, self._instrument.reading
        shown, calibration = instrument.shown, reading.calibration
        if shown is None or calibration is None or reading.silent:  # lines and legend are distances, too
            self._distances = None
        elif self._distances is None or not self._distances.are_of(shown.inverse_depth, calibration):
            self._distances = MapDistances(shown.inverse_depth, calibration)
        self.planning.look_at(self._distances)
        if shown is None and self._filled:  # another source: the last one's picture is of no use any more
            for view in self._screen.query(PictureView):
                view.clear()
        self._filled = shown is not None
        if shown is not None and repaint:
            self._quality()
            self._view("#camera").show_image(shown.frame.image)
        if shown is not None:
            self._depth(shown, repaint=repaint)
        self._legend()
        self._marks()
        self.panels.show(self.room)
        if self.arrangement():
            self.panels.show(self.room)  # they may be written out now, or leave out what is not needed
        self.section.show()
        share_loupe(self._view("#camera"), self._view("#depth"), self.room.view)
        if self.room.view.plan:
            self.planning.show(self._distances, self.look, self._finest())
        self.states()

    def _depth(self, shown: DepthResult, *, repaint: bool) -> None:
        """The map, and the lines over it where they are wanted; the lines move with the calibration."""
        inverse_depth, distances = shown.inverse_depth, self._distances

        def lines(span: ValueRange, before: Contours) -> Drawn:
            return self.planning.lines(self.look, distances, span, before)

        view = self._view("#depth")
        if repaint:
            view.show_map(inverse_depth, lines)
        else:
            view.set_lines(lines)

    def apply_look(self) -> None:
        """Another palette, or lines where there were none."""
        look = self.look
        shading = look.shading_in(color_mode_of(self._screen.app))
        self._view("#depth").set_painting(palette=look.palette, shading=shading)
        said = "" if look.palette in SAFE_PALETTES else " (not for colour-blind eyes)"
        self._instrument.voice.say(f"palette {look.palette}{said}, {look.lines} {shading.value}")

    def picture(self, frame: Frame) -> None:
        """The camera alone, while there is no map to go with it."""
        self._quality()
        self._view("#camera").show_image(frame.image)
        self._marks()
        self.panels.coordinates(self.room)

    def states(self, *, numbers: bool = False) -> None:
        """Status line, its restless `numbers` too, banners, frozen borders: what changes although no new frame came."""
        screen, instrument, now_s = self._screen, self._instrument, time.monotonic()
        session, snapshot, shown = instrument.session, instrument.snapshot, instrument.shown
        if self._stands_still():
            self._quality()
        fields = status_fields(session, snapshot, instrument.reading, now_s, self._wire.bytes_per_second)
        fields.append(Field(self._recorder.words, -2, Tone.WARNING, right=True, restless=True))
        fields.append(alarm_field(self.watching.ringing, session.unit))
        if self.walking is not None:
            fields.insert(1, self.walking.field)
        screen.query_one(StatusLine).show(fields, numbers=numbers)
        lost = lost_banner(snapshot, now_s)
        self._view("#camera").set_banner(lost or None, dimmed=bool(lost))
        self._view("#depth").set_banner(depth_hint(snapshot, shown) or None)
        screen.query_one(KeyBar).urge("main.carry" if instrument.reading.judgement.motion is not None else "")
        frame = shown.frame if shown else snapshot.frame
        for selector in ("#camera-pane", "#depth-pane", "#plan-pane", "#reading-over"):
            screen.query_one(selector).set_class(session.frozen, "-frozen")
        name, label = frame.name if frame else "", screen.query_one("#frame-name", Words)
        label.say(name)
        network = shown is None or shown.identity.is_network
        depth, title = screen.query_one("#depth-pane"), "Depth" if network else "Depth (geometry, no network)"
        if depth.border_title != title:  # setting it draws the whole pane again
            depth.border_title = title

    @property
    def views(self) -> tuple[View, ...]:
        """Those that there is room for."""
        return views_at(*self._size, self._picture_size())

    @property
    def has_room_for_loupe(self) -> bool:
        """Whether any picture that is in sight has."""
        views = [view for view in self._screen.query(PictureView) if view.is_on_screen]
        at = (self._instrument.session.u_px, self._instrument.session.v_px)
        return any(view.viewport is not None and loupes_in(view.viewport, *at, at_left=False) for view in views)

    def arrangement(self, columns: int = 0, rows: int = 0) -> bool:
        """Let everything stand where there is most room for the pictures; whether it stands elsewhere now."""
        screen, session = self._screen, self._instrument.session
        self._size = (columns or screen.size.width, rows or screen.size.height)
        width, height = self._size
        view = session.shown_view(self.views)
        coordinates, calibration = screen.query_one(CoordinatesPanel), screen.query_one(CalibrationPanel)
        of_lists = (len(session.pins) + len(session.regions), len(calibration.rows))
        # Where rows are hidden none is kept for words of another place.
        at = (session.u_px, session.v_px) if self.room.hides else None
        known = (session.floor is None, session.intrinsics is None)  # more is said of each place, or less
        grown = self._grown.since(self._size, self._picture_size(), view, of_lists, at, known)
        room = arranged(
            width,
            height,
            self._picture_size(),
            view,
            cache(
                lambda inside: grown.rows("coordinates", inside, coordinates.rows_in(inside, digits=has_digits(inside)))
            ),
            cache(lambda inside: grown.rows("calibration", inside, calibration.rows_in(inside))),
        )
        if self.section.line is not None:
            room = with_section(width, height, self._picture_size(), view)
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        if room.panel_columns:  # not in sight, they have no size
            coordinates.fit(room.coordinates_rows - BORDERS, room.inner_columns)
            calibration.fit(room.calibration_rows - BORDERS, room.inner_columns)
        if (room, too_small) == self._arranged:
            return False
        self.room, self._arranged = room, (room, too_small)
        screen.set_class(too_small, "-too-small")
        need = f"depth-tui needs {SMALLEST[0]} columns and {SMALLEST[1]} rows.\nThis terminal has {width} x {height}."
        screen.query_one("#too-small", Static).update(need)
        apply_room(screen, room)
        return True

    def _picture_size(self) -> tuple[int, int]:
        session = self._instrument.session
        return (session.width, session.height) if session.width else _UNTIL_ONE_COMES

    def _quality(self) -> None:
        """As finely as the link can carry; a picture that stands still comes once, so it may be fine."""
        quality = self._finest()
        for selector in ("#camera", "#depth"):
            if self._view(selector).quality is not quality:
                self._view(selector).set_painting(quality=quality)

    def _finest(self) -> Quality:
        return FINEST if self._stands_still() else LADDER[self._wire.quality]

    def _stands_still(self) -> bool:
        info = self._instrument.snapshot.capture.info
        return self._instrument.session.frozen or (info is not None and info.still)

    def _view(self, selector: str) -> PictureView:
        return self._screen.query_one(selector, PictureView)

    def _legend(self) -> None:
        distances, unit = self._distances, self._instrument.session.unit

        def label(inverse_depth: float) -> str:
            return format_units(inverse_depth) if distances is None else bar_label(distances, inverse_depth, unit)

        view = self._view("#depth")
        if view.shading is Shading.LINES:
            labels = "  ".join(line.label for line in reversed(view.contours.lines))
            self._screen.query_one(DepthLegend).say(f"lines, near to far:  {labels}" if labels else "no lines yet")
            self._legend_of = None
            return
        legend_of = (view.palette, view.depth_range, distances, unit)
        if legend_of != self._legend_of:
            self._legend_of = legend_of
            self._screen.query_one(DepthLegend).show(view.palette, view.depth_range, label)

    def _marks(self) -> None:
        session, asked = self._instrument.session, self._screen.query_one(Prompt).question
        marks = marks_of(self._instrument, proposed=asked is not None and asked.purpose == Purpose.SHEET)
        outlines = [Outline(each.outline, each.name) for each in session.regions]
        outlines += filter(None, [self.outlining()])
        crosshair = (session.u_px, session.v_px) if session.width else None
        for selector in ("#camera", "#depth"):
            view = self._view(selector)
            view.set_marks(marks, outlines)
            view.set_crosshair(crosshair)
            view.set_zoom(session.zoom)
            view.set_window(session.window_px, loupe=session.loupe)
