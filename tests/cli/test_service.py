"""The unit that is printed is one that systemd takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.root import run
from tui.cli.service import _quoted


def written(folder: Path, text: str) -> Path:
    path = folder / "watch.toml"
    path.write_text(text)
    return path


def test_the_unit_watches_for_hangs_and_reloads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, 'every = "1min"\n[camera.hall]\nsource = "0"\nat = ["1,1"]\n')
    assert run(["service", "--config", str(path)]) == 0
    unit = capsys.readouterr().out
    assert "Type=notify" in unit
    assert "WatchdogSec=240" in unit
    assert f"watch --config {path}" in unit
    assert "kill -HUP" in unit


def test_systemd_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    folder = tmp_path / 'a $folder with 100% "blanks"'
    folder.mkdir()
    path = written(folder, '[camera.hall]\nsource = "exec:cat x"\nat = ["1,1"]\n')
    assert run(["service", "--config", str(path), "--allow-exec"]) == 0
    unit = tmp_path / "depth-tui.service"
    text = capsys.readouterr().out
    assert "--allow-exec" in text
    unit.write_text(text.replace("ExecStart=", "ExecStart=/bin/true "))
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (found.returncode, [line for line in found.stderr.splitlines() if unit.name in line]) == (0, [])


def test_a_file_that_cannot_be_used_is_refused_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["service", "--config", str(written(tmp_path, "[camera.hall]\n"))]) == 2
    assert "give its source" in capsys.readouterr().err
    wrong = '[camera.hall]\nsource = "0"\nat = ["1,1"]\nalarm = ["door: surely nearer than 1m"]\n'
    assert run(["service", "--config", str(written(tmp_path, wrong))]) == 2
    assert "there is no 'door'" in capsys.readouterr().err


def test_a_program_that_is_run_as_a_module_is_started_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/tui/__main__.py"])
    path = written(tmp_path, '[camera.hall]\nsource = "0"\nat = ["1,1"]\n')
    assert run(["service", "--config", str(path)]) == 0
    assert f"ExecStart={sys.executable} -m tui watch --config {path}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("plain", "plain"), ("a b", '"a b"'), ("100%", "100%%"), ("$x", "$$x"), ('say "x"', '"say \\"x\\""')],
)
def test_words_as_systemd_reads_them(word: str, quoted: str) -> None:
    assert _quoted(word) == quoted
