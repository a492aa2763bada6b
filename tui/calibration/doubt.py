"""What makes a reading doubtful, although a number can be given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.calibration.health import Grade
from tui.calibration.reading import Reading, Status
from tui.calibration.result import Calibration

WIDEST_RATIO = 2.0
"""Of the ends of an interval that can still be called ok."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason not to believe a frame's readings."""

    words: str
    """'dark: a tenth of the light there was'."""
    no_distance: bool = False
    """Whether no distance at all can be given."""


def judged(reading: Reading, calibration: Calibration | None, doubts: Sequence[Doubt] = ()) -> Reading:
    """The reading with the reasons to doubt it; one that was ok is doubtful if there are any.

    Args:
        reading: as the calibration gives it.
        calibration: that gave it.
        doubts: of the frame as a whole: its picture, its camera.
    """
    words = tuple(each.words for each in doubts)
    if calibration is not None and any(each.no_distance for each in doubts):
        return Reading(reading.inverse_depth, None, None, None, Status.DOUBTFUL, words)
    if reading.distance_m is None:
        return reading
    if calibration is not None and calibration.health.grade is Grade.POOR:
        words += tuple(f"calibration poor: {reason}" for reason in calibration.health.reasons[:1])
    if reading.low_m is None or reading.high_m is None or reading.high_m > WIDEST_RATIO * reading.low_m:
        words += ("the interval is wider than a factor of 2",)
    status = Status.DOUBTFUL if words and reading.status is Status.OK else reading.status
    return replace(reading, status=status, reasons=words)
