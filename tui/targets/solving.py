"""The camera of least reprojection error, from several starts and with no more coefficients than the views can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.targets.boards import BoardView
from tui.targets.certainty import ViewShare, covariance_of, share_of

Array = npt.NDArray[np.float64]

_VIEWS_FOR_K3 = 8
"""With fewer, the third radial coefficient would follow the noise and is left at 0."""
_STARTS = (0.5, 1.0, 2.5, 8.0)
"""Focal lengths, in widths of the picture, to start from besides the closed form's."""
_STEPS, _TOLERANCE = 100, 1e-10
_AS_GOOD = 9.0
"""A solution whose sum of squares is larger by at most this many variances fits as well: three standard deviations."""
_WILD = 10.0
"""No lens has such a coefficient; one that the views cannot tell does, and is then left at 0."""
_DEAREST = 1.05
"""What leaving a wild coefficient at 0 may cost: this much of the sum of squares."""
_NO_CAMERA = "these views determine no camera: tilt the board, and show all of it"


@dataclass(frozen=True, slots=True)
class Solution:
    """Intrinsics and poses of least squares."""

    rms_px: float
    matrix: Array
    distortion: Array
    """5 coefficients."""
    turns: tuple[Array, ...]
    """Rotation vector of each view's board."""
    origins_m: tuple[Array, ...]
    per_view_rms: Array
    free: npt.NDArray[np.bool_]
    """Which of `certainty.NAMES` were not held, shape (9,)."""
    shares: tuple[ViewShare, ...] = ()
    """What each view says of the intrinsics; empty after `solve_once`."""
    covariance: Array = field(default_factory=lambda: np.zeros((9, 9)))
    """Of the intrinsics, shape (9, 9); zeros after `solve_once`."""
    other_log_focal: float = 0.0
    """How far the focal length is, as a logarithm, from one at which the views fit as well; 0 if there is none."""

    @property
    def focal_px(self) -> float:
        """Geometric mean of both directions."""
        return math.sqrt(float(self.matrix[0, 0] * self.matrix[1, 1]))

    @property
    def sigmas(self) -> Array:
        """One standard deviation of each intrinsic, shape (9,)."""
        found = np.sqrt(np.diag(self.covariance))
        found[:2] = np.maximum(found[:2], self.other_log_focal * np.diag(self.matrix)[:2])
        return np.asarray(found, np.float64)


def solve(views: Sequence[BoardView]) -> Solution:
    """The best solution of several starts (Zhang, 2000; OpenCV's calibrateCamera), with its uncertainty.

    Args:
        views: of one board and one size.

    Raises:
        InputError: they determine no camera.
    """
    cv2: Any = load_cv2()
    radial = [0, cv2.CALIB_FIX_K3, cv2.CALIB_FIX_K3 | cv2.CALIB_FIX_K2]
    steps = radial if len(views) >= _VIEWS_FOR_K3 else radial[1:]
    tries = _from_starts(views, steps[0])
    for flags in (*steps[1:], steps[-1] | cv2.CALIB_FIX_K1 | cv2.CALIB_ZERO_TANGENT_DIST):
        if np.abs(tries[0].distortion).max() <= _WILD:
            break
        fewer = _from_starts(views, flags)
        if fewer[0].rms_px ** 2 > _DEAREST * tries[0].rms_px ** 2:
            break
        tries = fewer
    best = tries[0]
    shares = tuple(
        share_of(view, best.matrix, best.distortion, turn, origin_m)
        for view, turn, origin_m in zip(views, best.turns, best.origins_m, strict=True)
    )
    points = sum(len(view.object_m) for view in views)
    freedom = max(1, sum(share.freedom for share in shares) - int(best.free.sum()))
    allowed = best.rms_px**2 * (1 + _AS_GOOD / freedom) + 1e-12 / points
    others = [abs(math.log(each.focal_px / best.focal_px)) for each in tries if each.rms_px**2 <= allowed]
    return Solution(
        best.rms_px, best.matrix, best.distortion, best.turns, best.origins_m, best.per_view_rms, best.free,
        shares, covariance_of(shares, best.free), max(others),
    )  # fmt: skip


def solve_once(
    views: Sequence[BoardView], flags: int, focal_px: float | None = None, steps: int = _STEPS
) -> Solution | None:
    """One run of OpenCV's solver, from its closed form or from a focal length; None where it finds nothing."""
    cv2: Any = load_cv2()
    width, height = views[0].size
    matrix, lens = None, None
    if focal_px is not None:
        matrix = np.array([[focal_px, 0, (width - 1) / 2], [0, focal_px, (height - 1) / 2], [0, 0, 1.0]])
        lens, flags = np.zeros(5), flags | cv2.CALIB_USE_INTRINSIC_GUESS
    until = (cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, steps, _TOLERANCE)
    try:
        rms_px, found, distortion, turns, origins, _, _, per_view = cv2.calibrateCameraExtended(
            [view.object_m.astype(np.float32) for view in views],
            [view.corners_px.astype(np.float32).reshape(-1, 1, 2) for view in views],
            (width, height), matrix, lens, flags=flags, criteria=until,
        )  # fmt: skip
    except cv2.error:
        return None
    found, distortion = np.asarray(found, np.float64), np.asarray(distortion, np.float64).ravel()[:5]
    poses = np.asarray([turns, origins], np.float64).reshape(2, len(views), 3)
    if not np.isfinite([rms_px, *found.ravel(), *distortion, *poses.ravel()]).all() or min(np.diag(found)[:2]) <= 0:
        return None
    held = {cv2.CALIB_FIX_K1: 4, cv2.CALIB_FIX_K2: 5, cv2.CALIB_FIX_K3: 8}
    free = np.ones(9, np.bool_)
    free[[place for flag, place in held.items() if flags & flag]] = False
    free[6:8] = not flags & cv2.CALIB_ZERO_TANGENT_DIST
    return Solution(
        float(rms_px), found, distortion, tuple(poses[0]), tuple(poses[1]), np.asarray(per_view).ravel(), free
    )


def relative_sigma(solution: Solution) -> float:
    """One standard deviation of the focal length, relative; the worse of both directions."""
    return float((solution.sigmas[:2] / np.diag(solution.matrix)[:2]).max())


def largest_turn_rad(solution: Solution) -> float:
    """The largest angle between two views' boards, turns in their own planes not counted."""
    cv2 = load_cv2()
    normals = np.stack([np.asarray(cv2.Rodrigues(turn)[0])[:, 2] for turn in solution.turns])
    normals *= np.where(normals[:, 2:] < 0, -1.0, 1.0)
    return math.acos(float(np.clip(normals @ normals.T, -1.0, 1.0).min()))


def _from_starts(views: Sequence[BoardView], flags: int) -> list[Solution]:
    """The best first."""
    width = views[0].size[0]
    starts = (None, *(widths * width for widths in _STARTS))
    found = [each for start in starts if (each := solve_once(views, flags, start)) is not None]
    if not found:
        raise InputError(_NO_CAMERA)
    return sorted(found, key=lambda each: each.rms_px)
