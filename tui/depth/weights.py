"""Where a model's weights are, and whether they are still the same file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from tui.depth.hub.address import is_hub
from tui.depth.hub.cache import snapshot_file
from tui.depth.registry import MODELS, ModelSpec
from tui.errors import ModelError, StorageError
from tui.storage.atomic import write_atomically
from tui.storage.paths import weights_dir


class WeightsMissing(ModelError):  # a state to act on: the app offers to fetch them
    """The weights are not on this machine yet, but can be fetched."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(
            f"the weights of {spec.short_name} are not on this machine ({size_text(spec.size_bytes)}); "
            f"run: depth-tui models fetch {spec.short_name}, or give a file with --weights FILE"
        )
        self.spec = spec


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file that was found and hashed."""

    path: Path
    sha256: str
    note: str | None = None
    """What the user should know: the hash is not the one that the makers wrote down."""


def find_weights(spec: ModelSpec, given: Path | None = None) -> Weights:
    """The weights of a model: the file given by the user, else the one in the cache.

    Raises:
        WeightsMissing: no file was given and the cache has none.
        ModelError: the given file cannot be read, or the cached one has changed since it came.
    """
    if given is not None:
        return Weights(given, hash_file(given))
    path = cached_path(spec)
    if spec.bundled:
        return Weights(path, hash_file(path))
    if not path.is_file():
        raise WeightsMissing(spec)
    sha256 = hash_file(path)
    expected = spec.sha256 or recorded_hash(path)
    if expected and sha256 != expected:
        raise ModelError(
            f"{path} has changed since it was fetched (sha256 {sha256[:8]}..., was {expected[:8]}...); "
            f"run: depth-tui models fetch {spec.short_name}"
        )
    if not expected:
        with contextlib.suppress(StorageError):
            record(path, sha256, source="found in the cache")
    return Weights(path, sha256, hash_note(spec, sha256))


def installed() -> tuple[ModelSpec, ...]:
    """The models whose weights are in the cache or in the package, best first."""
    return tuple(spec for spec in MODELS if cached_path(spec).is_file())


def cached_path(spec: ModelSpec) -> Path:
    """Where the cache keeps, or would keep, a model's weights; a bundled one's file in the package.

    A model of the Hub has several files, in the Hub's own cache; this is the first of them.
    """
    if spec.bundled:
        return Path(__file__).with_name("bundled") / spec.file_name
    if is_hub(spec.name):
        return snapshot_file(spec.name, "config.json")
    return weights_dir() / spec.file_name


def hash_note(spec: ModelSpec, sha256: str) -> str | None:
    """What to tell of a hash that does not begin as the makers wrote it; None where it does or nothing is known."""
    if spec.sha256 or not spec.sha256_prefix or sha256.startswith(spec.sha256_prefix):
        return None
    return (
        f"the weights of {spec.short_name} have sha256 {sha256}, which does not begin with {spec.sha256_prefix} as an "
        "earlier name of the file did; every tensor's name and shape is right"
    )


def record(path: Path, sha256: str, source: str) -> None:
    """Write down beside a weights file which one it is, so that a later change is noticed.

    Raises:
        StorageError: if the record cannot be written.
    """
    content = {
        "sha256": sha256,
        "size": path.stat().st_size,
        "source": source,
        "recorded_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    write_atomically(record_path(path), json.dumps(content, indent=2) + "\n")


def recorded_hash(path: Path) -> str | None:
    """The hash written down when a weights file came, or None."""
    try:
        content = json.loads(record_path(path).read_text(encoding="utf-8"))
        return str(content["sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def record_path(path: Path) -> Path:
    """Where `record` writes."""
    return path.with_name(path.name + ".json")


def hash_file(*paths: Path) -> str:
    """SHA-256 of one file, or of several as if they were one, 64 hex digits.

    Raises:
        ModelError: names the file that cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            if path.exists() and not path.is_file():
                raise ModelError(f"{path}: {'a folder' if path.is_dir() else 'a pipe or a device'}, not a model file")
            with path.open("rb", buffering=0) as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        except FileNotFoundError as error:
            raise ModelError(f"{path}: there is no such file; check the path") from error
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


def size_text(size_bytes: float) -> str:
    """Bytes for people: '86 MB'; 0 stands for a size that is not known."""
    if not size_bytes:
        return "size unknown"
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"
