"""Which model `depth-tui measure` asks, on which engine, and what is said of one that is not to be had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.asking import measured, refusal
from tests.cli.planted import plant, stripes
from tests.installed import needs_midas, pretend_all
from tui.cli.root import run
from tui.geometry.arrays import FloatMap, RGBImage


def test_options_reach_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    estimator, asked = plant(monkeypatch)
    picture = str(stripes(tmp_path / "a.png"))
    measured(capsys, picture, "--at", "1,1", "--model", "net.onnx", "--weights", "w.pt", "--engine", "torch")
    (request,) = asked
    assert (request.model, request.weights, request.engine) == ("net.onnx", Path("w.pt"), "torch")
    assert estimator.closed
    assert (request.precision, request.threads) == ("f32", None), "a measurement does not depend on the CPU"


def test_precision_and_threads_reach_the_model_typed_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, asked = plant(monkeypatch)
    picture = str(stripes(tmp_path / "a.png"))
    measured(capsys, picture, "--at", "1,1", "--precision", "bf16", "--threads", "2")
    monkeypatch.setenv("DEPTH_TUI_PRECISION", "f16")
    monkeypatch.setenv("DEPTH_TUI_ENGINE", "openvino")
    measured(capsys, picture, "--at", "1,1")
    assert [(each.precision, each.threads, each.engine) for each in asked] == [
        ("bf16", 2, "auto"),
        ("f16", None, "openvino"),
    ]


def test_an_engine_that_fails_at_the_picture_is_told_on_the_error_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    estimator, _ = plant(monkeypatch)
    exact = estimator.estimate

    def falls_back(image: RGBImage) -> FloatMap:
        estimator.notes = ("running on torch instead: OpenVINO is out of order",)
        return exact(image)

    monkeypatch.setattr(estimator, "estimate", falls_back)
    assert run(["measure", str(stripes(tmp_path / "a.png")), "--at", "1,1", "--json"]) == 0
    out, error = capsys.readouterr()
    assert json.loads(out)["readings"]
    assert error.count("warning: running on torch instead") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--engine", "warp"], "'warp'"),
        (["--precision", "int4"], "'int4'"),
        (["--threads", "0"], "--threads"),
        (["--engine", "torch", "--model", "{file}"], "torch cannot run"),
        (["--weights", "{file}", "--model", "{file}"], "holds its own weights"),
    ],
)
def test_what_does_not_go_together_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    given = [each.format(file=tmp_path / "net.onnx") for each in arguments]
    assert says in refusal(capsys, str(stripes(tmp_path / "a.png")), "--at", "1,1", *given)


def test_without_its_weights_it_exits_with_3_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_all(monkeypatch)
    line = refusal(capsys, str(stripes(tmp_path / "a.png")), "--at", "1,1", "--model", "midas-small", code=3)
    assert "depth-tui models fetch midas-small" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--model", "nonsense"], "no model is called 'nonsense'"),
        (["--model", "gone.onnx"], "gone.onnx"),
        pytest.param(["--model", "midas-small", "--weights", "{file}"], "is not a weights file", marks=needs_midas),
        (["--model", "midas-small", "--weights", "gone.pt"], "no such file"),
    ],
)
def test_a_model_that_is_none_exits_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    junk = tmp_path / "junk.pt"
    junk.write_bytes(b"not weights at all" * 100)
    given = [each.format(file=junk) for each in arguments]
    assert says in refusal(capsys, str(stripes(tmp_path / "a.png")), "--at", "1,1", *given, code=3)
