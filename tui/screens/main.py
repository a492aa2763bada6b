"""The main screen's keys and mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tui.geometry.mounting import Turn
from tui.instrument.calibrating import Purpose
from tui.screens.help import HelpDialog
from tui.screens.instrument import InstrumentScreen
from tui.screens.keys import MAIN_KEYS
from tui.screens.look import Look
from tui.screens.message_log import MessageLogDialog
from tui.screens.numbers import understood, whole_number
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.key_bar import hints
from tui.widgets.message_line import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.row_list import RowList

_QUESTIONS = {
    Purpose.REFERENCE: ("true distance at {at}:", "1.52m ±1cm"),
    Purpose.SCALE: ("scale, shift of 1/z = a p + b:", "0.0023 0.04"),
    Purpose.MARKER: ("printed marker, or off:", "DICT_4X4_50:0=80mm"),
    Purpose.LENGTH: ("length between the last two pins:", "2.00m"),
    Purpose.FLOOR: ("camera's height, and how far it looks down:", "1.5m 20deg"),
    Purpose.SMOOTHING: ("seconds over which maps and fit are smoothed:", "0.5"),
}


class MainScreen(InstrumentScreen):
    """The instrument, steered."""

    BINDINGS: ClassVar[list[BindingType]] = list(MAIN_KEYS)

    @on(PictureView.Moved)
    def _moved(self, event: PictureView.Moved) -> None:
        self.update_session(self.session.moved(event.du_px, event.dv_px))

    @on(PictureView.Pointed)
    def _pointed(self, event: PictureView.Pointed) -> None:
        self.order(lambda: self.instrument.update(self.session.jumped(event.u_px, event.v_px)))

    @on(PictureView.Zoomed)
    def _zoomed(self, event: PictureView.Zoomed) -> None:
        self.action_zoom(event.step)

    @on(CoordinatesPanel.Typed)
    def _typed(self, event: CoordinatesPanel.Typed) -> None:
        def go() -> None:
            self.instrument.update(self.session.jumped(whole_number(event.x, "x"), whole_number(event.y, "y")))
            self.focus_picture()

        self.order(go)

    @on(CoordinatesPanel.Left)
    @on(CalibrationPanel.Left)
    def _back_to_picture(self) -> None:
        self.focus_picture()
        self.present.everything(repaint=False)

    @on(RowList.Removed, "#pins")
    def _remove_pin(self, event: RowList.Removed) -> None:
        self.update_session(self.session.without_pin(event.index))

    @on(RowList.Chosen, "#pins")
    def _go_to_pin(self, event: RowList.Chosen) -> None:
        pin = self.session.pins[event.index]
        self.order(lambda: self.instrument.update(self.session.jumped(pin.u_px, pin.v_px)))

    @on(RowList.Removed, "#references")
    def _remove_reference(self, event: RowList.Removed) -> None:
        if event.index < len(self.session.references):
            self.update_session(self.session.without_reference(event.index))
        else:
            self.tell("markers are found anew in every frame; b, then off, stops looking for them")

    @on(RowList.Chosen, "#references")
    def _go_to_reference(self, event: RowList.Chosen) -> None:
        pixel = self.instrument.reading.references[event.index].pixel
        self.order(lambda: self.instrument.update(self.session.jumped(*pixel)))

    @on(CalibrationPanel.Entered)
    def _entered(self, event: CalibrationPanel.Entered) -> None:
        panel = self.query_one(CalibrationPanel)
        if not event.text or self.order(lambda: self._answer(event.purpose, event.text)):
            panel.close_prompt()
            self.focus_picture()

    def _answer(self, purpose: str, text: str) -> None:
        self.instrument.answer(purpose, text)
        if purpose == Purpose.SMOOTHING:
            self.tell(f"what stands still follows within about {self.session.tracker.time_constant_s:g} s")

    def action_pin(self) -> None:
        """Take what is offered; else keep the crosshair's pixel in the table."""

        def pin() -> None:
            if not self.instrument.take_offer():
                self.instrument.update(self.session.pinned())

        self.order(pin)

    def action_refuse(self) -> None:
        """Do without what is offered."""
        self.order(self.instrument.refuse_offer)

    def action_messages(self) -> None:
        """What was said in this session."""
        self.app.push_screen(MessageLogDialog(self.query_one(MessageLine).history))

    def action_undo(self) -> None:
        """Take the last change of references, pins, profile or typed numbers back."""
        self.order(self.instrument.undo)

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.order(self.instrument.redo)

    def action_ask(self, purpose: str) -> None:
        """Open the prompt in the calibration panel."""
        at = f"({self.session.u_px}, {self.session.v_px})"
        question, example = _QUESTIONS[Purpose(purpose)]
        says = understood if purpose in {Purpose.REFERENCE, Purpose.LENGTH} else None
        self.query_one(CalibrationPanel).ask(purpose, question.format(at=at), example, understood=says)

    def action_carry(self) -> None:
        """Take references and pins to where the view that has moved shows them now."""
        self.order(self.instrument.carry)

    def action_suggest(self) -> None:
        """Put the crosshair where measuring brings most, or next to most."""

        def go() -> None:
            self.instrument.suggest()
            self.focus_picture()

        self.order(go)

    def action_renewal(self) -> None:
        """Renew the fit in every frame, or hold it."""
        self.order(self.instrument.toggle_renewal)

    def action_camera(self) -> None:
        """Say what the camera's intrinsics are, or calibrate it."""
        self.cameras.pick()

    def action_go(self) -> None:
        """Put the cursor into the x field."""
        self.query_one(CoordinatesPanel).focus_fields()

    def action_freeze(self) -> None:
        """Hold both pictures, or let them go on."""
        self.order(lambda: self.instrument.freeze(not self.session.frozen))

    def action_view(self) -> None:
        """Both pictures, one, the other."""
        self.update_session(self.session.with_next_view(compact=self.present.compact))
        self.present.arrangement()
        self.focus_picture()

    def action_zoom(self, step: int) -> None:
        """Show both pictures larger around the crosshair, or more of them."""
        views = [view for view in self.query(PictureView) if view.is_on_screen and view.viewport is not None]
        if step > 0 and all(view.viewport is not None and view.viewport.finest for view in views):
            self.tell("a pixel has half a cell already: nothing more to be seen")
            return
        self.update_session(self.session.zoomed(step))

    def action_units(self) -> None:
        """Metres, centimetres, feet and inches."""
        self.update_session(self.session.with_next_unit())

    def action_palette(self) -> None:
        """The next palette for depth."""
        self._take_look(self.present.look.with_next_palette())

    def action_contours(self) -> None:
        """Levels, lines of equal distance, both."""
        self._take_look(self.present.look.with_next_shading(self.color_mode()))

    def _take_look(self, look: Look) -> None:
        self.present.look = look
        self.order(self.present.apply_look)

    def action_window(self, step: int) -> None:
        """Sample a larger or smaller neighbourhood."""
        self.update_session(self.session.with_window_step(step))

    def action_page(self, step: int) -> None:
        """Another picture of the folder."""
        self.order(lambda: self.instrument.freeze(False))
        if not self.instrument.pipeline.page(step):
            self.tell("this source has no other pictures; s opens a folder")

    def action_turn(self) -> None:
        """A quarter turn clockwise."""
        self.order(lambda: self.instrument.turn(Turn(1)))

    def action_flip(self) -> None:
        """Left and right the other way round."""
        self.order(lambda: self.instrument.turn(Turn(mirrored=True)))

    def action_capture(self) -> None:
        """Write picture, map and readings into a folder."""
        self.dialogs.capture()

    def action_model(self) -> None:
        """Choose another model."""
        self.models.pick()

    def action_source(self) -> None:
        """Choose another source."""
        self.dialogs.pick_source()

    def action_profile(self) -> None:
        """Load or save a calibration."""
        self.dialogs.pick_profile()

    def action_help(self) -> None:
        """All keys."""
        places = (
            ("Anywhere", type(self)),
            ("On a picture", PictureView),
            ("In a table", RowList),
            ("Always", type(self.app)),
        )
        sections = [
            (title, hints(binding for binding in place.BINDINGS if isinstance(binding, Binding)))
            for title, place in places
        ]
        self.app.push_screen(HelpDialog(sections))
