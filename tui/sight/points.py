"""Points of a picture that can be followed: chosen where there is something, found again, and compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.sight.looks import Grey

_POINTS_ACROSS = (14, 10)
"""At most one point is followed in each cell of this grid."""
_WINDOW = (11, 11)
_LEVELS = 3
_UNTIL = (3, 12, 0.02)
"""Until 12 steps, or one of less than 0.02 px: 3 is TERM_CRITERIA_EPS and TERM_CRITERIA_COUNT."""
_ROUND_TRIP_PX = 0.5
LEAST_ALIKE = 0.6
_PATCH = 9
_LEAST_CORNER = 2e-4
_LEAST_CONTRAST = 0.7
"""Grey levels, standard deviation within 7 x 7."""
_NOISES = 1.8
_MOST_NOISE = 5.0
"""What varies more is a pattern, be it as fine as grass."""

Points = NDArray[np.float32]
"""float32, (N, 2): column, row of the thumbnail."""


def spread_points(even: Grey, small: Grey) -> Points:
    """Return the best corner of each cell, where there is one that is more than noise."""
    import cv2

    strength = np.where(_stands_out(small), cv2.cornerMinEigenVal(even, 7), 0.0)
    height, width = even.shape
    across, down = _POINTS_ACROSS
    border = 3
    found = []
    for row in range(down):
        for column in range(across):
            top, left = row * height // down, column * width // across
            cell = strength[top : (row + 1) * height // down, left : (column + 1) * width // across]
            v, u = divmod(int(cell.argmax()), cell.shape[1])
            inside = border <= left + u < width - border and border <= top + v < height - border
            if inside and cell[v, u] > _LEAST_CORNER:
                found.append((left + u, top + v))
    return np.array(found, np.float32).reshape(-1, 2)


def _stands_out(small: Grey) -> NDArray[np.bool_]:
    """Where the contrast about a pixel is more than the noise that the whole picture has."""
    import cv2

    values = small.astype(np.float32)
    grain = float(np.median(np.abs(values - cv2.GaussianBlur(values, (3, 3), 0)))) / 0.54
    level = cv2.blur(values, (7, 7))
    contrast = np.sqrt(np.maximum(cv2.blur(values * values, (7, 7)) - level * level, 0))
    return np.asarray(contrast > _LEAST_CONTRAST + min(_NOISES * grain, _MOST_NOISE))


def follow(before: Grey, now: Grey, old: Points, start: Points) -> tuple[Points, Points]:
    """Return those points of `before` that are found in `now`, and back again, and look alike: (old, new)."""
    new, found = flow(before, now, old, start)
    back, found_back = flow(now, before, new, old)
    height, width = now.shape
    good = found & found_back & in_picture(new, width, height)
    good &= np.hypot(*(back - old).T) < _ROUND_TRIP_PX
    old, new = old[good], new[good]
    if not len(old):
        return old, new
    alike = likeness(patches(before, old), patches(now, new)) > LEAST_ALIKE
    return old[alike], new[alike]


def flow(before: Grey, now: Grey, old: Points, start: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Return where the points are in `now`, searched from `start`, and which were found at all."""
    import cv2

    new, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        now,
        old,
        start.copy(),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_UNTIL,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(new, dtype=np.float32), np.asarray(found).ravel() == 1


def patches(picture: Grey, points: NDArray[np.floating], side: int = _PATCH) -> NDArray[np.float32]:
    """Return the (N, side * side) values about the points, interpolated; borders are repeated."""
    import cv2

    if not len(points):
        return np.empty((0, side * side), np.float32)
    offsets = np.arange(side, dtype=np.float32) - side // 2
    u = points[:, 0, None, None].astype(np.float32) + offsets[None, None, :] + np.zeros((1, side, 1), np.float32)
    v = points[:, 1, None, None].astype(np.float32) + offsets[None, :, None] + np.zeros((1, 1, side), np.float32)
    flat = (len(points), side * side)
    out = cv2.remap(picture, u.reshape(flat), v.reshape(flat), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.float32).reshape(flat)


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the normalised correlation of each row with the other's, -1 .. 1; 0 where a row is flat."""
    one = one - one.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    size = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) / np.maximum(size, 1e-6), dtype=np.float64)


def in_picture(points: NDArray[np.floating], width: int, height: int) -> NDArray[np.bool_]:
    """Return which of the points lie within a picture of that size."""
    u, v = points[:, 0], points[:, 1]
    return np.asarray((u >= 0) & (v >= 0) & (u <= width - 1) & (v <= height - 1))
