"""From the main screen's state to its widgets: what is shown where, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.widgets import Static

from tui.calibration.checks import Check, Checker
from tui.calibration.distance import MapDistances
from tui.calibration.result import Calibration
from tui.calibration.wording import describe, format_units
from tui.camera.frame import Frame
from tui.errors import InputError
from tui.pipeline.capture import CaptureStage
from tui.pipeline.inference import DepthResult
from tui.render.contours import Contours, Drawn, Shading
from tui.render.levels import ValueRange
from tui.render.overlays import pin_glyph, reference_glyph
from tui.render.palette import SAFE_PALETTES
from tui.render.quality import FINEST, LADDER
from tui.screens import texts
from tui.screens.contouring import bar_label, lines_of
from tui.screens.space_text import Pinned, pins_text, position_text
from tui.session import View
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.legend import DepthLegend
from tui.widgets.picture import Mark, PictureView
from tui.widgets.status_line import StatusLine
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.screens.instrument import InstrumentScreen

COMPACT_BELOW = (120, 36)
"""Columns and rows under which the pictures stand at the left and the panels at their right."""

SMALLEST = (60, 18)
"""Columns and rows under which nothing useful fits."""


class Presenter:
    """Shows the state of one main screen."""

    def __init__(self, screen: InstrumentScreen) -> None:
        self._screen = screen
        self.compact = False
        """Whether the room is too small for both pictures over both panels."""
        self._pinned: tuple[Pinned, ...] = ()
        self._behind: Calibration | None = None
        self._distances: MapDistances | None = None
        self._checker = Checker()
        self._spanned: object = None

    def everything(self, *, repaint: bool = True) -> None:
        """Pictures (unless only what the user set has changed), marks, panels, states."""
        shown = self._screen.shown
        calibration, problem = self._screen.calibrating.current()
        if shown is None or calibration is None:
            self._distances = None
        elif self._distances is None or not self._distances.are_of(shown.inverse_depth, calibration):
            self._distances = MapDistances(shown.inverse_depth, calibration)
        if shown is not None and repaint:
            self._quality()
            self._view("#camera").show_image(shown.frame.image)
        if shown is not None:
            self._depth(shown, repaint=repaint)
        self._legend()
        self._marks()
        self._coordinates(shown, calibration)
        self._references(calibration, problem)
        self.states()

    def _references(self, calibration: Calibration | None, problem: str, *, anew: bool = False) -> None:
        """The calibration panel; `anew` asks what the other references say of each, too much for every frame."""
        screen, session, shown = self._screen, self._screen.session, self._screen.shown
        checks: tuple[Check, ...] = ()
        if shown is not None:
            references = texts.references_in_sight(session, calibration)
            context = self._distances.context if self._distances is not None else None
            checks = self._checker.check(
                calibration, references, shown.inverse_depth, session.window_px, context, anew=anew
            )
        text = texts.calibration_text(session, calibration, problem, checks, compact=self.compact)
        screen.query_one(CalibrationPanel).show(
            text.header, text.rows, text.fit, text.advice, warning=text.warning, suspects=text.suspects
        )

    def _depth(self, shown: DepthResult, *, repaint: bool) -> None:
        """The map, and the lines over it where they are wanted; the lines move with the calibration."""
        inverse_depth, distances, unit = shown.inverse_depth, self._distances, self._screen.session.unit

        def lines(span: ValueRange, before: Contours) -> Drawn:
            return lines_of(distances, span, unit, before)

        view = self._view("#depth")
        if repaint:
            view.show_map(inverse_depth, lines)
        else:
            view.set_lines(lines)

    def look(self) -> None:
        """Another palette, or lines where there were none."""
        screen, look = self._screen, self._screen.look
        shading = look.shading_in(screen.color_mode())
        self._view("#depth").set_painting(palette=look.palette, shading=shading)
        said = "" if look.palette in SAFE_PALETTES else " (not for colour-blind eyes)"
        screen.tell(f"palette {look.palette}{said}, distance lines {shading.value}")
        self.everything(repaint=False)

    def picture(self, frame: Frame) -> None:
        """The camera alone, while there is no map to go with it."""
        self._quality()
        self._view("#camera").show_image(frame.image)
        self._marks()
        self._coordinates(None, None)

    def states(self, *, numbers: bool = False) -> None:
        """Status line, its restless `numbers` too, banners, frozen borders: what changes although no new frame came."""
        screen, now_s = self._screen, time.monotonic()
        session, snapshot, shown = screen.session, screen.snapshot, screen.shown
        calibration, _ = screen.calibrating.current()
        if self._stands_still():
            self._quality()
        health = texts.health_text(calibration)
        fields = texts.status_fields(session, snapshot, shown, now_s, health, screen.wire.bytes_per_second)
        screen.query_one(StatusLine).show(fields, numbers=numbers)
        lost = texts.lost_banner(snapshot, now_s)
        self._view("#camera").set_banner(lost or None, dimmed=bool(lost))
        self._view("#depth").set_banner(texts.depth_hint(snapshot, shown) or None)
        frame = shown.frame if shown else snapshot.frame
        for selector in ("#camera-pane", "#depth-pane"):
            pane = screen.query_one(selector)
            pane.set_class(session.frozen, "-frozen")
        name, label = frame.name if frame else "", screen.query_one("#frame-name", Words)
        label.say(name)
        screen.pixels.update()
        network = shown is None or shown.identity.is_network
        depth, title = screen.query_one("#depth-pane"), "Depth" if network else "Depth (geometry, no network)"
        if depth.border_title != title:  # setting it draws the whole pane again
            depth.border_title = title

    def arrangement(self, columns: int | None = None, rows: int | None = None) -> None:
        """Which panes stand where, for the room there is."""
        screen = self._screen
        width, height = columns or screen.size.width, rows or screen.size.height
        compact = self.compact = width < COMPACT_BELOW[0] or height < COMPACT_BELOW[1]
        view = screen.session.shown_view(compact=compact)
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        screen.set_class(compact, "-compact")
        screen.set_class(too_small, "-too-small")
        screen.set_class(view is View.CAMERA, "-view-camera")
        screen.set_class(view is View.DEPTH, "-view-depth")
        screen.query_one("#reading").set_class(compact, "-compact")
        need = f"depth-tui needs {SMALLEST[0]} columns and {SMALLEST[1]} rows.\nThis terminal has {width} x {height}."
        screen.query_one("#too-small", Static).update(need)

    def _quality(self) -> None:
        """As finely as the link can carry; a picture that stands still comes once, so it may be fine."""
        quality = FINEST if self._stands_still() else LADDER[self._screen.wire.quality]
        for selector in ("#camera", "#depth"):
            if self._view(selector).quality is not quality:
                self._view(selector).set_painting(quality=quality)

    def _stands_still(self) -> bool:
        info = self._screen.snapshot.capture.info
        return self._screen.session.frozen or (info is not None and info.still)

    def _view(self, selector: str) -> PictureView:
        return self._screen.query_one(selector, PictureView)

    def _legend(self) -> None:
        distances, unit = self._distances, self._screen.session.unit

        def label(inverse_depth: float) -> str:
            return format_units(inverse_depth) if distances is None else bar_label(distances, inverse_depth, unit)

        view = self._view("#depth")
        if view.shading is Shading.LINES:
            labels = "  ".join(line.label for line in reversed(view.contours.lines))
            self._screen.query_one(DepthLegend).say(f"lines, near to far:  {labels}" if labels else "no lines yet")
            return
        self._screen.query_one(DepthLegend).show(view.palette, view.depth_range, label)

    def _marks(self) -> None:
        session = self._screen.session
        marks = [Mark(pin.u_px, pin.v_px, pin_glyph(pin.number)) for pin in session.pins]
        for number, sampled in enumerate(session.references, 1):
            u_px, v_px = sampled.reference.pixel
            marks.append(Mark(u_px, v_px, reference_glyph(number), "reference"))
        for marker in self._screen.shown.markers if self._screen.shown is not None else ():
            glyph = texts.marker_glyph(marker.reference)
            marks.append(Mark(round(marker.u_px), round(marker.v_px), glyph, "reference"))
        crosshair = (session.u_px, session.v_px) if session.width else None
        for selector in ("#camera", "#depth"):
            view = self._view(selector)
            view.set_marks(marks)
            view.set_crosshair(crosshair)

    def _coordinates(self, shown: DepthResult | None, calibration: Calibration | None) -> None:
        screen, session = self._screen, self._screen.session
        panel = screen.query_one(CoordinatesPanel)
        panel.show_pixel(session.u_px, session.v_px, session.window_px)
        if shown is None:
            return
        context = self._distances.context if self._distances is not None else None
        reading = session.reading(shown.inverse_depth, calibration, None, context)
        true_depth_m = shown.frame.true_depth_m
        true_m = None if true_depth_m is None else float(true_depth_m[session.v_px, session.u_px])
        old = screen.snapshot.capture.stage is CaptureStage.LOST
        place = position_text(session.intrinsics, (session.u_px, session.v_px), reading, session.unit)
        truth = texts.truth_text(reading, true_m, session.unit)
        panel.show_reading(describe(reading, calibration, session.unit), truth, place, old=old)
        rows, doubtful, pinned = [], set(), []
        for index, pin in enumerate(session.pins):
            try:
                at_pin = session.reading(shown.inverse_depth, calibration, (pin.u_px, pin.v_px), context)
            except InputError:  # pinned on a larger picture
                rows.append(texts.pin_row(pin, None, session.unit, compact=self.compact))
                continue
            pinned.append((pin, at_pin))
            rows.append(texts.pin_row(pin, at_pin, session.unit, compact=self.compact))
            if at_pin.status.value not in {"ok", "uncalibrated"}:
                doubtful.add(index)
        panel.show_pins(rows, frozenset(doubtful), texts.pins_header(compact=self.compact))
        self._pinned, self._behind = tuple(pinned), calibration
        if self._spanned != self._span_key():
            self.spans()

    def spans(self) -> None:
        """What lies between the pins: some milliseconds of drawing lots, so not for every frame."""
        session = self._screen.session
        self._spanned = self._span_key()
        text = pins_text(session.intrinsics, self._pinned, session.unit, self._behind)
        self._screen.query_one(CoordinatesPanel).show_span(text)
        self._references(*self._screen.calibrating.current(), anew=True)

    def _span_key(self) -> object:
        session = self._screen.session
        return (session.pins, session.unit, session.intrinsics)
