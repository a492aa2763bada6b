"""What the view sends to a real terminal, counted on the other side of a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
import numpy as np
from textual.app import App
from textual.widgets import Static
from tui.render.colors import ColorMode
from tui.widgets.picture import PictureView

class Program(App):
    CSS = "PictureView { border: round white; } Static { height: 1; }"
    step = 0

    def compose(self):
        yield PictureView(mode=ColorMode(sys.argv[1]))
        yield Static("step 0", id="step")

    def on_mount(self):
        rng = np.random.default_rng(0)
        self.image = np.kron(rng.integers(0, 256, (60, 80, 3)), np.ones((8, 8, 1))).astype(np.uint8)
        self.view = self.query_one(PictureView)

    def on_key(self, event):
        if event.key == "s":
            self.view.show_image(self.image.copy())
        elif event.key == "r":
            self.image = self.image.copy()
            self.image[160:176] = 255 - self.image[160:176]
            self.view.show_image(self.image)
        self.step += 1
        self.query_one("#step", Static).update(f"step {self.step}")

Program().run()
"""


class Terminal:
    """A program in a pseudo-terminal of 33 x 82, and the bytes that it sends."""

    def __init__(self, mode: str, environment: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 82, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, mode],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            start_new_session=True,
            env={**os.environ, "COLUMNS": "82", "LINES": "33", **environment},
        )
        os.close(slave)

    def until(self, text: str, timeout_s: float = 30.0) -> bytes:
        """Everything sent until the text has come."""
        received = b""
        end = time.monotonic() + timeout_s
        while text.encode() not in received:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {text!r} within {timeout_s} s; last: {received[-300:]!r}"
            received += os.read(self.master, 1 << 16)
        return received

    def drain(self) -> None:
        """Take what the first paint still sends, so that it does not count for the first key."""
        while select.select([self.master], [], [], 0.5)[0]:
            os.read(self.master, 1 << 16)

    def press(self, key: str, step: int) -> bytes:
        """What a key makes the program send, up to the step that it counts."""
        os.write(self.master, key.encode())
        return self.until(f"step {step}")

    def close(self) -> None:
        """End the program."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self.master)


@pytest.fixture
def start() -> Iterator[Callable[..., Terminal]]:
    """Start the program; it is ended after the test."""
    running: list[Terminal] = []

    def begin(mode: str, **environment: str) -> Terminal:
        running.append(Terminal(mode, environment))
        running[-1].until("step 0")
        running[-1].drain()
        return running[-1]

    yield begin
    for terminal in running:
        terminal.close()


def sent(terminal: Terminal, key: str, step: int) -> bytes:
    """What one key costs; a second, empty key flushes what may come after its step was counted."""
    return terminal.press(key, step) + terminal.press("x", step + 1)


def test_still_and_one_row(start: Callable[..., Terminal]) -> None:
    terminal = start("truecolor", COLORTERM="truecolor")
    whole = sent(terminal, "s", 1)
    nothing = sent(terminal, "s", 3)
    row = sent(terminal, "r", 5)
    assert len(whole) > 50_000
    assert len(nothing) < 1000
    assert len(nothing) < len(row) < len(nothing) + len(whole) / 30 * 1.5
    assert len(re.findall(rb"\x1b\[\d+;\d+H", row)) <= len(re.findall(rb"\x1b\[\d+;\d+H", nothing)) + 2


def test_256_colors_are_two_thirds_at_most(start: Callable[..., Terminal]) -> None:
    true = sent(start("truecolor", COLORTERM="truecolor"), "s", 1)
    indexed = sent(start("256", COLORTERM="truecolor"), "s", 1)
    assert b"48;5;" in indexed
    assert len(indexed) < len(true) * 2 / 3


def test_no_color_sends_no_hue(start: Callable[..., Terminal]) -> None:
    plain = sent(start("mono", COLORTERM="truecolor", NO_COLOR="1"), "s", 1)
    assert b"\xe2\x96\x80" not in plain
    for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", plain):
        assert red == green == blue
