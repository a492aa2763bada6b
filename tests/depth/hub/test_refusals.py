"""What cannot be used is refused in one line that names the model and the remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="the extra 'hub' is not installed")

from safetensors.torch import load_file, save_file

from tests.depth.hub.checkpoints import COMMIT
from tui.depth.hub import kinds, settings
from tui.depth.hub.address import HubAddress, is_hub, parse_address
from tui.depth.hub.cache import cache_folder
from tui.depth.hub.load import SnapshotMissing
from tui.depth.loader import ModelRequest, load_estimator
from tui.errors import DepthTuiError, InputError, ModelError


def refusal(name: str, engine: str = "auto", weights: Path | None = None) -> str:
    with pytest.raises(DepthTuiError) as caught:
        load_estimator(ModelRequest(name, weights, engine))
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    assert caught.value.exit_code == (2 if isinstance(caught.value, InputError) else 3)
    return message


def change(folder: Path, **fields: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **fields}))


def test_addresses() -> None:
    assert parse_address("hf:Intel/dpt-large") == HubAddress("Intel/dpt-large", "main")
    assert parse_address("hf:a/b.c-d_e@refs/pr/3") == HubAddress("a/b.c-d_e", "refs/pr/3")
    assert is_hub("hf:a/b")
    assert not is_hub("midas-small")
    assert not is_hub("somewhere/net.onnx")
    for name in (
        "hf:",
        "hf:x",
        "hf:a/b/c",
        "hf:a/b@",
        "hf:a/../b",
        "hf:a/b@../c",
        "hf:a/b@x y",
        "hf:-a/b",
        "hf:a/b--c/",
    ):
        assert "hf:" in refusal(name)
    assert "no such folder" in refusal("hf:./nowhere")


def test_what_is_not_in_the_cache_says_how_to_fetch_it(
    hub: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = hub("glpn")
    assert "HF_HUB_OFFLINE forbids to look for it" in refusal("hf:tiny/none")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    assert refusal("hf:tiny/none").endswith("run: depth-tui models fetch hf:tiny/none")
    assert refusal(f"{name}@v2").endswith("run: depth-tui models fetch hf:tiny/glpn@v2")
    with pytest.raises(SnapshotMissing) as caught:
        load_estimator(ModelRequest("hf:depth-anything/Depth-Anything-V2-Small-hf@main"))
    assert caught.value.spec.licence == "Apache-2.0"


def test_the_cache_is_where_the_hubs_libraries_have_it(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == own_home / "cache" / "huggingface" / "hub"
    monkeypatch.setenv("HF_HOME", "~/hf")
    assert cache_folder() == own_home / "hf" / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", "/somewhere")
    assert cache_folder() == Path("/somewhere")


def test_weights_that_can_hold_code_are_not_loaded(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    message = refusal(str(folder))
    assert "only as pytorch_model.bin, a format that can hold program code and is never loaded" in message
    (folder / "pytorch_model.bin").unlink()
    assert "has no weights: there is no model.safetensors" in refusal(str(folder))


def test_what_is_no_depth_network_is_named(folder: Path) -> None:
    change(folder, architectures=["DPTForSemanticSegmentation"], model_type="dpt")
    assert "is a DPTForSemanticSegmentation, no depth-estimation model" in refusal(str(folder))
    change(folder, architectures=["BertModel"], model_type="bert")
    assert "is a BertModel" in refusal(str(folder))
    change(folder, architectures=["NovelForDepthEstimation"], model_type="novel")
    assert "is of the kind 'novel', whose output is not known here; known are: dpt," in refusal(str(folder))
    change(folder, auto_map={"AutoModel": "code.Novel"})
    assert "needs program code of its own, which is never run" in refusal(str(folder))
    change(folder, architectures=["PromptDepthAnythingForDepthEstimation"], model_type="prompt_depth_anything")
    assert "needs a depth sensor's map" in refusal(str(folder))


def test_missing_and_damaged_files_are_named(folder: Path) -> None:
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    for content in (whole[:-1], whole[:100], b"", b"not weights at all", whole + b"x"):
        weights.write_bytes(content)
        assert "model.safetensors is cut off or damaged" in refusal(str(folder))
    weights.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "it is a pointer of git LFS" in refusal(str(folder))
    weights.write_bytes(b"<!DOCTYPE html><html>")
    assert "it is a web page" in refusal(str(folder))
    weights.write_bytes(whole)
    (folder / "preprocessor_config.json").rename(folder / "away.json")
    assert "has no preprocessor_config.json" in refusal(str(folder))
    (folder / "away.json").rename(folder / "preprocessor_config.json")
    (folder / "config.json").write_text("{")
    assert "config.json is damaged: it is no JSON" in refusal(str(folder))
    (folder / "config.json").unlink()
    assert "has no config.json, so it is no model in transformers' format" in refusal(str(folder))


@pytest.mark.parametrize("engine", ["torch", "openvino"])
def test_weights_that_are_no_numbers_are_refused(folder: Path, engine: str) -> None:
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    name = next(name for name, tensor in tensors.items() if tensor.is_floating_point())
    tensors[name].view(-1)[0] = float("nan")
    save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(ModelError, match="are not all finite numbers"):
        load_estimator(ModelRequest(str(folder), engine=engine))


def test_a_file_of_the_cache_that_has_changed_is_noticed(hub: Callable[[str], str], tmp_path: Path) -> None:
    name = hub("glpn")
    snapshot = tmp_path / "hf" / "hub" / "models--tiny--glpn" / "snapshots" / COMMIT
    blob = (snapshot / "model.safetensors").resolve()
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    blob.write_bytes(content)
    message = refusal(name)
    assert "has changed since it was fetched" in message
    assert "run: depth-tui models fetch hf:tiny/glpn" in message


@pytest.mark.parametrize("engine", ["auto", "torch", "openvino"])
def test_weights_of_another_network_do_not_fit(folder: Path, engine: str) -> None:
    change(folder, hidden_sizes=[8, 8, 16, 32])
    message = refusal(str(folder), engine)
    assert str(folder) in message
    change(folder, hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 2])
    assert "tensors do not fit its config.json, such as glpn." in refusal(str(folder), engine)


def test_a_network_that_is_too_new_for_transformers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KNOWN", (*kinds.KNOWN, "glpn9"))
    monkeypatch.setitem(settings._FAMILY_OF, "glpn9", "GLPN")
    change(folder, model_type="glpn9", architectures=["Glpn9ForDepthEstimation"])
    message = refusal(str(folder))
    assert "does not know this network; try: pip install -U transformers" in message


def test_other_weights_cannot_be_given(folder: Path) -> None:
    assert "leave --weights out" in refusal(str(folder), weights=folder / "model.safetensors")
