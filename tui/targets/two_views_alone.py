"""Which matches nothing else along their epipolar lines looks like: bricks, tiles and boards repeat themselves.

A motion tells on which line of the second picture a point of the first must lie, not where on it: a match with the
wrong brick agrees with the motion all the same, and has a wrong distance. An edge along the line slides on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_matching import follow
from tui.targets.two_views_pose import Motion, Sights, corrected, inverse_depths

_HALF_PX = 6
"""Patches have sides of twice this and one."""
_MOST_STEPS = 240
_STEP_PX = 1.0
_SAME_PX = 4.0
"""So near to the match, it is the same place."""
_AS_LIKE = 0.85
"""Of the match's correlation, from which on another place looks the same."""
_CHUNK = 64
"""Points at a time: OpenCV's maps have fewer than 32768 rows."""
_LEAST_LIKE = 0.6
_MOST_BACK_PX = 0.5
"""How far from where it began a pixel may come back to when it is followed there and back."""
_MOST_SLACK = 5.0
_NEARER = 1.3
"""Than the nearest thing matched: how near anything is searched for."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


def stand_alone(
    greys: tuple[Grey, Grey],
    cameras: tuple[Intrinsics, Intrinsics],
    motion: Motion,
    places_px: tuple[Array, Array],
    w: Array,
) -> tuple[npt.NDArray[np.bool_], Array]:
    """Which points' patches are found where they matched, and nowhere else between infinity and the nearest thing.

    Also how much less sure their places are along the line than across it, at least 1, shape (N,): what is seen across
    shows, what happens along does not.

    Args:
        greys: both pictures, shape (H, W).
        cameras: of both.
        motion: about.
        places_px: the points in the first and in the second picture, shape (N, 2) each.
        w: their inverse depths in 1 / baseline, shape (N,).
    """
    first_px, second_px = places_px
    rays = cameras[0].rays(first_px)
    most = _NEARER * float(np.percentile(w, 98))
    found, slack = np.zeros(len(w), bool), np.ones(len(w))
    for start in range(0, len(w), _CHUNK):
        part = slice(start, start + _CHUNK)
        at_match, elsewhere, slack[part] = _likeness(
            greys, cameras, motion, (first_px[part], second_px[part], rays[part], w[part]), most
        )
        found[part] = (at_match > _LEAST_LIKE) & (elsewhere < _AS_LIKE * at_match)
    return found, slack


def found_along(
    greys: tuple[Grey, Grey], cameras: tuple[Intrinsics, Intrinsics], motion: Motion, first_px: Array, most: float
) -> tuple[Array, Array]:
    """Where the second picture shows pixels of the first, shape (N, 2), and their slack, shape (N,).

    NaN where no place between infinity and `_NEARER` times `most` looks like a pixel's patch, or more than one does.

    Args:
        greys: both pictures, shape (H, W).
        cameras: of both.
        motion: between them.
        first_px: pixels, shape (N, 2).
        most: the inverse depth of the nearest things.
    """
    start = first_px.astype(np.float32).reshape(-1, 1, 2)
    rays = np.nan_to_num(cameras[0].rays(first_px), nan=1e3)
    along, heading = _along(motion, cameras[1], rays, _NEARER * most)
    count = len(first_px)
    best_px = np.zeros((count, 2))
    for number in range(count):
        one = slice(number, number + 1)
        kept = _patches(greys[0], first_px[one, None], heading[one])
        there = _patches(greys[1], along[one], heading[one])
        best_px[number] = along[number, int((kept * there).sum(axis=2).argmax())]
    there, seen = follow(*greys, start, best_px.astype(np.float32).reshape(-1, 1, 2))
    back, returned = follow(greys[1], greys[0], there, start.copy())
    second_px = there.reshape(-1, 2).astype(np.float64)
    fits = seen & returned & (np.linalg.norm((back - start).reshape(-1, 2), axis=1) < _MOST_BACK_PX)
    fits &= np.linalg.norm(second_px - best_px, axis=1) < _SAME_PX
    sights = Sights(rays, np.nan_to_num(cameras[1].rays(second_px)), cameras[0].fx_px, cameras[1].fx_px)
    w = inverse_depths(motion, corrected(motion, sights))
    at_match, elsewhere, slack = _likeness(greys, cameras, motion, (first_px, second_px, rays, w), _NEARER * most)
    fits &= (w > 0) & (at_match > _LEAST_LIKE) & (elsewhere < _AS_LIKE * at_match)
    second_px[~fits] = np.nan
    return second_px, slack


def alike_at(greys: tuple[Grey, Grey], first_px: Array, second_px: Array) -> Array:
    """Correlation of patches at places of both pictures, shape (N,)."""
    across = np.tile([1.0, 0.0], (len(first_px), 1))
    one, other = (_patches(*each, across) for each in ((greys[0], first_px[:, None]), (greys[1], second_px[:, None])))
    return np.asarray((one * other).sum(axis=2)[:, 0], dtype=np.float64)


def _along(motion: Motion, camera: Intrinsics, rays: Array, most: float) -> tuple[Array, Array]:
    """Places of the second picture from infinity to `most`, shape (N, S, 2), and which way that is, shape (N, 2)."""
    infinite, nearest = (seen_at(motion, camera, rays, np.full(len(rays), at)) for at in (0.0, most))
    reach_px = np.linalg.norm(nearest - infinite, axis=1)
    steps = int(np.clip(np.nanmax(reach_px) / _STEP_PX, 8, _MOST_STEPS)) + 1
    at_w = _even(motion, rays, most, np.linspace(0.0, 1.0, steps)[None, :])
    along = np.stack([seen_at(motion, camera, rays, at_w[:, each]) for each in range(steps)], axis=1)
    return along, (nearest - infinite) / np.maximum(reach_px, 1e-9)[:, None]


def _likeness(
    greys: tuple[Grey, Grey],
    cameras: tuple[Intrinsics, Intrinsics],
    motion: Motion,
    points: tuple[Array, Array, Array, Array],
    most: float,
) -> tuple[Array, Array, Array]:
    """Correlation of patches where they matched, the greatest elsewhere on their lines, and slack, shape (N,) each."""
    first_px, matched, rays, w = points
    along, heading = _along(motion, cameras[1], rays, most)
    turned = _headings(motion, cameras, first_px, rays, w, heading)
    kept = _patches(greys[0], first_px[:, None], turned)  # (N, 1, P)
    there = _patches(greys[1], matched[:, None], heading)
    elsewhere = (kept * _patches(greys[1], along, heading)).sum(axis=2)
    elsewhere[np.linalg.norm(along - matched[:, None], axis=2) < _SAME_PX] = -1.0
    return np.asarray((kept * there).sum(axis=2)[:, 0]), np.asarray(elsewhere.max(axis=1)), _slack(kept[:, 0])


def _slack(patches: npt.NDArray[np.float32]) -> Array:
    """The root of G_down / G_right of the patches' structure tensors, (G^-1)_right over (G^-1)_down, shape (N,)."""
    side = 2 * _HALF_PX + 1
    square = patches.reshape(-1, side, side).astype(np.float64)
    down = square[:, 2:, 1:-1] - square[:, :-2, 1:-1]
    right = square[:, 1:-1, 2:] - square[:, 1:-1, :-2]
    ratio = (down**2).sum(axis=(1, 2)) / np.maximum((right**2).sum(axis=(1, 2)), 1e-9)
    return np.asarray(np.sqrt(np.clip(ratio, 1.0, _MOST_SLACK**2)))


