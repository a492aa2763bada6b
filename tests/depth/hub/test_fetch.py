"""Fetching into the Hub's cache by the Hub's own client, from a Hub on this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.depth.hub.checkpoints import COMMIT, picture
from tests.depth.hub.server import FakeHub, serve_hub
from tui.cli.root import run
from tui.depth.fetching import FetchCancelled
from tui.depth.hub.fetch import fetch_snapshot
from tui.depth.loader import ModelRequest, load_estimator
from tui.errors import InputError, ModelError

pytest.importorskip("huggingface_hub", reason="the extra 'hub' is not installed")


@pytest.fixture
def online(saved: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A Hub that has tiny/glpn, with files that are not needed beside those that are."""
    folder = Path(shutil.copytree(saved("glpn"), tmp_path / "there"))
    (folder / "pytorch_model.bin").write_bytes(b"code")
    (folder / "README.md").write_text("a card")
    hub = FakeHub(folder, "tiny/glpn", COMMIT)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with serve_hub(hub) as endpoint:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        yield hub


def test_a_model_is_fetched_once_and_runs_offline_then(online: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int | None]] = []
    folder = fetch_snapshot("hf:tiny/glpn", lambda done, total: told.append((done, total)))
    assert folder.name == COMMIT
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert told[-1] == (total, total)
    asked = len(online.asked)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    estimator = load_estimator(ModelRequest("hf:tiny/glpn", engine="torch", threads=1))
    assert estimator.identity.name == f"hf:tiny/glpn@{COMMIT[:12]}"
    assert estimator.estimate(picture()).shape == (66, 88)
    assert len(online.asked) == asked, "what is in the cache is not asked for"
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE forbids it"):
        fetch_snapshot("hf:tiny/glpn", lambda *_: None)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "RepoNotFound", "the Hub has no such repository, or it is private"),
        (404, "RepoNotFound", "the Hub has no such repository, or it is private"),
        (404, "RevisionNotFound", "there is no revision 'v9'; see https://huggingface.co/tiny/glpn/tree/main"),
        (403, "GatedRepo", "only given to those who accept its terms: do so at https://huggingface.co/tiny/glpn"),
        (500, "Broken", "cannot be fetched from http://127.0.0.1"),
    ],
)
def test_refusals_of_the_hub_are_one_line(online: FakeHub, status: int, code: str, words: str) -> None:
    online.refusal = (status, code)
    with pytest.raises(ModelError) as caught:
        fetch_snapshot("hf:tiny/glpn@v9", lambda *_: None)
    assert words in str(caught.value)
    assert str(caught.value).startswith("hf:tiny/glpn@v9")
    assert "\n" not in str(caught.value)


def test_only_what_can_be_used_is_fetched(online: FakeHub) -> None:
    (online.folder / "model.safetensors").rename(online.folder / "away")
    with pytest.raises(ModelError, match=r"only as pytorch_model\.bin, a format that can hold program code"):
        fetch_snapshot("hf:tiny/glpn", lambda *_: None)
    (online.folder / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match=r"has no preprocessor_config\.json"):
        fetch_snapshot("hf:tiny/glpn", lambda *_: None)
    assert not any("resolve" in each for each in online.asked)


def test_without_a_connection_it_says_so(online: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match=r"cannot be fetched from http://127\.0\.0\.1:9: .*; try again"):
        fetch_snapshot("hf:tiny/glpn", lambda *_: None)
    assert online.asked == []


def test_it_can_be_stopped(online: FakeHub) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(FetchCancelled):
        fetch_snapshot("hf:tiny/glpn", lambda *_: None, cancel)
    assert not any(each.startswith("GET") and "safetensors" in each for each in online.asked)


def test_a_folder_needs_no_fetching(folder: Path) -> None:
    with pytest.raises(InputError, match="is a folder already"):
        fetch_snapshot(f"hf:{folder}", lambda *_: None)


def test_the_command_fetches_and_lists(online: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "fetch", "hf:tiny/glpn", "--yes"]) == 0
    assert "hf:tiny/glpn is installed: " in capsys.readouterr().out
    asked = len(online.asked)
    assert run(["models", "fetch", "hf:tiny/glpn", "--yes"]) == 0
    assert "is installed already: " in capsys.readouterr().out
    assert len(online.asked) == asked
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    assert "hf:depth-anything/Depth-Anything-V2-Large-hf" in out
    assert "CC-BY-NC-4.0" in out
