"""Further pictures of a scene whose points two have told: where the camera was, and what they show of these points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import stand_alone
from tui.targets.two_views_matching import Features, match
from tui.targets.two_views_pair import (
    LEAST_SIGMA_PX,
    SIGMAS,
    THRESHOLD_PX,
    Found,
    aslant,
    joined,
    near_lines,
    sights_of,
)
from tui.targets.two_views_pose import Motion, Sights, corrected, epipolar_errors_px, in_front, inverse_depths
from tui.targets.two_views_refusals import check_turn
from tui.targets.views_model import Bundle, Tracks

_LEAST_COMMON = 30
_LEAST_AGREEING = 0.5
_LEAST_MOVED_PX = 1.0
_ROUNDED_PX = 0.1
"""Places in the first picture that are nearer to each other are one."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sighted:
    """What one further picture shows."""

    turn: Array
    """view_from_first, shape (3, 3)."""
    way: Array
    """Where the first camera is, seen from it, shape (3,), in units of the way to the first view."""
    places_px: Array
    """In the first picture, shape (N, 2)."""
    rays: Array
    """In this one, normalised, shape (N, 3)."""
    w: Array
    """Inverse depths by this one alone, in the same units, shape (N,)."""
    sigma_px: float
    slack: Array
    """As `Found.slack`."""


def sighted_of(found: Found, sigma_px: float) -> Sighted:
    """The pair's own second picture."""
    motion, used = found.refined.motion, found.used
    bent = found.sights.bent(found.refined.bend)
    w = inverse_depths(motion, corrected(motion, bent))
    return Sighted(
        motion.turn, motion.way, found.places_px[used], found.sights.second[used], w[used], sigma_px, found.slack[used]
    )


def sighted(base: Sighted, features: tuple[Features, Features], cameras: tuple[Intrinsics, Intrinsics]) -> Sighted:
    """Where the camera was for a further picture, by the points that the base tells (PnP), and what it shows.

    Raises:
        InputError: it shows too little of them, or was taken with the camera turned or where the first one was.
    """
    first_px, second_px = match(*features)
    motion, length = _resected(base, cameras, first_px, second_px)
    check_turn(motion)
    more = match(*features, near_lines(motion, features, cameras))
    sights, first_px, second_px = sights_of(cameras, *joined((first_px, second_px), more), one_camera=True)
    motion, length = _resected(base, cameras, first_px, second_px)
    greys = (features[0].grey, features[1].grey)
    sights, second_px, shear = aslant(greys, cameras, sights, first_px, second_px)
    errors = epipolar_errors_px(motion, sights)
    fits = (np.abs(errors) < SIGMAS * THRESHOLD_PX / 2) & in_front(motion, sights)
    scale_px = min(max(1.4826 * float(np.median(np.abs(errors[fits]))), LEAST_SIGMA_PX), THRESHOLD_PX)
    fits &= np.abs(errors) < SIGMAS * scale_px
    w = inverse_depths(motion, corrected(motion, sights))
    alone, slack = np.zeros(len(w), bool), np.ones(len(w))
    if fits.any():
        alone[fits], slack[fits] = stand_alone(greys, cameras, motion, (first_px[fits], second_px[fits]), w[fits])
    kept = fits & alone
    if kept.sum() < _LEAST_COMMON:
        raise InputError(_little(int(kept.sum())))
    slack = np.hypot(slack, shear / scale_px)
    return Sighted(
        motion.turn, length * motion.way, first_px[kept], sights.second[kept], w[kept] / length, scale_px, slack[kept]
    )


