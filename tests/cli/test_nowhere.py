"""Paths that lead nowhere, or to what has no end: one line that names them, whatever option they stand behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.planted import stripes
from tui.cli.root import run
from tui.storage import bounded

_MEASURE = ("measure", "a.png", "--at", "8,8")
_TAKE_A_PATH = [
    (("measure", "PATH.jpg", "--at", "8,8"), 2),
    (("measure", "--source", "PATH.mcap", "--at", "8,8"), 4),
    (("measure", "--slide", "PATH.mp4", "--baseline", "9cm", "--fov", "60deg", "--at", "8,8"), 2),
    ((*_MEASURE, "--moved", "PATH.jpg", "--baseline", "9cm", "--fov", "60deg"), 2),
    ((*_MEASURE, "--profile", "PATH.json"), 2),
    ((*_MEASURE, "--intrinsics", "PATH.json"), 2),
    ((*_MEASURE, "--model", "PATH.onnx"), 3),
    ((*_MEASURE, "--fov", "60deg", "--marker", "PATH.yml:0=8cm"), 2),
    (("depth", "PATH.jpg", "--out", "out"), 4),
    (("depth", "a.png", "--out", "PATH"), 2),
    (("watch", "--config", "PATH.toml"), 2),
    (("service", "--config", "PATH.toml"), 2),
    (("log", "PATH.csv"), 2),
    (("profiles", "import", "PATH.json"), 2),
    (("calibrate", "camera", "PATH.jpg", "--board", "9x6", "--square", "25mm"), 4),
    (("calibrate", "camera", "a.png", "--board", "5x7", "--square", "4cm", "--marker", "2cm", "--dict", "PATH.yml"), 2),
    (("models", "card", "PATH.onnx"), 3),
    (("bench", "--source", "PATH.mcap"), 4),
]


@pytest.mark.parametrize("kind", ["nobody's home", "pipe", "endless", "loop", "folder"])
@pytest.mark.parametrize(("words", "code"), _TAKE_A_PATH, ids=lambda each: str(each)[:60])
def test_a_path_that_leads_nowhere_is_one_line(
    words: tuple[str, ...],
    code: int,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bounded, "PIPE_S", 0.05)
    stripes(Path("a.png"))
    typed = next(word for word in words if "PATH" in word)
    path = typed.partition(":")[0].replace("PATH", "./x" if kind != "nobody's home" else "~nobody-of-this-name/x")
    out = typed == "PATH"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        Path(path).symlink_to("/dev/zero")
    elif kind == "loop":
        Path(path).symlink_to("x" + Path(path).suffix)
    elif kind == "folder" and not out:
        Path(path).mkdir()
    if out and kind not in {"pipe", "loop"}:
        return  # a folder of that name can be made, and no test writes to a device
    given = [word.replace(typed.partition(":")[0], path) for word in words]
    assert run(given) in {code, 2}
    said, told = capsys.readouterr()
    assert said == ""
    assert told.startswith("depth-tui: ")
    assert told.count("\n") == 1
    assert Path(path).name in told
    assert "fault" not in told
