"""How commands begin and end as processes: closed streams, signals, readers that leave, sizes that are none."""

from __future__ import annotations

import array
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.cli.planted import stripes
from tui.cli.surroundings import forget_wrong_sizes

TUI = [sys.executable, "-m", "tui"]
LIMIT_S = 60


def shell(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell, cron or a daemon starts it."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", *TUI, *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("arguments", "code"), [(["doctor"], 0), (["measure", "no.png", "--at", "1,1"], 2), ([], 2)])
def test_with_streams_closed_a_command_does_as_ever(redirection: str, arguments: list[str], code: int) -> None:
    done = shell(redirection, *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == (1 if code and "2>" not in redirection else 0)
    assert bool(done.stdout) == (code == 0 and ">&-" not in redirection.replace("2>&-", ""))


def test_with_all_streams_closed_nothing_gets_into_the_files(tmp_path: Path) -> None:
    picture = stripes(tmp_path / "a.png")
    done = shell("<&- >&- 2>&-", "depth", str(picture), "--out", str(tmp_path / "maps"))
    assert done.returncode == 0
    with np.load(tmp_path / "maps" / "a.npz") as found:
        assert found["inverse_depth"].shape == (40, 80)


def test_a_reader_of_errors_that_leaves_changes_no_exit_code() -> None:
    with subprocess.Popen([*TUI, "bogus"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(LIMIT_S) == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_watching_with_what_was_measured(number: signal.Signals, code: int) -> None:
    arguments = ["watch", "--source", "demo", "--at", "10,10", "--every", "0", "--format", "json"]
    with subprocess.Popen([*TUI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == code
    assert err.strip() == ""
    for line in [*lines, *out.splitlines()]:
        assert json.loads(line)["x"] == 10


def test_a_signal_ends_what_nobody_reads() -> None:
    code = (
        "import sys\nfrom tui.cli.exits import exit_code_of, leave\nfrom tui.cli.surroundings import end_on_signals\n"
        "end_on_signals()\nleave(exit_code_of(lambda: [sys.stdout.write('x' * 1000) for _ in range(10**6)]))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while waiting(process.stdout.fileno()) < 60_000:  # until the pipe is full
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 143


def waiting(descriptor: int) -> int:
    """How many bytes lie in a pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]


def test_a_reader_that_has_enough_ends_watching_quietly() -> None:
    arguments = ["watch", "--source", "demo", "--at", "10,10", "--every", "0"]
    with subprocess.Popen([*TUI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(LIMIT_S) in {0, 1}


def test_what_is_to_be_ignored_stays_ignored() -> None:
    done = python(
        "import os, signal\nfrom tui.cli.surroundings import end_on_signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\nend_on_signals()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\nprint('still here', flush=True)\n"
        "os.kill(os.getpid(), signal.SIGTERM)"
    )
    assert (done.returncode, done.stdout) == (143, "still here\n")


def test_who_does_not_end_when_asked_ends_when_asked_again() -> None:
    done = python(
        "import os, signal\nfrom tui.cli.surroundings import end_on_signals\nend_on_signals()\n"
        "while True:\n    try:\n        os.kill(os.getpid(), signal.SIGTERM)\n    except SystemExit:\n        pass"
    )
    assert done.returncode == 143


def test_a_command_leaves_whatever_its_threads_do() -> None:
    done = python(
        "import atexit, sys, threading\natexit.register(print, 'torn down')\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "sys.argv = ['depth-tui', '--version']\nfrom tui.cli import main\nmain()"
    )
    assert done.returncode == 0
    assert done.stdout.startswith("depth-tui ")
    assert "torn down" not in done.stdout, "no interpreter is taken down around the threads of a decoder"


@pytest.mark.parametrize("size", ["0", "abc", "-3", "", "1e3", "99999999999", "٣"])
def test_an_exported_size_that_is_none_is_forgotten(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES"):
        monkeypatch.setenv(name, size)
    forget_wrong_sizes()
    assert "COLUMNS" not in os.environ
    assert "LINES" not in os.environ


def test_an_exported_size_that_is_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    forget_wrong_sizes()
    assert os.environ["COLUMNS"] == "100"


@pytest.mark.parametrize("arguments", [["models"], ["measure", "--help"]])
def test_commands_print_whatever_size_is_exported(arguments: Sequence[str]) -> None:
    for size in ("0", "1", "-3"):
        sizes = {"COLUMNS": size, "LINES": size, "TERMINAL_WIDTH": size}
        done = subprocess.run(
            [*TUI, *arguments], env=os.environ | sizes, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout
