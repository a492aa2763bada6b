from __future__ import annotations

import pickle
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra 'midas' is not installed")

import torch

from tui.depth.midas.checkpoint import load_module, read_state_dict
from tui.errors import ModelError

NAME = "midas-v21-small-256"


class Evil:
    """A pickle that creates a file when it is run."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.canary,))


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_module(NAME, path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_training_checkpoint_is_unwrapped(small_checkpoint: Path, tmp_path: Path) -> None:
    state = torch.load(small_checkpoint, weights_only=True)
    path = tmp_path / "training.pt"
    torch.save({"optimizer": {"lr": 0.1}, "model": state}, path)
    loaded = load_module(NAME, path).state_dict()
    assert set(loaded) == set(state)
    assert all(torch.equal(loaded[name], state[name]) for name in state)


@pytest.mark.parametrize(
    "wrappers", [["state_dict"], ["model"], ["model_state_dict"], ["model", "state_dict"]], ids=".".join
)
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod."])
def test_what_training_code_puts_around_the_tensors_is_left_out(
    wrappers: list[str], prefix: str, tmp_path: Path
) -> None:
    tensors = {"a.weight": torch.ones(3), "module.bias": torch.zeros(2)}
    content: dict[str, object] = {f"{prefix}{name}": value for name, value in tensors.items()}
    for wrapper in reversed(wrappers):
        content = {"epoch": 3, "optimizer": {"lr": 0.1}, wrapper: content}
    path = tmp_path / "training.pt"
    torch.save(content, path)
    found = read_state_dict(path)
    assert set(found) == set(tensors)
    assert torch.equal(found["a.weight"], tensors["a.weight"])


def test_a_parallel_checkpoint_gives_the_same_network(small_checkpoint: Path, tmp_path: Path) -> None:
    state = torch.load(small_checkpoint, weights_only=True)
    path = tmp_path / "training.pt"
    torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}}, path)
    loaded = load_module(NAME, path).state_dict()
    assert all(torch.equal(loaded[name], state[name]) for name in state)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(value: float, small_checkpoint: Path, tmp_path: Path) -> None:
    state = torch.load(small_checkpoint, weights_only=True)
    name = next(name for name, tensor in state.items() if tensor.is_floating_point())
    state[name].view(-1)[0] = value
    path = tmp_path / "weights.pt"
    torch.save(state, path)
    assert f"{name} holds values that are not finite" in refusal(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a pointer of git LFS"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"Not Found", "a text, 'Not Found'"),
        (b"\x40\x00\x00\x00\x00\x00\x00\x00{" + b'"a":' + bytes(80), "a safetensors file"),
    ],
)
def test_what_a_download_has_left_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_text("<html>please log in</html>")
    assert "not a weights file" in refusal(path)
    path.write_bytes(b"")
    assert "it is empty" in refusal(path)
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    assert "cut off or damaged" in refusal(path)


def test_a_file_that_is_cut_off_is_refused(small_checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(small_checkpoint.read_bytes()[:-100_000])
    assert "cut off or damaged" in refusal(path)


@pytest.mark.parametrize("legacy", [False, True])
def test_code_in_a_checkpoint_is_never_run(legacy: bool, tmp_path: Path) -> None:
    path, canary = tmp_path / "weights.pt", tmp_path / "canary"
    if legacy:
        path.write_bytes(pickle.dumps(Evil(canary)))
        assert "not a weights file" in refusal(path)
    else:
        torch.save({"a": Evil(canary)}, path)
        assert "program code, which is never run" in refusal(path)
    assert not canary.exists()


def test_weights_of_another_network_are_refused(small_checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    state = torch.load(small_checkpoint, weights_only=True)
    first = next(iter(state))

    torch.save({name: value for name, value in state.items() if name != first}, path)
    assert f"1 of {len(state)} tensors are missing, such as {first}" in refusal(path)
    torch.save({**state, "head.weight": torch.zeros(1)}, path)
    assert "1 tensors are unknown, such as head.weight" in refusal(path)
    torch.save({**state, first: torch.zeros(2, 2)}, path)
    assert f"{first} has shape (2, 2) instead of (32, 3, 3, 3)" in refusal(path)


def test_content_that_is_no_table_of_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    for content in ([torch.zeros(1)], {}, {"epoch": 3}, {1: torch.zeros(1)}):
        torch.save(content, path)
        assert "not a weights file" in refusal(path)


def test_the_old_file_format_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    torch.save({"a": torch.ones(3)}, path, _use_new_zipfile_serialization=False)
    assert torch.equal(read_state_dict(path)["a"], torch.ones(3))


def test_a_folder_is_not_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        read_state_dict(tmp_path)
