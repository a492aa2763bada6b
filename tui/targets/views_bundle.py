"""How a camera moved over three or more pictures of a still scene: all of them adjusted at once, with covariances.

View k sees X_k = R_k X + t_k, with X = (x, y, 1) / w in the first picture's frame. Everything is in units of the way to
the first of the views, |t_0| = 1. Observations are normalised, as in `two_views_pose`. Where ways were measured, one
number more is solved for: s, the logarithm of that unit in metres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.targets.two_views_pose import crosses, patterns, tangents

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
_NEVER = 1e-9
"""Weight of what was not seen: no point's normal matrix becomes singular for it."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Points of the first picture, and where further ones show them."""

    first: Array
    """Normalised (x, y, 1), shape (N, 3)."""
    seen: Array
    """The same in each further picture, shape (K, N, 3); NaN where it does not show a point."""
    sigma_px: Array
    """One standard deviation of a coordinate in the further pictures, shape (K, N)."""
    f_first_px: float
    f_px: float
    """Of the further pictures."""

    def with_focal(self, factor: float) -> Tracks:
        """As they would be if all focal lengths were longer by this factor."""
        shorter = np.array([1 / factor, 1 / factor, 1.0])
        return Tracks(
            self.first * shorter, self.seen * shorter, self.sigma_px, self.f_first_px * factor, self.f_px * factor
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is solved for."""

    turns: Array
    """view_from_first, shape (K, 3, 3)."""
    ways: Array
    """Where the first camera is, seen from each, shape (K, 3); the first of length 1."""
    bend: Array
    """By how much the lens is believed to be different, by `patterns`, shape (L,)."""
    points: Array
    """(x, y, w), shape (N, 3)."""
    log_unit: float = 0.0
    """s; 0 where no way was measured."""

    @property
    def moved(self) -> Array:
        """Where each camera was, in the first one's frame, shape (K, 3)."""
        return np.asarray(-np.einsum("kji,kj->ki", self.turns, self.ways))


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known beforehand."""

    bend_sigma: Array
    """Shape (L,)."""
    ways_m: Array
    """Measured, shape (K,); NaN where one was not."""
    ways_sigma_m: Array
    """Shape (K,)."""

    @property
    def scaled(self) -> bool:
        """Whether any way was measured."""
        return bool(np.isfinite(self.ways_m).any())


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
        weights = _weights(tracks, fits)
        bundle = _settled(bundle, tracks, priors, weights)
        off = _residuals(bundle, tracks).reshape(len(bundle.points), -1, 2)[:, 1:]
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
        return float(((_residuals(now, tracks) * weights) ** 2).sum() + (_prior(now, priors) ** 2).sum())

    now = replace(bundle, points=_points(bundle, tracks, weights))
    cost, damping = cost_of(now), 1e-4
    for _ in range(_MOST_STEPS):
        reduced = _reduced(now, tracks, weights, priors)[0]
        slopes, prior = reduced.reshape(-1, reduced.shape[2]), _prior_slopes(now, priors)
        normal = slopes.T @ slopes + prior.T @ prior
        pull = slopes.T @ (_residuals(now, tracks) * weights).ravel() + prior.T @ _prior(now, priors)
        step = np.asarray(-np.linalg.solve(normal + damping * np.diag(np.diag(normal)), pull), dtype=np.float64)
        tried = _stepped(now, step)
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
    weights = _weights(tracks, fits)
    bundle = replace(bundle, points=_points(bundle, tracks, weights))
    left = _residuals(bundle, tracks) * weights
    reduced, back, normal = _reduced(bundle, tracks, weights, priors)
    prior = _prior_slopes(bundle, priors)
    shown = np.asarray(fits.any(axis=0))
    flat = reduced[shown].reshape(-1, reduced.shape[2])
    freedom = max(1, int(2 * fits.sum()) - int(shown.sum()) - reduced.shape[2])
    relative = np.sqrt(float((left[shown] ** 2).sum()) / freedom)
    inflated = max(1.0, relative)
    covariance = np.linalg.pinv(flat.T @ flat / inflated**2 + prior.T @ prior, hermitian=True)
    own = inflated * np.sqrt(np.maximum(normal[:, 2, 2], 0.0))
    ways_off = np.full(len(bundle.turns), np.nan)
    if priors.scaled:
        ways_off[np.isfinite(priors.ways_m)] = _prior(bundle, priors)[bundle.bend.size :]
    pulls = np.where(shown[:, None], np.einsum("nip,ni->np", reduced, left) @ covariance / inflated**2, 0.0)
    return Adjusted(bundle, own, -back, covariance, pulls, fits, float(relative), ways_off)


def _size(bundle: Bundle, priors: Priors) -> int:
    return 6 * len(bundle.turns) - 1 + bundle.bend.size + priors.scaled


def _stepped(bundle: Bundle, step: Array) -> Bundle:
    """Turned and moved: 5 numbers of the first view, 6 of each further one, the lens's, s."""
    cv2 = load_cv2()
    count, lens = len(bundle.turns), bundle.bend.size
    turns, ways = bundle.turns.copy(), bundle.ways.copy()
    at = 0
    for view in range(count):
        turns[view] = np.asarray(cv2.Rodrigues(np.ascontiguousarray(step[at : at + 3]))[0]) @ turns[view]
        if view == 0:
            way = ways[0] + tangents(ways[0]) @ step[3:5]
            ways[0] = way / np.linalg.norm(way)
            at = 5
        else:
            ways[view] = ways[view] + step[at + 3 : at + 6]
            at += 6
    log_unit = bundle.log_unit + (float(step[at + lens]) if len(step) > at + lens else 0.0)
    return Bundle(turns, ways, bundle.bend + step[at : at + lens], bundle.points, log_unit)


def _weights(tracks: Tracks, fits: Mask) -> Array:
    """Of each point's coordinates, those of the first picture before, shape (N, 2 + 2 K)."""
    seen = np.where(fits & np.isfinite(tracks.seen[..., 0]), 1 / tracks.sigma_px, _NEVER).T
    # A point is as sure in the first picture as in the others, of whose texture it is.
    first = np.where(seen.max(axis=1) > 2 * _NEVER, 1 / tracks.sigma_px.min(axis=0), 1.0)
    return np.repeat(np.column_stack([first, seen]), 2, axis=1)


def _bent(tracks: Tracks, bend: Array) -> tuple[Array, Array]:
    """Where points are in all pictures if the lens is a little different; what was not seen at 0."""
    first, seen = tracks.first[:, :2], np.nan_to_num(tracks.seen[..., :2])
    if not bend.size:
        return first, seen
    others = np.nan_to_num(tracks.seen)
    return first + patterns(tracks.first) @ bend[:3], seen + np.stack([patterns(each) @ bend[-3:] for each in others])


def _places(bundle: Bundle, points: Array) -> tuple[Array, Array]:
    """X_k times w, and X times w turned alone, shape (K, N, 3) each."""
    rays = np.column_stack([points[:, :2], np.ones(len(points))])
    turned = np.einsum("kij,nj->kni", bundle.turns, rays)
    return turned + points[None, :, 2:] * bundle.ways[:, None], turned


def _residuals(bundle: Bundle, tracks: Tracks) -> Array:
    """In pixels, shape (N, 2 + 2 K)."""
    first, seen = _bent(tracks, bundle.bend)
    there, _ = _places(bundle, bundle.points)
    off = tracks.f_px * (there[..., :2] / np.maximum(there[..., 2:], 1e-3) - seen)
    here = tracks.f_first_px * (bundle.points[:, :2] - first)
    return np.column_stack([here, off.transpose(1, 0, 2).reshape(len(first), -1)])


def _slopes(bundle: Bundle, tracks: Tracks) -> tuple[Array, Array]:
    """Of the residuals by a point's three numbers, (N, 2 + 2 K, 3), and by all others but s, (N, 2 + 2 K, P)."""
    there, turned = _places(bundle, bundle.points)
    views, count = there.shape[:2]
    lens = bundle.bend.size
    by_point = np.zeros((count, 2 + 2 * views, 3))
    by_point[:, 0, 0] = by_point[:, 1, 1] = tracks.f_first_px
    by_motion = np.zeros((count, 2 + 2 * views, 6 * views - 1 + lens))
    at = 0
    for view in range(views):
        depth = np.maximum(there[view, :, 2], 1e-3)
        onto = np.zeros((count, 2, 3))
        onto[:, 0, 0] = onto[:, 1, 1] = 1 / depth
        onto[:, :, 2] = -there[view, :, :2] / depth[:, None] ** 2
        onto *= tracks.f_px
        rows = slice(2 + 2 * view, 4 + 2 * view)
        by_point[:, rows, :2] = onto @ bundle.turns[view][:, :2]
        by_point[:, rows, 2] = onto @ bundle.ways[view]
        by_motion[:, rows, at : at + 3] = -onto @ crosses(turned[view])
        shift = onto * bundle.points[:, 2][:, None, None]
        wide = 2 if view == 0 else 3
        by_motion[:, rows, at + 3 : at + 3 + wide] = shift @ tangents(bundle.ways[0]) if view == 0 else shift
        at += 3 + wide
        if lens:
            by_motion[:, rows, -3:] = -tracks.f_px * patterns(np.nan_to_num(tracks.seen[view]))
    if lens:
        by_motion[:, :2, at : at + 3] = -tracks.f_first_px * patterns(tracks.first)
    return by_point, by_motion


def _points(bundle: Bundle, tracks: Tracks, weights: Array) -> Array:
    """Of least error where the views are, shape (N, 3)."""
    points = bundle.points
    for _ in range(_POINT_STEPS):
        now = replace(bundle, points=points)
        by_point = _slopes(now, tracks)[0] * weights[..., None]
        normal = by_point.transpose(0, 2, 1) @ by_point
        rest = (by_point.transpose(0, 2, 1) @ (_residuals(now, tracks) * weights)[..., None])[..., 0]
        points = points - np.linalg.solve(normal + 1e-9 * np.eye(3), rest[..., None])[..., 0]
        points[:, 2] = np.maximum(points[:, 2], _LEAST_W)
    return points


def _reduced(bundle: Bundle, tracks: Tracks, weights: Array, priors: Priors) -> tuple[Array, Array, Array]:
    """The weighted slopes by the views with the points solved for; dw by them but for the sign; points' covariances."""
    by_point, by_motion = (each * weights[..., None] for each in _slopes(bundle, tracks))
    if priors.scaled:
        by_motion = np.concatenate([by_motion, np.zeros((*by_motion.shape[:2], 1))], axis=2)
    normal = np.linalg.inv(by_point.transpose(0, 2, 1) @ by_point + 1e-9 * np.eye(3))
    back = normal @ (by_point.transpose(0, 2, 1) @ by_motion)
    return by_motion - by_point @ back, back[:, 2], np.asarray(normal)


def _prior(bundle: Bundle, priors: Priors) -> Array:
    """The errors of what was known beforehand, in standard deviations."""
    parts = [bundle.bend / priors.bend_sigma] if bundle.bend.size else []
    if priors.scaled:
        known = np.isfinite(priors.ways_m)
        metres = np.exp(bundle.log_unit) * np.linalg.norm(bundle.ways[known], axis=1)
        parts.append((metres - priors.ways_m[known]) / priors.ways_sigma_m[known])
    return np.concatenate(parts) if parts else np.zeros(0)


def _prior_slopes(bundle: Bundle, priors: Priors) -> Array:
    """Of `_prior` by all numbers but the points'."""
    lens, count = bundle.bend.size, _size(bundle, priors)
    found = np.zeros((lens, count))
    at = 6 * len(bundle.turns) - 1
    found[:, at : at + lens] = np.diag(1 / priors.bend_sigma) if lens else 0.0
    if not priors.scaled:
        return found
    rows = []
    for view in np.flatnonzero(np.isfinite(priors.ways_m)).tolist():
        row = np.zeros(count)
        length = float(np.linalg.norm(bundle.ways[view]))
        if view:
            row[6 * view + 2 : 6 * view + 5] = bundle.ways[view] / length
        row[-1] = length
        rows.append(row * np.exp(bundle.log_unit) / priors.ways_sigma_m[view])
    return np.vstack([found, *rows])
