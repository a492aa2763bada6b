"""What an evaluation that was stopped has judged already; gone once one has come to its end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import IO

from tui.evaluation.metrics import Scores
from tui.evaluation.rgbd import RgbdFrame
from tui.storage.atomic import make_folder
from tui.storage.paths import cache_dir

_MOST_BYTES = 200_000_000


class Judged:
    """The scores of pictures, kept among what can be had again, one line a picture. Where they cannot be, all is anew.

    Args:
        way: everything but the pictures that decides what the scores are: version, model, engine, mirrored or not.
    """

    def __init__(self, way: Iterable[str]) -> None:
        name = hashlib.sha256(json.dumps(list(way)).encode()).hexdigest()[:32]
        self._path = cache_dir() / "judged" / f"{name}.jsonl"
        self._known: dict[str, Scores | None] = {}
        self._file: IO[str] | None = None
        self.taken = 0
        """Pictures that were judged before."""
        self._read()

    def find(self, frame: RgbdFrame) -> tuple[Scores | None] | None:
        """What a picture that has not changed since was given, None for too little known depth; or nothing."""
        key = _key(frame)
        return (self._known[key],) if key in self._known else None

    def note(self, frame: RgbdFrame, scores: Scores | None) -> None:
        """A picture was judged."""
        key = _key(frame)
        if not key or key in self._known:
            self.taken += bool(key)
            return
        with suppress(OSError):
            if self._file is None:
                make_folder(self._path.parent)
                self._file = self._path.open("a", encoding="utf-8")
            self._file.write(json.dumps({"picture": key, "scores": None if scores is None else asdict(scores)}) + "\n")
            self._file.flush()

    def finish(self) -> None:
        """All were judged: another time they are judged anew."""
        self.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> None:
        with suppress(OSError):
            if self._path.stat().st_size > _MOST_BYTES:
                return
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, LookupError, TypeError, RecursionError):
                    step = json.loads(line)
                    scores = step["scores"]
                    self._known[str(step["picture"])] = (
                        None if scores is None else Scores(**{name: float(value) for name, value in scores.items()})
                    )


def _key(frame: RgbdFrame) -> str:
    """What tells a picture and its depth from all others; empty where they cannot be looked at."""
    try:
        stamps = [
            (str(path.resolve()), (found := path.stat()).st_size, found.st_mtime_ns)
            for path in (frame.colour_path, frame.depth_path)
        ]
    except OSError:
        return ""
    text = json.dumps([stamps, frame.depth_units_per_metre])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
