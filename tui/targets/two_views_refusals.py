"""When two views tell no distance that could be relied on: each reason in one line, and what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.targets.two_views_chosen import MOST_RELATIVE, Candidates
from tui.targets.two_views_pose import Motion, Sights

LEAST_FEATURES = 100
LEAST_MATCHES = 40
LEAST_ALONE = 75
_LEAST_AGREEING = 0.65
"""Of the points that match."""
_LEAST_MOVED_PX = 1.0
_BLURRED = 0.5
"""Of the other picture's gradients, across or down."""
_MOST_FORWARD = 0.5
"""Of the way, along the optical axis: 30 degrees from sideways."""
_FAR_FORWARD = 0.2
"""Sine of the uncertainty of that, from which on the way's direction is not known."""
_LEAST_OFF_PLANE, _LEAST_OFF_PLANE_SHARE = 20, 0.05
_PLANE_SIGMAS = 4.0
_AS_GOOD = 1.15
_OTHER_RAD = math.radians(15.0)
_LEAST_TOLD = 8
_MOST_TURN_DEG = 7.0
"""Held by hand and turned so far, rolling shutters bend pictures by as much as the slide does (TUM fr1/rpy)."""
_LEAST_PARALLAX_PX, _LEAST_PARALLAX_OF_TURN = 3.0, 0.4
_SUGGESTED = "move the camera sideways, by a tenth of the distance or more, and keep it looking the same way"

Array = npt.NDArray[np.float64]


