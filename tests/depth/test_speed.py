"""What a model's speed is said to be, and where that comes from."""

from __future__ import annotations

import json
import threading

import pytest

from tui.depth import speed
from tui.depth.registry import MODELS
from tui.depth.speed import expected_speed, is_live, matmul_gflops, record_frame, speeds_path
from tui.storage.atomic import alone_with


@pytest.fixture(autouse=True)
def forget() -> None:
    speed._limit.cache_clear()


def test_an_estimate_grows_with_the_machine_and_falls_with_the_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "matmul_gflops", lambda: 100.0)
    small, large = expected_speed("midas-v21-small-256"), expected_speed("midas-v21-384")
    assert small is not None
    assert large is not None
    assert not small.is_measured
    assert small.text.startswith("about ")
    ratio = speed.GFLOP["midas-v21-384"] / speed.GFLOP["midas-v21-small-256"]
    assert small.fps == pytest.approx(ratio * large.fps)
    speed._limit.cache_clear()
    monkeypatch.setattr(speed, "matmul_gflops", lambda: 200.0)
    quicker = expected_speed("midas-v21-small-256")
    assert quicker is not None
    assert quicker.fps == pytest.approx(2 * small.fps)
    speed._limit.cache_clear()
    monkeypatch.setattr(speed, "matmul_gflops", lambda: 50.0)
    assert expected_speed("midas-v21-small-256") == quicker, "a busy moment does not make the machine slower"


def test_every_model_of_the_registry_has_an_estimate() -> None:
    assert set(speed.GFLOP) == {spec.name for spec in MODELS}


def test_what_was_measured_here_counts_in_its_fastest_precision() -> None:
    record_frame("pocket", "f32", 0.02)
    record_frame("pocket", "bf16", 0.01)
    found = expected_speed("pocket")
    assert found is not None
    assert found.fps == pytest.approx(100)
    assert (found.precision, found.is_measured) == ("bf16", True)
    assert found.text == "100 fps in bf16"
    assert expected_speed("net-of-somebody") is None


@pytest.mark.parametrize("damage", ["{", '{"machine": 3}', '{"machine": "another", "matmul_gflops": 1, "frame_s": {}}'])
def test_a_damaged_or_foreign_file_counts_as_none(damage: str) -> None:
    record_frame("pocket", "f32", 0.02)
    speeds_path().write_text(damage)
    found = expected_speed("pocket", measure=False)
    assert found is not None
    assert not found.is_measured
    record_frame("pocket", "f32", 0.5)
    assert json.loads(speeds_path().read_text())["frame_s"] == {"pocket": {"f32": 0.5}}


def test_only_what_is_quick_enough_is_live() -> None:
    record_frame("dpt-beit-large-512", "bf16", 2.0)
    record_frame("midas-v21-small-256", "bf16", 0.02)
    assert not is_live("dpt-beit-large-512")
    assert is_live("midas-v21-small-256")
    assert not is_live("net-of-somebody")


def test_a_matrix_product_is_timed() -> None:
    assert 0.1 < matmul_gflops() < 100_000


def test_what_another_program_measures_meanwhile_is_not_lost() -> None:
    record_frame("pocket", "f32", 0.02)
    with alone_with(speeds_path()):  # as that program does
        content = json.loads(speeds_path().read_text())
        ours = threading.Thread(target=record_frame, args=("dpt-levit-224", "f32", 0.05))
        ours.start()
        ours.join(0.2)  # what does not wait for its turn has written by now
        content["frame_s"]["midas-v21-384"] = {"f32": 0.1}
        speeds_path().write_text(json.dumps(content))
    ours.join()
    assert set(json.loads(speeds_path().read_text())["frame_s"]) == {"pocket", "dpt-levit-224", "midas-v21-384"}
