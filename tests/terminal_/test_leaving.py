"""However the app ends, its terminal is as it was, its exit code says so, and a fault of its own is one line."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.planted import stripes
from tests.terminal import Terminal
from tui.app import DepthApp
from tui.screens.options import StartOptions
from tui.storage.faults import write_fault
from tui.storage.paths import faults_dir
from tui.storage.settings import load_settings
from tui.terminal.measure import app_command

ROOT = str(Path(__file__).resolve().parents[2])
SLOWLY = ["--model", "exact", "--fps", "3"]
"""For what does not depend on how fast pictures come."""

DRAWN = (b"\x1b[?1049h", b"\x1b[?1003h", b"Coordinates")
"""What is sent when the terminal is taken over and drawn on."""

FAILING = """
import asyncio, sys, threading
from pathlib import Path
import tui.app
from textual.binding import Binding
from tui.app import DepthApp, run_app
from tui.cli.exits import leave
from tui.screens.options import StartOptions
from tui.terminal.driver import WireDriver

def fail(*_):
    raise ValueError("planted \\x1b[31m at rtsp://me:secret@host/")

class Failing(DepthApp):
    CSS_PATH = str(Path(tui.app.__file__).parent / "screens" / "main.tcss")
    BINDINGS = [Binding("f5", "fail", priority=True)]

    def action_fail(self):
        async def work():
            fail()
        kind = sys.argv[1]
        if kind == "handler":
            fail()
        elif kind == "screen":
            self.main.call_next(fail)
        elif kind == "worker":
            self.run_worker(work())
        elif kind == "threaded worker":
            self.run_worker(fail, thread=True)
        elif kind == "callback":
            asyncio.get_running_loop().call_later(0, fail)
        elif kind == "thread":
            threading.Thread(target=fail, daemon=True).start()
        elif kind == "input":
            WireDriver.process_message = fail
        elif kind == "keeping":
            self.keep = fail
            self.exit()

