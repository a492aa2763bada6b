"""Any byte may come from a terminal: programs in a pseudo-terminal that get 10,000 pieces of noise, and then keys."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import Terminal
from tests.terminal_.noise import noise
from tui.terminal.framing import OVER_S

PROGRAM = """
from textual.binding import Binding
from textual.widgets import Input, Static
from tui.terminal.app import WireApp

class Program(WireApp, inherit_bindings=False):
    BINDINGS = [Binding("f5", "count", priority=True), Binding("ctrl+c", "quit", priority=True)]
    ENABLE_COMMAND_PALETTE = False
    count = 0

    def compose(self):
        yield Input(max_length=20)
        yield Static("counted 0", id="count")

    def on_mount(self):
        self.watch_over()

    def action_count(self):
        self.query_one(Input).value = ""
        self.count += 1
        self.query_one("#count", Static).update(f"counted {self.count}")
        self.redraw()

program = Program()
program.run()
import sys, traceback
if program.fault:
    traceback.print_exception(program.fault, file=sys.__stderr__)
    print("ended by", repr(program.fault), file=sys.__stderr__)
"""
F5 = b"\x1b[15~"


def test_ten_thousand_pieces_of_noise_and_the_next_key_counts(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, str(program)]
    with Terminal(command=command, rows=20, columns=60, env={"PYTHONPATH": root}) as terminal:
        terminal.wait_text("counted 0")
        for turn in range(1, 3):
            terminal.send(b"".join(noise(5_000, seed=turn)))
            terminal.pump(OVER_S + 0.1)  # quiet, after which a key is one whatever was torn before it
            terminal.send(F5)
            terminal.wait_text(f"counted {turn}")
        terminal.send(b"\x03")
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert terminal.restored()


def test_the_app_lives_through_noise() -> None:
    with Terminal(["--source", "demo", "--model", "exact", "--fps", "2"]) as terminal:
        terminal.wait_text("true .* m")
        terminal.send(b"".join(noise(150, seed=99, keep_out=b"q")))
        terminal.pump(OVER_S + 0.1)
        terminal.send(b"\x03")
        terminal.wait_exit()
        assert terminal.exit_code == 0, terminal.text
        assert terminal.restored()
