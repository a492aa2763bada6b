"""Points that two views tell, with the covariances of points and motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.targets.two_views_pose import Motion, Sights, corrected, crosses, inverse_depths, patterns

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Solved:
    """Points and what the pixels' noise does to them, all to first order."""

    w: Array
    """Inverse depths in 1 / baseline, shape (N,)."""
    own: Array
    """One standard deviation of w by a pixel of the point's own noise, shape (N,)."""
    by_motion: Array
    """dw by the motion's five numbers and the lens's K, with the point then solved for anew, shape (N, 5 + K)."""
    covariance: Array
    """Of those, shape (5 + K, 5 + K)."""
    pulls: Array
    """What each pair's own errors do to those numbers, shape (N, 5 + K); 0 where it is not used."""


def solve(motion: Motion, sights: Sights, used: Mask, sigma_px: float, bend_sigma: Array) -> Solved:
    """All points at a motion of least error, and the covariances of both by the bundle's normal equations.

    With J_p the derivatives of a pair's four pixel coordinates by its point (x, y, w) and J_c by the motion and the
    lens, the covariance of these is s^2 times the inverse of the sum over the pairs used of
    J_c^T (I - J_p (J_p^T J_p)^-1 J_p^T) J_c, and s^2 over the lens's prior variances (Triggs et al., Bundle Adjustment,
    2000).

    Args:
        motion: of least error.
        sights: all pairs, the lens as it is believed to be.
        used: which of them the motion rests on.
        sigma_px: s, one standard deviation of a pixel.
        bend_sigma: the prior of the lens, shape (K,).
    """
    fit = corrected(motion, sights)
    w = inverse_depths(motion, fit)
    turned = fit.first @ motion.turn.T
    seen = turned + w[:, None] * motion.way
    count, lens = len(w), bend_sigma.size
    onto = np.zeros((count, 2, 3))
    onto[:, 0, 0] = onto[:, 1, 1] = 1 / seen[:, 2]
    onto[:, :, 2] = -seen[:, :2] / seen[:, 2:] ** 2
    onto *= sights.f_second_px
    by_point = np.zeros((count, 4, 3))
    by_point[:, 0, 0] = by_point[:, 1, 1] = sights.f_first_px
    by_point[:, 2:, :2] = onto @ motion.turn[:, :2]
    by_point[:, 2:, 2] = onto @ motion.way
    by_motion = np.zeros((count, 4, 5 + lens))
    by_motion[:, 2:, :3] = -onto @ crosses(turned)
    by_motion[:, 2:, 3:5] = onto @ (w[:, None, None] * motion.tangent)
    if lens:
        by_motion[:, :2, 5:8] = -sights.f_first_px * patterns(fit.first)
        by_motion[:, 2:, -3:] = -sights.f_second_px * patterns(fit.second)
    normal = np.linalg.pinv(by_point.transpose(0, 2, 1) @ by_point)
    back = normal @ by_point.transpose(0, 2, 1)  # (N, 3, 4): a point's step by its pixels' errors
    left = by_motion - by_point @ (back @ by_motion)
    schur = (by_motion.transpose(0, 2, 1) @ left)[used].sum(axis=0)
    schur[5:, 5:] += np.diag((sigma_px / bend_sigma) ** 2)
    inverse = np.linalg.pinv(schur)
    off = np.column_stack(
        [
            (sights.first - fit.first)[:, :2] * sights.f_first_px,
            (sights.second - fit.second)[:, :2] * sights.f_second_px,
        ]
    )
    pulls = np.where(used[:, None], np.einsum("nij,ni->nj", left, off) @ inverse, 0.0)
    return Solved(w, sigma_px * np.sqrt(normal[:, 2, 2]), -(back @ by_motion)[:, 2], sigma_px**2 * inverse, pulls)


def as_alike(covariance: Array, pulls: Array, places_px: Array, cell_px: float) -> Array:
    """The covariance of the motion if errors of points near each other are alike, shape (P, P).

    What is blurred, lit, bent or drawn alike is matched with like errors: hundreds of points then tell no more than a
    few dozen places. The pulls of each cell are added before they are squared (White's covariance, by clusters: Liang
    and Zeger 1986); in no direction is it smaller than that of independent errors.

    Args:
        covariance: of the motion if they are independent, shape (P, P).
        pulls: what each point's own errors do to the motion, shape (N, P).
        places_px: the points in the first picture, shape (N, 2).
        cell_px: side of the cells.
    """
    used = np.flatnonzero(np.abs(pulls).any(axis=1))
    _, number = np.unique(np.floor(places_px[used] / cell_px).astype(int), axis=0, return_inverse=True)
    cells = np.zeros((int(number.max()) + 1, pulls.shape[1]))
    np.add.at(cells, number.ravel(), pulls[used])
    # What the motion was fitted to lies nearer to it than the truth does, by this factor.
    shrunk = max(1, len(cells) - pulls.shape[1]) / len(cells)
    found = cells.T @ cells / shrunk**2
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 1e-30))
    back = vectors / np.sqrt(np.maximum(values, 1e-30))
    ratio, axes = np.linalg.eigh(back.T @ found @ back)
    return np.asarray(root @ (axes * np.maximum(ratio, 1.0)) @ axes.T @ root.T)
