"""Lens distortion as OpenCV models it, and how to undo it.

With x, y on the plane at distance 1, r^2 = x^2 + y^2 and coefficients (k1, k2, p1, p2, k3, k4, k5, k6):

    g   = (1 + k1 r^2 + k2 r^4 + k3 r^6) / (1 + k4 r^2 + k5 r^4 + k6 r^6)
    x_d = x g + 2 p1 x y + p2 (r^2 + 2 x^2)
    y_d = y g + p1 (r^2 + 2 y^2) + 2 p2 x y

Source: OpenCV documentation, "Camera Calibration and 3D Reconstruction"; Brown (1971), with the rational model of
Claus and Fitzgibbon (2005).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""float64, shape (N, 2)."""

COUNTS = (0, 4, 5, 8)
"""How many coefficients a model may have; 0 is a lens without distortion."""

_STEPS = 30
_TOLERANCE = 1e-10
"""On the plane at distance 1: far below a thousandth of a pixel."""


def distort(points: Points, coefficients: tuple[float, ...]) -> Points:
    """Where the lens images what lies at `points` on the plane at distance 1.

    Args:
        points: ideal coordinates, shape (N, 2).
        coefficients: 0, 4, 5 or 8 of them.
    """
    if not any(coefficients):
        return points.copy()
    k1, k2, p1, p2, k3, k4, k5, k6 = _eight(coefficients)
    x, y = points[:, 0], points[:, 1]
    r2 = x * x + y * y
    gain = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    return np.stack(
        [x * gain + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * gain + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y], axis=1
    )


def undistort(points: Points, coefficients: tuple[float, ...]) -> Points:
    """Invert `distort` by Newton's method; NaN where no point within the lens's valid field images there.

    Args:
        points: distorted coordinates on the plane at distance 1, shape (N, 2).
        coefficients: 0, 4, 5 or 8 of them.
    """
    if not any(coefficients):
        return points.copy()
    ideal = points.copy()
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            error = distort(ideal, coefficients) - points
            jacobian = _jacobian(ideal, coefficients)
            step = _solve(jacobian, error)
            # Half the way is far enough for one step: further, a strong lens throws the iteration out of its field.
            length = np.hypot(step[:, 0], step[:, 1])
            limit = 0.5 * (0.1 + np.hypot(points[:, 0], points[:, 1]))
            ideal = ideal - step * np.minimum(1.0, limit / np.maximum(length, 1e-300))[:, None]
        found = np.abs(distort(ideal, coefficients) - points).max(axis=1) < _TOLERANCE
        # Beyond the field the picture folds back over itself: the map from scene to picture then turns round.
        jacobian = _jacobian(ideal, coefficients)
        upright = (jacobian[:, 0, 0] * jacobian[:, 1, 1] > jacobian[:, 0, 1] * jacobian[:, 1, 0]) & (
            jacobian[:, 0, 0] + jacobian[:, 1, 1] > 0
        )
    return np.where((found & upright)[:, None], ideal, np.nan)


def _jacobian(points: Points, coefficients: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """Of `distort`, shape (N, 2, 2)."""
    k1, k2, p1, p2, k3, k4, k5, k6 = _eight(coefficients)
    x, y = points[:, 0], points[:, 1]
    r2 = x * x + y * y
    above, below = 1 + r2 * (k1 + r2 * (k2 + r2 * k3)), 1 + r2 * (k4 + r2 * (k5 + r2 * k6))
    above_slope, below_slope = k1 + r2 * (2 * k2 + 3 * k3 * r2), k4 + r2 * (2 * k5 + 3 * k6 * r2)
    gain, slope = above / below, (above_slope * below - above * below_slope) / below**2
    cross = 2 * slope * x * y + 2 * p1 * x + 2 * p2 * y
    jacobian = np.empty((len(points), 2, 2))
    jacobian[:, 0, 0] = gain + 2 * slope * x * x + 2 * p1 * y + 6 * p2 * x
    jacobian[:, 1, 1] = gain + 2 * slope * y * y + 6 * p1 * y + 2 * p2 * x
    jacobian[:, 0, 1] = jacobian[:, 1, 0] = cross
    return jacobian


def _solve(matrices: npt.NDArray[np.float64], values: Points) -> Points:
    """One 2x2 system a point."""
    (a, b), (c, d) = (matrices[:, 0, 0], matrices[:, 0, 1]), (matrices[:, 1, 0], matrices[:, 1, 1])
    determinant = a * d - b * c
    return np.stack(
        [
            (d * values[:, 0] - b * values[:, 1]) / determinant,
            (a * values[:, 1] - c * values[:, 0]) / determinant,
        ],
        axis=1,
    )


def _eight(coefficients: tuple[float, ...]) -> tuple[float, ...]:
    return coefficients + (0.0,) * (8 - len(coefficients))
