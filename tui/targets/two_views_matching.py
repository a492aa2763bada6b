"""The same points in two pictures of one still scene, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.arrays import RGBImage

_ACROSS, _DOWN = 16, 12
"""Cells of a picture that each give as many points: else all come from one carpet."""
_PER_CELL = 24
_CONTRAST = 0.015
"""Of SIFT's extrema: less than usual, as plain walls have little of it."""
_RATIO = 0.8
"""Lowe's, of the nearest descriptor's distance in the second nearest's."""
_GUIDED_RATIO = 0.9
_LEAST_LIKENESS = 0.7
"""Cosine between descriptors of one point."""
_WINDOW_PX = 15
_MOST_SHIFT_PX = 2.0
"""How far the refined place may be from where the descriptors matched."""
_MOST_BACK_PX = 0.3
"""How far from where it began a point may come back to when it is followed there and back."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Features:
    """What of one picture can be found again in another."""

    grey: npt.NDArray[np.uint8]
    """The picture, shape (H, W)."""
    places_px: Array
    """(column, row), shape (N, 2)."""
    described: npt.NDArray[np.float32]
    """RootSIFT (Arandjelovic and Zisserman 2012), of length 1, shape (N, 128)."""


def features_of(image: RGBImage) -> Features:
    """Points found and described by SIFT, the strongest of each cell of a grid.

    Args:
        image: RGB, uint8, shape (H, W, 3).
    """
    cv2: Any = load_cv2()
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    sift = cv2.SIFT_create(contrastThreshold=_CONTRAST)
    height, width = grey.shape
    cells: dict[tuple[int, int], list[Any]] = {}
    for each in sorted(sift.detect(grey, None), key=lambda point: -float(point.response)):
        place = (int(each.pt[0] * _ACROSS / width), int(each.pt[1] * _DOWN / height))
        held = cells.setdefault(place, [])
        if len(held) < _PER_CELL:
            held.append(each)
    chosen = [each for held in cells.values() for each in held]
    if not chosen:
        return Features(grey, np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    chosen, described = sift.compute(grey, chosen)
    places_px = np.array([each.pt for each in chosen], dtype=np.float64).reshape(-1, 2)
    root = np.sqrt(described / np.maximum(described.sum(axis=1, keepdims=True), 1e-9))
    return Features(grey, places_px, np.asarray(root, dtype=np.float32))


def match(one: Features, other: Features, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Array, Array]:
    """Where both pictures show the same points: (column, row) in either, shape (N, 2) each.

    A match is each other's nearest descriptor and passes Lowe's ratio; Lucas and Kanade's method then puts it where the
    first picture's patch fits best in the second, and it counts if the way back leads to where it began.

    Args:
        one: of the first picture.
        other: of the second.
        allowed: which pairs may match, shape (N, M); what fits best among these need not stand out so much.
    """
    pairs = _pairs(one.described, other.described, allowed)
    first_px, second_px = one.places_px[pairs[:, 0]], other.places_px[pairs[:, 1]]
    if not len(pairs):
        return first_px, second_px
    return _refined(one.grey, as_bright(other.grey, one.grey), first_px, second_px)


def _pairs(
    one: npt.NDArray[np.float32], other: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.int64]:
    """Rows that are each other's nearest and much nearer than the next, shape (M, 2)."""
    if len(one) < 2 or len(other) < 2:
        return np.zeros((0, 2), np.int64)
    likeness = one @ other.T  # of unit vectors: distance^2 is 2 - 2 likeness
    if allowed is not None:
        likeness[~allowed] = -1.0
    ratio = _RATIO if allowed is None else _GUIDED_RATIO
    best = likeness.argmax(axis=1)
    rows = np.arange(len(one))
    top = likeness[rows, best]
    mutual = likeness.argmax(axis=0)[best] == rows
    likeness[rows, best] = -1.0
    told = 2.0 - 2.0 * top < ratio**2 * (2.0 - 2.0 * likeness.max(axis=1))
    kept = rows[mutual & told & (top > _LEAST_LIKENESS)]
    return np.column_stack([kept, best[kept]])


def _refined(one: Any, other: Any, first_px: Array, second_px: Array) -> tuple[Array, Array]:  # noqa: ANN401 - OpenCV's
    """Those matches that the patches themselves bear out, each where they fit best."""
    start, guess = (each.astype(np.float32).reshape(-1, 1, 2) for each in (first_px, second_px))
    there, seen = follow(one, other, start, guess)
    back, returned = follow(other, one, there, start.copy())
    shift = np.linalg.norm((there - guess).reshape(-1, 2), axis=1)
    off = np.linalg.norm((back - start).reshape(-1, 2), axis=1)
    kept = seen & returned & (shift < _MOST_SHIFT_PX) & (off < _MOST_BACK_PX)
    # SIFT describes a point once for each of its directions: one match a place will do.
    _, unique = np.unique(np.round(first_px, 1), axis=0, return_index=True)
    once = np.zeros(len(first_px), bool)
    once[unique] = True
    kept &= once
    return first_px[kept], there.reshape(-1, 2)[kept].astype(np.float64)


def follow(one: Any, other: Any, start: Any, guess: Any) -> tuple[Any, npt.NDArray[np.bool_]]:  # noqa: ANN401 - OpenCV's
    """Where points of one grey picture lie in the other, near a guess, shape (N, 1, 2), and which were found."""
    cv2: Any = load_cv2()
    found, seen, _ = cv2.calcOpticalFlowPyrLK(
        one,
        other,
        start,
        guess.copy(),
        winSize=(_WINDOW_PX, _WINDOW_PX),
        maxLevel=0,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 0.003),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return found, np.asarray(seen).ravel() == 1


def as_bright(grey: Any, as_this: Any) -> Any:  # noqa: ANN401 - OpenCV's
    """The picture with another one's mean and contrast: automatic exposure has changed them."""
    gain = float(as_this.std()) / max(float(grey.std()), 1e-6)
    return np.clip(np.round((grey - grey.mean()) * gain + as_this.mean()), 0, 255).astype(np.uint8)
