"""Where the Hub's own cache keeps a repository: read here without the Hub's libraries and without the network.

Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache. `models--OWNER--NAME/refs/REVISION` holds a
commit, `snapshots/COMMIT/` the files as links to `blobs/`, where large files are named by their SHA-256.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui.depth.hub.address import HubAddress, parse_address
from tui.errors import InputError
from tui.storage.paths import from_home, home

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PART_OF_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TRUE = {"1", "ON", "YES", "TRUE"}


def cache_folder() -> Path:
    """The Hub's cache, by the environment variables that its libraries obey, read when asked."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if given := os.environ.get(name):
            return from_home(os.path.expandvars(given))
    if given := os.environ.get("HF_HOME"):
        return from_home(os.path.expandvars(given)) / "hub"
    base = os.environ.get("XDG_CACHE_HOME")
    return (from_home(base) if base else home() / ".cache") / "huggingface" / "hub"


def is_offline() -> bool:
    """Whether the user forbids the network to the Hub's libraries."""
    return any(os.environ.get(name, "").upper() in _TRUE for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def repository_folder(address: HubAddress) -> Path:
    """Where the cache keeps, or would keep, a repository."""
    return cache_folder() / f"models--{address.repository.replace('/', '--')}"


def find_snapshot(address: HubAddress) -> Path | None:
    """The folder of the revision's files, named by its commit; None where the cache has none.

    Raises:
        InputError: the beginning of a commit fits more than one.
    """
    folder = repository_folder(address)
    snapshots = folder / "snapshots"
    try:
        commit = (folder / "refs" / address.revision).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        commit = ""
    if _COMMIT.fullmatch(commit) and (snapshots / commit).is_dir():
        return snapshots / commit
    if not _PART_OF_COMMIT.fullmatch(address.revision):
        return None
    fitting = sorted(path for path in snapshots.glob(f"{address.revision}*") if path.is_dir())
    if len(fitting) > 1:
        raise InputError(f"{address.text}: {len(fitting)} commits in the cache begin so; write more of the hash")
    return fitting[0] if fitting else None


def expected_sha256(path: Path) -> str | None:
    """The SHA-256 that a snapshot's file came with, where its blob is named by it; None for a small file."""
    name = path.resolve().name if path.is_symlink() else ""
    return name if _SHA256.fullmatch(name) else None


def snapshot_file(name: str, file: str) -> Path:
    """Where a model's file is in the cache, or where it would be looked for."""
    address = parse_address(name)
    if isinstance(address, Path):
        return address / file
    return (find_snapshot(address) or repository_folder(address) / "snapshots") / file
