"""Whether views are of one camera: two cameras, two zooms, or pictures of which some are mirrored fit two apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.targets.boards import BoardView
from tui.targets.certainty import own_part
from tui.targets.solving import Solution, largest_turn_rad, solve, solve_once

_LEAST = 3
"""Views that a camera needs to be told from another."""
LEAST_TURN_RAD = math.radians(12.0)
"""Between the two views tilted furthest apart. Less is a board held one way by hand, whose print and flatness, a
thousandth out of true, would then decide the focal length."""
_TRIES = 12
_ROUNDS = 4
_STEPS = 30
_PART_OF_SQUARES = 0.9
"""Two cameras must leave at most this part of one camera's squares. Parts of one camera's sets leave 0.82 to 0.99: it
is `_APART` that tells these."""
_APART = 4.5
"""Standard deviations by which a focal length or a centre must differ: no set of one camera's came that far."""
_AGREE = 4.0
"""Standard deviations within which two numbers are the same; of the centre, at least `_NEAR_PX` too."""
_NEAR_PART = 0.01
"""Of the picture's width."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TwoCameras:
    """Two groups of views, each of which fits a camera of its own."""

    fewer: tuple[int, ...]
    """Which views are of the smaller group."""
    others: tuple[int, ...]
    fewer_focal_px: float
    others_focal_px: float
    mirrored: bool
    """Whether one camera is the other seen in a mirror."""
    upside_down: bool
    """Whether one camera is the other turned by 180 degrees."""


def two_cameras(views: Sequence[BoardView], solution: Solution) -> TwoCameras | None:
    """Look for two groups of views that fit two cameras much better than all fit one; None where there are none.

    Cameras of three views each, drawn by chance (always the same), sort the others by how well they fit; where their
    errors part furthest, the views are parted; each group is solved and takes over what fits it better.

    Args:
        views: of one board and one size.
        solution: of all of them.
    """
    count = len(views)
    if count < 2 * _LEAST or largest_turn_rad(solution) < LEAST_TURN_RAD:  # such views fit any camera
        return None
    if own_part(solution.shares, solution.free) < 1 - _PART_OF_SQUARES:  # two cameras leave more than one a view
        return None
    cv2: Any = load_cv2()
    simple = cv2.CALIB_FIX_K3 | cv2.CALIB_FIX_K2 | cv2.CALIB_ZERO_TANGENT_DIST
    limit = _PART_OF_SQUARES * _squares(views, solution)
    rng = np.random.default_rng(0)
    best: Flags | None = None
    seen: set[bytes] = set()
    for _ in range(_TRIES):
        few = solve_once([views[index] for index in rng.permutation(count)[:_LEAST]], simple, steps=_STEPS)
        if few is None:
            continue
        group = _parted(np.array([_error_px(view, few) for view in views]))
        for _ in range(_ROUNDS):
            if group.tobytes() in seen or not _LEAST <= group.sum() <= count - _LEAST:
                break
            seen.add(group.tobytes())
            ours, theirs = _of(views, group), _of(views, ~group)
            first = solve_once(ours, cv2.CALIB_FIX_K3, steps=_STEPS)
            second = solve_once(theirs, cv2.CALIB_FIX_K3, steps=_STEPS)
            if first is None or second is None:
                break
            if (squares := _squares(ours, first) + _squares(theirs, second)) < limit:
                best, limit = group, squares
            group = np.array([_error_px(view, first) < _error_px(view, second) for view in views])
    return None if best is None else _told_apart(views, best)


def _of(views: Sequence[BoardView], group: Flags) -> list[BoardView]:
    return [view for view, belongs in zip(views, group, strict=True) if belongs]


def _squares(views: Sequence[BoardView], camera: Solution) -> float:
    return sum(len(view.object_m) for view in views) * camera.rms_px**2


def _parted(errors: npt.NDArray[np.float64]) -> Flags:
    """The views of small errors, up to the widest gap (in proportion) between two of them."""
    order = np.argsort(errors)
    gaps = np.diff(np.log(errors[order] + 1e-9))[_LEAST - 1 : len(errors) - _LEAST]
    group = np.zeros(len(errors), np.bool_)
    group[order[: _LEAST + int(np.argmax(gaps))]] = True
    return group


def _error_px(view: BoardView, camera: Solution) -> float:
    """Root mean square distance of a view's points from where this camera would see them, its pose being free."""
    cv2: Any = load_cv2()
    seen = view.corners_px.reshape(-1, 1, 2)
    try:
        found, turn, origin_m = cv2.solvePnP(view.object_m, seen, camera.matrix, camera.distortion)
        projected, _ = cv2.projectPoints(view.object_m, turn, origin_m, camera.matrix, camera.distortion)
    except cv2.error:
        return 1e6
    error = np.sqrt(((np.asarray(projected) - seen) ** 2).sum(axis=2).mean())
    return float(error) if found and np.isfinite(error) else 1e6


def _told_apart(views: Sequence[BoardView], group: Flags) -> TwoCameras | None:
    """Whether the two groups' cameras differ by more than their uncertainty, and how."""
    if group.sum() > len(group) / 2:
        group = ~group
    try:
        first, second = solve(_of(views, group)), solve(_of(views, ~group))
    except InputError:
        return None
    one, other = (np.array([*np.diag(each.matrix)[:2], *each.matrix[:2, 2]]) for each in (first, second))
    sigma = np.hypot(first.sigmas[:4], second.sigmas[:4]) + 1e-6
    if (np.abs(one - other) < _APART * sigma).all():
        return None
    width, height = views[0].size
    near = _AGREE * sigma + np.array([0.0, 0.0, _NEAR_PART * width, _NEAR_PART * width])
    flipped = np.array([*one[:2], width - 1 - one[2], one[3]])
    turned = np.array([*one[:2], width - 1 - one[2], height - 1 - one[3]])
    mirrored = bool((np.abs(flipped - other) < near).all())
    return TwoCameras(
        tuple(int(index) for index in np.flatnonzero(group)),
        tuple(int(index) for index in np.flatnonzero(~group)),
        first.focal_px, second.focal_px,
        mirrored, not mirrored and bool((np.abs(turned - other) < near).all()),
    )  # fmt: skip
