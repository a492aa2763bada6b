"""How a camera moved over three or more pictures of a still scene: all of them adjusted at once, with covariances.

What is solved for is in `views_model`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.targets.views_model import (
    Bundle,
    Priors,
    Tracks,
    prior_errors,
    prior_slopes,
    residuals_px,
    slopes_of,
    stepped,
    weights_of,
)

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_POINT_STEPS = 3
_ROUNDS = 4
_MOST_STEPS = 50
_SETTLED = 1e-6
"""Squared length of a step, in standard deviations of where it leads."""
_GIVEN_UP = 1e8
"""Damping with which nothing moves any more."""
_FAR = 3.5
"""Errors beyond so many standard deviations do not count."""
_LEAST_W = 1e-4


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The bundle of least error, to first order."""

    bundle: Bundle
    own: Array
    """One standard deviation of w by a point's own pixels, shape (N,)."""
    by_motion: Array
    """dw by everything else, P numbers, with the point then solved for anew, shape (N, P)."""
    covariance: Array
    """Of those, shape (P, P); the last of them is s, where there is one."""
    pulls: Array
    """What each point's own errors do to those, shape (N, P)."""
    fits: Mask
    """Which sightings agree, shape (K, N)."""
    relative: float
    """The root mean square of the errors of these in their standard deviations, per degree of freedom."""
    ways_off: Array
    """Each measured way's error in standard deviations, shape (K,); NaN where none was measured."""


def adjust(start: Bundle, tracks: Tracks, priors: Priors, fits: Mask | None = None) -> Adjusted:
    """All views and points of least error, the sightings that do not fit left out; `fits`, if they are known.

    The points are solved for within (variable projection, Golub and Pereyra 1973), so that a step has the views' few
    numbers only; the covariance is the inverse of what remains of the normal equations (Schur's complement; Triggs et
    al., Bundle Adjustment, 2000).
    """
    bundle, known = start, fits
    seen = np.isfinite(tracks.seen[..., 0])
    fits = seen if known is None else known
    for _ in range(_ROUNDS if known is None else 1):
        weights = weights_of(tracks, fits)
        bundle = _settled(bundle, tracks, priors, weights)
        off = residuals_px(bundle, tracks).reshape(len(bundle.points), -1, 2)[:, 1:]
        off = np.linalg.norm(off, axis=2).T / tracks.sigma_px
        scale = max(1.0, float(np.median(off[fits])) / 1.1774)
        before, fits = fits, seen & (off < _FAR * scale) if known is None else known
        if (before == fits).all():
            break
    return _finished(bundle, tracks, priors, fits)


def _settled(bundle: Bundle, tracks: Tracks, priors: Priors, weights: Array) -> Bundle:
    """Of least error with these weights: the method of Levenberg and Marquardt, linearised anew where it has come to.

    `scipy.optimize.least_squares` takes its numbers from where it began; with turns among them it zigzags for hundreds
    of steps in the valley between turning and moving, or stops in it.
    """

    def cost_of(now: Bundle) -> float:
        return float(((residuals_px(now, tracks) * weights) ** 2).sum() + (prior_errors(now, priors) ** 2).sum())

    now = replace(bundle, points=_points(bundle, tracks, weights))
    cost, damping = cost_of(now), 1e-4
    for _ in range(_MOST_STEPS):
        reduced = _reduced(now, tracks, weights, priors)[0]
        slopes, prior = reduced.reshape(-1, reduced.shape[2]), prior_slopes(now, priors)
        normal = slopes.T @ slopes + prior.T @ prior
        pull = slopes.T @ (residuals_px(now, tracks) * weights).ravel() + prior.T @ prior_errors(now, priors)
        step = np.asarray(-np.linalg.solve(normal + damping * np.diag(np.diag(normal)), pull), dtype=np.float64)
        tried = stepped(now, step)
        tried = replace(tried, points=_points(tried, tracks, weights))
        cost_then = cost_of(tried)
        if cost_then <= cost:
            now, cost, damping = tried, cost_then, max(damping / 10, 1e-9)
            if float(step @ normal @ step) < _SETTLED:
                break
        else:
            damping *= 10
            if damping > _GIVEN_UP:
                break
    return now


def _finished(bundle: Bundle, tracks: Tracks, priors: Priors, fits: Mask) -> Adjusted:
    weights = weights_of(tracks, fits)
    bundle = replace(bundle, points=_points(bundle, tracks, weights))
    left = residuals_px(bundle, tracks) * weights
    reduced, back, normal = _reduced(bundle, tracks, weights, priors)
    prior = prior_slopes(bundle, priors)
    shown = np.asarray(fits.any(axis=0))
    flat = reduced[shown].reshape(-1, reduced.shape[2])
    freedom = max(1, int(2 * fits.sum()) - int(shown.sum()) - reduced.shape[2])
    relative = np.sqrt(float((left[shown] ** 2).sum()) / freedom)
    inflated = max(1.0, relative)
    covariance = np.linalg.pinv(flat.T @ flat / inflated**2 + prior.T @ prior, hermitian=True)
    own = inflated * np.sqrt(np.maximum(normal[:, 2, 2], 0.0))
    ways_off = np.full(len(bundle.turns), np.nan)
    if priors.scaled:
        ways_off[np.isfinite(priors.ways_m)] = prior_errors(bundle, priors)[bundle.bend.size :]
    pulls = np.where(shown[:, None], np.einsum("nip,ni->np", reduced, left) @ covariance / inflated**2, 0.0)
    return Adjusted(bundle, own, -back, covariance, pulls, fits, float(relative), ways_off)


def _points(bundle: Bundle, tracks: Tracks, weights: Array) -> Array:
    """Of least error where the views are, shape (N, 3)."""
    points = bundle.points
    for _ in range(_POINT_STEPS):
        now = replace(bundle, points=points)
        by_point = slopes_of(now, tracks)[0] * weights[..., None]
        normal = by_point.transpose(0, 2, 1) @ by_point
        rest = (by_point.transpose(0, 2, 1) @ (residuals_px(now, tracks) * weights)[..., None])[..., 0]
        points = points - np.linalg.solve(normal + 1e-9 * np.eye(3), rest[..., None])[..., 0]
        points[:, 2] = np.maximum(points[:, 2], _LEAST_W)
    return points


def _reduced(bundle: Bundle, tracks: Tracks, weights: Array, priors: Priors) -> tuple[Array, Array, Array]:
    """The weighted slopes by the views with the points solved for; dw by them but for the sign; points' covariances."""
    by_point, by_motion = (each * weights[..., None] for each in slopes_of(bundle, tracks))
    if priors.scaled:
        by_motion = np.concatenate([by_motion, np.zeros((*by_motion.shape[:2], 1))], axis=2)
    normal = np.linalg.inv(by_point.transpose(0, 2, 1) @ by_point + 1e-9 * np.eye(3))
    back = normal @ (by_point.transpose(0, 2, 1) @ by_motion)
    return by_motion - by_point @ back, back[:, 2], np.asarray(normal)
