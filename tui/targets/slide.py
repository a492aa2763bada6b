"""The pictures in between, of a camera that is slid slowly: some of them kept as they come, and a few chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.arrays import RGBImage

MOST_KEPT = 16
MOST_CHOSEN = 3
"""Between the first picture and the last: more bring hardly anything, and each takes as long as two views do."""
_SMALL_PX = 480
_CORNERS = 300
_LEAST_FOLLOWED = 30
_LEAST_APART = 0.08
"""Of the whole shift, between two that are chosen, and from both ends."""


class Slide:
    """Pictures as they come, evenly thinned out: however long it takes, no more than a few are held."""

    def __init__(self) -> None:
        self._kept: list[RGBImage] = []
        self._every = 1
        self._count = 0

    def add(self, image: RGBImage) -> None:
        """The next picture, RGB, uint8, shape (H, W, 3); it is kept, or not."""
        if self._count % self._every == 0:
            self._kept.append(image)
            if len(self._kept) > MOST_KEPT:
                self._kept = self._kept[::2]
                self._every *= 2
        self._count += 1

    @property
    def images(self) -> tuple[RGBImage, ...]:
        """Those that are kept, in their order."""
        return tuple(self._kept)


def chosen_between(first: RGBImage, between: Sequence[RGBImage], last: RGBImage) -> tuple[RGBImage, ...]:
    """A few pictures between first and last whose things have moved by even parts of the whole; none that hardly did.

    Things are followed from picture to picture; where too few can be, pictures at even times are taken.

    Args:
        first: RGB, uint8, shape (H, W, 3).
        between: of the same shape, in their order.
        last: the same.
    """
    shifts = _shifts([first, *between, last])
    if shifts is None:
        picked = np.unique(np.linspace(0, len(between) - 1, min(MOST_CHOSEN, len(between))).round().astype(int))
        return tuple(between[number] for number in picked.tolist())
    shares = shifts[1:-1] / max(float(shifts[-1]), 1e-9)
    numbers: list[int] = []
    for part in range(1, MOST_CHOSEN + 1):
        free = (shares > _LEAST_APART) & (shares < 1 - _LEAST_APART)
        for number in numbers:
            free &= np.abs(shares - shares[number]) > _LEAST_APART
        if free.any():
            off = np.where(free, np.abs(shares - part / (MOST_CHOSEN + 1)), math.inf)
            numbers.append(int(off.argmin()))
    return tuple(between[number] for number in sorted(numbers))


def _shifts(images: Sequence[RGBImage]) -> npt.NDArray[np.float64] | None:
    """By how much things have moved since the first picture, in pixels, shape (N,); None where they get lost."""
    cv2: Any = load_cv2()
    greys = [_small(each) for each in images]
    found = cv2.goodFeaturesToTrack(greys[0], _CORNERS, 0.01, 7)
    if found is None:
        return None
    begun, places, shifts = found, found, [0.0]
    for before, after in pairwise(greys):
        places, seen, _ = cv2.calcOpticalFlowPyrLK(before, after, places, None, winSize=(21, 21), maxLevel=4)
        kept = np.asarray(seen).ravel() == 1
        if kept.sum() < _LEAST_FOLLOWED:
            return None
        begun, places = begun[kept], places[kept]
        shifts.append(float(np.median(np.linalg.norm((places - begun).reshape(-1, 2), axis=1))))
    return np.array(shifts)


def _small(image: RGBImage) -> npt.NDArray[np.uint8]:
    cv2: Any = load_cv2()
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    factor = _SMALL_PX / max(grey.shape)
    small: npt.NDArray[np.uint8] = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small if factor < 1 else grey
