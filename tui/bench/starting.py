"""How long the app takes to come and to go, from outside, beside a Textual app with nothing in it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from tui.bench.played import COLUMNS, ROWS, Played, PlayError
from tui.terminal.measure import TerminalLink

_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("Camera")
Bare().run()
"""
_FIRST = re.compile("Camera")
_DEPTH = re.compile(r"(?s)^(?!.*(starting|loading |no depth yet)).*\b(LIVE|STILL)\b")
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Start:
    """Medians over some starts, seconds from the command."""

    first_paint_s: float
    bare_first_paint_s: float
    """Of a Textual app that shows one word."""
    first_map_s: float
    leaving_s: float
    """From q to the end of the process."""
    starts: int


def measure_start(source: str, options: Mapping[str, str], starts: int) -> Start:
    """Start and leave, in turns with the bare app.

    Raises:
        PlayError: it does not come up.
    """
    bare, first, depth, leaving = [], [], [], []
    for _ in range(starts):
        bare.append(_bare_start_s())
        start_s = time.monotonic()
        with Played(source, options) as played:
            played.until(_FIRST, _LONGEST_S)
            first.append(time.monotonic() - start_s)
            played.until(_DEPTH, _LONGEST_S)
            depth.append(time.monotonic() - start_s)
            played.rest(1.0)
            start_s = time.monotonic()
            played.link.keys("q")
            while played.link.exit_code is None:
                if time.monotonic() - start_s > _LONGEST_S:
                    raise PlayError("q does not end the app")
                played.link.step(0.002)
            leaving.append(time.monotonic() - start_s)
    return Start(median(first), median(bare), median(depth), median(leaving), starts)


def _bare_start_s() -> float:
    start_s = time.monotonic()
    with TerminalLink([sys.executable, "-c", _BARE], rows=ROWS, columns=COLUMNS) as link:
        while _FIRST.search(bytes(link.received).decode(errors="replace")) is None:
            if link.ended or time.monotonic() - start_s > _LONGEST_S:
                raise PlayError("a bare Textual app does not come up here")
            link.step(0.002)
        return time.monotonic() - start_s
