from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.depth.models import write_red_model
from tui.depth.engines.network import default_threads, reason, single_map
from tui.depth.engines.openvino_engine import _KEPT_SHAPES, OpenVinoNetwork, read_model
from tui.errors import ModelError


def test_each_shape_is_compiled_once_and_few_are_kept(tmp_path: Path) -> None:
    network = OpenVinoNetwork(read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1])), threads=1)
    rng = np.random.default_rng(0)
    for side in (*range(1, _KEPT_SHAPES + 3), 1):
        batch = rng.random((1, 3, side, side + 1), dtype=np.float32)
        for _ in range(2):
            assert np.array_equal(network.run(batch), batch[0, 0])
        assert len(network._requests) <= _KEPT_SHAPES
    kept = dict(network._requests)
    network.run(rng.random((1, 3, 1, 2), dtype=np.float32))
    assert dict(network._requests) == kept
    network.close()
    network.close()
    with pytest.raises(ModelError, match="closed"):
        network.run(batch)


def test_a_shape_that_the_model_cannot_take_is_an_error_of_one_line(fastdepth: Path) -> None:
    network = OpenVinoNetwork(read_model(fastdepth / "fastdepth_nyu_fp32.onnx"))
    with pytest.raises(ModelError, match="cannot run this model with an input of 1x4x32x32") as caught:
        network.run(np.zeros((1, 4, 32, 32), dtype=np.float32))
    assert "\n" not in str(caught.value)


def test_the_interpreter_runs_on_while_the_network_computes(fastdepth: Path) -> None:
    """The interface must go on painting: this thread ticks while another one is inside the engine."""
    network = OpenVinoNetwork(read_model(fastdepth / "fastdepth_nyu_fp32.onnx"), threads=1)
    batch = np.zeros((1, 3, 896, 896), dtype=np.float32)
    network.run(batch)
    inside = threading.Event()
    took_s: list[float] = []

    def run() -> None:
        start = time.perf_counter()
        inside.set()
        network.run(batch)
        took_s.append(time.perf_counter() - start)

    thread = threading.Thread(target=run)
    thread.start()
    inside.wait()
    ticks = 0
    while thread.is_alive():
        ticks += 1
        thread.join(0.001)
    assert took_s[0] > 0.02, "too short to tell"
    assert ticks >= 5


@pytest.mark.parametrize("shape", [(4, 5), (1, 4, 5), (4, 5, 1), (1, 1, 4, 5), (1, 4, 5, 1)])
def test_a_single_map_is_found_and_copied(shape: tuple[int, ...]) -> None:
    output = np.arange(20, dtype=np.float32).reshape(shape)
    got = single_map(output)
    assert got.shape == (4, 5)
    assert got.ravel().tolist() == list(range(20))
    assert not np.shares_memory(got, output)


@pytest.mark.parametrize("shape", [(20,), (2, 4, 5), (1, 2, 4, 5), (1, 2, 3, 4, 5)])
def test_anything_else_is_no_map(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="expected one map"):
        single_map(np.zeros(shape, dtype=np.float32))


def test_the_reason_is_the_last_line() -> None:
    assert (
        reason(RuntimeError("Exception from a.cpp:1:\n\nCheck failed\n  the shape is wrong\n")) == "the shape is wrong"
    )
    assert reason(ValueError()) == "ValueError"


def test_one_core_stays_free_where_there_are_more_than_two(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, expected in [(1, 1), (2, 2), (3, 2), (8, 7)]:
        monkeypatch.setattr("os.sched_getaffinity", lambda _pid, n=cores: set(range(n)), raising=False)
        assert default_threads() == expected
