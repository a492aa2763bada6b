"""Pictures, reading and calibration on one screen, and the way from the pipeline to all three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from tui.camera.frame import Frame
from tui.errors import DepthTuiError
from tui.messages import PipelineChanged
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline, Snapshot
from tui.render.colors import ColorMode
from tui.screens.calibrating import Calibrating
from tui.screens.dialogs import Dialogs
from tui.screens.look import Look
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
from tui.widgets.key_bar import KeyBar
from tui.widgets.legend import DepthLegend
from tui.widgets.message_line import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.status_line import StatusLine
from tui.widgets.words import Words

_STATUS_EVERY_S = 0.5


class InstrumentScreen(CellsScreen):
    """Four panes and a status line; what the user does with them is its subclass's business."""

    AUTO_FOCUS = "#camera"

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
        self.present = Presenter(self)
        self.dialogs = Dialogs(self)
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
        self.present.everything()
        self.set_interval(_STATUS_EVERY_S, self._tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.pipeline.start()
        self.pipeline.open(opener(self.options.source))
        self.dialogs.load_first_model()
        if self.options.profile:
            self.attempt(lambda: self.dialogs.load_profile(self.options.profile or ""))

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
            self.dialogs.model_failed(loading.error)
        self._model_error = loading.error
        if not self.session.frozen or self.shown is None:
            self._take_newest()
        self.present.states()

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
            self.dialogs.check_profile()
            self.dialogs.mention_larger_models(result.identity.name)
            self.calibrating.follow_model(result)
            self.session = self._followed(self.session, result)
            self.present.everything()
        elif result is None and frame is not None and frame is not self._pictured and self.wire.frame_turn():
            self._pictured = frame
            height, width = frame.image.shape[:2]
            self.session = self.session.with_picture_size(width, height)
            self.present.picture(frame)

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
        self.present.states(numbers=True)
        self.present.spans()

    def _followed(self, session: Session, result: DepthResult) -> Session:
        """The fit renewed from what is shown."""
        height, width = result.inverse_depth.shape
        seen = references_inside(result.markers, width, height)
        return session.followed(result.inverse_depth, seen, result.frame.captured_at_s)

    def update_session(self, session: Session) -> None:
        """Take over what the user set, and show it."""
        shown = self.shown
        self.session = session if shown is None or session.tracking is not None else self._followed(session, shown)
        self.present.everything(repaint=False)

    def focus_picture(self) -> None:
        """Put the focus on a picture that is in sight."""
        view = self.session.shown_view(compact=self.present.compact)
        self.set_focus(self.query_one("#depth" if view is View.DEPTH else "#camera"))

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the room there is."""
        self.present.arrangement(event.size.width, event.size.height)
        self.present.everything(repaint=False)

    def freeze(self, frozen: bool) -> None:
        """Hold both pictures, or let them go on."""
        if frozen != self.session.frozen:
            self.session = replace(self.session, frozen=frozen)
            self.pipeline.pause(frozen)
            self.present.states()

    def open_source(self, spec: str) -> None:
        """Read from another source."""
        self.forget_picture()
        self.options = replace(self.options, source=spec)
        self.freeze(False)
        self.pipeline.open(opener(spec))

    def load_model(self, options: StartOptions, label: str, *, chosen: bool = True) -> None:
        """Load another model; the one in use works on until it is there."""
        self.options = options
        self._message.forget()
        self.pipeline.load(label, loader(options), chosen=chosen)
