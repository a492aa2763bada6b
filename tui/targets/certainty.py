"""How well views of a board determine a camera: each intrinsic's standard deviation, from points and from views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.targets.boards import BoardView

Array = npt.NDArray[np.float64]

NAMES = ("fx_px", "fy_px", "cx_px", "cy_px", "k1", "k2", "p1", "p2", "k3")
"""Of the intrinsics, in the order of every vector and matrix here; OpenCV's too."""

_POSE = 6
_LEAST_RATIO = 1e-12
"""Of a direction's information to that of the best known one: what is below it is rounding."""


@dataclass(frozen=True, slots=True)
class ViewShare:
    """What one view says of the intrinsics about a solution, its own pose being free.

    To second order its sum of squared residuals is `squares - 2 gradient x + x information x` for a change x.
    """

    squares: float
    """Square pixels."""
    gradient: Array
    """Shape (9,)."""
    information: Array
    """Shape (9, 9)."""
    count: int
    """Points."""

    @property
    def freedom(self) -> int:
        """Observations that the pose leaves over."""
        return 2 * self.count - _POSE


def share_of(view: BoardView, matrix: Array, distortion: Array, turn: Array, origin_m: Array) -> ViewShare:
    """Linearise one view's reprojection about a solution and eliminate its pose (Schur complement, by QR).

    Args:
        view: the board's points.
        matrix: K, shape (3, 3).
        distortion: 5 coefficients.
        turn: rotation vector of the pose.
        origin_m: of the pose.
    """
    cv2: Any = load_cv2()
    projected, jacobian = cv2.projectPoints(view.object_m, turn, origin_m, matrix, distortion)
    residual = (view.corners_px - np.asarray(projected, np.float64).reshape(-1, 2)).ravel()
    jacobian = np.asarray(jacobian, np.float64)
    pose, own = jacobian[:, :_POSE], jacobian[:, _POSE : _POSE + len(NAMES)]
    basis, _ = np.linalg.qr(pose / np.maximum(np.linalg.norm(pose, axis=0), 1e-300))
    own = own - basis @ (basis.T @ own)
    residual = residual - basis @ (basis.T @ residual)
    return ViewShare(float(residual @ residual), own.T @ residual, own.T @ own, len(view.object_m))


def covariance_of(shares: Sequence[ViewShare], free: npt.NDArray[np.bool_]) -> Array:
    """Covariance of the intrinsics, shape (9, 9); rows and columns of those that are not free are 0.

    The larger one, by each intrinsic's variance, of two: from the scatter of the points, s^2 (sum of information)^-1,
    and from the scatter of the views, by leaving out one at a time (the jackknife, to first order), which also knows
    of a bent board, blur and all else that a view's points have in common.
    """
    total = _of_free(sum((share.information for share in shares), np.zeros((9, 9))), free)
    freedom = sum(share.freedom for share in shares) - int(free.sum())
    variance = sum(share.squares for share in shares) / max(1, freedom)
    by_points = variance * _inverse(total)
    count = len(shares)
    if count > 1:
        steps = np.stack(
            [_inverse(total - _of_free(share.information, free)) @ share.gradient[free] for share in shares]
        )
        steps -= steps.mean(axis=0)
        by_views = (count - 1) / count * steps.T @ steps
    else:
        by_views = np.zeros_like(by_points)
    gain = np.sqrt(np.maximum(1.0, np.diag(by_views) / np.maximum(np.diag(by_points), 1e-300)))
    found = np.zeros((9, 9))
    found[np.ix_(free, free)] = by_points * np.outer(gain, gain)
    return found


def own_part(shares: Sequence[ViewShare], free: npt.NDArray[np.bool_]) -> float:
    """The part of the squares, to second order, that would go if every view had intrinsics of its own."""
    gains = [
        share.gradient[free] @ _inverse(_of_free(share.information, free)) @ share.gradient[free] for share in shares
    ]
    return float(sum(gains) / max(sum(share.squares for share in shares), 1e-300))


def _of_free(matrix: Array, free: npt.NDArray[np.bool_]) -> Array:
    return np.asarray(matrix[np.ix_(free, free)], np.float64)


def _inverse(information: Array) -> Array:
    """With what nothing is known of as next to unknown, not as known."""
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    values = np.maximum(values, _LEAST_RATIO * max(float(values[-1]), 1e-300))
    return np.asarray((vectors / values) @ vectors.T / np.outer(scale, scale), np.float64)
