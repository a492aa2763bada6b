"""A cache in the Hub's layout with small networks in it; every test of this folder is skipped without transformers."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.depth.hub.checkpoints import put_into_cache, save


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Saves each small network once; ask by its name."""
    pytest.importorskip("transformers", reason="the extra 'hub' is not installed")
    import torch

    torch.set_num_threads(1)  # for networks so small more threads only wait for each other
    folder = tmp_path_factory.mktemp("saved")

    def once(name: str) -> Path:
        if not (folder / name).is_dir():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of libraries that are not under test
                save(name, folder / name)
        return folder / name

    return once


@pytest.fixture
def hub(saved: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """An offline home of the Hub; puts a small network into it, and returns the name to ask for."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)

    def put(name: str) -> str:
        put_into_cache(saved(name), tmp_path / "hf" / "hub", f"tiny/{name}")
        return f"hf:tiny/{name}"

    return put


@pytest.fixture
def folder(saved: Callable[[str], Path], tmp_path: Path) -> Path:
    """A folder of the user's own with a small network, to be spoilt."""
    return Path(shutil.copytree(saved("glpn"), tmp_path / "own"))
