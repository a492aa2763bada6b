"""Where the second picture shows pixels of the first that somebody has measured, so that they tell the scale."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import alike_at, found_along, seen_at
from tui.targets.two_views_pair import Found
from tui.targets.two_views_pose import corrected, epipolar_errors_px, inverse_depths

_NEAR = 0.06
"""Of the picture's width: points so near to a pixel tell how far away it is, if they agree."""
_LEAST_NEAR, _MOST_NEAR = 5, 10
_AGREEING, _ALIKE = 0.8, 0.05
"""So many of them within so much of their middle, in ln(1/z)."""
_LEAST_LIKE = 0.7
"""Correlation of a pixel's patch with what is seen where it then is."""
_MOST_APART_PX = 4.0
_LEAST_SPREAD, _LEAST_UNSURE = 0.02, 0.01
"""Of ln(1/z), between a pixel and points beside it; and of a pixel that was found itself, beside what noise does."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


def looked_for(
    found: Found, greys: tuple[Grey, Grey], cameras: tuple[Intrinsics, Intrinsics], pixels: Array, sigma_px: float
) -> tuple[Array, Array, Array]:
    """Their places, shape (N, 2), NaN where nobody can tell; their slack; and how unsure ln(1/z) is besides, (N,) each.

    A pixel that looks like nothing else is found itself; another one is taken to be as far away as what is beside it.

    Args:
        found: what the two pictures agree on.
        greys: both, shape (H, W).
        cameras: of both.
        pixels: in the first picture, shape (N, 2).
        sigma_px: one standard deviation of a matched pixel.
    """
    if not len(pixels):
        return np.zeros((0, 2)), np.zeros(0), np.zeros(0)
    motion, bent = found.refined.motion, found.sights.bent(found.refined.bend)
    w = inverse_depths(motion, corrected(motion, bent))
    most = float(np.percentile(w[found.used], 98))
    there_px, slack = found_along(greys, cameras, motion, pixels, most)
    unsure = np.full(len(pixels), _LEAST_UNSURE)
    fits = (np.abs(epipolar_errors_px(motion, bent)) < 3 * sigma_px) & (w > 0)
    rays = cameras[0].rays(pixels)
    for number in range(len(pixels)):
        away = np.where(fits, np.linalg.norm(found.places_px - pixels[number], axis=1), np.inf)
        near = np.argsort(away)[:_MOST_NEAR]
        near = near[away[near] < _NEAR * cameras[0].width]
        logs = np.log(w[near])
        middle = float(np.median(logs)) if len(near) else 0.0
        alike = np.abs(logs - middle) < _ALIKE
        agree = len(near) >= _LEAST_NEAR and bool(alike.mean() >= _AGREEING)
        one = slice(number, number + 1)
        guess_px = seen_at(motion, cameras[1], rays[one], np.array([math.exp(middle)]))
        if np.isfinite(there_px[number, 0]):
            # What stands before things beside it that are all as far away as each other is not sure enough.
            if agree and np.linalg.norm(guess_px[0] - there_px[number]) > _MOST_APART_PX:
                there_px[number] = np.nan
        elif agree and alike_at(greys, pixels[one], guess_px)[0] > _LEAST_LIKE:
            there_px[number] = guess_px[0]
            unsure[number] = max(float(logs[alike].std()), _LEAST_SPREAD)
    return there_px, slack, unsure
