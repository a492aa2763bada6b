"""Follows the remembered view from look to look: the same, moved, zoomed, or another scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.sight.looks import Grey, evened
from tui.sight.seen import Motion
from tui.sight.view import LEAST_AGREEING, Fit, Matrix, View, carried

MOVED_PX = 6.0
"""Of a picture 640 wide: three quarters of the picture lie within this of their old place, or the view has moved."""
_RESTED_PX = 4.5
"""Once it has moved it must come back to within this."""
ZOOMED = 1.05
_ZOOM_RESTED = 1.035
SAME_SHARE = 0.08
"""Of the points away from the borders: so many at their old places are the same view, whoever stands before the
others."""
_MOSTLY_SAME = 0.3
"""Of all points; no lettering has so many."""
_SURELY_SAME = 0.45
"""Of all points: no other motion can have more of them."""
_SURELY_MOVED = 0.6
_MOVED_SHARE = 0.35
_LEAST_POINTS = 16
"""A view with fewer is a blank wall: nothing is said of it but by what has come into it."""
SEARCH_S = 0.4
"""A live view is searched for by features no more often, and less and less often while it is not found."""
MOST_SEARCH_S = 1.6
_ALIKE = 0.4
"""Of the picture's coarse cells: with so many plain and as bright as they were, what moves is in the view, not the
view."""
_SPREAD = 0.5
"""Of the picture's cells (4 x 4) in which points agree on a motion of a view that looks the same as a whole."""
_LEAST_SIGMA = 0.15
_GOOD_AGREEING = 20
_GOOD_COVERED = 0.3


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """What one picture says of the view."""

    known: bool = False
    """Whether anything could be told."""
    fit: Fit | None = None
    """Where the view lies now, if it does not lie where it was."""
    moved: bool = False
    zoomed: bool = False
    another: bool = False


_SAME = Compared(known=True)


