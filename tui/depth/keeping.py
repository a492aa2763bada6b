"""What is kept of models on this machine: checked against the hashes that it came with, and removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.depth.hub.cache import cache_folder, expected_sha256
from tui.depth.registry import MODELS, ModelSpec
from tui.depth.weights import cached_path, find_weights, hash_file, record_path
from tui.errors import InputError, ModelError
from tui.storage.atomic import storage_error
from tui.storage.paths import converted_dir

_HUB_WEIGHTS = ("*.safetensors", "*.bin", "*.pt")


@dataclass(frozen=True, slots=True)
class Checked:
    """One file, read whole."""

    name: str
    """Of the model."""
    path: Path
    problem: str
    """What is wrong with it; empty if nothing is."""


def check_all() -> Iterator[Checked]:
    """Hash again what is installed: of the registry, and in the Hub's cache, whose files are named by their hash."""
    for spec in MODELS:
        path = cached_path(spec)
        if path.is_file():
            yield Checked(spec.short_name, path, _problem_of(spec))
    for folder in sorted(cache_folder().glob("models--*--*")):
        name = "hf:" + folder.name.removeprefix("models--").replace("--", "/", 1)
        files = {path.resolve(): path for kind in _HUB_WEIGHTS for path in folder.glob(f"snapshots/*/{kind}")}
        for path in sorted(files.values()):
            expected = expected_sha256(path)
            if expected is not None:
                yield Checked(name, path, _difference(path, expected))


def _problem_of(spec: ModelSpec) -> str:
    try:
        find_weights(spec)
    except ModelError as error:
        return str(error)
    return ""


def _difference(path: Path, expected: str) -> str:
    try:
        sha256 = hash_file(path)
    except ModelError as error:
        return str(error)
    if sha256 == expected:
        return ""
    return f"{path} is damaged (sha256 {sha256[:8]}..., was {expected[:8]}...); delete it and fetch it again"


def remove(spec: ModelSpec) -> int:
    """Delete a model's weights and what was converted from them; returns the bytes that became free.

    Raises:
        InputError: it comes with the program, or is not installed.
        StorageError: it cannot be deleted.
    """
    if spec.bundled:
        raise InputError(f"{spec.short_name} comes with depth-tui and cannot be removed")
    path = cached_path(spec)
    converted = sorted(converted_dir().glob(f"{spec.name}-*"))
    if not path.is_file() and not converted:
        raise InputError(f"{spec.short_name} is not installed; depth-tui models lists what is")
    freed = 0
    try:
        for each in (path, record_path(path)):
            if each.is_file():
                freed += each.stat().st_size
                each.unlink()
        for folder in converted:
            freed += sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
            shutil.rmtree(folder)
    except OSError as error:
        raise storage_error(Path(error.filename or path), error) from error
    return freed
