"""From a planar target's corners to its distance, with the uncertainty that follows from the corners'."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics

CORNER_SIGMA_PX = 0.2
"""Prior standard deviation of a refined corner in each direction: photographs of a board leave this much over."""

_PRIOR_FREEDOM = 4.0
"""How many observations the prior of the corners' noise counts as: four corners leave but two of their own."""

_SAME_POSE_RAD = math.radians(0.5)

_AMBIGUOUS_WEIGHT = 0.05
"""A second pose this likely, against 1 for the better one, is worth a word."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a planar target stands in the camera's frame."""

    camera_from_target: Array
    """Rotation, shape (3, 3)."""
    origin_m: Array
    """The target's origin in the camera's frame, shape (3,)."""
    origin_sigma_m: Array
    """One standard deviation of it from the corners' noise alone, shape (3,)."""
    rms_px: float
    """Root mean square distance between seen and projected corners."""
    ambiguous: bool
    """Whether a second pose explains the corners nearly as well; its distance is then within the sigma."""


def estimate_pose(
    object_m: Array, corners_px: Array, intrinsics: Intrinsics, corner_sigma_px: float = CORNER_SIGMA_PX
) -> Pose | None:
    """The pose of least reprojection error, and how well the corners determine it.

    Both solutions of a planar target (Collins and Bartoli, IPPE, 2014) are refined by Levenberg-Marquardt and the
    better one is taken. With J the Jacobian of the projected corners by rotation and translation, the covariance is
    s^2 (J^T J)^-1, where s^2 = (n0 s0^2 + sum of squared residuals) / (n0 + 2 N - 8) joins the prior s0 of
    `corner_sigma_px` with what the corners themselves show: the variance of Student's t with n0 + 2 N - 6 degrees
    of freedom. A second solution that is not much less likely,
    weight w = exp(-(SSR2 - SSR1) / 2 s^2), adds w / (1 + w) times the squared difference of the two origins.

    Args:
        object_m: the corners on the target, z = 0, shape (N, 3), N >= 4.
        corners_px: the same as seen, shape (N, 2).
        intrinsics: of the picture; their own uncertainty is not in the result.
        corner_sigma_px: prior standard deviation of a corner in each direction.

    Returns:
        None where no pose in front of the camera explains the corners.
    """
    found = [each for each in solutions(object_m, corners_px, intrinsics) if each[1][2] > 0]
    if not found:
        return None
    found.sort(key=lambda each: each[2])
    turn, origin_m, squares, jacobian = found[0]
    freedom = 2 * len(object_m) - 6
    variance = (_PRIOR_FREEDOM * corner_sigma_px**2 + squares) / (_PRIOR_FREEDOM + freedom - 2)
    covariance = variance * np.linalg.pinv(jacobian.T @ jacobian)
    spread = np.diag(covariance)[3:6].copy()
    ambiguous = False
    for other_turn, other_m, other_squares, _ in found[1:]:
        if np.linalg.norm(_between(turn, other_turn)) < _SAME_POSE_RAD:  # both were refined to one
            continue
        weight = math.exp(-max(0.0, other_squares - squares) / (2 * variance))
        ambiguous = ambiguous or weight > _AMBIGUOUS_WEIGHT
        spread += weight / (1 + weight) * (other_m - origin_m) ** 2
    return Pose(
        np.asarray(load_cv2().Rodrigues(turn)[0]),
        origin_m,
        np.sqrt(spread),
        math.sqrt(squares / len(object_m)),
        ambiguous,
    )


def solutions(object_m: Array, corners_px: Array, intrinsics: Intrinsics) -> list[tuple[Array, Array, float, Array]]:
    """(rotation vector, origin, sum of squares, Jacobian (2N, 6)) of each solution of IPPE, refined."""
    cv2: Any = load_cv2()
    k, lens = intrinsics.matrix, np.array(intrinsics.distortion or (0.0,) * 5)
    seen = np.ascontiguousarray(corners_px, dtype=np.float64).reshape(-1, 1, 2)
    try:
        _, turns, origins, _ = cv2.solvePnPGeneric(object_m, seen, k, lens, flags=cv2.SOLVEPNP_IPPE)
    except cv2.error:  # corners on one line
        return []
    solutions = []
    for turn, origin in zip(turns, origins, strict=True):
        try:
            turn, origin = cv2.solvePnPRefineLM(object_m, seen, k, lens, turn.copy(), origin.copy())  # noqa: PLW2901 - the same solution, refined
        except cv2.error:
            continue
        projected, jacobian = cv2.projectPoints(object_m, turn, origin, k, lens)
        residuals = np.asarray(projected, dtype=np.float64).reshape(-1, 2) - seen.reshape(-1, 2)
        squares = float((residuals**2).sum())
        if math.isfinite(squares):
            solutions.append((np.asarray(turn).ravel(), np.asarray(origin).ravel(), squares, jacobian[:, :6]))
    return solutions


def _between(turn: Array, other_turn: Array) -> Array:
    """The rotation vector from one rotation to the other, shape (3,)."""
    cv2 = load_cv2()
    first, second = np.asarray(cv2.Rodrigues(turn)[0]), np.asarray(cv2.Rodrigues(other_turn)[0])
    return np.asarray(cv2.Rodrigues(second @ first.T)[0]).ravel()
