"""`depth-tui models`: the list as JSON, checking and removing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.installed import pretend_all
from tui.cli.root import run
from tui.depth import loader
from tui.depth.registry import MODELS, find_spec
from tui.depth.speed import record_frame
from tui.depth.weights import cached_path, find_weights
from tui.storage.paths import converted_dir


def install(name: str, content: bytes = b"weights") -> Path:
    """As if it were fetched: the file, and the record of its hash."""
    path = cached_path(find_spec(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    find_weights(find_spec(name))
    return path


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    install("midas-small")
    record_frame("midas-v21-small-256", "bf16", 0.025)
    assert run(["models", "--json"]) == 0
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert set(found) >= {spec.short_name for spec in MODELS}
    small = found["midas-small"]
    assert (small["installed"], small["size_bytes"], small["licence"]) == (True, len(b"weights"), "MIT")
    assert (small["fps"], small["fps_precision"], small["fps_how"]) == (40.0, "bf16", "measured")
    large = found["dpt-large-384"]
    assert (large["installed"], large["path"], large["fps_how"]) == (False, None, "estimated")
    assert large["fps"] > 0
    assert found["pocket"]["bundled"]


def test_a_check_names_what_is_damaged_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    install("dpt-large-384")
    path = install("midas-small")
    assert run(["models", "check"]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    assert "midas-small: as it came" in out
    assert "pocket: as it came" in out
    path.write_bytes(b"weightz")
    assert run(["models", "check"]) == 2
    out, error = capsys.readouterr()
    assert "dpt-large-384: as it came" in out
    (line,) = error.splitlines()
    assert str(path) in line
    assert "models fetch midas-small" in line


def test_a_check_reads_the_hubs_cache_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    content = b"tensors"
    repository = tmp_path / "models--owner--net"
    blob = repository / "blobs" / hashlib.sha256(content).hexdigest()
    snapshot = repository / "snapshots" / ("0" * 40)
    for folder in (blob.parent, snapshot):
        folder.mkdir(parents=True)
    blob.write_bytes(content)
    (snapshot / "model.safetensors").symlink_to(blob)
    assert run(["models", "check"]) == 0
    assert "hf:owner/net: as it came" in capsys.readouterr().out
    blob.write_bytes(b"tensorz")
    assert run(["models", "check"]) == 2
    assert "model.safetensors is damaged" in capsys.readouterr().err


def test_removing_frees_the_weights_and_what_was_converted(capsys: pytest.CaptureFixture[str]) -> None:
    path = install("midas-small", bytes(2_000_000))
    converted = converted_dir() / "midas-v21-small-256-0123-f32-v1"
    other = converted_dir() / "midas-v21-384-0123-f32-v1"
    for folder in (converted, other):
        folder.mkdir(parents=True)
        (folder / "model.bin").write_bytes(bytes(1_000_000))
    assert run(["models", "remove", "midas-small"]) == 0
    assert "3 MB are free again" in capsys.readouterr().out
    assert not path.exists()
    assert not converted.exists()
    assert other.exists()
    assert [each.name for each in path.parent.iterdir()] == []
    assert run(["models", "remove", "midas-small"]) == 2
    assert "is not installed" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "says"), [("pocket", "comes with depth-tui"), ("hf:owner/net", "Hub's cache")])
def test_what_is_not_ours_to_remove_is_refused(name: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "remove", name]) == 2
    assert says in capsys.readouterr().err


def test_the_app_takes_the_most_accurate_that_is_quick_enough_and_measuring_the_most_accurate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_all(monkeypatch)
    assert loader.default_model(live=True) == "pocket"
    for name in ("dpt-large-384", "midas-small"):
        install(name)
    record_frame("dpt-large-384", "f32", 3.0)
    record_frame("midas-v21-small-256", "f32", 0.05)
    assert loader.default_model(live=True) == "midas-v21-small-256"
    assert loader.default_model() == "dpt-large-384"
    record_frame("midas-v21-small-256", "f32", 5.0)
    record_frame("pocket", "f32", 5.0)
    assert loader.default_model(live=True) == "pocket", "the smallest, where none is quick enough"
