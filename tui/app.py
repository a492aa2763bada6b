"""The app: theme, signals, start and stop."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType

from tui.errors import InputError, StorageError
from tui.instrument.said import Severity
from tui.instrument.wanted import EXACT
from tui.messages import PipelineChanged
from tui.screens.listeners import PERIOD_S, Listeners
from tui.screens.options import StartOptions
from tui.screens.starting import StartingScreen
from tui.screens.themes import THEMES
from tui.storage.settings import load_settings, save_settings, settings_path
from tui.storage.tips import TOUR, was_said
from tui.terminal.colors import announce, has_few_colors, impose
from tui.terminal.graphics import Canvas, choose
from tui.terminal.leaving import FAULT
from tui.terminal.memory import keep_memory_flat
from tui.terminal.ordered_app import OrderedApp
from tui.terminal.place import forget_size, need_terminal
from tui.terminal.process import fault_line, keep_drivers_off_the_screen, say
from tui.widgets.message_line import MessageLine

if TYPE_CHECKING:
    from tui.pipeline.pipeline import Pipeline
    from tui.records.listeners import Listening
    from tui.screens.main import MainScreen

_PLAIN = "drawn in ASCII, as UTF-8 is not shown: tmux -u in tmux, else LANG=C.UTF-8"

_SETTLED_S = 8.0
"""By then the model and what it brings along have been imported."""


class DepthApp(OrderedApp[None]):
    """Paints at once, brings in the main screen behind that, and owns the pipeline."""

    TITLE = "depth-tui"
    CSS_PATH = "screens/main.tcss"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "theme", "theme", id="app.theme"),
        Binding("ctrl+l", "redraw", "draw anew", id="app.redraw", show=False),
        Binding("q", "quit", "quit", id="app.quit"),
        Binding("ctrl+q,ctrl+c", "quit", "quit", id="app.quit_anywhere", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "to the shell", id="app.suspend", show=False, priority=True),
    ]

    def __init__(self, options: StartOptions, theme: str | None = None) -> None:
        settings, self._settings_problem = load_settings()
        self._loaded_settings = settings
        colors = options.colors or settings.colors
        announce(colors, os.environ)
        super().__init__(options.bandwidth, options.fps, colors)
        impose(colors, self.console)
        self._options = options
        self.listeners = Listeners(None, PERIOD_S)
        """Who else is told; open before it runs."""
        self._canvas: Canvas | None = None
        self._settings = replace(
            settings,
            theme=theme or settings.theme,
            palette=options.palette or settings.palette,
            contours=options.contours or settings.contours,
        )
        for each in THEMES:
            self.register_theme(each)
        self.theme = self._settings.theme
        self._starting = StartingScreen()
        self._main: MainScreen | None = None
        self._pipeline: Pipeline | None = None
        self.not_kept = ""
        """Why something could not be written at the end; empty if all was."""

    def ask_terminal(self) -> None:
        """Find out whether pictures can be shown in pixels, where that is wanted; before `run`.

        Raises:
            InputError: if the user wants what is not there.
        """
        self._canvas = choose(self._options.graphics or self._settings.graphics)

    @property
    def started(self) -> bool:
        """Whether the main screen is there."""
        return self._main is not None and self._main.is_mounted

    @property
    def main(self) -> MainScreen:
        """The main screen, once `started`."""
        if self._main is None:
            raise RuntimeError("the main screen is not there yet")
        return self._main

    def get_default_screen(self) -> StartingScreen:
        """Painted first."""
        return self._starting

    def on_mount(self) -> None:
        """Leave in order whatever happens; bring in the main screen after the first paint."""
        self._take_few_colors()
        self.watch_over()
        self.ask_around()
        self.call_after_refresh(self.run_worker, self._bring_main(), exit_on_error=True)

    async def _bring_main(self) -> None:
        """Import in a thread, because it takes longer than a key may wait for its effect."""
        await asyncio.to_thread(_import_main)
        from tui.instrument.instrument import Instrument
        from tui.instrument.session import Session
        from tui.pipeline.pipeline import Pipeline
        from tui.screens.look import Look
        from tui.screens.main import MainScreen

        self._pipeline = Pipeline(self._ring)
        session = Session(unit=self._settings.unit, window_px=self._settings.window_px)
        instrument = Instrument(self._pipeline, self._options, session, keep=True, averages=True)
        look = Look.of(self._settings.palette, self._settings.contours)
        self._main = MainScreen(instrument, self._options, self.wire, look, self._canvas)
        self._main.listen(self.listeners, bells=self._settings.bell)
        self._use_keys(self._main, MainScreen.all_bindings(type(self)))
        await self.push_screen(self._main)
        # What is there now stays: full collections, which stop everything, need not go through it again and again.
        gc.freeze()
        self.set_timer(_SETTLED_S, gc.freeze)
        if self.wire.plain:
            self._main.tell(_PLAIN)
        if self._settings_problem:
            self._main.tell(self._settings_problem, Severity.WARNING)
        for key in self._starting.typed:
            self.simulate_key(key)

    def on_plain(self) -> None:
        """The terminal makes something else of UTF-8: large digits of lines would be no digits."""
        self.set_class(True, "-plain")
        if self._main is not None:
            self._main.tell(_PLAIN)

    def on_more_colors(self) -> None:
        """The terminal has more colours than it announced."""
        self._take_few_colors()
        if self._main is not None:
            self._main.take_colors()

    def _take_few_colors(self) -> None:
        """Where there are 16 colours at most, backgrounds that differ a little come out as the same."""
        self.set_class(has_few_colors(self.console), "-few-colors")

    def _use_keys(self, main: MainScreen, bindings: Sequence[Binding]) -> None:
        """Bind the user's own keys; of those that cannot be had, one line says why."""
        from tui.screens.keymap import keymap_of

        main.keymap, problems = keymap_of(self._settings.keys, bindings)
        self.set_keymap(dict(main.keymap))
        if problems:
            said = f"{settings_path()}: [keys] {'; '.join(problems)}; the usual key is kept"
            self._settings_problem = "; ".join(filter(None, (self._settings_problem, said)))

    def pop_screen(self) -> AwaitComplete:
        """Close the dialog on top; one that closes twice, by a double click, does not take the main screen with it."""
        return AwaitComplete() if self.screen is self._main else super().pop_screen()

    def key_turn(self) -> None:
        """A message that waits for a key has been seen."""
        if self._main is not None and self.screen is self._main:
            self._main.query_one(MessageLine).key_pressed()

    def _ring(self) -> None:
        """Called in the pipeline's threads: a bell, nothing else."""
        if self._main is not None and self._main.is_running:
            self._main.post_message(PipelineChanged())

    def exit(self, *args: object, **kwargs: object) -> None:
        """Leave; the threads are told first, so that they do not compete with the leaving."""
        if self._pipeline is not None:
            self._pipeline.stop(timeout_s=0.0)
        super().exit(*args, **kwargs)

    def on_frame_turn(self) -> None:
        """A frame had to wait for the link or for its beat: look at the newest one now."""
        self._ring()

    async def on_unmount(self) -> None:
        """Stop the threads; what is stuck in a driver is left behind."""
        self._keep_once()  # where nobody called `exit`
        if self._pipeline is not None:
            self._pipeline.stop()

    def keep(self) -> None:
        """Write what must not be lost: what was measured, and the settings."""
        if self._main is None:
            return
        self._main.instrument.memory.flush()
        session, look = self._main.session, self._main.present.look
        kept = replace(
            self._settings,
            unit=session.unit,
            window_px=session.window_px,
            palette=look.palette,
            contours=look.contours,
            bell=self._main.bells,
        )
        try:
            self._main.answers.save()
            save_settings(kept, self._loaded_settings)
        except StorageError as error:
            self.not_kept = str(error)
        self._main.recorder.stop()  # last: a disk that hangs may hold it until the end comes anyway

    def action_redraw(self) -> None:
        """Send the whole screen: something else has written on the terminal."""
        self.redraw()

    def action_theme(self) -> None:
        """Dark or light."""
        theme = "light" if self._settings.theme == "dark" else "dark"
        self._settings = replace(self._settings, theme=theme)
        self.theme = theme


