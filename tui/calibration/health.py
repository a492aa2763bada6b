"""How far a calibration can be trusted, as a grade with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """Of a calibration."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Health:
    """A grade and why."""

    grade: Grade
    reasons: tuple[str, ...]
    """Worst first; empty if good."""
    doubts: tuple[str, ...] = ()
    """Those among them that whoever uses the numbers must be told: a mistake, or everything in a wrong unit."""


UNCHECKED = Health(Grade.FAIR, ("typed in: nothing checks it",))

_FEW = 4
_CLOSE_RATIO, _FLAT_RATIO = 1.5, 1.15
_FAIR_ERROR, _POOR_ERROR = 0.10, 0.25
_FAIR_CONDITION, _POOR_CONDITION = 30.0, 300.0


def assess(
    kept: int,
    set_aside: int,
    range_m: tuple[float, float],
    condition: float | None,
    error: float | None,
    doubts: Sequence[str] = (),
    what: str = "reference",
) -> Health:
    """Grade a fit.

    Args:
        kept: references that count.
        set_aside: references that do not.
        range_m: nearest and farthest of those kept.
        condition: of scale and shift; None with one reference.
        error: typical relative error of each reference read from the others; None with one.
        doubts: whatever else forbids to rely on it.
        what: is counted: "place" where several references were measured at one, which count once.
    """
    poor, fair = list(doubts), []
    if kept == 1:
        poor.append(f"one {what}: the shift is a guess")
    elif kept < _FEW:
        fair.append(f"{kept} {what}s: {_FEW} or more check each other")
    if kept > 1:
        ratio = range_m[1] / range_m[0]
        if ratio < _FLAT_RATIO:
            poor.append("the references are all at about one distance")
        elif ratio < _CLOSE_RATIO:
            fair.append("the references lie close together in distance")
    if error is not None and kept > 1:
        text = f"each {what} read from the others is typically {100 * error:.0f} % off"
        if error > _POOR_ERROR:
            poor.append(text)
        elif error > _FAIR_ERROR:
            fair.append(text)
    if condition is not None and condition > _FAIR_CONDITION:
        text = "the references hardly tell scale and shift apart"
        (poor if condition > _POOR_CONDITION else fair).append(text)
    if set_aside:
        text = f"{set_aside} of {kept + set_aside} {what}s set aside"
        (poor if 3 * set_aside > kept else fair).append(text)
    if poor:
        return Health(Grade.POOR, (*poor, *fair), tuple(doubts))
    return Health(Grade.FAIR, tuple(fair)) if fair else Health(Grade.GOOD, ())
