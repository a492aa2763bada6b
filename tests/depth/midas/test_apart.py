"""Converting in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.depth.conftest import run_python, runs
from tests.fakes import wait_until
from tests.installed import needs_midas
from tui.depth.engines.network import EngineError
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.midas.apart import convert_apart
from tui.errors import ModelError
from tui.storage.paths import converted_dir

SMALL, SHA256 = "midas-v21-small-256", "0" * 64


def quiet(_what: str, _fraction: float | None) -> None:
    """Progress that nobody watches."""


@needs_midas
def test_wrong_weights_are_one_line_and_nothing_beside_the_user_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("import pathlib; pathlib.Path('run').touch()")
    weights = tmp_path / "weights.pt"
    weights.write_text("not weights")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="is not a weights file"):
        convert_apart(SMALL, weights, SHA256, quiet)
    assert not (tmp_path / "run").exists()


def test_without_a_cache_it_is_converted_here(
    small_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    steps = []
    request = ModelRequest("midas-small", small_checkpoint, engine="openvino", threads=1)
    estimator = load_estimator(request, lambda what, _fraction: steps.append(what))
    assert estimator.engine == "openvino f32"
    assert steps.count("converting for OpenVINO, once") == 1
    estimator.close()


def test_a_process_that_breaks_off_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EngineError, match=r"broke off \(exit code 1\)"):
        convert_apart(SMALL, tmp_path / "small.pt", SHA256, quiet)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    assert not convert_apart(SMALL, tmp_path / "small.pt", SHA256, quiet)


def test_it_ends_with_the_process_that_wants_it(small_checkpoint: Path) -> None:
    code = (
        "import os, sys, threading, time; from pathlib import Path; from tui.depth.midas import apart; made = []\n"
        "class Noted(apart.Helper):\n"
        "    def __init__(self, module): super().__init__(module); made.append(self.pid)\n"
        "apart.Helper = Noted\n"
        "def leave(*step): print(made[0], flush=True); os._exit(0)\n"
        f"apart.convert_apart({SMALL!r}, Path(sys.argv[1]), {SHA256!r}, leave)"
    )
    pid = int(run_python(code, str(small_checkpoint)))
    wait_until(lambda: not runs(pid), "the process ends")
    assert not list(converted_dir().glob(f"{SMALL}-*"))
