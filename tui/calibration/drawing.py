"""Errors of many readings of one map at once, drawn as the fitted model has them: how they hang together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tui.calibration.distance import spots_at
from tui.calibration.interval import NORMAL_95, student_95
from tui.calibration.kriging import Matrix, distances
from tui.calibration.posterior import image_places
from tui.calibration.reading import Reading
from tui.calibration.result import Calibration
from tui.geometry.arrays import Vector

DRAWN_PX = 63
"""Readings whose errors can be drawn together: more would be shared out among threads, which costs more than it saves.
"""

_OWN_LENGTH = 0.03
"""Over which a pixel's own error falls off, in image units: a network's map is smooth, about half a wide window."""


def drawn_errors(calibration: Calibration, readings: Sequence[Reading], pixels: Matrix) -> tuple[Matrix, Vector]:
    """Errors of ln z, (K, M), as the fitted model has them, and standard normals for the percentile, (K,).

    Each pixel's variance is what its own reading says; of one at an edge without that, as edges move the percentile.
    """
    count = len(readings)
    normals = _normals()
    sigma = np.array(
        [
            0.0 if each.distance_m is None or each.low_m is None else math.log(each.distance_m / each.low_m) / NORMAL_95
            for each in readings
        ]
    )
    at_edge = np.array([each.edge_m is not None for each in readings])
    if calibration.posterior is None:  # one scale for all: nothing differs from pixel to pixel
        typical = float(np.median(sigma[~at_edge])) if (~at_edge).any() else float(sigma.min())
        return _both(np.outer(normals[:, 0], np.where(at_edge, typical, sigma))), _both(normals[:, -1])
    model = calibration.posterior.model
    scale = student_95(calibration.freedom) / NORMAL_95
    value = np.array([each.inverse_depth for each in readings], np.float64)
    told = np.array([each.distance_m is not None for each in readings])
    covariance = np.zeros((count, count))
    if told.any():
        spots = spots_at(calibration, value, pixels, told)
        covariance[np.ix_(told, told)] = scale**2 * calibration.posterior.covariance(spots)
    noise = np.where(told, scale**2 * model.factor * model.kernel.noise**2, 0.0)
    smooth = np.diag(covariance) - noise
    own = np.maximum(np.where(at_edge, 0.0, sigma**2 - smooth), noise)
    covariance[np.diag_indices(count)] = smooth
    covariance += np.sqrt(np.outer(own, own)) * np.exp(_apart(calibration, pixels) * (-1.0 / _OWN_LENGTH))
    return _both(normals[:, :count] @ _root(covariance).T), _both(normals[:, -1])


def _apart(calibration: Calibration, pixels: Matrix) -> Matrix:
    """Distances in image units, (M, M)."""
    known = calibration.context
    if known is None:
        return np.where(np.eye(len(pixels), dtype=np.bool_), 0.0, np.inf)
    places = image_places(pixels, known.width, known.height)
    return distances(places, places)


def _root(covariance: Matrix) -> Matrix:
    """L with L L' = covariance, up to rounding."""
    count = len(covariance)
    size = float(np.trace(covariance)) / count + 1e-300
    for jitter in (1e-9, 1e-6, 1e-3):
        try:
            root = np.linalg.cholesky(covariance + jitter * size * np.eye(count))
        except np.linalg.LinAlgError:
            continue
        return np.asarray(root, dtype=np.float64)
    diagonal: Matrix = np.diag(np.sqrt(np.maximum(np.diag(covariance), 0.0)))
    return diagonal


@lru_cache(maxsize=1)
def _normals() -> Matrix:
    """Standard normals, (K, DRAWN_PX + 1), always the same; each draw is used with its opposite as well.

    Taken so, the columns have the mean 0 and the variance 1 and are uncorrelated to the last digit: whatever is linear
    in the errors has its variance exactly. Not to be written to.
    """
    many = DRAWN_PX + 1  # a column a pixel, and one for the percentile
    drawn, _ = np.linalg.qr(np.random.default_rng(19).standard_normal((many, many)))
    drawn *= math.sqrt(many)
    drawn.flags.writeable = False
    normals: Matrix = drawn
    return normals


def _both(half: Matrix) -> Matrix:
    """With their opposites."""
    return np.concatenate([half, -half])
