"""What a picture's numbers mean, by themselves and against what they were when the references were given.

The thresholds were found on the training blocks, spoiled in known ways: `python -m tui.evaluation.eyesight FOLDER ...`.
"""

from __future__ import annotations

from tui.sight.looks import Looks
from tui.sight.seen import VerdictKind

DARK_HIGHEST = 46.0
"""Grey levels: but for one pixel in a hundred everything is darker; low-key pictures of rooms have 48 and more, a
room with 2 % of its light, linear, 44 and less."""
DARK_AS_BEFORE = 24.0
"""The same where the references were given in nearly as little light."""
DARK_SHARE = 0.22
"""Of the brightness that there was; 2 % of the light, linear, leave 0.17."""
COVERED_TEXTURE = 4.0
"""Rooms have 11 and more, a lens behind a finger or paper 3 and less."""
COVERED_EDGES = 0.01
COVERED_SHARPNESS = 0.075
"""Blurred by more than 20 px of 640: nothing is to be made out."""
BLURRED_SHARPNESS = 0.19
"""In focus 0.24 and more, blurred by 6 px of 640 0.17 and less."""
BLURRED_SOFTER = 0.138
"""In focus 0.17 and more, shaken by 20 px of 640 0.136 and less."""
BLURRED_SHARE = 0.6
"""Of the sharpness that there was."""
_AS_SOFT_SHARE = 0.85
"""A camera that is always soft was calibrated as soft as it is: only what is softer than this share counts."""
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
    if then is None or now.brightness < factor * DARK_SHARE * then.brightness:
        return now.highest < factor * DARK_HIGHEST
    return now.highest < factor * DARK_AS_BEFORE


def is_covered(now: Looks, then: Looks | None, *, easier: bool = False) -> bool:
    """Whether there is nothing to be seen but one surface, or a glow."""
    factor = _EASIER if easier else 1.0
    blank = now.texture < factor * COVERED_TEXTURE and now.edges < factor * COVERED_EDGES
    if blank and then is not None and then.texture < COVERED_TEXTURE and then.edges < COVERED_EDGES:
        return False  # it was as blank when the references were given
    return blank or 0 < now.sharpness < factor * COVERED_SHARPNESS


def is_blurred(now: Looks, then: Looks | None, *, easier: bool = False) -> bool:
    """Whether even the sharpest edges are soft, or all that lie one way."""
    if not now.sharpness:
        return False  # there is no edge to tell by
    factor = _EASIER if easier else 1.0
    sharp, softer = BLURRED_SHARPNESS, BLURRED_SOFTER
    if then is not None and then.sharpness:
        sharp = min(max(sharp, BLURRED_SHARE * then.sharpness), _AS_SOFT_SHARE * then.sharpness)
        softer = min(softer, _AS_SOFT_SHARE * then.softer)
    return now.sharpness < factor * sharp or now.softer < factor * softer


def words(kind: VerdictKind, now: Looks, then: Looks | None) -> str:
    """Return a verdict on the numbers in words."""
    if kind is VerdictKind.DARK:
        if then is not None and then.brightness > 2 * now.brightness:
            return f"dark: {100 * now.brightness / then.brightness:.2g} % of the light there was"
        return "dark: too little light to see by"
    if kind is VerdictKind.COVERED:
        return "covered: nothing is to be made out"
    return "blurred: even the sharpest edges are soft"
