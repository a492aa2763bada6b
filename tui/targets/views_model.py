"""Three or more pictures of a still scene: where each shows the points, by where it was taken from; and the slopes.

View k sees X_k = R_k X + t_k, with X = (x, y, 1) / w in the first picture's frame. Everything is in units of the way to
the first of the views, |t_0| = 1. Observations are normalised, as in `two_views_pose`. Where ways were measured, one
number more is solved for: s, the logarithm of that unit in metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.targets.two_views_pose import crosses, patterns, tangents

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

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


def weights_of(tracks: Tracks, fits: Mask) -> Array:
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


def residuals_px(bundle: Bundle, tracks: Tracks) -> Array:
    """In pixels, shape (N, 2 + 2 K)."""
    first, seen = _bent(tracks, bundle.bend)
    there, _ = _places(bundle, bundle.points)
    off = tracks.f_px * (there[..., :2] / np.maximum(there[..., 2:], 1e-3) - seen)
    here = tracks.f_first_px * (bundle.points[:, :2] - first)
    return np.column_stack([here, off.transpose(1, 0, 2).reshape(len(first), -1)])


def slopes_of(bundle: Bundle, tracks: Tracks) -> tuple[Array, Array]:
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


def prior_errors(bundle: Bundle, priors: Priors) -> Array:
    """The errors of what was known beforehand, in standard deviations."""
    parts = [bundle.bend / priors.bend_sigma] if bundle.bend.size else []
    if priors.scaled:
        known = np.isfinite(priors.ways_m)
        metres = np.exp(bundle.log_unit) * np.linalg.norm(bundle.ways[known], axis=1)
        parts.append((metres - priors.ways_m[known]) / priors.ways_sigma_m[known])
    return np.concatenate(parts) if parts else np.zeros(0)


def prior_slopes(bundle: Bundle, priors: Priors) -> Array:
    """Of `prior_errors` by all numbers but the points'."""
    lens, at = bundle.bend.size, 6 * len(bundle.turns) - 1
    count = at + lens + priors.scaled
    found = np.zeros((lens, count))
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


def stepped(bundle: Bundle, step: Array) -> Bundle:
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
