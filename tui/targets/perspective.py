"""The focal length that flat prints of known shape show, with its uncertainty: least squares over their corners.

Every print has a pose of its own, or several share a plane and have a place in it. About these the intrinsics are
asked for: the focal length freely, the rest (sides of a pixel, centre, the lens's first coefficients) as far as they
may differ from what was given. It is Zhang's calibration (2000) with a belief about all but the focal length, so that
one view suffices where perspective tells it, and its sigma says where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.geometry.intrinsics import Intrinsics
from tui.targets.pose import CORNER_SIGMA_PX
from tui.targets.prints import Placed, Sight

Array = npt.NDArray[np.float64]

_NUMBERS = 6
"""ln f, half of ln(fx / fy), cx, cy, k1, k2: how they differ from what was given."""
_STEPS = 20
_LONGEST_STEP = 0.35
_DONE = 2e-4
_MOST_LOG = 1.5
_PRIOR_FREEDOM = 8.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares over one or more sights."""

    log_focal: float
    """Of the focal length over the one given."""
    sigma: float
    """One standard deviation of it, from the corners' scatter and the beliefs about the rest; at most 1."""
    squares: float
    """Of what the corners leave over, square pixels."""
    cost: float
    """Squares over the variance of a corner, and what the beliefs add."""
    count: int
    """Observations: two a corner."""
    freedom: int
    """Observations that poses leave over."""

    @property
    def rms_px(self) -> float:
        """Root mean square distance of the corners from where they should be."""
        return math.sqrt(2 * self.squares / max(1, self.count))


@dataclass(frozen=True, slots=True)
class Beliefs:
    """One standard deviation of how each number differs from what was given."""

    log_focal: float
    centre_px: float
    k1: float
    k2: float
    aspect: float = 0.003

    @property
    def precision(self) -> Array:
        """Inverse variances, shape (6,)."""
        sigmas = (self.log_focal, self.aspect, self.centre_px, self.centre_px, self.k1, self.k2)
        return np.asarray(1.0 / np.square(np.array(sigmas)), np.float64)


def fit_focal(
    sights: Sequence[Sight], intrinsics: Intrinsics, beliefs: Beliefs, start: float = 0.0, noise_px: float | None = None
) -> Fit | None:
    """The most probable focal length.

    Args:
        sights: of one camera.
        intrinsics: as they were given.
        beliefs: about how they differ from the true ones.
        start: ln of the focal length over the one given, from which the search begins.
        noise_px: standard deviation of a corner in each direction; found from what is left over if not given.

    Returns:
        None where some print has no pose.
    """
    x = np.zeros(_NUMBERS)
    x[0] = start
    states = [Placed.of(sight, _camera(intrinsics, x)) for sight in sights]
    poses: list[Placed] = []
    for state in states:
        if state is None:
            return None
        poses.append(state)
    weight = 1.0 / (noise_px or CORNER_SIGMA_PX) ** 2
    precision = beliefs.precision

    def cost_of(at: Array, where: Sequence[Placed]) -> tuple[float, float]:
        camera = _camera(intrinsics, at)
        squares = sum(state.squares(camera) for state in where)
        return weight * squares + float(precision @ at**2), squares

    cost, squares = cost_of(x, poses)
    information = np.zeros((_NUMBERS, _NUMBERS))
    for _ in range(_STEPS):
        camera = _camera(intrinsics, x)
        views = [_linearised(state, camera) for state in poses]
        information = sum((view.own.T @ view.own for view in views), np.zeros((_NUMBERS, _NUMBERS)))
        gradient = sum((view.own.T @ view.left for view in views), np.zeros(_NUMBERS))
        step = np.asarray(
            np.linalg.solve(weight * information + np.diag(precision), weight * gradient - precision * x), np.float64
        )
        length = 1.0 if abs(step[0]) <= _LONGEST_STEP else _LONGEST_STEP / abs(step[0])
        better = False
        for _ in range(6):
            tried = x + length * step
            if abs(tried[0]) <= _MOST_LOG:
                moved = [
                    state.moved(view.pose_step(length * step, length)) for state, view in zip(poses, views, strict=True)
                ]
                if all(state.in_front for state in moved):
                    new_cost, new_squares = cost_of(tried, moved)
                    if new_cost < cost:
                        better = True
                        break
            length /= 2
        if not better:
            break
        gained, cost, squares, x, poses = cost - new_cost, new_cost, new_squares, tried, moved
        if abs(length * step[0]) < _DONE and gained < 1e-3:
            break
    count = sum(2 * sum(len(each.corners_px) for each in sight.prints) for sight in sights)
    freedom = count - sum(state.freedom for state in poses)
    if noise_px is None:
        variance = (_PRIOR_FREEDOM * CORNER_SIGMA_PX**2 + squares) / (_PRIOR_FREEDOM + max(0, freedom - 1))
        weight = 1.0 / variance
        cost = weight * squares + float(precision @ x**2)
    covariance = np.linalg.inv(weight * information + np.diag(precision))
    return Fit(float(x[0]), min(1.0, math.sqrt(float(covariance[0, 0]))), squares, cost, count, freedom)


