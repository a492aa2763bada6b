"""The app in a pseudo-terminal, each in a process of its own: what it shows is what Textual alone would have shown."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from tui.terminal.measure import TerminalLink

ROWS, COLUMNS = 20, 60

PROGRAM = """
import sys
import numpy as np
from rich.style import Style
from textual.app import App
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, Label, Static
from tui.render.colors import ColorMode
from tui.terminal.app import WireApp
from tui.terminal.bandwidth import Bandwidth
from tui.terminal.compositor import CellsScreen
from tui.terminal.nearest import fitting
from tui.widgets.picture import PictureView

if sys.argv[1] == "plain":  # which of few colours stand for others has tests of its own
    usual = Strip.render_ansi
    Strip.render_ansi = lambda style, system: usual(
        style + Style.from_color(*fitting(style.color, style.bgcolor, system)), system
    )

class Dialog(ModalScreen):
    DEFAULT_CSS = "Dialog { align: center middle; background: $background 60%; } Label { padding: 1 4; }"

    def compose(self):
        yield Label("漢字 in a [b]dialog[/b]", id="dialog")

    def on_key(self, event):
        self.dismiss()

class Program(App if sys.argv[1] == "plain" else WireApp):
    CSS = "PictureView { border: round white; } Static, Input { height: 1; border: none; } #dialog { height: auto; }"
    step = 0

    def __init__(self):
        if sys.argv[1] == "plain":
            super().__init__()
        else:
            super().__init__(Bandwidth.parse(sys.argv[1]))

    def get_default_screen(self):
        return super().get_default_screen() if sys.argv[1] == "plain" else CellsScreen()

    def compose(self):
        yield PictureView(mode=ColorMode(sys.argv[2]))
        yield Static("[u]wide 漢字 and ① [/u]", id="text")
        yield Static("step 0", id="step")

    def on_mount(self):
        self.rng = np.random.default_rng(0)
        self.view = self.query_one(PictureView)
        self.view.can_focus = False

    def on_key(self, event):
        if event.key == "p":
            parts = self.rng.integers(0, 256, (12, 16, 3))
            self.view.show_image(np.kron(parts, np.ones((8, 8, 1))).astype(np.uint8))
            self.view.set_crosshair((20, 30))
        elif event.key == "t":
            self.query_one("#text", Static).update("[reverse]漢[/] other [b]words[/] " * (1 + self.step % 3))
        elif event.key == "d":
            self.push_screen(Dialog())
        elif event.key == "z":
            with self.suspend():
                sys.__stderr__.write("\\x1b[2J\\x1b[Hsomething else")
                sys.__stderr__.flush()
        self.step += 1
        self.query_one("#step", Static).update(f"step {self.step}")

Program().run()
"""

ENVIRONMENTS = {
    "truecolor": {},
    "256": {"COLORTERM": ""},
    "16": {"COLORTERM": "", "TERM": "xterm-16color"},
    "mono": {"NO_COLOR": "1"},
}


class Play:
    """One run of the program, and its screen."""

    def __init__(self, tmp_path: Path, bandwidth: str, mode: str, *, answers: bool = True) -> None:
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        root = str(Path(__file__).resolve().parents[2])
        environment = {"PYTHONPATH": root, **ENVIRONMENTS[mode]}
        command = [sys.executable, str(program), bandwidth, mode]
        self.link = TerminalLink(command, rows=ROWS, columns=COLUMNS, env=environment, answers=answers)
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0
        self.steps = 0

    def until(self, pattern: str) -> None:
        end_s = time.monotonic() + 30
        while not re.search(pattern, self.text):
            assert time.monotonic() < end_s, f"never shown: {pattern}\n{self.text}"
            assert not self.link.ended, self.link.received[-2000:].decode(errors="replace")
            self.link.pump(0.02)
            self.feed()

    def settle(self) -> None:
        """Until nothing more comes."""
        while self.link.pump(0.1):
            pass
        self.feed()

    def feed(self) -> None:
        new = bytes(self.link.received[self._fed :])
        self._fed = len(self.link.received)
        self._stream.feed(re.sub(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\]8;[^\x1b]*\x1b\\", b"", new))

    def press(self, key: str) -> None:
        self.link.keys(key)
        if key != "d":
            self.steps += 1
            self.until(f"step {self.steps} ")

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def cells(self) -> list[tuple[object, ...]]:
        cells: list[tuple[object, ...]] = []
        for y in range(ROWS):
            for x in range(COLUMNS):
                char = self.screen.buffer[y][x]
                # pyte spells one of its colours wrong, and only as a background.
                char = char._replace(bg=char.bg.replace("bfight", "bright"))
                plain = not (char.bold or char.reverse or char.underscore)
                if char.data in "▀▄" and plain and char.fg == char.bg:
                    cells.append((" ", char.bg))
                elif char.data in "▀▄" and plain:
                    cells.append(("▀", *((char.fg, char.bg) if char.data == "▀" else (char.bg, char.fg))))
                elif char.data == " " and not (char.reverse or char.underscore):
                    cells.append((" ", char.bg))
                else:
                    cells.append((char.data, char.fg, char.bg, char.bold, char.reverse, char.underscore))
        return cells


def come_to(run: Play, cells: Callable[[], list[tuple[object, ...]]]) -> None:
    """Until the screen shows these, and nothing more comes that would change it; a busy machine takes longer."""
    end_s = time.monotonic() + 30
    run.settle()
    while run.cells() != (wanted := cells()) and time.monotonic() < end_s:
        run.settle()
    assert run.cells() == wanted


def play_both(tmp_path: Path, bandwidths: tuple[str, str], mode: str) -> None:
    """The same keys with two bandwidths: each step comes to the same screen."""
    one, other = (Play(tmp_path, bandwidth, mode) for bandwidth in bandwidths)

    def settled() -> list[tuple[object, ...]]:
        other.settle()
        return other.cells()

    with one.link, other.link:
        for run in (one, other):
            run.until("step 0")
        for key in "pttzp":
            for run in (one, other):
                run.press(key)
            come_to(one, settled)
        for key, dialog in (("d", r"in a dialog"), ("x", r"(?s)\A(?!.*in a dialog)")):
            for run in (one, other):
                run.link.keys(key)
                run.until(dialog)
            come_to(one, settled)


@pytest.mark.parametrize("mode", list(ENVIRONMENTS))
def test_every_colour_system_looks_as_with_textual_alone(mode: str, tmp_path: Path) -> None:
    play_both(tmp_path, ("off", "plain"), mode)


def test_paced_it_comes_to_the_same(tmp_path: Path) -> None:
    play_both(tmp_path, ("90kB", "auto"), "truecolor")


def test_a_terminal_that_answers_nothing_gets_the_whole_picture_without_another_key(tmp_path: Path) -> None:
    wanted = Play(tmp_path, "off", "truecolor")
    with wanted.link:
        wanted.until("step 0")
        wanted.press("p")
        wanted.settle()
    mute = Play(tmp_path, "auto", "truecolor", answers=False)
    with mute.link:
        mute.until("step 0")
        mute.press("p")
        come_to(mute, wanted.cells)


def test_resizing_there_and_back_leaves_nothing_behind(tmp_path: Path) -> None:
    run = Play(tmp_path, "auto", "truecolor")
    with run.link:
        run.until("step 0")
        run.press("p")
        run.settle()
        before = run.cells()
        for rows, columns in ((12, 40), (25, 90), (7, 22), (ROWS, COLUMNS)):
            run.feed()
            run.link.resize(rows, columns)
            run.screen.resize(rows, columns)
            run.link.pump(0.05)
        come_to(run, lambda: before)