def _import_main() -> None:
    import tui.screens.main  # noqa: F401 - imported for its effect: the next import of it is immediate


def run_app(
    options: StartOptions,
    *,
    theme: str | None = None,
    listening: Listening | None = None,
    make: Callable[[StartOptions, str | None], DepthApp] = DepthApp,
) -> int:
    """Run the app until the user leaves, and return the exit code; `make` is for those who watch it.

    Raises:
        InputError: for a tour of another source than the demo, and where there is no terminal that can show the app, or
            somebody who is to listen cannot be reached at all.
    """
    if options.tour and options.source not in {None, "demo"}:
        raise InputError(f"the tour is one of the demo room: leave --source {options.source} away")
    options = replace(
        options,
        source="demo" if options.tour else options.source,
        resting=options.tour or not (options.model == EXACT or was_said(TOUR)),
    )
    need_terminal(os.environ)
    forget_size(os.environ)
    app = make(options, theme)
    app.ask_terminal()
    app.listeners = listeners = Listeners(listening, PERIOD_S)
    listeners.open()
    keep_drivers_off_the_screen()
    keep_memory_flat()
    try:
        app.run()
    except Exception as error:  # noqa: BLE001 - the terminal has been restored; what is left is to say so
        app.fault = app.fault or error
    listeners.close()
    for line in (*listeners.fetch(), app.not_kept):
        if line:
            say(line)
    if app.fault is not None:
        say(fault_line(app.fault))
    sys.stdout.flush()
    sys.stderr.flush()
    return FAULT if app.fault is not None else app.return_code or 0
