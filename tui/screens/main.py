"""The main screen's keys and mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tui.screens import texts
from tui.screens.help import HelpDialog
from tui.screens.instrument import InstrumentScreen
from tui.screens.keys import MAIN_KEYS
from tui.screens.look import Look
from tui.screens.numbers import whole_number
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.key_bar import hints
from tui.widgets.picture import PictureView
from tui.widgets.row_list import RowList


class MainScreen(InstrumentScreen):
    """The instrument, steered."""

    BINDINGS: ClassVar[list[BindingType]] = list(MAIN_KEYS)

    @on(PictureView.Moved)
    def _moved(self, event: PictureView.Moved) -> None:
        self.update_session(self.session.moved(event.du_px, event.dv_px))

    @on(PictureView.Pointed)
    def _pointed(self, event: PictureView.Pointed) -> None:
        self.attempt(lambda: self.update_session(self.session.jumped(event.u_px, event.v_px)))

    @on(CoordinatesPanel.Typed)
    def _typed(self, event: CoordinatesPanel.Typed) -> None:
        def go() -> None:
            self.update_session(self.session.jumped(whole_number(event.x, "x"), whole_number(event.y, "y")))
            self.focus_picture()

        self.attempt(go)

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
        self.attempt(lambda: self.update_session(self.session.jumped(pin.u_px, pin.v_px)))

    @on(RowList.Removed, "#references")
    def _remove_reference(self, event: RowList.Removed) -> None:
        if event.index < len(self.session.references):
            self.update_session(self.session.without_reference(event.index))
        else:
            self.tell("markers are found anew in every frame; b, then off, stops looking for them")

    @on(RowList.Chosen, "#references")
    def _go_to_reference(self, event: RowList.Chosen) -> None:
        calibration, _ = self.calibrating.current()
        pixel = texts.references_in_sight(self.session, calibration)[event.index].pixel
        self.attempt(lambda: self.update_session(self.session.jumped(*pixel)))

    @on(CalibrationPanel.Entered)
    def _entered(self, event: CalibrationPanel.Entered) -> None:
        panel = self.query_one(CalibrationPanel)
        if not event.text or self.attempt(lambda: self.calibrating.answer(event.purpose, event.text)):
            panel.close_prompt()
            self.focus_picture()

    def action_pin(self) -> None:
        """Keep the crosshair's pixel in the table."""
        self.update_session(self.session.pinned())

    def action_ask(self, purpose: str) -> None:
        """Open the prompt in the calibration panel."""
        self.calibrating.ask(purpose)

    def action_renewal(self) -> None:
        """Renew the fit in every frame, or hold it."""
        self.calibrating.toggle_renewal()

    def action_camera(self) -> None:
        """Say what the camera's intrinsics are, or calibrate it."""
        self.optics.pick_camera()

    def action_go(self) -> None:
        """Put the cursor into the x field."""
        self.query_one(CoordinatesPanel).focus_fields()

    def action_freeze(self) -> None:
        """Hold both pictures, or let them go on."""
        self.freeze(not self.session.frozen)

    def action_view(self) -> None:
        """Both pictures, one, the other."""
        self.session = self.session.with_next_view(compact=self.present.compact)
        self.present.arrangement()
        self.focus_picture()

    def action_units(self) -> None:
        """Metres, centimetres, feet and inches."""
        self.update_session(self.session.with_next_unit())

    def action_palette(self) -> None:
        """The next palette for depth."""
        self._take_look(self.look.with_next_palette())

    def action_contours(self) -> None:
        """Levels, lines of equal distance, both."""
        self._take_look(self.look.with_next_shading(self.color_mode()))

    def _take_look(self, look: Look) -> None:
        self.look = look
        self.present.look()

    def action_window(self, step: int) -> None:
        """Sample a larger or smaller neighbourhood."""
        self.update_session(self.session.with_window_step(step))

    def action_page(self, step: int) -> None:
        """Another picture of the folder."""
        self.freeze(False)
        if not self.pipeline.page(step):
            self.tell("this source has no other pictures; s opens a folder")

    def action_capture(self) -> None:
        """Write picture, map and readings into a folder."""
        self.dialogs.capture()

    def action_model(self) -> None:
        """Choose another model."""
        self.dialogs.pick_model()

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
