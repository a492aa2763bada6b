"""Pictures, reading and calibration on one screen, and the way from the instrument to all three."""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult

from tui.camera.frame import Frame
from tui.errors import DepthTuiError
from tui.instrument.conscience import PICTURE
from tui.instrument.instrument import Instrument
from tui.instrument.said import Severity
from tui.instrument.session import Session
from tui.messages import PipelineChanged
from tui.pipeline.inference import DepthResult
from tui.render.colors import ColorMode
from tui.screens.asking import Asking
from tui.screens.calibration_text import remedy_text
from tui.screens.composition import composed
from tui.screens.dialogs import Dialogs
from tui.screens.look import Look, color_mode_of
from tui.screens.models import ModelDialogs
from tui.screens.optics import CameraDialogs
from tui.screens.options import StartOptions
from tui.screens.pixels import Pixels
from tui.screens.presenter import Presenter
from tui.screens.recording import Recorder
from tui.screens.sources import SourceDialogs
from tui.screens.two_views import TwoViewDialogs
from tui.storage.answers import Answers
from tui.terminal.compositor import CellsScreen
from tui.terminal.graphics import Canvas
from tui.terminal.wire import Wire
from tui.widgets.message_line import MessageLine
from tui.widgets.message_line import Severity as Weight
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.question import GoOn, Question

_STATUS_EVERY_S = 0.5


