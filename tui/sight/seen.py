"""What was seen of one picture, and what that means for the readings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class VerdictKind(StrEnum):
    """What can be wrong with a picture."""

    DARK = "dark"
    COVERED = "covered"
    BLURRED = "blurred"
    FROZEN = "frozen camera"
    MOVED = "the view has moved"
    ZOOMED = "zoomed"
    ANOTHER = "another scene"


NO_DISTANCE = frozenset({VerdictKind.DARK, VerdictKind.COVERED, VerdictKind.ANOTHER})
"""Nothing can be read in such a picture."""

PIXELS_MOVED = frozenset({VerdictKind.MOVED, VerdictKind.ZOOMED})
"""What was given at a pixel is somewhere else now."""


@dataclass(frozen=True, eq=False, slots=True)
class Motion:
    """Where the view of the remembered picture lies in this one."""

    homography: NDArray[np.float64]
    """Takes pixels (column, row, 1) of the remembered picture to this one's, both at this picture's size, (3, 3)."""
    sigma_px: float
    """How well a pixel's new place is known, one standard deviation; infinite where it is not good enough to use."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that is wrong, in words."""

    kind: VerdictKind
    words: str
    """'dark: a tenth of the light there was', 'the view has moved by about 120 px'."""
    since_s: float
    """When it began, in the clock of the frames' `captured_at_s`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one picture."""

    verdicts: tuple[Verdict, ...] = ()
    """Worst first; empty for a picture that passed."""
    motion: Motion | None = None
    """Since the picture that is remembered, where one was found that explains what is seen; None if the view has not
    moved, or nobody knows how."""
    changed: tuple[bool, ...] = ()
    """One a place that is remembered: whether something else is there now, as when somebody stands before it."""

    suspected: tuple[VerdictKind, ...] = ()
    """Of dark, covered and another scene what this picture would be called, had it been so for longer; worst first."""

    @property
    def passed(self) -> bool:
        """Whether the readings need not be doubted for the picture's sake."""
        return not self.verdicts


NOTHING_SEEN = Seen()
