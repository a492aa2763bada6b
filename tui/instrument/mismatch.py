"""A calibration that was made for something else than what is looked at now: a state, until somebody ends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MismatchKind(StrEnum):
    """What is otherwise."""

    MODEL = "model"
    """Scale and shift of another model mean nothing, so they are not used."""
    SIZE = "size"
    """Pixels of pictures of another shape mean nothing, so they wait for such a picture."""
    MOUNTING = "mounting"
    """Nor do pixels of pictures that were turned or cropped in another way; what was measured in them stays there."""
    CAMERA = "camera"
    """Used, but marked, until somebody confirms it."""


ELSEWHERE = frozenset({MismatchKind.SIZE, MismatchKind.MOUNTING})
"""The pixels of what was measured are not to be found in these pictures."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is otherwise."""

    kind: MismatchKind
    words: str
    """For a person: 'profile bench: made with camera 0, this is camera 1'."""
    profile: str
    """Which profile it is about."""
