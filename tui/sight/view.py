"""Whether a picture still shows the view that is remembered, and where the view lies now if it moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.sight.looks import Grey, evened

POINTS_ACROSS = (14, 10)
"""At most one point is followed in each cell of this grid."""
NEAR_PX = 1.0
"""Of the thumbnail: a point that is found this near its old place has not moved; 4 px of 640."""
_WINDOW = (11, 11)
_LEVELS = 3
_UNTIL = (3, 12, 0.02)
"""Until 12 steps, or one of less than 0.02 px: 3 is TERM_CRITERIA_EPS and TERM_CRITERIA_COUNT."""
_ROUND_TRIP_PX = 0.5
_INLIER_PX = 1.0
LEAST_AGREEING = 12
_LEAST_ALIKE = 0.6
_PATCH = 9
_BORDER = 0.17
"""Of the width and the height: there lie the date and the camera's name, where a camera writes them."""
_FEWEST_INSIDE = 25
"""So that no share of a few is large: two points may be there by chance."""

_COARSE = (12, 9)
_ALIKE_LOG = 0.08
"""Of ln brightness: so much a cell changes by a lamp's flicker, or a cloud."""
_PLAIN_GREY = 6.0
"""Standard deviation in a cell with nothing in it."""
_DARKEST_GREY = 12.0
"""Added to every cell: what is darker tells nothing."""

Points = NDArray[np.float32]
"""float32, (N, 2): column, row of the thumbnail."""
Matrix = NDArray[np.float64]
"""float64, (3, 3)."""


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """A motion of the view, in pixels of the thumbnail."""

    homography: Matrix
    residual_px: float
    """Two thirds of all that were followed are nearer than this to where it takes them, one axis."""
    agreeing: int
    share: float
    """Of the points that lie within the picture after the motion."""
    covered: float
    """Share of the picture's cells (4 x 4) in which points agree."""


