"""Where a flat rectangle of known sides stands, from its four corners: its distances, and what errors they share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics
from tui.targets.pose import solutions
from tui.targets.sheets import SheetSpec

_PRIOR_FREEDOM = 4.0
"""How many observations the belief about the corners' noise counts as: four corners leave but two of their own."""
_FLAT_SIGMA = 0.0015
"""Of a distance, relative: a sheet that is held is bent a little."""
_INNER = 0.5
"""How far from the middle towards the corners the other references lie: well inside, a map is blurred at edges."""
_LEAST_SIDE_PX = 16.0
"""Of the shorter side: how a smaller one stands cannot be told."""
_LEAST_FOR_FIVE_PX = 36.0
"""Of the shorter side: in a smaller sheet all points see the same."""
_LEAST_WEIGHT = 1e-4
_AMBIGUOUS_WEIGHT = 0.05
"""A second pose this likely, against 1 for the best one, is worth a word."""
_BOTH_WITHIN = 1 / 1.96**2
"""Of the squared difference to such a pose: then its distance lies in the 95 % interval."""
_MOST_RMS_PX, _MOST_RMS_OF_SIDE = 1.0, 0.006
"""What fits worse is another rectangle."""
_RIVAL_COST = 8.0
"""By how much, in half squares over variance, another size must fit better to be named."""
_STEP_RAD = 1e-5

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SheetPose:
    """A sheet in the camera's frame, and the distances over it."""

    object_m: Array
    """Its corners on itself, in the order of those in the picture, z = 0, shape (4, 3)."""
    camera_from_sheet: Array
    """Rotation, shape (3, 3)."""
    origin_m: Array
    """Its middle, shape (3,)."""
    points_px: Array
    """Where distances are given: the middle, then four towards the corners, shape (N, 2), N 1 or 5."""
    distances_m: Array
    """There, along the optical axis, shape (N,)."""
    sigmas_m: Array
    """One standard deviation of each, shape (N,)."""
    shared: Array
    """Of these, relative, what all have in common with what else this camera sees: focal length, size, stance."""
    rms_px: float
    """Reprojection error."""
    other_m: float | None
    """The middle's distance by another stance that explains the corners nearly as well; the interval holds both."""


def sheet_pose(
    spec: SheetSpec,
    corners_px: Array,
    intrinsics: Intrinsics,
    noise_px: float,
    *,
    freedom: float = _PRIOR_FREEDOM,
    flat_sigma: float = _FLAT_SIGMA,
) -> SheetPose | None:
    """The most probable stance, with the others' distances in its interval.

    A rectangle may stand upright or lie on its side, and each has two solutions (Collins and Bartoli, IPPE, 2014),
    refined by Levenberg-Marquardt. With the squares S of each, s^2 = (n0 s0^2 + S_best) / (n0 + 2) and weights
    exp(-(S - S_best) / 2 s^2), the covariance of ln z over the sheet's points is that of the best stance,
    s^2 G (J^T J)^-1 G^T, and what the others' differences add; the size's and the focal length's variance are common
    to all points. Its leading eigenvector is what references share.

    Args:
        spec: the sheet.
        corners_px: clockwise, shape (4, 2).
        intrinsics: of the picture.
        noise_px: one standard deviation of a corner in each direction, as it is believed.
        freedom: how many observations that belief counts as.
        flat_sigma: of the distance, relative, for what is not quite flat.

    Returns:
        None where no stance in front of the camera explains the corners, or they are too near to each other.
    """
    stances = _stances(spec, corners_px, intrinsics)
    if not stances:
        return None
    best = stances[0]
    variance = (freedom * noise_px**2 + best.squares) / (freedom + 2)
    rms_px = math.sqrt(best.squares / 4)
    sides_px = np.linalg.norm(np.roll(corners_px, -1, axis=0) - corners_px, axis=1)
    if rms_px > max(_MOST_RMS_PX, 2.5 * noise_px) + _MOST_RMS_OF_SIDE * float(sides_px.mean()):
        return None
    if sides_px.min() < _LEAST_SIDE_PX:
        return None
    small = float(sides_px.min()) < _LEAST_FOR_FIVE_PX
    shares = np.full((1, 4), 0.25) if small else _shares()
    here = _in_camera(best.turn, best.origin, shares @ best.object_m)
    if (here[:, 2] <= 0).any():
        return None
    z = here[:, 2]
    slopes = _slopes(best, shares) / z[:, None]
    covariance = variance * slopes @ np.linalg.pinv(best.jacobian.T @ best.jacobian) @ slopes.T
    others = [(each, math.exp(-(each.squares - best.squares) / (2 * variance))) for each in stances[1:]]
    others = [(each, weight) for each, weight in others if weight > _LEAST_WEIGHT]
    total = 1.0 + sum(weight for _, weight in others)
    for each, weight in others:
        ratio = np.maximum(_in_camera(each.turn, each.origin, shares @ each.object_m)[:, 2] / z, 1e-6)
        off = np.where(ratio > 1, ratio - 1, np.log(ratio))  # whichever of the two reaches farther
        share = max(weight / total, _BOTH_WITHIN) if weight > _AMBIGUOUS_WEIGHT else weight / total
        covariance = covariance + share * np.outer(off, off)
    covariance = covariance + spec.relative_sigma**2 + flat_sigma**2 + intrinsics.focal_sigma**2
    values, vectors = np.linalg.eigh(covariance)
    common = vectors[:, -1] * math.sqrt(max(0.0, float(values[-1])))
    likely = [each for each, weight in others if weight > _AMBIGUOUS_WEIGHT]
    return SheetPose(
        best.object_m,
        np.asarray(load_cv2().Rodrigues(best.turn)[0], np.float64),
        best.origin,
        intrinsics.pixels(here),
        z,
        z * np.sqrt(np.diag(covariance)),
        common * (1.0 if common.sum() >= 0 else -1.0),
        rms_px,
        float(likely[0].origin[2]) if likely else None,
    )


