"""The main screen: pictures, reading and calibration, and the way from a key to all three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from tui.camera.frame import Frame
from tui.errors import DepthTuiError
from tui.messages import PipelineChanged
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline, Snapshot
from tui.render.colors import ColorMode
from tui.screens import texts
from tui.screens.calibrating import Calibrating
from tui.screens.dialogs import Dialogs
from tui.screens.help import HelpDialog
from tui.screens.keys import MAIN_KEYS
from tui.screens.look import Look
from tui.screens.numbers import whole_number
from tui.screens.optics import Optics
from tui.screens.options import StartOptions
from tui.screens.pixels import Pixels
from tui.screens.presenter import Presenter
from tui.screens.scenes import Scenes
from tui.screens.start import loader, opener
from tui.session import Session, View
from tui.targets.markers import references_inside
from tui.terminal.compositor import CellsScreen
from tui.terminal.graphics import Canvas
from tui.terminal.wire import Wire
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.key_bar import KeyBar, hints
from tui.widgets.legend import DepthLegend
from tui.widgets.message_line import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.row_list import RowList
from tui.widgets.status_line import StatusLine
from tui.widgets.words import Words

_STATUS_EVERY_S = 0.5


class MainScreen(CellsScreen):
    """Four panes, a status line and the keys."""

    AUTO_FOCUS = "#camera"

    BINDINGS: ClassVar[list[BindingType]] = list(MAIN_KEYS)

    def __init__(self, pipeline: Pipeline, options: StartOptions, session: Session, wire: Wire) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.options = options
        self.session = session
        self.wire = wire
        self.pixels = Pixels(self, None)
        self.look = Look()
        """How depth maps are drawn."""
        self.shown: DepthResult | None = None
        """The frame and map that everything on the screen speaks of."""
        self.snapshot: Snapshot = pipeline.snapshot()
        self._pictured: Frame | None = None
        self._present = Presenter(self)
        self._dialogs = Dialogs(self)
        self.calibrating = Calibrating(self)
        self.optics = Optics(self)
        self._scenes = Scenes()
        self._model_error: DepthTuiError | None = None

    def compose(self) -> ComposeResult:
        """Status line, pictures, panels, keys."""
        mode = self.color_mode()
        yield StatusLine(widget_id="status")
        with Container(id="panes"):
            with Container(id="pictures"):
                with Vertical(id="camera-pane", classes="pane"):
                    yield PictureView(mode=mode, id="camera")
                    yield Words(id="frame-name")
                with Vertical(id="depth-pane", classes="pane"):
                    yield PictureView(
                        mode=mode, palette=self.look.palette, shading=self.look.shading_in(mode), id="depth"
                    )
                    yield DepthLegend(id="depth-legend")
            with Container(id="panels"):
                yield CoordinatesPanel(id="coordinates", classes="pane")
                yield CalibrationPanel(widget_id="calibration").add_class("pane")
        yield Static("", id="too-small", markup=False)
        yield MessageLine(widget_id="message")
        yield KeyBar(("main.help", "app.quit"), widget_id="keys")

    def color_mode(self) -> ColorMode:
        """What the terminal can show."""
        if self.app.no_color:
            return ColorMode.MONO
        systems = {"256": ColorMode.EIGHT_BIT, "standard": ColorMode.STANDARD, "windows": ColorMode.STANDARD}
        return systems.get(self.app.console.color_system or "truecolor", ColorMode.TRUECOLOR)

    def use_canvas(self, canvas: Canvas | None) -> None:
        """Show pictures in real pixels; before it is mounted."""
        self.pixels = Pixels(self, canvas)

    def on_screen_resume(self) -> None:
        """A dialog has gone: what it covered must be drawn again."""
        self.pixels.uncovered()
        self.pixels.update()

    def on_mount(self) -> None:
        """Name the panes and start the pipeline, after the first paint."""
        for selector, title in (
            ("#camera-pane", "Camera"),
            ("#depth-pane", "Depth"),
            ("#coordinates", "Coordinates"),
            ("#calibration", "Calibration"),
        ):
            self.query_one(selector).border_title = title
        if self.pixels.used:
            for view in self.query(PictureView):
                view.give_room_to_pixels()
        self._present.everything()
        self.set_interval(_STATUS_EVERY_S, self._tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.pipeline.start()
        self.pipeline.open(opener(self.options.source))
        self._dialogs.load_first_model()
        if self.options.profile:
            self.attempt(lambda: self._dialogs.load_profile(self.options.profile or ""))

    # --- what the pipeline brings

    def on_pipeline_changed(self, _message: PipelineChanged) -> None:
        """Fetch the newest snapshot and show what is new in it."""
        self.snapshot = self.pipeline.snapshot()
        capture, loading = self.snapshot.capture, self.snapshot.loading
        self._message.tell_once(capture.message, warning=capture.stage.value != "running")
        self._message.tell_once(self.snapshot.inference_error, warning=True)
        for note in self.snapshot.model_notes:
            self._message.tell_once(note, warning=True)
        if loading.error is not None and loading.error is not self._model_error:
            self._dialogs.model_failed(loading.error)
        self._model_error = loading.error
        if not self.session.frozen or self.shown is None:
            self._take_newest()
        self._present.states()

    def _take_newest(self) -> None:
        result, frame = self.snapshot.result, self.snapshot.frame
        if result is not None and result is not self.shown and self.wire.frame_turn():
            if result.frame.note:
                self.tell(result.frame.note)
            entered = self._scenes.enter(result.frame, self.snapshot.capture.info, self.session)
            other_targets = entered.targets != self.session.targets
            self.session, self.shown = entered, result
            if other_targets:
                self.optics.look()
            height, width = result.inverse_depth.shape
            self.session = self.session.with_picture_size(width, height)
            self._dialogs.check_profile()
            self._dialogs.mention_larger_models(result.identity.name)
            self.calibrating.follow_model(result)
            self.session = self._followed(self.session, result)
            self._present.everything()
        elif result is None and frame is not None and frame is not self._pictured and self.wire.frame_turn():
            self._pictured = frame
            height, width = frame.image.shape[:2]
            self.session = self.session.with_picture_size(width, height)
            self._present.picture(frame)

    def forget_picture(self) -> None:
        """Another source: the last one's picture and map are of no use any more."""
        self.shown = None
        self._message.forget()
        for view in self.query(PictureView):
            view.clear()

    # --- messages to the user

    def tell(self, text: str, *, warning: bool = False) -> None:
        """Say something in the line over the keys, for some seconds."""
        self._message.tell(text, warning=warning)

    @property
    def _message(self) -> MessageLine:
        return self.query_one(MessageLine)

    def attempt(self, order: Callable[[], object]) -> bool:
        """Carry out what the user asked for; if it cannot be done, say why. False if it could not."""
        try:
            order()
        except DepthTuiError as error:
            self.tell(str(error), warning=True)
            return False
        return True

    def _tick(self) -> None:
        self.snapshot = self.pipeline.snapshot()
        self._present.states()
        self._present.spans()

    def _followed(self, session: Session, result: DepthResult) -> Session:
        """The fit renewed from what is shown."""
        height, width = result.inverse_depth.shape
        seen = references_inside(result.markers, width, height)
        return session.followed(result.inverse_depth, seen, result.frame.captured_at_s)

    def update_session(self, session: Session) -> None:
        """Take over what the user set, and show it."""
        shown = self.shown
        self.session = session if shown is None or session.tracking is not None else self._followed(session, shown)
        self._present.everything(repaint=False)

    def focus_picture(self) -> None:
        """Put the focus on a picture that is in sight."""
        view = self.session.shown_view(compact=self._present.compact)
        self.set_focus(self.query_one("#depth" if view is View.DEPTH else "#camera"))

    # --- keys and mouse

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
        self._present.everything(repaint=False)

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
        rows = texts.reference_rows(self.session, calibration)
        pixel = rows[event.index].reference.pixel
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
        self.session = replace(self.session, frozen=not self.session.frozen)
        self.pipeline.pause(self.session.frozen)
        self._present.states()

    def action_view(self) -> None:
        """Both pictures, one, the other."""
        self.session = self.session.with_next_view(compact=self._present.compact)
        self._present.arrangement()
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
        self._present.look()

    def action_window(self, step: int) -> None:
        """Sample a larger or smaller neighbourhood."""
        self.update_session(self.session.with_window_step(step))

    def action_page(self, step: int) -> None:
        """Another picture of the folder."""
        if self.session.frozen:
            self.action_freeze()
        if not self.pipeline.page(step):
            self.tell("this source has no other pictures; s opens a folder")

    def action_capture(self) -> None:
        """Write picture, map and readings into a folder."""
        self._dialogs.capture()

    def action_model(self) -> None:
        """Choose another model."""
        self._dialogs.pick_model()

    def action_source(self) -> None:
        """Choose another source."""
        self._dialogs.pick_source()

    def action_profile(self) -> None:
        """Load or save a calibration."""
        self._dialogs.pick_profile()

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

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the room there is."""
        self._present.arrangement(event.size.width, event.size.height)
        self._present.everything(repaint=False)

    def open_source(self, spec: str) -> None:
        """Read from another source."""
        self.forget_picture()
        self.options = replace(self.options, source=spec)
        if self.session.frozen:
            self.action_freeze()
        self.pipeline.open(opener(spec))

    def load_model(self, options: StartOptions, label: str, *, chosen: bool = True) -> None:
        """Load another model; the one in use works on until it is there."""
        self.options = options
        self._message.forget()
        self.pipeline.load(label, loader(options), chosen=chosen)