class Watched:
    """The view of one remembered picture, followed from look to look."""

    def __init__(self, small: Grey, width: int, *, live: bool) -> None:
        self._view = View(small)
        self._px = width / self._view.width
        """Pixels of the picture in one of the thumbnail."""
        self._px640 = 640 / self._view.width
        self._live = live
        self._last: Matrix | None = None
        self._searched_s: float | None = None
        self._wait_s = SEARCH_S
        self.moved_words = ""
        self.zoomed_words = ""

    def look(self, small: Grey, at_s: float, *, moved: bool) -> Compared:
        """Compare with a small picture; `moved`: whether that is what is said at present."""
        now = evened(small)
        followed = None if self._last is None else self._view.refined(now, self._last)
        if followed is not None and followed.share >= _SURELY_MOVED and followed.covered >= _SPREAD:
            self._found(followed)
            return self._judge(followed, moved=moved)
        if self._view.stays(now) >= _SURELY_SAME:
            self._found()
            return _SAME
        still, old, new = self._view.still(now)
        gone = len(old) - round(still * len(self._view.points))
        near = self._view.fit(old, new) if gone >= LEAST_AGREEING else None
        fit = self._moved_fit(now, at_s, still, followed, near)
        alike = self._view.plainly_alike(small)
        if fit is not None and (fit.covered >= _SPREAD or alike < _ALIKE):
            self._found(fit)
            return self._judge(fit, moved=moved)
        self._last = None
        if alike >= _ALIKE or still >= _MOSTLY_SAME or self._view.inner_share(old, new) >= SAME_SHARE:
            return _SAME
        if len(self._view.points) < _LEAST_POINTS:
            return _SAME if len(View(small).points) < 2 * _LEAST_POINTS else Compared(known=True, another=True)
        return Compared(known=True, another=True)  # searched for just now, or not long ago

    def motion(self, fit: Fit) -> Motion:
        """Return the motion in pixels of the picture."""
        scale = np.diag([self._px, self._px, 1.0])
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
        whole = np.linalg.inv(half) @ scale @ half  # pixel centres lie half a pixel from the border
        homography = whole @ fit.homography @ np.linalg.inv(whole)
        good = fit.agreeing >= _GOOD_AGREEING and fit.covered >= _GOOD_COVERED and fit.share >= _MOVED_SHARE
        sigma_px = self._px * max(_LEAST_SIGMA, fit.residual_px) if good else float("inf")
        return Motion(homography / homography[2, 2], sigma_px)

    def _moved_fit(self, now: Grey, at_s: float, still: float, followed: Fit | None, near: Fit | None) -> Fit | None:
        """Return how the view moved, if more of it agrees on that than has stayed where it was."""
        least = max(_MOVED_SHARE, still + 0.1)
        if followed is not None and followed.share >= least:
            return followed
        if near is not None and near.share >= least:
            better = self._view.refined(now, near.homography)
            return better if better is not None and better.share >= near.share - 0.1 else near
        if still >= _MOSTLY_SAME:
            return None
        if self._live and self._searched_s is not None and 0 <= at_s - self._searched_s < self._wait_s:
            return None
        self._wait_s = SEARCH_S if self._searched_s is None else min(2 * self._wait_s, MOST_SEARCH_S)
        self._searched_s = at_s
        start = self._view.found_by_features(now)
        found = None if start is None else self._view.refined(now, start)
        return found if found is not None and found.share >= least else None

    def _found(self, fit: Fit | None = None) -> None:
        """Note that the view is in sight, at its old place or where `fit` puts it."""
        self._last = None if fit is None else fit.homography
        self._searched_s = None
        self._wait_s = SEARCH_S

    def _judge(self, fit: Fit, *, moved: bool) -> Compared:
        width, height = self._view.width, self._view.height
        grid = np.stack(np.meshgrid(np.linspace(0, width - 1, 5), np.linspace(0, height - 1, 5)), -1).reshape(-1, 2)
        away = np.hypot(*(carried(fit.homography, grid) - grid).T)
        far = float(np.percentile(away, 75))
        if far * self._px640 < (_RESTED_PX if moved else MOVED_PX):
            return _SAME
        zoom, shift = _zoom_and_shift(fit.homography, width, height)
        zoomed = max(zoom, 1 / zoom) > (_ZOOM_RESTED if self.zoomed_words and moved else ZOOMED)
        times = max(zoom, 1 / zoom)
        self.zoomed_words = f"zoomed {'' if zoom > 1 else 'out '}by {times:.{2 if times >= 1.095 else 3}g}"
        far_px = (shift if zoomed else far) * self._px
        self.moved_words = f"the view has moved by about {_round(far_px)} px"
        return Compared(known=True, fit=fit, moved=not zoomed or shift * self._px640 > 2 * MOVED_PX, zoomed=zoomed)


def _zoom_and_shift(homography: Matrix, width: int, height: int) -> tuple[float, float]:
    """Return how much larger things are now, and how far the middle has gone.

    A camera that only turns enlarges what leaves the middle as much as what comes into it: forth and back cancel.
    """
    middle = ((width - 1) / 2, (height - 1) / 2)
    forth, there = _enlarged(homography, middle)
    back, _ = _enlarged(np.asarray(np.linalg.inv(homography), dtype=np.float64), middle)
    return float(np.sqrt(forth / back)), float(np.hypot(there[0] - middle[0], there[1] - middle[1]))


def _enlarged(homography: Matrix, at: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    """Return how much larger what lies at a point becomes, and where it goes."""
    out = carried(homography, np.array(at) + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    across, down = out[1] - out[0], out[2] - out[0]
    area = float(across[0] * down[1] - across[1] * down[0])
    return float(np.sqrt(max(area, 1e-6))), (float(out[0, 0]), float(out[0, 1]))


def _round(px: float) -> str:
    return f"{px:.0f}" if px < 20 else f"{round(px, -1):.0f}"
