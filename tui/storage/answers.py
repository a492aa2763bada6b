"""What the user typed before, by what it answered: kept on disk, so that it need not be typed again.

Nothing secret may be given: it would stand there in clear.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui.storage.atomic import alone_with, write_atomically
from tui.storage.paths import data_dir

MOST = 50
"""Answers to one question."""
_MOST_QUESTIONS = 100
_MOST_CHARACTERS = 1000
_MAX_BYTES = 1_000_000


class Answers:
    """Answers as they were on disk at the start, and those given since."""

    def __init__(self, before: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._given = dict(before or {})
        self._new: list[tuple[str, str]] = []

    @classmethod
    def load(cls) -> Answers:
        """Those on disk; none where the file cannot be used."""
        return cls(_read(answers_path()))

    def to(self, purpose: str) -> tuple[str, ...]:
        """The answers to one question, each once, the newest last."""
        return self._given.get(purpose, ())

    def add(self, purpose: str, text: str) -> None:
        """Remember an answer; one that is too long to be typed is none, and one without a question is not kept."""
        if not purpose or not text.strip() or len(text) > _MOST_CHARACTERS:
            return
        self._new.append((purpose, text))
        self._given[purpose] = _with(self.to(purpose), text)

    def save(self) -> None:
        """Add what is new to what the file says by now, so that two running at once do not undo each other's.

        Raises:
            StorageError: names the file and the remedy.
        """
        if not self._new:
            return
        path = answers_path()
        with alone_with(path):
            given = _read(path)
            for purpose, text in self._new:
                given[purpose] = _with(given.get(purpose, ()), text)
            write_atomically(path, json.dumps(given, indent=1, ensure_ascii=True) + "\n")
        self._new.clear()


def answers_path() -> Path:
    """Where they are kept."""
    return data_dir() / "answers.json"


def _with(before: Iterable[str], text: str) -> tuple[str, ...]:
    return (*(each for each in before if each != text), text)[-MOST:]


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    """Never raises: what makes no sense is left out."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    found = {}
    for purpose, texts in list(content.items())[:_MOST_QUESTIONS]:
        if isinstance(texts, list):
            good = [each for each in texts if isinstance(each, str) and each.strip() and len(each) <= _MOST_CHARACTERS]
            found[purpose] = tuple(dict.fromkeys(good))[-MOST:]
    return found
