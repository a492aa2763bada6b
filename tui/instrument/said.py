"""What the instrument has to say to whoever uses it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_MOST = 200
_FIGURES = re.compile(r"\d+(?:\.\d+)?")


class Severity(StrEnum):
    """How long it must be seen."""

    ERROR = "error"
    """Until it is cured, or somebody has seen it."""
    WARNING = "warning"
    INFO = "info"
    TIP = "tip"
    """Waits its turn; said once."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line for a person."""

    text: str
    """Empty: what `key` is about is all right again."""
    severity: Severity = Severity.INFO
    key: str = ""
    """What it is about, for a front end that takes it away once that is cured."""


class Voice:
    """Collects what is said until a front end fetches it."""

    def __init__(self) -> None:
        self._waiting: deque[Said] = deque(maxlen=_MOST)
        self._told: set[str] = set()

    def say(self, text: str, severity: Severity = Severity.INFO, key: str = "") -> None:
        """Say something."""
        self._waiting.append(Said(text, severity, key))

    def pass_on(self, *said: Said) -> None:
        """Say what somebody else had to say."""
        self._waiting.extend(said)

    def say_once(self, text: str, severity: Severity = Severity.INFO, key: str = "") -> None:
        """Say something unless it is empty or was said before."""
        if text and text not in self._told:
            self._told.add(text)
            self.say(text, severity, key)

    def cured(self, key: str, *texts: str) -> None:
        """What was said about `key` no longer holds; `texts` may be said again when they do."""
        self._told.difference_update(texts)
        self._waiting.append(Said("", key=key))

    def forget(self) -> None:
        """What was said before may be said again: for another source or model."""
        self._told.clear()

    def fetch(self) -> tuple[Said, ...]:
        """What was said since the last time, oldest first."""
        found = []
        while self._waiting:  # one by one: other threads may say something meanwhile
            found.append(self._waiting.popleft())
        return tuple(found)


def said_once(sentences: Iterable[str]) -> tuple[str, ...]:
    """What is said of the same things with other figures, as those of an earlier map, is said with the last ones.

    Of what a sentence speaks stands before its colon; what it says of that, behind it.
    """
    last = {(each.partition(":")[0], _FIGURES.sub("", each)): each for each in sentences}
    return tuple(dict.fromkeys(last.values()))
