"""The app: theme, signals, start and stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from tui.errors import StorageError
from tui.messages import PipelineChanged
from tui.pipeline.pipeline import Pipeline
from tui.screens.main import MainScreen
from tui.screens.start import StartOptions
from tui.session import Session
from tui.storage.settings import load_settings, save_settings

_THEMES = {"dark": "textual-dark", "light": "textual-light"}


class DepthApp(App[None]):
    """Owns the pipeline and the main screen."""

    TITLE = "depth-tui"
    CSS_PATH = "screens/main.tcss"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "theme", "theme", id="app.theme"),
        Binding("q", "quit", "quit", id="app.quit"),
        Binding("ctrl+q,ctrl+c", "quit", "quit", id="app.quit_anywhere", show=False, priority=True),
    ]

    def __init__(self, options: StartOptions, theme: str | None = None) -> None:
        super().__init__()
        self._settings, self._settings_problem = load_settings()
        if theme is not None:
            self._settings = replace(self._settings, theme=theme)
        self.theme = _THEMES[self._settings.theme]
        self.pipeline = Pipeline(self._ring)
        session = Session(unit=self._settings.unit, window_px=self._settings.window_px)
        self.main = MainScreen(self.pipeline, options, session)

    def get_default_screen(self) -> MainScreen:
        """The main screen itself, so that no other is painted first."""
        return self.main

    def on_mount(self) -> None:
        """Leave in order on the signals of a lost connection."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self.exit)
        if self._settings_problem:
            self.call_after_refresh(self.main.tell, self._settings_problem, warning=True)

    def _ring(self) -> None:
        """Called in the pipeline's threads: a bell, nothing else."""
        if self.main.is_running:
            self.main.post_message(PipelineChanged())

    async def on_unmount(self) -> None:
        """Stop the threads; what is stuck in a driver is left behind."""
        self.pipeline.stop()
        session = self.main.session
        try:
            save_settings(replace(self._settings, unit=session.unit, window_px=session.window_px))
        except StorageError as error:
            self._settings_problem = str(error)

    def action_theme(self) -> None:
        """Dark or light."""
        theme = "light" if self._settings.theme == "dark" else "dark"
        self._settings = replace(self._settings, theme=theme)
        self.theme = _THEMES[theme]


def run_app(
    *,
    source: str | None = None,
    model: str | None = None,
    weights: Path | None = None,
    engine: str = "auto",
    profile: str | None = None,
    theme: str | None = None,
) -> int:
    """Run the app until the user leaves, and return the exit code."""
    app = DepthApp(StartOptions(source, model, weights, engine, profile), theme)
    app.run()
    sys.stdout.flush()
    sys.stderr.flush()
    return app.return_code or 0


def leave(code: int) -> None:
    """End the process now: threads that a driver or an engine holds must not keep the terminal waiting."""
    os._exit(code)
