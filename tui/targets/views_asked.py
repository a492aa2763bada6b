"""Where the second picture shows pixels of the first that somebody has measured, so that they tell the scale."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import found_along, seen_at
from tui.targets.two_views_pair import Found
from tui.targets.two_views_pose import corrected, epipolar_errors_px, inverse_depths

_NEAR = 0.08
"""Of the picture's width: points so near to a pixel tell how far away it is, if they agree."""
_LEAST_NEAR, _MOST_NEAR = 5, 10
_AGREEING, _ALIKE = 0.6, 0.05
"""So many of them within so much of their middle, in ln(1/z)."""
_LEAST_SPREAD = 0.01
"""Of ln(1/z), between a pixel and points beside it."""

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
    unsure = np.zeros(len(pixels))
    fits = (np.abs(epipolar_errors_px(motion, bent)) < 3 * sigma_px) & (w > 0)
    rays = cameras[0].rays(pixels)
    for number in np.flatnonzero(~np.isfinite(there_px[:, 0])).tolist():
        away = np.where(fits, np.linalg.norm(found.places_px - pixels[number], axis=1), np.inf)
        near = np.argsort(away)[:_MOST_NEAR]
        near = near[away[near] < _NEAR * cameras[0].width]
        if len(near) < _LEAST_NEAR:
            continue
        logs = np.log(w[near])
        alike = np.abs(logs - np.median(logs)) < _ALIKE
        if alike.mean() < _AGREEING:
            continue
        at_w = np.array([math.exp(float(np.median(logs[alike])))])
        there_px[number] = seen_at(motion, cameras[1], rays[number : number + 1], at_w)[0]
        unsure[number] = max(float(logs[alike].std()), _LEAST_SPREAD)
    return there_px, slack, unsure
