"""Whether views of a board can tell a camera, in words with the remedy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from tui.geometry.intrinsics import Intrinsics
from tui.targets.cameras import LEAST_TURN_RAD, TwoCameras
from tui.targets.solving import Solution, largest_turn_rad, relative_sigma

MOST_FOCAL_SIGMA = 0.03
"""Relative; a field of view from a data sheet is as good. Sets that tell nothing have 0.2 and more."""
MOST_CENTRE_SIGMA = 0.05
"""In focal lengths: the angle, in radians, by which directions would be wrong."""
MOST_RMS_PX = 3.0
"""In a picture of 640 or less, in proportion in a wider one: no blur does that, another board than was said does."""

_TILT = "tilt the board by some 30 degrees to the left, to the right, up and down"
_MOST_NAMES = 20


def doubts_of(
    solution: Solution, intrinsics: Intrinsics, names: Sequence[str], two: TwoCameras | None
) -> tuple[str, ...]:
    """Why these intrinsics cannot be believed, the gravest first, each with its remedy; empty if they can.

    Args:
        solution: of the views.
        intrinsics: the same, for their signs.
        names: of the views' pictures.
        two: whether they fit two cameras better.
    """
    words = []
    limit_px = MOST_RMS_PX * max(1.0, intrinsics.width / 640)
    if two is not None:
        words.append(_of_two(two, names))
    if solution.rms_px > limit_px:
        words.append(
            f"the points fit no camera (rms {solution.rms_px:.1f} px): check the board's columns, rows and sides, that "
            "it is flat, and that all pictures are of one camera and zoom"
        )
    turn_rad, sigma = largest_turn_rad(solution), relative_sigma(solution)
    if turn_rad < LEAST_TURN_RAD:
        held = f"the board is held within {max(1, round(math.degrees(turn_rad)))} degrees of one way"
        words.append(f"these views cannot tell the focal length ({held}): {_TILT}")
    elif sigma > MOST_FOCAL_SIGMA:
        words.append(
            f"these views cannot tell the focal length ({intrinsics.fx_px:.0f} px ± {_percent(sigma)}): {_TILT}, and "
            "hold it nearer"
        )
    elif max(solution.sigmas[2:4]) > MOST_CENTRE_SIGMA * intrinsics.fx_px:
        spread_px = float(max(solution.sigmas[2:4]))
        words.append(
            f"these views cannot tell the picture's centre (± {spread_px:.0f} px): {_TILT}, in all parts of the picture"
        )
    if signs := intrinsics.signs:
        words.append(f"this is no camera's: {', '.join(signs)}; {_TILT}, in all parts of the picture")
    return tuple(words)


def _of_two(two: TwoCameras, names: Sequence[str]) -> str:
    fewer, others = (_named([names[index] for index in which]) for which in (two.fewer, two.others))
    if two.mirrored or two.upside_down:
        how = "mirrored" if two.mirrored else "upside down"
        return f"some of the pictures are {how} against the others: {fewer}; take all of them one way, without a mirror"
    focals = f"f {two.fewer_focal_px:.0f} px in {fewer}; {two.others_focal_px:.0f} px in {others}"
    return f"the pictures are of two cameras or zooms: {focals}; calibrate each by itself"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(Path(name).name for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _percent(sigma: float) -> str:
    return f"{100 * sigma:.0f} %" if sigma < 1 else "more than itself"
