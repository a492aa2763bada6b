"""The main screen's keys and mouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.widget import Widget

from tui.geometry.mounting import Turn
from tui.screens.cloud import CloudScreen
from tui.screens.glossary import GLOSSARY
from tui.screens.keymap import bindings_of
from tui.screens.keys import MAIN_KEYS
from tui.screens.look import Look
from tui.screens.message_log import MessageLogDialog
from tui.screens.numbers import pixel_from
from tui.screens.palette import Action, PaletteDialog, actions_of
from tui.screens.questions import go_question, question_of, time_question
from tui.screens.row_words import reading_line, words_under_cursor
from tui.screens.watched import WatchedScreen
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.message_line import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.reading_rows import ReadingRows
from tui.widgets.row_list import RowList


class MainScreen(WatchedScreen):
    """The instrument, steered."""

    BINDINGS: ClassVar[list[BindingType]] = list(MAIN_KEYS)
    keymap: Mapping[str, str] = MappingProxyType({})
    """The user's own keys, by the id of what they do."""

    @staticmethod
    def all_bindings(app: type[App[Any]]) -> list[Binding]:
        """Everything that a key of the user's own can be for."""
        return [each for kind in (MainScreen, PictureView, RowList, ReadingRows, app) for each in bindings_of(kind)]

    @on(PictureView.Moved)
    def _moved(self, event: PictureView.Moved) -> None:
        self.update_session(self.session.moved(*event.from_pixel(self.session.u_px, self.session.v_px)))

    @on(PictureView.Pointed)
    def _pointed(self, event: PictureView.Pointed) -> None:
        self.order(lambda: self.instrument.update(self.session.jumped(event.u_px, event.v_px)))
        self.query_one(Prompt).come_back()

    @on(PictureView.Twice)
    def _twice(self) -> None:
        if self.outlining.active:
            self.put_corner()
        else:
            self.update_session(self.session.pinned())

    @on(PictureView.Zoomed)
    def _zoomed(self, event: PictureView.Zoomed) -> None:
        self.action_zoom(event.step)

    @on(CoordinatesPanel.Asked)
    def _asked(self) -> None:
        self.action_go()

    @on(CoordinatesPanel.Left)
    @on(CalibrationPanel.Left)
    def _back_to_picture(self) -> None:
        self.focus_picture()
        self.present.everything(repaint=False)

    @on(RowList.Refit)
    def _refit(self) -> None:
        self.present.everything(repaint=False)

    @on(RowList.Removed, "#references")
    def _remove_reference(self, event: RowList.Removed) -> None:
        if event.index < len(self.session.references):
            self.update_session(self.session.without_reference(event.index))
        else:
            self.tell("it is found anew in every frame; b (markers, range sensors) or S (a sheet), then off, ends that")

    @on(RowList.Chosen, "#references")
    def _go_to_reference(self, event: RowList.Chosen) -> None:
        pixel = self.instrument.reading.references[event.index].pixel
        self.order(lambda: self.instrument.update(self.session.jumped(*pixel)))

    def action_pin(self) -> None:
        """Put a corner where a region is outlined; take what is offered; else keep the crosshair's pixel."""
        if self.outlining.active:
            self.put_corner()
            return

        def pin() -> None:
            if not self.instrument.take_offer():
                self.instrument.update(self.session.pinned())

        self.order(pin)

    def action_refuse(self) -> None:
        """Do without the region that is outlined, the first of two views, or what is offered."""
        if self.outlining.active:
            self.order(self.outlining.leave)
            return
        self.order(self.two_views.forget if self.two_views.begun else self.instrument.refuse_offer)

    def action_two_views(self) -> None:
        """Keep a picture; slide the camera and keep another; type the way."""
        self.order(self.two_views.press)

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
        """Ask for something that the instrument takes."""
        self.ask(question_of(self.instrument, purpose))

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

    def action_go(self, start: str = "") -> None:
        """Ask for a pixel."""
        self.ask(go_question(self.instrument, start))

    def on_paste(self, event: events.Paste) -> None:
        """A pixel that is pasted where nothing asks for anything is where the user wants to go."""
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines and self.order(lambda: pixel_from(lines[0])):
            self.action_go(lines[0])

    def action_freeze(self) -> None:
        """Hold both pictures, or let them go on."""
        self.order(lambda: self.instrument.freeze(not self.session.frozen))

    def action_view(self) -> None:
        """Both pictures, one, the other."""
        self.update_session(self.session.with_next_view(self.present.views))
        self.focus_picture()

    def action_zoom(self, step: int) -> None:
        """Show both pictures larger around the crosshair, or more of them."""
        views = [view for view in self.query(PictureView) if view.is_on_screen and view.viewport is not None]
        if step > 0 and all(view.viewport is not None and view.viewport.finest for view in views):
            self.tell("a pixel has half a cell already: nothing more to be seen")
            return
        self.update_session(self.session.zoomed(step))

    def action_loupe(self) -> None:
        """Show the crosshair's neighbourhood enlarged, or not."""
        wanted = not self.session.loupe
        self.update_session(replace(self.session, loupe=wanted))
        if not self.present.has_room_for_loupe:
            self.tell(f"the loupe is {'on' if wanted else 'off'}: it shows where a picture has more room (v)")

    def action_section(self) -> None:
        """Show the distances along a line in the panels' place, or the panels again."""
        self.order(self.present.section.toggle)
        self.focus_picture()

    def action_section_line(self) -> None:
        """Between the pins, along the crosshair's row, along its column."""
        self.order(self.present.section.switch)
        self.focus_picture()

    def action_cloud(self) -> None:
        """The picture's points, to be turned and moved."""
        self.app.push_screen(CloudScreen(self.instrument, self.wire, self.action_freeze))

    def action_units(self) -> None:
        """Metres, centimetres, feet and inches."""
        self.update_session(self.session.with_next_unit())

    def action_palette(self) -> None:
        """The next palette for depth."""
        self._take_look(self.present.look.with_next_palette())

    def action_contours(self) -> None:
        """Levels, lines of equal distance, both; the same with lines of equal height where the floor is known."""
        heights = self.present.planning.floor is not None
        self._take_look(self.present.look.with_next_shading(self.color_mode(), heights=heights))

    def action_slice(self, step: int) -> None:
        """Show another slice of the plan."""
        if not self.present.room.view.plan:
            self.tell("v shows the plan, of which this shows slices by height")
            return
        self.tell(self.present.planning.step_slice(step))
        self.order(lambda: None)

    def _take_look(self, look: Look) -> None:
        self.present.look = look
        self.order(self.present.apply_look)

    def action_window(self, step: int) -> None:
        """Sample a larger or smaller neighbourhood."""
        self.update_session(self.session.with_window_step(step))

    def action_step(self, frames: int) -> None:
        """Another picture of the folder, or frame of the clip, which stands there."""
        self.order(lambda: self.instrument.step(frames))

    def action_seek(self, seconds: float) -> None:
        """So much later or earlier in a clip."""
        self.order(lambda: self.instrument.seek_by(seconds))

    def action_time(self) -> None:
        """Ask for a time of a clip."""
        self.order(lambda: self.ask(time_question(self.instrument)))

    def action_turn(self) -> None:
        """A quarter turn clockwise."""
        self.order(lambda: self.instrument.turn(Turn(1)))

    def action_flip(self) -> None:
        """Left and right the other way round."""
        self.order(lambda: self.instrument.turn(Turn(mirrored=True)))

    def action_capture(self) -> None:
        """Write picture, map and readings into a folder."""
        self.dialogs.capture()

    def action_record(self) -> None:
        """Begin to record what is read, or end that."""
        self.order(self.recorder.toggle)

    def action_model(self) -> None:
        """Choose another model."""
        self.models.pick()

    def action_source(self) -> None:
        """Choose another source."""
        self.sources.pick()

    def action_profile(self) -> None:
        """Load or save a calibration."""
        self.dialogs.pick_profile()

    def action_copy(self) -> None:
        """Hand the reading to the terminal's clipboard (OSC 52)."""
        text = reading_line(self.instrument.reading, self.session)
        self.app.copy_to_clipboard(text)
        self.tell(f"copied, where the terminal takes it: {text}")

    # --- everything that can be done

    def action_help(self) -> None:
        """All actions with their keys, to search and to run; what the words mean."""
        focused, reading, unit = self.focused, self.instrument.reading, self.session.unit
        places: list[tuple[str, type[DOMNode]]] = [("", type(self)), ("on a picture", PictureView)]
        places += [("in a table", RowList)] * isinstance(focused, RowList)
        places += [("in the readings", ReadingRows)] * isinstance(focused, ReadingRows)
        places.append(("", type(self.app)))
        row = words_under_cursor(focused, reading, unit) if isinstance(focused, RowList) else None
        self.app.push_screen(
            PaletteDialog(actions_of(places, self.keymap), GLOSSARY, row), lambda action: self._run(action, focused)
        )

    async def _run(self, action: Action | None, focused: Widget | None) -> None:
        """Where its key would work: in the table that had the focus, on a picture, or anywhere."""
        if action is None or action.run == "help":
            return
        if action.place == "on a picture" and not isinstance(focused, PictureView):
            self.focus_picture()
            focused = self.focused
        await self.app.run_action(action.run, (focused or self) if action.place else self)