def _camera(given: Intrinsics, x: Array) -> Intrinsics:
    lens = [*given.distortion] or [0.0] * 4
    lens[0] += float(x[4])
    lens[1] += float(x[5])
    along, aspect = float(x[0]), float(x[1])
    return replace(
        given,
        fx_px=given.fx_px * math.exp(along + aspect),
        fy_px=given.fy_px * math.exp(along - aspect),
        cx_px=given.cx_px + float(x[2]),
        cy_px=given.cy_px + float(x[3]),
        distortion=tuple(lens),
    )


@dataclass(frozen=True, slots=True)
class _Linearised:
    """One sight about a solution, its poses eliminated (Schur complement, by QR)."""

    own: Array
    """Of the residuals by the intrinsics' numbers, what poses cannot do, shape (2N, 6)."""
    left: Array
    """The residuals that poses cannot take away, shape (2N,)."""
    by_pose: Array
    """One block a print with a pose of its own, or one in all: shape (B, 2N / B, poses' numbers)."""
    by_camera: Array
    """Shape (B, 2N / B, 6)."""
    residual: Array
    """Shape (B, 2N / B, 1)."""

    def pose_step(self, camera_step: Array, share: float) -> Array:
        """What the poses do best once the intrinsics have moved; of their own part, a share."""
        wanted = share * self.residual - self.by_camera @ camera_step[:, None]
        scale = np.maximum(np.linalg.norm(self.by_pose, axis=1), 1e-300)
        scaled = self.by_pose / scale[:, None]
        across = scaled.transpose(0, 2, 1)
        ridge = 1e-10 * np.eye(scaled.shape[2])  # a direction that no corner tells stays where it is
        found = np.linalg.solve(across @ scaled + ridge, across @ wanted)
        return np.asarray((found[:, :, 0] / scale).ravel(), np.float64)


def _linearised(state: Placed, camera: Intrinsics) -> _Linearised:
    points = state.points()
    here = camera.pixels(points)
    seen = np.concatenate([each.corners_px for each in state.sight.prints])
    small = 1e-6 * float(points[:, 2].mean())
    by_point = np.stack([(camera.pixels(points + small * unit) - here) / small for unit in np.eye(3)], axis=2)
    by_pose = np.einsum("nij,njk->nik", by_point, state.directions()).reshape(2 * len(points), -1)
    steps = np.array([1e-6, 1e-6, 1e-3, 1e-3, 1e-6, 1e-6])
    by_camera = np.stack(
        [
            (_camera(camera, step * unit).pixels(points) - here).ravel() / step
            for step, unit in zip(steps, np.eye(_NUMBERS), strict=True)
        ],
        axis=1,
    )
    count = 1 if state.shares else len(state.places)
    by_pose = by_pose.reshape(count, 2 * len(points) // count, -1)
    by_camera = by_camera.reshape(count, -1, _NUMBERS)
    residual: Array = (seen - here).reshape(count, -1, 1)
    basis, _ = np.linalg.qr(by_pose / np.maximum(np.linalg.norm(by_pose, axis=1, keepdims=True), 1e-300))
    across = basis.transpose(0, 2, 1)
    own = by_camera - basis @ (across @ by_camera)
    left = residual - basis @ (across @ residual)
    return _Linearised(own.reshape(-1, _NUMBERS), left.ravel(), by_pose, by_camera, residual)
