"""What a batch has done already, so that the same command goes on from there; anything that changed is done anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tui.errors import InputError
from tui.storage.atomic import make_folder
from tui.storage.paths import cache_dir, real

_MOST_BYTES = 200_000_000
_Stamps = dict[str, list[int]]
"""Size and modification time of each file of a step, by its path."""


@dataclass(slots=True)
class Done:
    """What there is of one picture or clip, made from the same input in the same way, and untouched since."""

    frames: set[int] = field(default_factory=set)
    """Of a clip, whose files are all there."""
    maps: int = 0
    is_complete: bool = False
    faults: str = ""
    """What was said of the input then."""


class Ledger:
    """Steps that were done in one output folder, kept among what can be had again, one line a step.

    Where it cannot be kept, everything is done anew.

    Args:
        out: the output folder.
        way: everything but the input that decides what the maps are: model, precision, formats, version.
        anew: forget what was done before.
    """

    def __init__(self, out: Path, way: Iterable[str], *, anew: bool = False) -> None:
        self._way = list(way)
        self._steps: dict[str, list[dict[str, object]]] = {}
        name = hashlib.sha256(str(real(out)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._path = cache_dir() / "batches" / f"{name}.jsonl"
        self._file: IO[str] | None = None
        if anew:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        else:
            self._read()

    def key_of(self, path: Path, part: str = "") -> str:
        """What tells an input, or a part of it, and the way it is worked on from all others.

        Raises:
            InputError: it cannot be read.
        """
        digest = hashlib.sha256(json.dumps([*self._way, *filter(None, [part])]).encode())
        try:
            for each in sorted(path.iterdir()) if path.is_dir() else (path,):  # of a bag's folder all that is in it
                if each.is_file():
                    with each.open("rb", buffering=0) as file:
                        while block := file.read(1 << 20):
                            digest.update(block)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
        return digest.hexdigest()

    def done(self, key: str, stem: Path) -> Done:
        """What there is of the input with this key, written under `stem`."""
        found, needed = Done(), 0
        for step in self._steps.get(_entry(key, stem), ()):
            frame, files, faults = step.get("frame"), step.get("files"), step.get("faults")
            if not isinstance(files, dict) or not all(_stamp(Path(path)) == files[path] for path in files):
                continue
            if isinstance(frame, int):
                found.frames.add(frame)
            else:
                maps, frames = step.get("maps"), step.get("frames")
                found.maps = maps if isinstance(maps, int) else 0
                needed = frames if isinstance(frames, int) else 0
                found.faults = faults if isinstance(faults, str) else ""
                found.is_complete = True
        if len(found.frames) < needed:
            found.is_complete = False  # some frame's files are gone or were changed
        return found

    def note_frame(self, key: str, stem: Path, frame: int, files: Iterable[Path]) -> None:
        """The files of one frame of a clip are written."""
        self._write(key, stem, {"frame": frame, "files": _stamps(files)})

    def note_end(
        self, key: str, stem: Path, files: Iterable[Path], *, maps: int = 1, frames: int = 0, faults: str = ""
    ) -> None:
        """The whole input is done: `maps` of them, `frames` noted before; `files` are those that belong to no frame."""
        self._write(key, stem, {"files": _stamps(files), "maps": maps, "frames": frames, "faults": faults})

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, key: str, stem: Path, step: dict[str, object]) -> None:
        with suppress(OSError, InputError):
            if self._file is None:
                make_folder(self._path.parent)
                self._file = self._path.open("a", encoding="utf-8")
            self._file.write(json.dumps({"entry": _entry(key, stem), **step}) + "\n")
            self._file.flush()

    def _read(self) -> None:
        with suppress(OSError):
            if self._path.stat().st_size > _MOST_BYTES:
                self._path.unlink()
                return
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, RecursionError):
                    step = json.loads(line)
                    if isinstance(step, dict) and isinstance(step.get("entry"), str):
                        self._steps.setdefault(step["entry"], []).append(step)


def _entry(key: str, stem: Path) -> str:
    return f"{key} {real(stem)}"


def _stamps(files: Iterable[Path]) -> _Stamps:
    return {str(real(path)): stamp for path in files if (stamp := _stamp(path)) is not None}


def _stamp(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]
