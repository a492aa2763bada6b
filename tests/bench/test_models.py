"""`depth-tui bench --models`: differences and ratios that are known beforehand."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from tests.cli.planted import stripes
from tests.fakes import RampEstimator
from tui.bench import machine_limit, models
from tui.bench.machine_limit import matmul_limits
from tui.bench.models import EAGER, Comparison, compare
from tui.cli.root import run
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest
from tui.depth.speed import expected_speed
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage

LIMITS = {"f32": 100.0, "bf16": 400.0}
NETWORK_S = {"f32": 0.004, "bf16": 0.002}


class Timed(RampEstimator):
    """Takes a known time, and is off by a known share of its map's range."""

    def __init__(self, engine: str, takes_s: float, off: float = 0.0) -> None:
        super().__init__(slope=1.0, offset=0.0)
        self.engine = engine
        self.network_s = takes_s
        self._off = off

    def estimate(self, image: RGBImage) -> FloatMap:
        time.sleep(self.network_s)
        p = super().estimate(image)
        low, high = np.percentile(p, (1, 99))
        return (p + np.float32(self._off * (high - low))).astype(np.float32)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> list[ModelRequest]:
    asked: list[ModelRequest] = []

    def load(request: ModelRequest) -> DepthEstimator:
        asked.append(request)
        takes_s = NETWORK_S[request.precision]
        return Timed(f"openvino {request.precision}", takes_s, 0.01 if request.precision == "bf16" else 0.0)

    monkeypatch.setattr(models, "load_estimator", load)
    monkeypatch.setattr(models, "_eager", lambda _request: Timed(EAGER, 0.02))
    monkeypatch.setattr(models, "_first_map_s", lambda _picture, request: 0.5 if request.precision == "f32" else None)
    monkeypatch.setattr(machine_limit, "matmul_limits", lambda _threads=None: LIMITS)
    monkeypatch.setattr("tui.depth.engines.torch_engine.find_accelerator", lambda: None)
    return asked


def test_ratios_limits_and_differences(planted: list[ModelRequest]) -> None:
    pictures = [np.zeros((480, 640, 3), np.uint8)]
    weights = Path("small.pt")
    rows = {row.engine: row for row in compare(Comparison(pictures, 0.01, 2), "midas-small", weights, LIMITS)}
    assert list(rows) == [EAGER, "openvino f32", "openvino bf16"]
    assert {(each.model, each.weights, each.threads) for each in planted} == {("midas-small", weights, 2)}
    rough = rows["openvino bf16"]
    assert rough.difference_median == pytest.approx(0.01, rel=1e-3)
    assert rough.difference_p99 == pytest.approx(0.01, rel=1e-3)
    assert rows["openvino f32"].difference_median is None
    # 6.7 GFLOP at 400 GFLOP/s take 16.75 ms; the network claims 2.
    assert rough.of_limit == pytest.approx(16.75 / 2)
    assert rough.ratio_to_eager == pytest.approx(rows[EAGER].frame_ms / rough.frame_ms)
    assert (rows["openvino f32"].first_map_s, rows[EAGER].first_map_s) == (0.5, None)
    speed = expected_speed("midas-v21-small-256")
    assert speed is not None
    assert speed.is_measured
    assert speed.fps == pytest.approx(1000 / min(rough.frame_ms, rows["openvino f32"].frame_ms), rel=1e-6)


def test_what_torch_cannot_run_has_no_ratio(planted: list[ModelRequest], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_request: ModelRequest) -> DepthEstimator:
        raise ModelError("net.onnx is not run by torch")

    monkeypatch.setattr(models, "_eager", refuse)
    pictures = [np.zeros((48, 64, 3), np.uint8)]
    rows = list(compare(Comparison(pictures, 0.01), "net.onnx", None, LIMITS))
    assert [row.ratio_to_eager for row in rows] == [None, None]
    assert [row.of_limit for row in rows] == [None, None], "the arithmetic is known for 640x480 alone"
    assert len(planted) == 2


@pytest.mark.usefixtures("planted")
def test_the_command_prints_a_table_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(stripes(tmp_path / "stripes.png"))
    command = ["bench", "--models", "pocket", "--source", source, "--seconds", "0.01"]
    assert run([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["matmul_gflops"] == LIMITS
    assert [row["engine"] for row in found["rows"]] == [EAGER, "openvino f32", "openvino bf16"]
    assert run(command) == 0
    out = capsys.readouterr().out
    assert "bf16 400 GFLOP/s" in out
    assert "openvino bf16" in out


def test_bad_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, says in [
        (["bench", "pocket"], "--models"),
        (["bench", "--models", "--weights", "w.pt"], "--weights"),
    ]:
        assert run(arguments) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert says in line


def test_the_machines_limit_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_limit, "_SIDE", 64)
    monkeypatch.setattr(machine_limit, "_LIMIT_S", 0.01)
    limits = matmul_limits(1)
    assert limits["f32"] > 0
    assert set(limits) <= {"f32", "bf16", "f16"}
