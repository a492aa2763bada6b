"""Further pictures as they are given, and how sure the ways are that the camera was moved to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage

_WAY_SIGMA, _LEAST_WAY_SIGMA_M = 0.01, 0.002
"""One standard deviation of a way given without one, relative and at least: a ruler along which a camera is slid."""


@dataclass(frozen=True, slots=True)
class View:
    """A further picture."""

    image: RGBImage
    """RGB, uint8, shape (H, W, 3)."""
    name: str
    """For what is said of it."""
    way_m: float | None = None
    """How far the camera was from where it took the first one; None where nobody knows."""
    sigma_m: float | None = None
    """One standard deviation of that; `default_way_sigma_m` without it."""
    needed: bool = True
    """Whether to refuse all if it does not help; else it is left out."""


def default_way_sigma_m(way_m: float) -> float:
    """One standard deviation of a way that is given without one: 1 %, and not below 2 mm."""
    return max(_WAY_SIGMA * way_m, _LEAST_WAY_SIGMA_M)


def way_sigmas(views: Sequence[View]) -> tuple[npt.NDArray[np.float64], float]:
    """What is each way's own error, and what all have in common, relative: one ruler, along which all are measured."""
    measured = [each for each in views if each.way_m is not None]
    alone = len(measured) == 1
    sigmas_m, common = np.full(len(views), np.nan), 0.0
    for number, each in enumerate(views):
        if each.way_m is None:
            continue
        if each.sigma_m is not None:
            sigmas_m[number] = each.sigma_m
        elif alone:
            sigmas_m[number] = default_way_sigma_m(each.way_m)
        else:
            sigmas_m[number], common = _LEAST_WAY_SIGMA_M, _WAY_SIGMA
    return sigmas_m, common