def check_sharp(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> None:
    """Neither picture is much more blurred than the other.

    Raises:
        InputError: one grey picture, shape (H, W), has much weaker edges than the other, across or down.
    """
    one, other = _edges(first), _edges(second)
    for (mine, theirs), name in (((one, other), "first"), ((other, one), "second")):
        if min(mine[0] / theirs[0], mine[1] / theirs[1]) < _BLURRED:
            raise InputError(
                f"the {name} picture is blurred against the other: hold the camera still for both, and lock its focus"
            )


def _edges(grey: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Mean steepness across and down of what is at all steep, relative to the picture's contrast."""
    values = grey.astype(np.float32)
    contrast = max(float(values.std()), 1e-3)
    found = []
    for axis in (1, 0):
        steps = np.abs(np.diff(values, axis=axis))
        found.append(float(np.percentile(steps, 95) + 0.1) / contrast)
    return found[0], found[1]


def check_features(first: int, second: int) -> None:
    """Both pictures show enough that can be found again.

    Raises:
        InputError: a picture shows too little that can be found again.
    """
    for count, name in ((first, "first"), (second, "second")):
        if count < LEAST_FEATURES:
            raise InputError(
                f"the {name} picture has only {count} points that can be found again: it is dark, blurred or shows "
                "bare walls; point the camera at things with edges and texture"
            )


def check_moved(first_px: Array, second_px: Array) -> None:
    """Enough points match, and not all are where they were.

    Raises:
        InputError: too few points match, or all are where they were.
    """
    if len(first_px) < LEAST_MATCHES:
        raise InputError(
            f"only {len(first_px)} points of the two pictures match: they show different things, or one is blurred; "
            "take both of the same scene, the second from a little further to the side"
        )
    if np.median(np.linalg.norm(second_px - first_px, axis=1)) < _LEAST_MOVED_PX:
        raise InputError(f"the two pictures are almost the same, without parallax: {_SUGGESTED}")


def check_agreement(agreeing: int, matches: int) -> None:
    """Most points move as still things would.

    Raises:
        InputError: too many points move otherwise than still things would.
    """
    if agreeing < LEAST_MATCHES or agreeing < _LEAST_AGREEING * matches:
        raise InputError(
            f"only {agreeing} of {matches} points moved as still things do when the camera moves: people or things "
            "moved between the pictures, or these are not the camera's numbers; take both again of a still scene"
        )


def check_alone(alone: int, agreeing: int) -> None:
    """Enough points look like nothing else near them.

    Raises:
        InputError: nearly all that is seen repeats itself, or is edges along which the camera moved.
    """
    if agreeing < LEAST_ALONE:
        raise InputError(
            f"only {agreeing} points of the two pictures match: too few to rely on; have more things with edges and "
            "texture in view, and light on them"
        )
    if alone < LEAST_ALONE:
        raise InputError(
            f"only {alone} of {agreeing} points look like nothing else beside them: what is seen repeats itself, as "
            "bricks and tiles do, or runs along the way that the camera moved; have other things in view"
        )


def check_one_motion(found: Sequence[tuple[float, Motion]], matches: int) -> None:
    """No other motion explains the points as well.

    Raises:
        InputError: another motion explains the points as well; costs and motions, the best first.
    """
    best_cost, best = found[0]
    for cost, motion in found[1:]:
        apart = math.acos(min(1.0, abs(float(best.moved @ motion.moved))))
        if apart > _OTHER_RAD and cost < _AS_GOOD * best_cost + 0.01 * matches:
            raise InputError(
                "two motions of the camera explain these pictures equally well: there is too little parallax, or all "
                f"that is seen lies on one plane; {_SUGGESTED}, with things at several distances in view"
            )


def check_scene(sights: Sights, sigma_px: float) -> None:
    """Neither one plane nor a turn of the camera alone explains nearly all the points.

    Raises:
        InputError: one plane, or a turn of the camera alone, explains nearly all the points.
    """
    cv2: Any = load_cv2()
    one, other = (
        np.ascontiguousarray(each[:, :2] * focal)
        for each, focal in ((sights.first, sights.f_first_px), (sights.second, sights.f_second_px))
    )
    cv2.setRNGSeed(1)
    limit_px = max(_PLANE_SIGMAS * sigma_px, 0.75)
    plane, _ = cv2.findHomography(one, other, cv2.USAC_MAGSAC, limit_px, maxIters=2000, confidence=0.999)
    if plane is None:
        return
    mapped = cv2.perspectiveTransform(one.reshape(-1, 1, 2), plane).reshape(-1, 2)
    off = int((np.linalg.norm(mapped - other, axis=1) > limit_px).sum())
    if off >= max(_LEAST_OFF_PLANE, _LEAST_OFF_PLANE_SHARE * len(one)):
        return
    turn = np.diag([1 / sights.f_second_px, 1 / sights.f_second_px, 1.0]) @ plane
    turn = turn @ np.diag([sights.f_first_px, sights.f_first_px, 1.0])
    u, _, vt = np.linalg.svd(turn)
    turned = sights.first @ (u @ vt * np.sign(np.linalg.det(u @ vt))).T
    left_px = np.linalg.norm(turned[:, :2] / turned[:, 2:] * sights.f_second_px - other, axis=1)
    if np.median(left_px) < 2 * limit_px:
        raise InputError(f"the camera turned but hardly moved, so that there is too little parallax: {_SUGGESTED}")
    raise InputError(
        "nearly all that both pictures show lies on one plane, which does not tell how the camera moved: take "
        "both with things at several distances in view"
    )


def check_parallax(motion: Motion, sights: Sights) -> None:
    """Things move in the picture because the camera was moved, not because it was turned.

    A turn moves everything, and what is not quite known of the lens turns a part of that into false parallax.

    Args:
        motion: of least error.
        sights: the pairs that agree with it.

    Raises:
        InputError: it was turned a lot, or they hardly move but by the turn.
    """
    check_turn(motion)
    turned = sights.first @ motion.turn.T
    turned = turned[:, :2] / turned[:, 2:]
    by_turn_px = float(np.median(np.linalg.norm(turned - sights.first[:, :2], axis=1))) * sights.f_second_px
    by_way_px = float(np.median(np.linalg.norm(sights.second[:, :2] - turned, axis=1))) * sights.f_second_px
    if by_way_px < max(_LEAST_PARALLAX_PX, _LEAST_PARALLAX_OF_TURN * by_turn_px):
        raise InputError(
            f"too little parallax: things moved by {by_way_px:.0f} pixels because the camera was slid, by "
            f"{by_turn_px:.0f} because it was turned; {_SUGGESTED}"
        )


def check_turn(motion: Motion) -> None:
    """The camera kept looking the same way.

    Raises:
        InputError: it was turned a lot.
    """
    turn_deg = math.degrees(math.acos(min(1.0, max(-1.0, (float(np.trace(motion.turn)) - 1) / 2))))
    if turn_deg > _MOST_TURN_DEG:
        raise InputError(
            f"the camera was turned by {turn_deg:.0f} degrees as well, which hides how it was slid: {_SUGGESTED}"
        )


def check_sideways(motion: Motion, covariance: Array) -> None:
    """The camera moved sideways, and how it moved is known.

    Raises:
        InputError: the camera moved towards or away from what it sees, or nobody can tell how it moved.

    Args:
        motion: of least error.
        covariance: of its five numbers, and more.
    """
    forward = float(motion.moved[2])
    by_way = (-motion.turn.T @ motion.tangent)[2]
    sigma = math.sqrt(max(float(by_way @ covariance[3:5, 3:5] @ by_way), 0.0))
    if abs(forward) > _MOST_FORWARD:
        degrees = math.degrees(math.asin(min(1.0, abs(forward))))
        raise InputError(
            f"the camera moved {'towards' if forward > 0 else 'away from'} the scene ({degrees:.0f} degrees from "
            "sideways), which tells no distances well: slide it along a table's edge, across where it looks"
        )
    if sigma > _FAR_FORWARD:
        raise InputError(f"the pictures do not tell which way the camera moved: {_SUGGESTED}")


def check_told(candidates: Candidates) -> None:
    """Enough points' distances are known well, whatever the baseline.

    Raises:
        InputError: hardly any point's distance is known well, whatever the baseline.
    """
    told = int((candidates.told <= MOST_RELATIVE).sum())
    if told < _LEAST_TOLD:
        raise InputError(
            f"too little parallax: the distances of only {told} points are told to {MOST_RELATIVE:.0%}; move the "
            "camera further to the side, or have nearer things in view"
        )
