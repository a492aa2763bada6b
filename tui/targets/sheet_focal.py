"""What a sheet of known shape says of the focal length: less than a print does, as paper bends; and where it tells.

Four corners leave two numbers besides a pose, a right angle and a shape. One is the focal length's, as far as the sheet
is tilted; the other says whether the sheet stands upright or lies on its side, which nobody has told.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tui.targets.markers import Marker
from tui.targets.perspective import Fit
from tui.targets.prints import Print, Sight
from tui.targets.sheets import SheetSpec

FLOOR_SIGMA = 0.025
"""Relative, of every estimate that rests on a sheet: a hand bends it much the same way in all pictures. It may speak
against a focal length, but is not enough to confirm one."""
_BENT = 0.003
"""Of a paper's sides: how far its corners are from its plane, one sigma; a card is stiff."""
_BENT_CARD = 0.001
_LINE_SIGMA_PX = 0.3
_TOLD_APART = 9.0
"""By how much, in variances, the other stance must fit worse."""


def sheet_sights(markers: list[Marker], fit: Callable[[Sight], Fit | None]) -> list[Sight]:
    """What the sheets among these offer; none of those whose shape or stance is not certain.

    Args:
        markers: as they were found.
        fit: the best focal length for one sight, whatever was given.
    """
    found = (_sight(each, each.spec, fit) for each in markers if isinstance(each.spec, SheetSpec))
    return [each for each in found if each is not None]


def _sight(marker: Marker, spec: SheetSpec, fit: Callable[[Sight], Fit | None]) -> Sight | None:
    if spec.other_m is not None or marker.ambiguous:
        return None
    corners = np.array(marker.corners_px)
    sides_px = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    bent = _BENT if spec.is_paper else _BENT_CARD
    noise_px = math.hypot(_LINE_SIGMA_PX, bent * float(sides_px.mean()))
    fits = []
    for object_m in spec.stances:
        sight = Sight((Print(object_m, corners),), noise_px=noise_px)
        if (best := fit(sight)) is not None:
            fits.append((best.squares / noise_px**2, sight))
    fits.sort(key=lambda each: each[0])
    if not fits or (len(fits) > 1 and fits[1][0] - fits[0][0] < _TOLD_APART):
        return None
    return fits[0][1]
