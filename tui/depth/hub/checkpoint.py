"""A folder in the Hub's format, checked: configuration, settings, weights and what tells it from any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.calibration.beliefs import MapKind
from tui.depth.estimator import ModelIdentity
from tui.depth.foreign import foreign
from tui.depth.hub.address import MAIN, PREFIX, HubAddress
from tui.depth.hub.cache import expected_sha256
from tui.depth.hub.kinds import Kind, kind_of
from tui.depth.hub.settings import transform_of
from tui.depth.hub.transform import HubTransform
from tui.depth.weights import hash_file
from tui.errors import ModelError

CONFIG = "config.json"
SETTINGS = "preprocessor_config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
WITH_CODE = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".pkl")
"""Weights in these files are not loaded: most of them can hold program code."""

_LARGEST_TEXT = 1 << 20
_COMMIT_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A depth network as its makers published it."""

    folder: Path
    label: str
    """How to call it in messages: as it was asked for."""
    identity: ModelIdentity
    """Its name holds the commit; its hash covers weights, configuration and settings."""
    kind: Kind
    transform: HubTransform


def read_checkpoint(folder: Path, address: HubAddress | None = None) -> Checkpoint:
    """Look at a folder's files and hash them; the weights are not loaded.

    Args:
        folder: a snapshot in the Hub's cache, or any folder in that format.
        address: of the repository that the snapshot is of; None for a folder of the user's own.

    Raises:
        ModelError: a file is missing, damaged, or not what can be used here.
    """
    label = address.text if address else f"{PREFIX}{folder}"
    config = _table(folder / CONFIG, label)
    kind = kind_of(config, label)
    transform = transform_of(_table(folder / SETTINGS, label), kind.model_type, label)
    weights = weight_files(folder, label)
    digests = {path.name: hash_file(path) for path in (folder / CONFIG, folder / SETTINGS, *weights)}
    for path in weights:
        expected = expected_sha256(path)
        if expected is not None and digests[path.name] != expected:
            raise ModelError(
                f"{label}: {path} has changed since it was fetched (sha256 {digests[path.name][:8]}..., was "
                f"{expected[:8]}...); delete it and run: depth-tui models fetch {label}"
            )
        _check_whole(path, label)
    sha256 = _one_hash(digests)
    identity = ModelIdentity(_name(folder, address), sha256, MapKind.METRIC if kind.metric else MapKind.RELATIVE)
    return Checkpoint(folder, label, identity, kind, transform)


def weight_files(folder: Path, label: str) -> list[Path]:
    """The safetensors files of a checkpoint.

    Raises:
        ModelError: there are none, or one of several is missing.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / INDEX).is_file():
        others = sorted(path.name for path in folder.iterdir() if path.suffix in WITH_CODE)
        raise ModelError(f"{label} {no_safetensors(others)}")
    parts = _table(folder / INDEX, label).get("weight_map")
    names = sorted({str(name) for name in parts.values()}) if isinstance(parts, dict) else []
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors") or not (folder / name).is_file():
            raise ModelError(f"{label}: {name[:80]}, which {INDEX} names, is not there; fetch the model again")
    if not names:
        raise ModelError(f"{label}: {INDEX} names no files; fetch the model again")
    return [folder / name for name in names]


def no_safetensors(others: list[str]) -> str:
    """Why weights in other formats are not taken; goes on from the model's name."""
    if not others:
        return f"has no weights: there is no {WEIGHTS}"
    return (
        f"has its weights only as {others[0]}, a format that can hold program code and is never loaded; "
        f"take a revision with {WEIGHTS} (hf:OWNER/NAME@refs/pr/N where somebody has proposed one)"
    )


def _name(folder: Path, address: HubAddress | None) -> str:
    if address is None:
        return f"{PREFIX}{folder.resolve().name}"
    return HubAddress(address.repository, folder.name[:_COMMIT_SHOWN] or MAIN).text


def _one_hash(digests: Mapping[str, str]) -> str:
    """Of a table of names and hashes, as sha256sum writes it."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _table(path: Path, label: str) -> dict[str, object]:
    """A JSON object from a file.

    Raises:
        ModelError: the file is missing or holds none.
    """
    try:
        if path.stat().st_size > _LARGEST_TEXT:
            raise ModelError(f"{label}: {path.name} is too large to be a table of settings")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{label} has no {path.name}, so it is no model in transformers' format") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ModelError(f"{label}: {path.name} is damaged: it is no JSON; fetch the model again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{label}: {path.name} is damaged: it is no table; fetch the model again")
    return content


def _check_whole(path: Path, label: str) -> None:
    """Whether a safetensors file is as long as its header says: 8 bytes of length, the header in JSON, the tensors.

    Raises:
        ModelError: it is cut off, or something else.
    """
    if (problem := foreign(path)) is not None:
        raise ModelError(f"{label}: {path.name} is cut off or damaged: {problem}")
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            size = path.stat().st_size
            if not 2 <= length <= size - 8:
                raise ValueError
            header = json.loads(file.read(length))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        whole = size == 8 + length + max(ends)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, LookupError, AttributeError):
        whole = False
    if not whole:
        raise ModelError(f"{label}: {path.name} is cut off or damaged; delete it and fetch the model again")
