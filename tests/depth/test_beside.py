"""An estimator in a process of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.depth.conftest import noise_picture, run_python, runs
from tests.fakes import wait_until
from tests.installed import needs_midas
from tui.depth import loader
from tui.depth.beside import EstimatorBeside, load_beside
from tui.depth.loader import ModelRequest, load_estimator, needs_torch
from tui.depth.weights import WeightsMissing
from tui.errors import DepthTuiError, InputError, ModelError


def quiet(_what: str, _fraction: float | None) -> None:
    """Progress that nobody watches."""


def test_it_says_and_computes_what_it_would_here() -> None:
    steps: list[tuple[str, float | None]] = []
    beside = EstimatorBeside(ModelRequest(threads=1), lambda *step: steps.append(step))
    here = load_estimator(ModelRequest(threads=1))
    assert steps[-1] == ("pocket is ready", 1.0)
    for size in ((64, 48), (320, 240)):
        image = noise_picture(*size)
        np.testing.assert_array_equal(beside.estimate(image), here.estimate(image))
    assert (beside.identity, beside.engine, beside.notes) == (here.identity, here.engine, here.notes)
    beside.close()
    here.close()
    with pytest.raises(ModelError, match="was closed"):
        beside.estimate(noise_picture(64, 48))
    beside.close()


def test_a_bad_picture_is_told_and_the_next_one_estimated() -> None:
    beside = EstimatorBeside(ModelRequest(threads=1), quiet)
    with pytest.raises(DepthTuiError):
        beside.estimate(np.zeros((4, 4), np.uint8))
    assert beside.estimate(noise_picture(64, 48)).shape == (48, 64)
    beside.close()


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        pytest.param(ModelRequest("midas-small"), WeightsMissing, marks=needs_midas),
        (ModelRequest("nowhere.onnx"), ModelError),
        (ModelRequest(threads=0), InputError),
    ],
)
def test_errors_come_back_as_they_are(request_: ModelRequest, kind: type[DepthTuiError]) -> None:
    with pytest.raises(kind) as here:
        load_estimator(request_)
    with pytest.raises(kind) as beside:
        EstimatorBeside(request_, quiet)
    assert type(beside.value) is type(here.value)
    assert str(beside.value) == str(here.value)
    assert vars(beside.value) == vars(here.value)


def test_a_process_that_is_killed_is_one_line() -> None:
    beside = EstimatorBeside(ModelRequest(threads=1), quiet)
    os.kill(beside.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match=r"exit code -9, out of memory\?\); m loads"):
        beside.estimate(noise_picture(64, 48))
    beside.close()


def test_it_ends_with_the_program_that_asks() -> None:
    code = (
        "import os; from tui.depth.beside import EstimatorBeside; from tui.depth.loader import ModelRequest\n"
        "print(EstimatorBeside(ModelRequest(threads=1), lambda *_: None).pid, flush=True); os._exit(0)"
    )
    pid = int(run_python(code))
    wait_until(lambda: not runs(pid), "the process ends")


@pytest.mark.parametrize(
    ("model", "engine", "accelerator", "needed"),
    [
        (None, "auto", True, False),
        ("pocket", "openvino", False, False),
        ("net.onnx", "auto", True, False),
        ("midas-small", "openvino", True, False),
        ("midas-small", "auto", False, False),
        ("midas-small", "auto", True, True),
        ("midas-small", "torch", False, True),
        ("hf:depth-anything/Depth-Anything-V2-Small-hf", "openvino", False, True),
        ("no-such-model", "torch", False, False),
    ],
)
def test_torch_is_kept_out_of_the_app(
    monkeypatch: pytest.MonkeyPatch, model: str | None, engine: str, *, accelerator: bool, needed: bool
) -> None:
    monkeypatch.setattr(loader, "accelerator_may_be", lambda: accelerator)
    assert needs_torch(ModelRequest(model, engine=engine)) is needed


def test_midas_by_torch_runs_there(small_checkpoint: Path, warm_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(warm_cache))
    estimator = load_beside(ModelRequest("midas-small", small_checkpoint, engine="torch", threads=1), quiet)
    assert isinstance(estimator, EstimatorBeside)
    assert estimator.engine == "torch cpu"
    assert estimator.estimate(noise_picture(64, 48)).shape == (48, 64)
    estimator.close()
