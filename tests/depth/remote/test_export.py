"""What is exported is what a server needs: the same network, its shapes, and the card where a client finds it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import openvino
import pytest
from onnx import helper

from tests.depth.models import card_text, write_onnx, write_red_model
from tests.depth.remote.real import CARD, POCKET
from tui.cli.root import run
from tui.depth.file_model import load_file_model


def test_triton_is_told_the_shapes_and_the_card(tmp_path: Path) -> None:
    assert run(["models", "export", "pocket", "--for", "triton", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "pocket" / "1" / "model.onnx").read_bytes() == POCKET.read_bytes()
    assert (tmp_path / "pocket" / "card.toml").read_text() == CARD.read_text()
    lines = (tmp_path / "pocket" / "config.pbtxt").read_text().splitlines()
    assert lines[:3] == ['name: "pocket"', 'backend: "onnxruntime"', "max_batch_size: 0"]
    assert 'input [ { name: "image" data_type: TYPE_FP32 dims: [ 1, 3, -1, -1 ] } ]' in lines
    assert 'output [ { name: "inverse_depth" data_type: TYPE_FP32 dims: [ 1, 1, -1, -1 ] } ]' in lines
    parameter = next(line for line in lines if line.startswith("parameters"))
    written = parameter.removeprefix('parameters { key: "card" value { string_value: ').removesuffix(" } }")
    assert json.loads(written) == CARD.read_text()


def test_a_network_that_takes_any_number_is_batched(tmp_path: Path) -> None:
    write_red_model(tmp_path / "net.xml", [-1, 3, 32, 32])
    assert run(["models", "export", str(tmp_path / "net.xml"), "--for", "triton", "--out", str(tmp_path / "out")]) == 0
    folder = tmp_path / "out" / "planted"
    lines = (folder / "config.pbtxt").read_text()
    assert 'backend: "openvino"' in lines
    assert "max_batch_size: 8\ndynamic_batching { }" in lines
    assert "dims: [ 3, 32, 32 ]" in lines
    assert {each.name for each in (folder / "1").iterdir()} == {"model.xml", "model.bin"}


def test_openvino_model_server_gets_the_same_network_with_its_card(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_red_model(tmp_path / "net.xml", [1, 3, -1, -1])
    for name in ("planted", "another"):
        (tmp_path / "net.toml").write_text(card_text().replace("planted", name))
        assert run(["models", "export", str(tmp_path / "net.xml"), "--for", "ovms", "--out", str(out)]) == 0
    listed = json.loads((out / "config.json").read_text())["model_config_list"]
    assert [each["config"] for each in listed] == [{"name": name, "base_path": name} for name in ("planted", "another")]
    model = openvino.Core().read_model(out / "planted" / "1" / "model.xml")
    assert model.get_rt_info(["model_info", "depth_tui_card"]).value == (out / "planted" / "card.toml").read_text()
    batch = np.random.default_rng(0).random((1, 3, 16, 32), np.float32)
    np.testing.assert_array_equal(openvino.compile_model(model, "CPU")(batch)[0], batch[:, :1])


def test_weights_beside_the_file_go_along(tmp_path: Path) -> None:
    node = helper.make_node("Conv", ["x", "double"], ["map"])
    path = write_onnx(
        tmp_path / "net.onnx",
        [node],
        {"map": [1, 1, "h", "w"]},
        {"double": np.array([2, 0, 0], np.float32).reshape(1, 3, 1, 1)},
    )
    onnx.save_model(onnx.load(path), path, save_as_external_data=True, location="net.weights", size_threshold=0)
    assert run(["models", "export", str(path), "--for", "triton", "--out", str(tmp_path / "out")]) == 0
    copied = tmp_path / "out" / "planted" / "1" / "model.onnx"
    assert (copied.parent / "net.weights").is_file()
    copied.with_suffix(".toml").write_text(path.with_suffix(".toml").read_text())
    picture = np.full((32, 32, 3), 7, np.uint8)
    np.testing.assert_array_equal(load_file_model(copied).estimate(picture), np.full((32, 32), 14, np.float32))


@pytest.mark.parametrize(
    ("model", "server", "words"),
    [
        ("midas-small", "triton", "checkpoint"),
        ("hf:Intel/dpt-large", "ovms", "no model file"),
        ("oip:http://host/net", "ovms", "no model file"),
        ("nix.onnx", "ovms", "no such file"),
        ("./net.tflite", "triton", "no such file"),
        ("nothing", "triton", "no model is called"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    model: str, server: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "export", model, "--for", server, "--out", str(tmp_path)]) in {2, 3}
    err = capsys.readouterr().err
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_nothing_that_is_there_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = ["models", "export", "pocket", "--for", "ovms", "--out", str(tmp_path)]
    (tmp_path / "pocket").mkdir()
    assert run(export) == 2
    assert "there already" in capsys.readouterr().err
    (tmp_path / "pocket").rmdir()
    (tmp_path / "config.json").write_text("[]")
    assert run(export) == 2
    assert "no configuration" in capsys.readouterr().err
    assert not (tmp_path / "pocket").exists()


def test_a_disk_that_is_full_leaves_nothing_and_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("basic_ios::clear: iostream error")

    out = tmp_path / "out"
    write_red_model(tmp_path / "net.xml", [1, 3, -1, -1])
    (tmp_path / "net.toml").write_text(card_text())
    monkeypatch.setattr(openvino, "save_model", full)
    assert run(["models", "export", str(tmp_path / "net.xml"), "--for", "ovms", "--out", str(out)]) == 2
    assert "is the disk full" in capsys.readouterr().err
    assert list(out.iterdir()) == []
