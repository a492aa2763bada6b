"""Whether a picture still shows the view that is remembered, and where the view lies now if it moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.sight.looks import Grey, evened
from tui.sight.points import LEAST_ALIKE, Points, flow, follow, in_picture, likeness, patches, spread_points

_NEAR_PX = 1.0
"""Of the thumbnail: a point that is found this near its old place has not moved; 4 px of 640."""
_INLIER_PX = 1.0
LEAST_AGREEING = 12
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
        self.points = spread_points(self.even, small)
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
        new, found = flow(self.even, now, self.points, self.points)
        near = found & (np.hypot(*(new - self.points).T) <= _NEAR_PX)
        alike = likeness(patches(self.even, self.points[near]), patches(now, new[near])) > LEAST_ALIKE
        return float(np.count_nonzero(alike)) / len(self.points)

    def still(self, now: Grey) -> tuple[float, Points, Points]:
        """Follow the points from their old places: (share that has not moved, old, new) of those that were found."""
        if not len(self.points):
            return 0.0, self.points, self.points
        old, new = follow(self.even, now, self.points, self.points)
        if not len(old):
            return 0.0, old, new
        near = np.hypot(*(new - old).T) <= _NEAR_PX
        return float(near.sum()) / len(self.points), old, new

    def inner_share(self, old: Points, new: Points) -> float:
        """Return what share of the points away from the borders has not moved: a camera's lettering never does."""
        border = np.array([self.width, self.height]) * _BORDER
        size = np.array([self.width, self.height])

        def inside(points: Points) -> NDArray[np.bool_]:
            return np.asarray(((points > border) & (points < size - border)).all(axis=1))

        stayed = int((inside(old) & (np.hypot(*(new - old).T) <= _NEAR_PX)).sum())
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
        within = in_picture(carried(found, self.points), self.width, self.height)
        cells = np.floor(new[kept] * 4 / (self.width, self.height)).clip(0, 3)
        taken = len(np.unique(cells, axis=0)) / 16
        # Two of three, of all that were followed: what lies off the plane that most agree on is carried less well.
        residual = float(np.percentile(apart, 68))
        return Fit(found, residual, int(kept.sum()), float(kept.sum()) / max(1, int(within.sum())), taken)

    def refined(self, now: Grey, start: Matrix) -> Fit | None:
        """Follow the points from where `start` puts them, and fit anew: as precise as the thumbnail allows."""
        import cv2

        guess = carried(start, self.points)
        inside = in_picture(guess, self.width, self.height)
        if int(inside.sum()) < LEAST_AGREEING:
            return None
        moved = cv2.warpPerspective(
            self.even, start, (self.width, self.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        places = guess[inside].astype(np.float32)
        before, after = follow(np.asarray(moved, dtype=np.uint8), now, places, places)
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


def _features(even: Grey) -> tuple[Points, NDArray[np.float32]]:
    """Return points (N, 2) and their descriptors (N, 128)."""
    import cv2

    keys, descriptors = cv2.SIFT.create(nfeatures=250, contrastThreshold=0.03).detectAndCompute(even, None)
    if not keys:
        return np.empty((0, 2), np.float32), np.empty((0, 128), np.float32)
    return np.array([key.pt for key in keys], np.float32), np.asarray(descriptors, dtype=np.float32)


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