def looks_like(spec: SheetSpec, corners_px: Array, intrinsics: Intrinsics, noise_px: float) -> str:
    """The name of another size of paper that fits these corners far better; empty if there is none."""
    own = _stances(spec, corners_px, intrinsics)
    least = own[0].squares if own else math.inf
    found = ""
    for rival in spec.rivals:
        stances = _stances(rival, corners_px, intrinsics)
        if stances and stances[0].squares + 2 * _RIVAL_COST * noise_px**2 < least and 4 * stances[0].squares < least:
            found, least = rival.name, stances[0].squares
    return found


@dataclass(frozen=True, slots=True)
class _Stance:
    object_m: Array
    turn: Array
    origin: Array
    squares: float
    jacobian: Array


def _stances(spec: SheetSpec, corners_px: Array, intrinsics: Intrinsics) -> list[_Stance]:
    """The best first, each once."""
    found = [
        _Stance(object_m, *each)
        for object_m in spec.stances
        for each in solutions(object_m, corners_px, intrinsics)
        if each[1][2] > 0
    ]
    found.sort(key=lambda each: each.squares)
    kept: list[_Stance] = []
    for each in found:
        there = _in_camera(each.turn, each.origin, each.object_m)
        if all(
            np.abs(there - _in_camera(k.turn, k.origin, k.object_m)).max() > 1e-3 * there[:, 2].mean() for k in kept
        ):
            kept.append(each)
    return kept


def _shares() -> Array:
    """What each point has of each corner: the middle, then towards one after the other, shape (5, 4)."""
    middle = np.full((5, 4), 0.25)
    middle[1:] = (1 - _INNER) * 0.25 + _INNER * np.eye(4)
    return middle


def _in_camera(turn: Array, origin: Array, points_m: Array) -> Array:
    return np.asarray(points_m @ np.asarray(load_cv2().Rodrigues(turn)[0]).T + origin, np.float64)


def _slopes(stance: _Stance, shares: Array) -> Array:
    """Of the points' z by rotation vector and origin, shape (N, 6)."""
    points_m = shares @ stance.object_m
    here = _in_camera(stance.turn, stance.origin, points_m)[:, 2]
    by_turn = [
        (_in_camera(stance.turn + _STEP_RAD * unit, stance.origin, points_m)[:, 2] - here) / _STEP_RAD
        for unit in np.eye(3)
    ]
    zeros = np.zeros(len(points_m))
    return np.column_stack([*by_turn, zeros, zeros, np.ones(len(points_m))])