class View:
    """A remembered thumbnail, prepared to be looked for."""

    def __init__(self, small: Grey) -> None:
        self._small = small
        self.even = evened(small)
        self.height, self.width = small.shape
        self.points = _spread_points(self.even, small)
        self._keys: tuple[Points, NDArray[np.float32]] | None = None

    def plainly_alike(self, small: Grey) -> float:
        """Return the share of the picture's coarse cells that are plain and as bright as they were, given the exposure.

        It tells a plain wall that something moves before from another scene: there are hardly points on the wall.
        """
        (then, plain_then), (now, plain_now) = _coarse(self._small), _coarse(small)
        gain = float(np.median(now / then))
        apart = np.abs(np.log(now / (gain * then)))
        return float(((apart < _ALIKE_LOG) & plain_then & plain_now).mean())

    def stays(self, now: Grey) -> float:
        """Return the share of the points that are found near their old places; quick, and enough if it is large."""
        if not len(self.points):
            return 0.0
        new, found = _flow(self.even, now, self.points, self.points)
        near = found & (np.hypot(*(new - self.points).T) <= NEAR_PX)
        alike = likeness(patches(self.even, self.points[near]), patches(now, new[near])) > _LEAST_ALIKE
        return float(np.count_nonzero(alike)) / len(self.points)

    def still(self, now: Grey) -> tuple[float, Points, Points]:
        """Follow the points from their old places: (share that has not moved, old, new) of those that were found."""
        if not len(self.points):
            return 0.0, self.points, self.points
        old, new = _follow(self.even, now, self.points, self.points)
        if not len(old):
            return 0.0, old, new
        near = np.hypot(*(new - old).T) <= NEAR_PX
        return float(near.sum()) / len(self.points), old, new

    def inner_share(self, old: Points, new: Points) -> float:
        """Return what share of the points away from the borders has not moved: a camera's lettering never does."""
        border = np.array([self.width, self.height]) * _BORDER
        size = np.array([self.width, self.height])

        def inside(points: Points) -> NDArray[np.bool_]:
            return np.asarray(((points > border) & (points < size - border)).all(axis=1))

        stayed = int((inside(old) & (np.hypot(*(new - old).T) <= NEAR_PX)).sum())
        return stayed / max(_FEWEST_INSIDE, int(inside(self.points).sum()))

    def fit(self, old: Points, new: Points) -> Fit | None:
        """Return the homography that most of these points agree on; None where too few do."""
        if len(old) < LEAST_AGREEING:
            return None
        agreed = _agreed(old, new, _INLIER_PX)
        if agreed is None or not _sensible(agreed[0], self.width, self.height):
            return None
        found, kept = agreed
        if int(kept.sum()) < LEAST_AGREEING:
            return None
        apart = np.abs(carried(found, old) - new)
        within = _within(carried(found, self.points), self.width, self.height)
        cells = np.floor(new[kept] * 4 / (self.width, self.height)).clip(0, 3)
        taken = len(np.unique(cells, axis=0)) / 16
        # Two of three, of all that were followed: what lies off the plane that most agree on is carried less well.
        residual = float(np.percentile(apart, 68))
        return Fit(found, residual, int(kept.sum()), float(kept.sum()) / max(1, int(within.sum())), taken)

    def refined(self, now: Grey, start: Matrix) -> Fit | None:
        """Follow the points from where `start` puts them, and fit anew: as precise as the thumbnail allows."""
        import cv2

        guess = carried(start, self.points)
        inside = _within(guess, self.width, self.height)
        if int(inside.sum()) < LEAST_AGREEING:
            return None
        moved = cv2.warpPerspective(
            self.even, start, (self.width, self.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        places = guess[inside].astype(np.float32)
        before, after = _follow(np.asarray(moved, dtype=np.uint8), now, places, places)
        if len(before) < LEAST_AGREEING:
            return None
        back = np.linalg.inv(start).astype(np.float64)
        return self.fit(carried(back, before).astype(np.float32), after)

    def found_by_features(self, now: Grey) -> Matrix | None:
        """Look for the view anywhere in the picture, turned, zoomed and shifted; costs several milliseconds."""
        import cv2

        if self._keys is None:
            self._keys = _features(self.even)
        points, descriptors = self._keys
        others, other_descriptors = _features(now)
        if len(points) < LEAST_AGREEING or len(others) < LEAST_AGREEING:
            return None
        pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(descriptors, other_descriptors, k=2)
        good = [a for a, b in (pair for pair in pairs if len(pair) == 2) if a.distance < 0.8 * b.distance]
        if len(good) < 8:
            return None
        old = points[[match.queryIdx for match in good]]
        new = others[[match.trainIdx for match in good]]
        agreed = _agreed(old, new, 1.5 * _INLIER_PX)
        if agreed is None or int(agreed[1].sum()) < 8 or not _sensible(agreed[0], self.width, self.height):
            return None
        return agreed[0]


def _agreed(old: Points, new: Points, within_px: float) -> tuple[Matrix, NDArray[np.bool_]] | None:
    """Return the homography that most points agree on, and which; None where there is none."""
    import cv2

    found, mask = cv2.findHomography(old, new, cv2.USAC_MAGSAC, within_px, maxIters=1000, confidence=0.99)
    if np.ndim(found) != 2:  # None, whatever its annotation says
        return None
    return np.asarray(found, dtype=np.float64), np.asarray(mask).ravel() > 0


def carried(homography: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the points (N, 2) taken through the homography."""
    ones = np.ones((len(points), 1))
    out = np.hstack([points, ones]) @ homography.T
    return np.asarray(out[:, :2] / out[:, 2:], dtype=np.float64)


def _coarse(small: Grey) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Mean of each coarse cell, and whether there is nothing in it."""
    import cv2

    values = np.asarray(small, np.float32)
    mean = cv2.resize(values, _COARSE, interpolation=cv2.INTER_AREA)
    square = cv2.resize(values * values, _COARSE, interpolation=cv2.INTER_AREA)
    plain: NDArray[np.bool_] = square - mean * mean < _PLAIN_GREY**2
    return np.asarray(mean, np.float32) + np.float32(_DARKEST_GREY), plain


def _spread_points(even: Grey, small: Grey) -> Points:
    """Return the best corner of each cell, where there is one that is more than noise."""
    import cv2

    strength = np.where(_stands_out(small), cv2.cornerMinEigenVal(even, 7), 0.0)
    height, width = even.shape
    across, down = POINTS_ACROSS
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


_LEAST_CORNER = 2e-4
_LEAST_CONTRAST = 0.7
"""Grey levels, standard deviation within 7 x 7."""
_NOISES = 1.8
_MOST_NOISE = 5.0
"""What varies more is a pattern, be it as fine as grass."""


def _follow(before: Grey, now: Grey, old: Points, start: Points) -> tuple[Points, Points]:
    """Return those points of `before` that are found in `now`, and back again, and look alike: (old, new)."""
    new, found = _flow(before, now, old, start)
    back, found_back = _flow(now, before, new, old)
    height, width = now.shape
    good = found & found_back & _within(new, width, height)
    good &= np.hypot(*(back - old).T) < _ROUND_TRIP_PX
    old, new = old[good], new[good]
    if not len(old):
        return old, new
    alike = likeness(patches(before, old), patches(now, new)) > _LEAST_ALIKE
    return old[alike], new[alike]


def _flow(before: Grey, now: Grey, old: Points, start: Points) -> tuple[Points, NDArray[np.bool_]]:
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


def _features(even: Grey) -> tuple[Points, NDArray[np.float32]]:
    """Return points (N, 2) and their descriptors (N, 128)."""
    import cv2

    keys, descriptors = cv2.SIFT.create(nfeatures=250, contrastThreshold=0.03).detectAndCompute(even, None)
    if not keys:
        return np.empty((0, 2), np.float32), np.empty((0, 128), np.float32)
    return np.array([key.pt for key in keys], np.float32), np.asarray(descriptors, dtype=np.float32)


def _within(points: NDArray[np.floating], width: int, height: int) -> NDArray[np.bool_]:
    u, v = points[:, 0], points[:, 1]
    return np.asarray((u >= 0) & (v >= 0) & (u <= width - 1) & (v <= height - 1))


def _sensible(homography: Matrix, width: int, height: int) -> bool:
    """Whether a camera that turned, or zoomed, can have done this: no mirror, no fold, no giant leap in size."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    if not np.isfinite(homography).all():
        return False
    depth = np.hstack([corners, np.ones((4, 1))]) @ homography[2]
    if depth.min() * depth.max() <= 0 or abs(depth).max() > 2.5 * abs(depth).min():
        return False
    out = carried(homography, corners)
    after = np.roll(out, -1, axis=0)
    turns = np.roll(after - out, -1, axis=0)
    side = after - out
    bends = side[:, 0] * turns[:, 1] - side[:, 1] * turns[:, 0]
    area = float((out[:, 0] * after[:, 1] - out[:, 1] * after[:, 0]).sum()) / 2 / (width * height)
    return bool((bends > 0).all()) and 0.15 < area < 7.0