# One with the threads of a network and a source that is live, which takes long to load; the others do without.
kind, picture = sys.argv[1:]
source, model = ("demo", "pocket") if kind == "handler" else (picture, None)
leave(run_app(StartOptions(source=source, model=model, fps=2.0), make=Failing))
"""


@pytest.mark.parametrize(
    "kind", ["handler", "screen", "worker", "threaded worker", "callback", "thread", "input", "keeping"]
)
def test_a_fault_restores_the_terminal_and_is_one_line(kind: str, tmp_path: Path) -> None:
    program, picture = tmp_path / "failing.py", stripes(tmp_path / "desk.png")
    program.write_text(FAILING)
    with Terminal(command=[sys.executable, str(program), kind, str(picture)], env={"PYTHONPATH": ROOT}) as terminal:
        terminal.wait_text("LIVE|STILL")
        terminal.keys("u\x1b[15~")  # another unit, which is to be kept
        if kind == "input":
            terminal.keys("x")
        terminal.wait_exit()
        assert terminal.exit_code == 1
        assert terminal.restored()
        (line,) = bytes(terminal.received).rpartition(b"\x1b[?1006l")[2].decode().splitlines()
    told = re.fullmatch(r"depth-tui: a fault of depth-tui itself: ValueError: (.*) \(details: (.*)\)", line)
    assert told, line
    assert told[1].startswith("planted \\x1b[31m")
    assert "secret" not in line
    details = Path(told[2]).read_text()
    assert "in fail" in details
    assert "secret" not in details
    assert load_settings()[0].unit.value == ("m" if kind == "keeping" else "cm")


def test_only_the_newest_faults_are_kept() -> None:
    faults_dir().mkdir(parents=True)
    for day in range(10, 30):
        (faults_dir() / f"202401{day}-000000-1.txt").write_text("old")
    path = write_fault(ValueError("new"))
    assert path is not None
    kept = sorted(faults_dir().iterdir())
    assert len(kept) == 10
    assert kept[-1] == path


async def test_a_fault_without_a_place_for_its_details_still_ends_the_app(own_home: Path) -> None:
    own_home.mkdir()
    (own_home / "state").write_text("a file where a folder should be")
    assert write_fault(ValueError("planted")) is None


@pytest.mark.parametrize(
    ("number", "code", "how"), [(signal.SIGTERM, 143, []), (signal.SIGHUP, 0, SLOWLY), (signal.SIGINT, 130, SLOWLY)]
)
def test_a_signal_keeps_what_was_set_and_has_its_code(number: signal.Signals, code: int, how: list[str]) -> None:
    with Terminal(["--source", "demo", *how]) as terminal:
        terminal.wait_text("LIVE")
        terminal.keys("u")
        terminal.wait_text(r"\d cm")
        os.kill(terminal.pid, number)
        terminal.wait_exit()
        assert terminal.exit_code == code
        assert terminal.restored()
    assert load_settings()[0].unit.value == "cm"


def test_a_terminal_that_nobody_reads_any_more_does_not_hold_the_app() -> None:
    with Terminal(["--source", "demo"]) as terminal:
        terminal.wait_text("LIVE")
        time.sleep(1.0)  # unread: what is sent fills the device
        os.kill(terminal.pid, signal.SIGTERM)
        end_s = time.monotonic() + 20
        while terminal.exit_code is None:
            assert time.monotonic() < end_s
            time.sleep(0.05)
        assert terminal.exit_code == 143


def test_ctrl_z_gives_the_shell_its_terminal_and_fg_takes_it_again(tmp_path: Path) -> None:
    rc = tmp_path / "rc"
    rc.write_text("PS1='ready> '\nset -m\n")
    with Terminal(command=["bash", "--noprofile", "--rcfile", str(rc), "-i"]) as terminal:
        terminal.wait_text("ready>")
        terminal.keys(f"{' '.join(app_command('--source', 'demo', *SLOWLY))}\n")
        terminal.wait_text("LIVE")
        for _ in range(2):
            terminal.keys("\x1a")
            terminal.wait_text("Stopped")
            assert terminal.restored()
            terminal.keys("echo here $((6*7))\n")  # typed blind unless the shell has its echo back
            terminal.wait_text("here 42")
            shown = len(terminal.received)
            terminal.keys("fg\n")
            wait_for(terminal, shown, *DRAWN)
            terminal.wait_text(r"(?s)\A(?!.*Stopped)")  # drawn over, so that the next one is a new one
        terminal.keys("?")
        terminal.wait_text("type to search")
        terminal.keys("\x1b[27u")
        terminal.keys("q")
        wait_for(terminal, len(terminal.received), b"ready> ")
        terminal.keys("echo left $?\n")
        terminal.wait_text("left 0")


def wait_for(terminal: Terminal, since: int, *signs: bytes) -> None:
    """Until all these were sent, after so many bytes."""
    end_s = time.monotonic() + 20
    while not all(sign in terminal.received[since:] for sign in signs):
        assert time.monotonic() < end_s, terminal.text
        terminal.pump(0.02)


def test_stopped_from_outside_the_screen_is_drawn_anew() -> None:
    with Terminal(["--source", "demo", *SLOWLY]) as terminal:
        terminal.wait_text("LIVE")
        for stop in (signal.SIGSTOP, signal.SIGTSTP):
            os.kill(terminal.pid, stop)
            terminal.pump(0.2)
            shown = len(terminal.received)
            os.kill(terminal.pid, signal.SIGCONT)
            wait_for(terminal, shown, *DRAWN)
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0


@pytest.mark.parametrize("name", ["dumb", "", "unknown"])
def test_a_terminal_without_a_screen_is_named_with_what_works_there(name: str) -> None:
    with Terminal([], env={"TERM": name}) as terminal:
        terminal.wait_exit()
        assert terminal.exit_code == 2
        assert "depth-tui watch" in terminal.text
        assert bytes(terminal.received).count(b"\n") == 1
        assert b"\x1b" not in terminal.received


@pytest.mark.parametrize("standard_input", [subprocess.DEVNULL, subprocess.PIPE])
def test_without_keys_it_is_one_line(standard_input: int) -> None:
    terminal, inside = pty.openpty()
    done = subprocess.run(
        app_command(), stdin=standard_input if standard_input == subprocess.DEVNULL else None, stderr=subprocess.PIPE,
        input=b"q" if standard_input == subprocess.PIPE else None, stdout=inside, check=False,
    )  # fmt: skip
    os.close(terminal)
    os.close(inside)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"needs a terminal" in done.stderr


@pytest.mark.parametrize(("columns", "lines"), [("0", "-3"), ("abc", ""), ("33", "9"), ("100000", "0")])
def test_the_size_is_the_terminal_s_whatever_is_exported(columns: str, lines: str) -> None:
    env = {"COLUMNS": columns, "LINES": lines, "TERM": "xterm-direct", "COLORTERM": ""}
    with Terminal(["--source", "demo", *SLOWLY], rows=30, columns=100, env=env) as terminal:
        terminal.wait_text("LIVE")
        shown = terminal.text.splitlines()
        assert shown[1].rstrip().endswith("╮")
        assert len(shown[1].rstrip()) == 100
        assert "quit" in shown[29]
        assert b"\x1b[38;2;" in terminal.received or b";38;2;" in terminal.received, "a direct terminal has all colours"
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0


async def test_a_dialog_that_closes_twice_leaves_the_main_screen(tmp_path: Path) -> None:
    app = DepthApp(StartOptions(source=str(tmp_path)))
    async with app.run_test() as pilot:
        while not app.started:
            await pilot.pause(0.01)
        await app.pop_screen()
        assert app.screen is app.main
