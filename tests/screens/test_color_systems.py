"""What pictures, lines and legend look like in each colour system, each in a process of its own.

Rich caches the codes of a style for the first system that it meets, so one process can speak for one system only.
`pytest --snapshot-update` takes the pictures of the screen anew.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from itertools import groupby

import pyte
import pytest
from syrupy.assertion import SnapshotAssertion

from tui.terminal.measure import TerminalLink

ROWS, COLUMNS = 21, 64
_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Escape codes that pyte does not know and prints."""

PROGRAM = """
import os, sys
import numpy as np
from tui.terminal.colors import announce, impose
announce(sys.argv[1], os.environ)
from textual.containers import Horizontal
from textual.widgets import Static
from tui.render.colors import ColorMode
from tui.render.contours import ContourLine, Contours, Drawn, Shading
from tui.terminal.app import WireApp
from tui.terminal.bandwidth import Bandwidth
from tui.widgets.legend import DepthLegend
from tui.render.pointed import Mark
from tui.widgets.picture import PictureView

v, u = np.mgrid[0:120, 0:160].astype(np.float32)
PICTURE = np.stack([255 * u / 160, 255 * v / 120, 255 - 255 * (u + v) / 280], axis=-1).astype(np.uint8)
HILL = (0.2 + np.exp(-(((u - 90) / 45) ** 2 + ((v - 60) / 35) ** 2))).astype(np.float32)
HILL[:, :20] = np.nan
LINES = Contours((ContourLine(0.5, "2m"), ContourLine(1.0, "1m")), 0.01)

class Program(WireApp):
    CSS = "Horizontal { height: 1fr; } Static { height: 1; }"

    def compose(self):
        mode = ColorMode(sys.argv[2])
        shading = Shading.LEVELS if mode is ColorMode.TRUECOLOR else Shading.BOTH
        with Horizontal():
            yield PictureView(mode=mode, id="camera")
            yield PictureView(mode=mode, shading=shading, id="depth")
        yield DepthLegend()
        yield Static("", id="said")

    def on_mount(self):
        self.call_after_refresh(self.show)

    def show(self):
        camera, depth = self.query_one("#camera"), self.query_one("#depth")
        camera.show_image(PICTURE)
        depth.show_map(HILL, lambda span, before: Drawn(LINES))
        for view in (camera, depth):
            view.set_crosshair((60, 30))
            view.set_marks([Mark(120, 90, "a", "reference")])
        self.query_one(DepthLegend).show(depth.palette, depth.depth_range, lambda value: f"{1 / value:.1f} m")
        self.query_one("#said").update("ready")

app = Program(Bandwidth.parse("off"))
impose(sys.argv[1], app.console)
app.run()
"""


def screen(colors: str, mode: str, env: Mapping[str, str] | None = None) -> tuple[list[str], bytes]:
    """Each row's text and, as a line below it, its runs of (ink, paper); and all bytes that were sent."""
    shown = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(shown)
    with TerminalLink([sys.executable, "-c", PROGRAM, colors, mode], rows=ROWS, columns=COLUMNS, env=env) as link:
        end_s = time.monotonic() + 30
        while not shown.display[-1].startswith("ready"):
            assert time.monotonic() < end_s, "never ready\n" + "\n".join(shown.display)
            assert not link.ended, "\n".join(shown.display)
            stream.feed(_PRIVATE.sub(b"", link.pump(0.02)))
        while came := link.pump(0.15):
            stream.feed(_PRIVATE.sub(b"", came))
        sent = bytes(link.received)
    lines = []
    for row in range(ROWS - 1):
        cells = [shown.buffer[row][column] for column in range(COLUMNS)]
        runs = [(pair, len(list(run))) for pair, run in groupby((cell.fg, cell.bg) for cell in cells)]
        lines += [shown.display[row], " ".join(f"{ink}/{paper}*{count}" for (ink, paper), count in runs)]
    return lines, sent


SYSTEMS = [("truecolor", "truecolor"), ("256", "256"), ("16", "16"), ("mono", "mono")]


@pytest.mark.parametrize(("colors", "mode"), SYSTEMS)
def test_each_color_system_looks_as_it_did(colors: str, mode: str, snapshot: SnapshotAssertion) -> None:
    lines, sent = screen(colors, mode)
    assert "\n".join(lines) == snapshot
    assert (b"8;2;" in sent) == (colors in {"truecolor", "mono"})
    assert (b"8;5;" in sent) == (colors == "256")
    if colors == "mono":
        for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", sent):
            assert red == green == blue