class InstrumentScreen(CellsScreen):
    """Four panes and a status line; what the user does with them is its subclass's business.

    Args:
        instrument: what is shown and steered.
        options: what the command line asked for.
        wire: how much goes to the terminal.
        look: how depth maps are drawn.
        canvas: shows pictures in real pixels; None where they are drawn with cells.
    """

    AUTO_FOCUS = "#camera"
    DEFAULT_CSS = "InstrumentScreen { layers: default prompt; }"

    def __init__(
        self, instrument: Instrument, options: StartOptions, wire: Wire, look: Look, canvas: Canvas | None
    ) -> None:
        super().__init__()
        self.instrument = instrument
        self.options = options
        self.wire = wire
        self.pixels = Pixels(self, canvas)
        self.recorder = Recorder(instrument)
        self.present = Presenter(self, instrument, wire, self.recorder, look)
        self.answers = Answers.load()
        asking = Asking(self, instrument, self.order, self.color_mode, self.ask, self.answers)
        self.dialogs = Dialogs(asking)
        self.sources = SourceDialogs(asking)
        self.models = ModelDialogs(asking)
        self.cameras = CameraDialogs(asking)
        self.two_views = TwoViewDialogs(asking)
        self._pictured: Frame | None = None
        self._stale = False
        """Whether that is what the panels say."""

    @property
    def session(self) -> Session:
        """What the user has set."""
        return self.instrument.session

    @property
    def shown(self) -> DepthResult | None:
        """The frame and map that everything on the screen speaks of."""
        return self.instrument.shown

    def compose(self) -> ComposeResult:
        """Status line, pictures, panels, keys."""
        yield from composed(self.color_mode(), self.present.look)

    def color_mode(self) -> ColorMode:
        """What the terminal can show."""
        return color_mode_of(self.app)

    def take_colors(self) -> None:
        """The terminal shows more than it did."""
        if self.is_mounted:
            for view in self.query(PictureView):
                view.set_painting(mode=self.color_mode())
            self._show(repaint=True)

    def on_screen_resume(self) -> None:
        """A dialog has gone: what it covered must be drawn again."""
        self.pixels.uncovered()
        self.pixels.update()

    def on_mount(self) -> None:
        """Start the pipeline, after the first paint."""
        if self.pixels.used:
            for view in self.query(PictureView):
                view.give_room_to_pixels()
        self._show()
        self.set_interval(_STATUS_EVERY_S, self._tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.instrument.pipeline.want(self.options.fps)
        self.instrument.freshness.expected_s = 1 / self.options.fps if self.options.fps > 0 else 0.0
        self.present.tour.again = self.options.tour
        self.order(self.instrument.begin)
        self.models.begin()

    # --- what the pipeline brings

    def on_pipeline_changed(self, _message: PipelineChanged) -> None:
        """Take the newest, and show what is new in it."""
        instrument = self.instrument
        taken = instrument.advance(self._turn_for)
        self.recorder.follow()
        self.sources.look()
        self.models.look()
        if isinstance(taken, DepthResult):
            self.looked()
            self._walk()
            self.models.mapped(taken.identity.name, taken.engine)
            self._show(repaint=True)
        elif isinstance(taken, Frame):
            self._pictured = taken
            height, width = taken.image.shape[:2]
            instrument.picture(width, height)
            self.present.picture(taken)
            self._states()
        else:
            self._show_age()
            self._states()
        self._speak()

    def looked(self) -> None:
        """There is a new frame, or time has passed: for whoever watches what is read; to be overridden."""

    def _turn_for(self, new: DepthResult | Frame) -> bool:
        return new is not self._pictured and self.wire.frame_turn()

    def _tick(self) -> None:
        self.instrument.advance(lambda _new: False)
        self.recorder.follow()
        self.looked()
        self._show_age(older=True)
        self.present.states(numbers=True)
        self.pixels.update()
        self.present.panels.spans(self.present.room)
        self._speak()

    def _show_age(self, *, older: bool = False) -> None:
        """A number must not stand any longer than what it was read from; now and then what is stale is `older`."""
        stale = bool(self.instrument.reading.stale)
        if stale != self._stale or (older and stale):
            self._show()
        self._stale = stale

    def _show(self, *, repaint: bool = False) -> None:
        self.present.everything(repaint=repaint)
        self.query_one(Prompt).look_again()
        self.pixels.update()

    def _states(self) -> None:
        self.present.states()
        self.pixels.update()

    # --- messages to the user, and their orders

    def tell(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Say something in the line over the keys."""
        self.instrument.voice.say(text, severity)
        self._speak()

    def _speak(self) -> None:
        line = self.query_one(MessageLine)
        for said in self.instrument.voice.fetch():
            if said.text:
                remedy = remedy_text(self.instrument.reading) if said.key.startswith(PICTURE) else ""
                text = f"{said.text}; {remedy}" if remedy else said.text
                line.tell(text, Weight(said.severity.value), key=said.key)
            else:
                line.cure(said.key)

    def order(self, order: Callable[[], object]) -> bool:
        """Carry out what the user asked for, and show it; if it cannot be done, say why. False if it could not."""
        problem = self._attempt(order)
        if problem:
            self.tell(problem, Severity.ERROR)
        return not problem

    def _attempt(self, order: Callable[[], object]) -> str:
        """Carry it out and show it; why it could not be done, or nothing."""
        try:
            order()
        except DepthTuiError as error:
            return str(error)
        self._walk()
        self._show()
        self._speak()
        return ""

    # --- questions

    def ask(self, question: Question) -> None:
        """Ask in the last rows of the screen."""
        self.query_one(Prompt).ask(question, self.answers.to(question.purpose))

    @on(Prompt.Left)
    def _focus_picture_again(self) -> None:
        """The prompt goes, and the focus returns to the pictures."""
        self.query_one(Prompt).close()
        self.focus_picture()
        self._show()

    @on(Prompt.Entered)
    def _answered(self, event: Prompt.Entered) -> None:
        question, prompt = event.question, self.query_one(Prompt)
        if prompt.question is not question:  # entered twice, by a double click
            return
        text = event.text or question.default
        if not text:
            self._focus_picture_again()
            return
        came_of: list[object] = []
        problem = self._attempt(lambda: came_of.append(question.take(text)))
        if problem:
            prompt.refuse(problem)
            self.present.everything(repaint=False)  # what is proposed is marked
            self.query_one(MessageLine).note(problem, Weight.ERROR)
            return
        if isinstance(came_of[0], GoOn):
            prompt.go_on(came_of[0])
            return
        self.answers.add(question.purpose, text)
        if prompt.question is question:  # else it was followed by another one
            self._focus_picture_again()

    def _walk(self) -> None:
        """Put the crosshair where the tour of the demo goes on."""
        place = self.present.tour.follow(self.session, self.shown)
        if place is not None:
            self.instrument.update(self.session.jumped(*place))

    def update_session(self, session: Session) -> None:
        """Take over what the user set, and show it."""
        self.order(lambda: self.instrument.update(session))

    def focus_picture(self) -> None:
        """Put the focus on a picture that is in sight."""
        view = self.present.room.view
        self.set_focus(self.query_one("#camera" if view.camera else "#depth" if view.depth else "#plan"))

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the room there is."""
        self.present.arrangement(event.size.width, event.size.height)
        self._show()
