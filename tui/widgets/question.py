"""A question, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoOn:
    """An answer is half of one."""

    text: str
    """What stands there then."""
    hint: str
    """What is missing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what becomes of the answer."""

    purpose: str
    """Whose answers come back with the up key."""
    words: Callable[[], str]
    """What stands before the text; asked again when what it speaks of may have changed."""
    example: str
    take: Callable[[str], object]
    """Carries the answer out; raises `DepthTuiError`, and the prompt stays; gives `GoOn`, and it goes on."""
    understood: Callable[[str], str] = lambda _text: ""
    """What is understood of a text so far, in a few words; empty if nothing is to be said."""
    short: Callable[[], str] | None = None
    """The question where there is little room; None: the same."""
    start: str = ""
    """What stands there already."""
    default: str = ""
    """What is answered where nothing is typed; empty: then nothing is answered."""
