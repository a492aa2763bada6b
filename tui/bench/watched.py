"""The app as it is, noting when it paints; run as a program of its own, in a pseudo-terminal.

`python -m tui.bench.watched NOTES MODE SOURCE [OPTION=VALUE ...]`
"""

from __future__ import annotations

import os
import struct
import sys
import time
from functools import partial
from pathlib import Path

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

import tui.app
from tui.app import DepthApp, run_app
from tui.screens.options import StartOptions
from tui.terminal.bandwidth import Bandwidth

NOTE = struct.Struct("d")
"""`time.monotonic()` when a frame was painted; one after the other in the notes."""
CELLS, FULL = "cells", "full"
"""What is sent of each update: the cells that differ, or the whole screen, as it comes from Textual."""


class WatchedApp(DepthApp):
    """Writes a note for every frame that it paints.

    Args:
        notes_path: where to.
        options: as `DepthApp`'s.
        theme: as `DepthApp`'s.
    """

    CSS_PATH = str(Path(tui.app.__file__).parent / "screens" / "main.tcss")

    def __init__(self, notes_path: Path, options: StartOptions, theme: str | None = None) -> None:
        super().__init__(options, theme)
        notes = os.open(notes_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.wire.on_frame = lambda: os.write(notes, NOTE.pack(time.monotonic()))


class FullApp(WatchedApp):
    """Sends the whole screen whenever anything on it changes."""

    def get_driver_class(self) -> type[Driver]:
        """Textual's own."""
        return LinuxDriver

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is not None and screen.is_current and self._running:
            renderable = screen._compositor.render_update(full=True)  # noqa: SLF001 - what Textual itself does
        App._display(self, screen, renderable)  # noqa: SLF001 - past the comparing of cells


def frames_between(notes: Path, start_s: float, end_s: float) -> int:
    """How many frames were painted from `start_s` until `end_s`, both of `time.monotonic()`."""
    data = notes.read_bytes() if notes.exists() else b""
    whole = data[: len(data) // NOTE.size * NOTE.size]
    return sum(start_s <= at_s < end_s for (at_s,) in NOTE.iter_unpack(whole))


def main() -> None:
    """Run the app."""
    _, notes, mode, source, *options = sys.argv
    given = dict(option.split("=", 1) for option in options)
    kind = FullApp if mode == FULL else WatchedApp
    weights, card = given.get("weights"), given.get("card")
    os._exit(  # as the command leaves: threads that a driver or an engine holds must not keep anybody waiting
        run_app(
            StartOptions(
                source=source,
                model=given.get("model"),
                weights=None if weights is None else Path(weights),
                card=None if card is None else Path(card),
                engine=given.get("engine", "auto"),
                bandwidth=Bandwidth.parse(given.get("bandwidth", "auto")),
                fps=float(given.get("fps", "10")),
            ),
            make=partial(kind, Path(notes)),
        )
    )


if __name__ == "__main__":
    main()
