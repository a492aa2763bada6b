"""After this program was killed with -9, nothing of a command is left, however silent and deaf to signals it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.camera.held import children_of
from tests.camera.stand_in import is_there, spec_of, stand_in, starts
from tests.fakes import wait_until
from tui.camera.guard import Guard
from tui.camera.process import Process
from tui.errors import SourceError

DEAF = """
for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
write(PICTURE)
if os.fork() == 0: note_start()
while True: time.sleep(1)
"""
OPENS = """
import sys, time
from tui.camera.open import open_source
source = open_source(sys.argv[1])
source.read()
print("open", flush=True)
time.sleep(600)
"""


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[Path]:
    """The folder of a command with a child, both of them deaf; they are ended after the test."""
    yield tmp_path
    for pid in starts(tmp_path):
        if is_there(pid):
            os.kill(pid, signal.SIGKILL)


def shells_of(pid: int) -> list[int]:
    """The children of a process that are shells."""
    return [number for number, (name, _) in children_of(pid).items() if name in {"sh", "dash", "bash", "busybox"}]


@pytest.mark.parametrize("wrapped", [False, True], ids=["direct", "through a shell"])
def test_a_killed_program_leaves_no_command_behind(deaf: Path, wrapped: bool) -> None:
    words = stand_in(deaf, DEAF)
    spec = spec_of(["sh", "-c", f"{' '.join(words)}; true"] if wrapped else words)
    watch = [sys.executable, "-m", "tui", "watch", "--source", spec, "--at", "1,1"]
    program = subprocess.Popen(watch, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(starts(deaf)) == 2, "the command and its child run")
        shells = shells_of(program.pid)
    finally:
        program.kill()
        program.wait()
    assert shells, "the guard stood by"
    wait_until(lambda: not any(map(_runs, starts(deaf))), "the command and its child have ended", 5)
    wait_until(lambda: not any(map(_runs, shells)), "the guard has ended", 5)


def test_a_signal_to_the_whole_group_of_the_program_does_not_reach_the_guard(deaf: Path) -> None:
    spec = spec_of(stand_in(deaf, DEAF))
    program = subprocess.Popen(
        [sys.executable, "-c", OPENS, spec], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "open\n"
    os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    program.stdout.close()
    wait_until(lambda: not any(map(_runs, starts(deaf))), "the command and its child have ended", 5)


def test_a_guard_that_is_dismissed_strikes_nobody_and_is_buried() -> None:
    bystander = subprocess.Popen(["sleep", "600"], start_new_session=True)
    guard = Guard()
    shell = guard._shell
    assert shell is not None
    guard.watch(bystander.pid)
    guard.dismiss()
    guard.dismiss()
    assert not is_there(shell.pid)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_no_guard_is_left_of_what_cannot_be_started_or_has_ended(tmp_path: Path) -> None:
    before = shells_of(os.getpid())
    with pytest.raises(SourceError):
        Process(["no-such-program-anywhere"], "it")
    ended = Process(stand_in(tmp_path, "\n"), "it")
    assert len(shells_of(os.getpid())) == len(before) + 1
    ended.end()
    ended.close()
    assert shells_of(os.getpid()) == before


def _runs(pid: int) -> bool:
    """Whether it lives: whose parent has died is buried by the system's first process, when that gets round to it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
