"""The real app in a pseudo-terminal: it starts, answers keys, and leaves at once, whatever hangs."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.camera.stand_in import is_there, spec_of, stand_in, starts
from tests.fakes import wait_until
from tests.terminal import Terminal
from tui.storage.paths import kept_dir

LEAVES_WITHIN_S = 0.5
SLOWLY = ["--source", "demo", "--model", "exact", "--fps", "3"]
"""For what does not depend on how fast pictures come."""

TRIES = 3
"""The promise is a time, and the machine may be busy with something else: one try in so many must keep it."""


def leaves_in_time(arguments: list[str], ready: str, leave: Callable[[Terminal], None], code: int = 0) -> bool:
    """Whether the app leaves within the time, in one of some tries, and always with the terminal as it was."""
    for _ in range(TRIES):
        with Terminal(arguments) as terminal:
            terminal.wait_text(ready)
            terminal.pump(0.3)  # well into whatever the source does
            leave(terminal)
            took_s = terminal.wait_exit()
            assert terminal.exit_code == code
            assert terminal.restored()
        if took_s < LEAVES_WITHIN_S:
            return True
    return False


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_the_demo_shows_its_depth_and_q_leaves_the_terminal_as_it_was() -> None:
    with Terminal(["--source", "demo"]) as terminal:
        terminal.wait_text("true .* m")
        terminal.keys("r2m\r")
        terminal.wait_text("off by")
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert terminal.restored()


def test_a_command_is_shown_said_to_be_lost_and_gone_with_the_app(tmp_path: Path) -> None:
    body = """
if len((HERE / "pids").read_text().split()) == 1:
    say("no cameras available\\n"); sys.exit(255)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    write(PICTURE); time.sleep(0.02)
"""
    with Terminal(["--source", spec_of(stand_in(tmp_path, body))]) as terminal:
        terminal.wait_text("ended with exit code 255 .*no cameras available")
        terminal.wait_text("LIVE")
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert terminal.restored()
    assert len(starts(tmp_path)) == 2
    wait_until(lambda: not any(map(is_there, starts(tmp_path))), "the command has ended")


def test_without_a_camera_the_demo_opens_and_says_so() -> None:
    with Terminal([], env={"PATH": os.environ["PATH"]}) as terminal:
        terminal.wait_text("LIVE")
        if "camera 0" not in terminal.text:
            terminal.wait_text("showing the demo room; s picks")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_q_leaves_while_the_source_never_answers(scheme: str, silent_server: str) -> None:
    assert leaves_in_time(["--source", f"{scheme}://{silent_server}/stream"], "OPENING", lambda t: t.keys("q"))


def test_a_signal_leaves_in_time_and_the_terminal_as_it_was() -> None:
    assert leaves_in_time(["--source", "demo"], "LIVE", lambda t: os.kill(t.pid, signal.SIGTERM), 143)


def test_bad_use_is_one_line_and_exit_code_2() -> None:
    with Terminal(["--engine", "abacus"]) as terminal:
        terminal.wait_exit()
        assert terminal.exit_code == 2
        assert len(terminal.text.strip().splitlines()) <= 2
        assert "abacus" in terminal.text


def test_keys_answer_in_80_by_24() -> None:
    with Terminal(SLOWLY, rows=24, columns=80) as terminal:
        terminal.wait_text("true .* m")
        terminal.keys("g10\r20\r")
        terminal.wait_text(r"x  10 +y  20 ")
        terminal.keys("?")
        terminal.wait_text("carry references")


def test_what_was_measured_survives_a_kill_and_is_offered_at_the_next_start() -> None:
    def rows(terminal: Terminal) -> list[str]:
        return re.findall(r" [ab] \( *\d+, *\d+\) +[\d.]+ m", terminal.text)

    def refer(terminal: Terminal, not_at: str = "none") -> str:
        """Give what the demo knows as the reference, once it is of the crosshair's new place."""
        terminal.wait_text(rf"true (?!{re.escape(not_at)} m)[\d.]+ m")
        (true,) = re.findall(r"true ([\d.]+) m", terminal.text)
        terminal.keys(f"r{true}m\r")
        return str(true)

    with Terminal(SLOWLY) as terminal:
        terminal.wait_text("true [\\d.]+ m")
        terminal.keys(" ")  # the same instant for both
        terminal.wait_text("FROZEN")
        first = refer(terminal)
        terminal.wait_text(r" a \(")
        terminal.keys("g20\r10\r")
        terminal.wait_text(r"x  20 +y  10 ")
        refer(terminal, first)
        terminal.wait_text(r" b \(")

        def both() -> bool:
            terminal.pump(0.02)
            return len(rows(terminal)) == 2

        wait_until(both, "both stand in the table, which may be drawn in pieces")
        given = rows(terminal)
        (kept,) = kept_dir().glob("*.json")
        wait_until(lambda: kept.read_text().count('"distance_m"') >= 2, "both are on the disk")
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait_exit()
    with Terminal(SLOWLY) as terminal:
        terminal.wait_text("2 references of .* ago: enter takes")
        assert not rows(terminal)
        terminal.keys("\r")
        terminal.wait_text(r" b \(")
        assert rows(terminal) == given
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0