def _resected(
    base: Sighted, cameras: tuple[Intrinsics, Intrinsics], first_px: Array, second_px: Array
) -> tuple[Motion, float]:
    """The motion to a further picture, and its length in units of the base."""
    cv2: Any = load_cv2()
    known = {key: number for number, key in enumerate(_keys(base.places_px))}
    both = [(known[key], number) for number, key in enumerate(_keys(first_px)) if key in known]
    if len(both) < _LEAST_COMMON:
        raise InputError(_little(len(both)))
    here, there = (np.array(each, dtype=np.intp) for each in zip(*both, strict=True))
    rays, w = cameras[0].rays(base.places_px[here]), np.maximum(base.w[here], 1e-3)
    seen = cameras[1].rays(second_px[there])
    known_rays = np.isfinite(rays).all(axis=1) & np.isfinite(seen).all(axis=1)
    points = np.ascontiguousarray((rays / w[:, None])[known_rays])
    focal_px = cameras[1].fx_px
    places = np.ascontiguousarray((seen[:, :2] * focal_px)[known_rays])
    matrix = np.diag([focal_px, focal_px, 1.0])
    cv2.setRNGSeed(1)
    found, turn, way, inside = cv2.solvePnPRansac(
        points, places, matrix, None, iterationsCount=300, reprojectionError=2.0, confidence=0.999
    )
    agreeing = 0 if inside is None else len(inside)
    if not found or agreeing < max(_LEAST_COMMON, _LEAST_AGREEING * len(points)):
        raise InputError(
            f"only {agreeing} of {len(points)} points are where the other pictures have them: things moved in "
            "between, or it is of another scene"
        )
    inside = inside.ravel()
    turn, way = cv2.solvePnPRefineLM(points[inside], places[inside], matrix, None, turn, way)
    turned = np.asarray(cv2.Rodrigues(turn)[0])
    shift = (points[inside] @ turned.T + way.ravel())[:, :2] / (points[inside] @ turned.T + way.ravel())[:, 2:]
    still = (points[inside] @ turned.T)[:, :2] / (points[inside] @ turned.T)[:, 2:]
    length = float(np.linalg.norm(way))
    if np.median(np.linalg.norm(shift - still, axis=1)) * focal_px < _LEAST_MOVED_PX or length < 1e-6:
        raise InputError("it was taken from where the first one was, without parallax; leave it out")
    return Motion(turned, way.ravel() / length), length


def _little(count: int) -> str:
    return f"it shows only {count} of the points that the other pictures tell: take all of the same scene"


def _keys(places_px: Array) -> list[tuple[int, int]]:
    rounded: list[tuple[int, int]] = [(int(u), int(v)) for u, v in np.round(places_px / _ROUNDED_PX)]
    return rounded


@dataclass(frozen=True, slots=True)
class Joined:
    """All that several pictures show, to be adjusted."""

    start: Bundle
    tracks: Tracks
    places_px: Array
    """In the first picture, shape (N, 2)."""
    slack: Array
    """Shape (N,)."""

    def with_asked(self, asked: Sights, there_px: Array, slack: Array, places_px: Array, sigma_px: float) -> Joined:
        """With pixels after them that are asked for, as the base shows them; NaN in `there_px` where it does not."""
        count = len(places_px)
        if not count:
            return self
        tracks, views = self.tracks, len(self.tracks.seen)
        seen = np.full((views, count, 3), np.nan)
        seen[0] = np.where(np.isfinite(there_px[:, :1]), asked.second, np.nan)
        start = self.start
        motion = Motion(start.turns[0], start.ways[0])
        w = np.clip(inverse_depths(motion, corrected(motion, asked)), 1e-3, None)
        points = np.column_stack([asked.first[:, :2], w])
        return Joined(
            replace(start, points=np.vstack([start.points, points])),
            replace(
                tracks,
                first=np.vstack([tracks.first, asked.first]),
                seen=np.concatenate([tracks.seen, seen], axis=1),
                sigma_px=np.hstack([tracks.sigma_px, np.full((views, count), sigma_px)]),
            ),
            np.vstack([self.places_px, places_px]),
            np.concatenate([self.slack, slack]),
        )


def joined_tracks(views: list[Sighted], camera: Intrinsics, sights: Sights, bend: Array) -> Joined:
    """The points of all views, each once; the base's first.

    Args:
        views: the base first.
        camera: of the first picture.
        sights: of the base, for the focal lengths.
        bend: of the lens, to begin with.
    """
    numbers: dict[tuple[int, int], int] = {}
    for view in views:
        for key in _keys(view.places_px):
            numbers.setdefault(key, len(numbers))
    count = len(numbers)
    seen = np.full((len(views), count, 3), np.nan)
    places_px, w, slack = np.zeros((count, 2)), np.full(count, np.nan), np.ones(count)
    for number, view in enumerate(views):
        at = np.array([numbers[key] for key in _keys(view.places_px)], dtype=np.intp)
        seen[number, at] = view.rays
        new = np.isnan(w[at])
        w[at[new]] = view.w[new]
        places_px[at[new]] = view.places_px[new]
        slack[at] = np.maximum(slack[at], view.slack)
    first = camera.rays(places_px)
    sigma_px = np.repeat(np.array([[view.sigma_px] for view in views]), count, axis=1)
    tracks = Tracks(first, seen, sigma_px, sights.f_first_px, sights.f_second_px)
    turns, ways = (np.stack(each) for each in zip(*((view.turn, view.way) for view in views), strict=True))
    start = Bundle(turns, ways, bend, np.column_stack([first[:, :2], np.maximum(w, 1e-4)]))
    return Joined(start, tracks, places_px, slack)