def seen_at(motion: Motion, camera: Intrinsics, rays: Array, w: Array) -> Array:
    """Where the second picture shows points of these inverse depths, shape (N, 2)."""
    seen = rays @ motion.turn.T + w[:, None] * motion.way
    seen[:, 2] = np.maximum(seen[:, 2], 1e-3)
    return camera.pixels(seen)


def _even(motion: Motion, rays: Array, most: float, share: Array) -> Array:
    """Inverse depths, shape (N, S), whose places are about evenly spread from infinity to `most`."""
    depth = rays @ motion.turn[2]
    end = np.maximum(depth + most * motion.way[2], 1e-3)
    # The place at w is a mean of both ends, weighted by depth.
    return np.asarray(share * most * depth[:, None] / (end[:, None] * (1 - share) + depth[:, None] * share))


def _headings(
    motion: Motion, cameras: tuple[Intrinsics, Intrinsics], first_px: Array, rays: Array, w: Array, heading: Array
) -> Array:
    """The directions in the first picture that the second one shows along `heading`, of length 1, shape (N, 2)."""
    one, other = cameras
    step = 0.5
    columns = []
    for across in (np.array([step, 0.0]), np.array([0.0, step])):
        moved = seen_at(motion, other, one.rays(first_px + across), w) - seen_at(motion, other, rays, w)
        columns.append(moved / step)
    jacobian = np.nan_to_num(np.stack(columns, axis=2)) + 1e-6 * np.eye(2)
    found = np.linalg.solve(jacobian, heading[:, :, None])[:, :, 0]
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def _patches(grey: Grey, places: Array, heading: Array) -> npt.NDArray[np.float32]:
    """Of mean 0 and length 1, turned so that `heading` is to the right, shape (N, S, P)."""
    cv2: Any = load_cv2()
    side = np.arange(-_HALF_PX, _HALF_PX + 1, dtype=np.float64)
    right, down = (each.ravel() for each in np.meshgrid(side, side))
    normal = np.column_stack([-heading[:, 1], heading[:, 0]])
    offsets = heading[:, None, :] * right[None, :, None] + normal[:, None, :] * down[None, :, None]  # (N, P, 2)
    where = np.nan_to_num(places[:, :, None, :] + offsets[:, None], nan=-1e4).astype(np.float32)
    count, steps, size, _ = where.shape
    rows = where.reshape(count * steps, size, 2)
    found = cv2.remap(grey, rows[..., 0], rows[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    values = np.asarray(found, dtype=np.float32).reshape(count, steps, size)
    values -= values.mean(axis=2, keepdims=True)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=2, keepdims=True), 20.0))
