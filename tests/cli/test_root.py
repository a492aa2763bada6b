"""The command itself: what it imports, how it fails, how it starts the app."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from tui import __version__
from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.cli.exits import exit_code_of
from tui.cli.root import run
from tui.errors import InputError, ModelError, SourceError, StorageError
from tui.geometry.mounting import AS_DELIVERED, Crop, Mounting, Turn
from tui.records.listeners import Listening
from tui.screens.options import StartOptions
from tui.terminal.bandwidth import Bandwidth

HEAVY = ("torch", "timm", "cv2", "openvino", "transformers", "textual", "scipy", "PIL", "numpy")


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    done = _python(f"import sys, tui.cli.root; print([name for name in {HEAVY!r} if name in sys.modules])")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_models_and_cameras_are_listed_without_loading_an_engine(own_home: Path) -> None:
    assert own_home
    heavy = ("torch", "timm", "cv2", "openvino", "transformers", "textual")
    done = _python(
        "import sys\nfrom tui.cli.root import run\n"
        "codes = [run([name]) for name in ('models', 'cameras')]\n"
        f"print(codes, [name for name in {heavy!r} if name in sys.modules])"
    )
    assert done.stdout.endswith("[0, 0] []\n"), done.stdout + done.stderr


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"depth-tui {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["measure", "--help"], ["models", "fetch", "-h"]])
def test_help_is_had_everywhere(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert "Usage: depth-tui" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["depth", "a.jpg", "--out", ""], "--out ''"),
        (["depth", "a.jpg", "--out="], "--out ''"),
        (["depth", "--recursive", "", "--out", "maps"], "an empty word among the inputs"),
        (["measure", "--json", "", "--at", "1,1"], "measure what?"),
        (["measure", ""], "an empty word after measure"),
        (["--source", ""], "--source ''"),
        (["bogus"], "No such command 'bogus'"),
        (["--bogus"], "No such option: --bogus"),
        (["--theme", "neon"], "'neon' is not one of 'dark', 'light'"),
        (["--palette", "jet"], "'jet' is not one of 'inferno', 'magma'"),
        (["--colors", "8"], "'8' is not one of 'auto', 'truecolor'"),
        (["--source", "demo", "doctor"], "options for doctor come after it"),
        (["--engine", "torch", "measure", "a.png", "--at", "1,1"], "options for measure come after it"),
    ],
)
def test_bad_use_is_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("depth-tui: ")
    assert says in err
    assert err.count("\n") == 1


class _Terminal:
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        pass

    def write(self, text: str) -> int:
        return len(text)


def _start(monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int = 0) -> dict[str, object]:
    """Run with an app that only notes how it was started, and ends with that code."""
    started: dict[str, object] = {}

    def run_app(options: StartOptions, *, theme: str | None, listening: Listening) -> int:
        started.update({each.name: getattr(options, each.name) for each in fields(options)})
        started.update(theme=theme, listening=listening)
        return code

    monkeypatch.setattr("tui.app.run_app", run_app)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(sys, "stderr", _Terminal())
    assert run(arguments) == code
    return started


def test_without_a_command_the_app_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    started = _start(monkeypatch, [], code=143)
    assert started == {
        "source": None, "model": None, "weights": None, "card": None, "engine": "auto", "profile": None, "theme": None,
        "bandwidth": Bandwidth(None, follows_link=True),
        "fps": 10.0, "colors": None, "palette": None, "contours": None, "graphics": None,
        "precision": "auto", "threads": None, "tour": False, "mounting": AS_DELIVERED, "wish": AS_IT_COMES,
        "live": (), "cameras": (), "listening": Listening(), "demo": True, "resting": False,
    }  # fmt: skip


def test_the_environment_chooses_the_engine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENGINE", "torch"), ("PRECISION", "f32"), ("THREADS", "1")):
        monkeypatch.setenv(f"DEPTH_TUI_{name}", value)
    started = _start(monkeypatch, [])
    assert (started["engine"], started["precision"], started["threads"]) == ("torch", "f32", 1)
    assert run(["profiles"]) == 0, "what the environment says was not typed before a command"


def test_the_apps_options_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [
        "--source",
        "demo",
        "--model",
        "net.onnx",
        "--weights",
        "w.pt",
        "--card",
        "c.toml",
        "--engine",
        "openvino",
    ]
    started = _start(
        monkeypatch,
        [
            *arguments, "--profile", "bench", "--theme", "light", "--bandwidth", "50kB", "--fps", "5",
            "--precision", "bf16", "--threads", "3",
            "--colors", "16", "--palette", "cividis", "--contours", "only", "--graphics", "sixel", "--tour",
            "--rotate", "90", "--crop", "1,2,3x4", "--size", "1280x720", "--rate", "15", "--fourcc", "mjpg",
            "--set", "focus_absolute=30", "--set", "gain=1",
            "--live", "3,4=exec:./range.py",
        ],
    )  # fmt: skip
    assert started == {
        "source": "demo", "model": "net.onnx", "weights": Path("w.pt"), "card": Path("c.toml"),
        "engine": "openvino", "profile": "bench",
        "theme": "light", "bandwidth": Bandwidth(50_000, follows_link=False),
        "fps": 5.0, "colors": "16", "palette": "cividis", "contours": "only",
        "graphics": "sixel", "precision": "bf16", "threads": 3, "tour": True,
        "mounting": Mounting(Turn(1), Crop(1, 2, 3, 4)),
        "wish": CameraWish((1280, 720), 15.0, "MJPG", (("focus_absolute", "30"), ("gain", "1"))),
        "live": ("3,4=exec:./range.py",), "cameras": (), "listening": Listening(), "demo": True, "resting": False,
    }  # fmt: skip


def test_the_app_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def _raise(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("x\ny"), 2), (StorageError("x\ny"), 2), (ModelError("x\ny"), 3), (SourceError("x\ny"), 4)],
)
def test_each_error_has_its_exit_code(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(_raise(error)) == code
    assert capsys.readouterr().err == "depth-tui: x y\n"


def test_an_interrupt_is_130_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(_raise(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_a_file_that_ends_too_soon_is_no_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    def parsed() -> None:  # as the parser does it
        try:
            raise EOFError("cut off")
        except EOFError as error:
            raise typer.Abort from error

    assert exit_code_of(parsed) == 1
    assert "a fault of depth-tui itself: EOFError: cut off" in capsys.readouterr().err


def test_a_fault_of_the_program_is_one_line_unless_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_code_of(_raise(ZeroDivisionError("a\nb"))) == 1
    err = capsys.readouterr().err
    assert "a fault of depth-tui itself: ZeroDivisionError: a b" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("DEPTH_TUI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        exit_code_of(_raise(ZeroDivisionError()))


def test_an_output_that_is_full_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "models"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == f"depth-tui: the output cannot be written: {os.strerror(errno.ENOSPC)}\n"


def test_a_reader_that_leaves_is_no_reason_to_complain() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) in {0, 1}


def test_a_home_that_no_shell_puts_in_is_put_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert run(["print", "ruler", "--out=~/ruler.svg"]) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["ruler.svg"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["measure", "a.jpg", "--at", "1,1", "--fov", "60deg", "--fov=90deg"], "--fov 60deg and --fov 90deg"),
        (["measure", "a.jpg", "--at", "1,1", "--map", "x.npz", "--map", "y.npz"], "--map x.npz and --map y.npz"),
        (["depth", "a.jpg", "--out", "o", "--format", "npz", "--format", "pfm"], "--format npz and --format pfm"),
        (["--source", "demo", "--source", "0"], "--source demo and --source 0"),
        (["measure", "a.jpg", "--at", "1,1", "--json", "--format", "text"], "--json and --format text contradict"),
        (["watch", "--at", "1,1", "--json", "--format", "csv"], "--json and --format csv contradict"),
        (["log", "a.csv", "--json", "--format", "csv"], "--json and --format csv contradict"),
        (["bench", "--models", "--latency"], "leave --bytes, --latency"),
    ],
)
def test_what_contradicts_itself_is_named(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert says in capsys.readouterr().err


def test_what_is_missing_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["print"], ["depth"], ["measure"], ["calibrate", "camera"], ["models", "export", "pocket"]):
        assert run(words) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_what_may_be_said_twice_is_no_contradiction(capsys: pytest.CaptureFixture[str]) -> None:
    twice = ["--at", "1,1", "--at", "2,2", "--fov", "60deg", "--fov", "60deg", "--json", "--format", "json", "--json"]
    assert run(["measure", "missing.jpg", *twice]) == 2
    assert "missing.jpg: no such file" in capsys.readouterr().err
    assert run(["print", "--paper", "a4", "--", "ruler", "--paper", "a3"]) == 2
    assert "and --paper" not in capsys.readouterr().err


def test_two_values_of_one_option_are_named_without_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", "--mqtt", "mqtt://me:secret@one", "--mqtt", "mqtt://me:secret@two"]) == 2
    err = capsys.readouterr().err
    assert "one and --mqtt mqtt://two: give one of them" in err
    assert "secret" not in err


def test_a_word_without_an_end_does_not_hide_what_is_wrong_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", "a.jpg", "--at", "9" * 5000]) == 2
    err = capsys.readouterr().err
    assert "write a pixel as X,Y" in err
    assert len(err) < 500
