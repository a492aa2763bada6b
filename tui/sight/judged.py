"""What a picture's numbers mean, by themselves and against what they were when the references were given.

The thresholds were found on the training blocks, spoiled in known ways: `python -m tui.evaluation.spoiled_table`.
"""

from __future__ import annotations

from tui.sight.looks import Looks
from tui.sight.seen import VerdictKind

DARK_HIGHEST = 36.0
"""Grey levels: nothing but one pixel in a hundred is brighter; low-key pictures of rooms have 48 and more."""
DARK_HIGH = 22.0
DARK_SHARE = 0.2
"""Of the light that there was."""
DARK_SHARE_HIGH = 45.0
COVERED_TEXTURE = 4.0
"""Rooms have 11 and more, a lens behind a finger or paper 3 and less."""
COVERED_EDGES = 0.01
COVERED_SHARPNESS = 0.075
"""Blurred by more than 20 px of 640: nothing is to be made out."""
BLURRED_SHARPNESS = 0.19
"""In focus 0.24 and more, blurred by 6 px of 640 0.16 and less."""
BLURRED_SHARE = 0.6
"""Of the sharpness that there was."""
_EASIER = 1.15
"""What is said stays until the number is better than its threshold by so much."""


def judged(now: Looks, then: Looks | None, said: frozenset[VerdictKind]) -> VerdictKind | None:
    """Return what is wrong with a picture, or None; `said` is what stands, for hysteresis."""
    if is_dark(now, then, easier=VerdictKind.DARK in said):
        return VerdictKind.DARK
    if is_covered(now, then, easier=VerdictKind.COVERED in said):
        return VerdictKind.COVERED
    if is_blurred(now, then, easier=VerdictKind.BLURRED in said):
        return VerdictKind.BLURRED
    return None


def is_dark(now: Looks, then: Looks | None, *, easier: bool = False) -> bool:
    """Whether there is too little light to see by."""
    factor = _EASIER if easier else 1.0
    if now.highest < factor * DARK_HIGHEST and now.high < factor * DARK_HIGH:
        return True
    if then is None:
        return False
    return now.brightness < factor * DARK_SHARE * then.brightness and now.high < factor * DARK_SHARE_HIGH


def is_covered(now: Looks, then: Looks | None, *, easier: bool = False) -> bool:
    """Whether there is nothing to be seen but one surface, or a glow."""
    factor = _EASIER if easier else 1.0
    blank = now.texture < factor * COVERED_TEXTURE and now.edges < factor * COVERED_EDGES
    if blank and then is not None and then.texture < COVERED_TEXTURE and then.edges < COVERED_EDGES:
        return False  # it was as blank when the references were given
    return blank or 0 < now.sharpness < factor * COVERED_SHARPNESS


def is_blurred(now: Looks, then: Looks | None, *, easier: bool = False) -> bool:
    """Whether even the sharpest edges are soft."""
    factor = _EASIER if easier else 1.0
    if not now.sharpness:
        return False  # there is no edge to tell by
    least = BLURRED_SHARPNESS
    if then is not None and then.sharpness:
        # A camera that is always soft was calibrated as soft as it is.
        least = min(max(least, BLURRED_SHARE * then.sharpness), 0.85 * then.sharpness)
    return now.sharpness < factor * least


def words(kind: VerdictKind, now: Looks, then: Looks | None) -> str:
    """Return a verdict on the numbers in words."""
    if kind is VerdictKind.DARK:
        if then is not None and then.brightness > 2 * now.brightness:
            share = max(100 * now.brightness / then.brightness, 0.1)
            return (
                f"dark: {share:.1g} % of the light there was"
                if share < 1
                else f"dark: {share:.0f} % of the light there was"
            )
        return "dark: too little light to see by"
    if kind is VerdictKind.COVERED:
        return "covered: nothing is to be made out"
    return "blurred: even the sharpest edges are soft"
