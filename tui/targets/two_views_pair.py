"""Two pictures of a still scene: which points both show, and the motion that these agree with."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import stand_alone
from tui.targets.two_views_matching import Features, as_bright, match
from tui.targets.two_views_patches import sheared
from tui.targets.two_views_pose import (
    Motion,
    Refined,
    Sights,
    corrected,
    epipolar_errors_px,
    in_front,
    inverse_depths,
    refine,
    starts,
)
from tui.targets.two_views_refusals import check_agreement, check_alone, check_one_motion, check_scene

THRESHOLD_PX = 1.0
"""Of the five-point method's search."""
_GUIDED_PX = 2.0
SIGMAS = 3.0
LEAST_SIGMA_PX = 0.15
"""One standard deviation of a matched pixel, at least: along the epipolar line nothing shows how wrong it is."""
_TYPICAL_PX = 0.3
_BESIDE_PX = 1.5
"""How far a patch's texture lies beside its middle."""
_FOCAL_STEP = 1e-3

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    """What two pictures agree on."""

    refined: Refined
    sights: Sights
    """All pairs, as the lens is given."""
    places_px: Array
    """Where they are in the first picture, shape (N, 2)."""
    used: Mask
    """Which of them agree with the motion, and look like nothing else."""
    slack: Array
    """How much less sure their places are along their lines than across them, shape (N,)."""


def solved(
    features: tuple[Features, Features],
    cameras: tuple[Intrinsics, Intrinsics],
    first_px: Array,
    second_px: Array,
    bend_sigma: Array,
) -> Found:
    """The motion that the matches agree with, found anew with more matches once it is about known.

    Args:
        features: of both pictures.
        cameras: of both.
        first_px: where they match, shape (N, 2).
        second_px: the same in the second picture.
        bend_sigma: of `bend_sigma_of`.

    Raises:
        InputError: too few agree, or more than one motion explains them.
    """
    sights, first_px, second_px = sights_of(cameras, first_px, second_px, one_camera=bend_sigma.size <= 3)
    refined = Refined(_motion(sights), np.zeros(bend_sigma.size))
    greys = (features[0].grey, features[1].grey)
    scale_px = _TYPICAL_PX
    fits = used = np.ones(len(first_px), bool)
    slack, shear = np.ones(len(first_px)), np.zeros(len(first_px))
    for turn in range(5):
        motion, bent = refined.motion, sights.bent(refined.bend)
        errors = epipolar_errors_px(motion, bent)
        scale_px = min(max(1.4826 * float(np.median(np.abs(errors[fits]))), LEAST_SIGMA_PX), THRESHOLD_PX)
        fits = np.abs(errors) < SIGMAS * scale_px
        if turn in (0, 1, 3):
            if turn == 0:  # of those that were matched without knowing the motion
                check_agreement(int(fits.sum()), len(fits))
                check_scene(bent.of(fits), scale_px)
            w = inverse_depths(motion, corrected(motion, bent))
            alone, slack = np.zeros(len(w), bool), np.ones(len(w))
            alone[fits], slack[fits] = stand_alone(greys, cameras, motion, (first_px[fits], second_px[fits]), w[fits])
            check_alone(int(alone.sum()), int(fits.sum()))
        used = fits & alone
        refined = refine(refined, sights.of(used), scale_px, bend_sigma)
        if turn == 0:
            # With the motion about known, what looks alike elsewhere is no longer in the way: more points match.
            more = match(*features, near_lines(refined.motion, features, cameras))
            both = joined((first_px, second_px), more)
            sights, first_px, second_px = sights_of(cameras, *both, one_camera=sights.one_camera)
            sights, second_px, shear = aslant(greys, cameras, sights, first_px, second_px)
            fits = np.abs(epipolar_errors_px(refined.motion, sights.bent(refined.bend))) < SIGMAS * scale_px
    return Found(refined, sights, first_px, used, np.hypot(slack, shear / scale_px))


def aslant(
    greys: tuple[Grey, Grey], cameras: tuple[Intrinsics, Intrinsics], sights: Sights, first_px: Array, second_px: Array
) -> tuple[Sights, Array, Array]:
    """The pairs with their patches sheared, the places in the second picture, and what the shear leaves unsure, (N,).

    That is in pixels along the line: a sheared patch's place is that of its texture, which lies beside its middle.
    """
    places_px, shear = sheared(greys[0], as_bright(greys[1], greys[0]), first_px, second_px)
    rays = cameras[1].rays(places_px)
    known = np.isfinite(rays).all(axis=1, keepdims=True)
    second_px = np.where(known, places_px, second_px)
    return replace(sights, second=np.where(known, rays, sights.second)), second_px, _BESIDE_PX * shear


def sights_of(
    cameras: tuple[Intrinsics, Intrinsics], first_px: Array, second_px: Array, *, one_camera: bool
) -> tuple[Sights, Array, Array]:
    """The pairs as rays, without those beyond what a lens's distortion describes, and their places in both."""
    first, second = cameras[0].rays(first_px), cameras[1].rays(second_px)
    known = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    focals = [math.sqrt(each.fx_px * each.fy_px) for each in cameras]
    sights = Sights(first[known], second[known], focals[0], focals[1], one_camera)
    return sights, first_px[known], second_px[known]


def joined(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """Matches of both, those of the same place in the first picture once."""
    first_px, second_px = np.vstack([one[0], other[0]]), np.vstack([one[1], other[1]])
    _, once = np.unique(np.round(first_px, 1), axis=0, return_index=True)
    return first_px[once], second_px[once]


def near_lines(motion: Motion, features: tuple[Features, Features], cameras: tuple[Intrinsics, Intrinsics]) -> Mask:
    """Which features of the second picture lie near the epipolar lines of which of the first, shape (N, M)."""
    first = np.nan_to_num(cameras[0].rays(features[0].places_px))
    second = np.nan_to_num(cameras[1].rays(features[1].places_px))
    lines = first @ motion.essential.T
    lines /= np.maximum(np.linalg.norm(lines[:, :2], axis=1, keepdims=True), 1e-12)
    return np.asarray(np.abs(lines @ second.T) * cameras[1].fx_px < _GUIDED_PX)


def _motion(sights: Sights) -> Motion:
    """The motion that most pairs agree with.

    Raises:
        InputError: there is none, or another explains them as well.
    """
    begun, fits = starts(sights, THRESHOLD_PX)
    check_agreement(int(fits.sum()), len(fits))
    found = []
    for start in begun:
        motion = refine(Refined(start, np.zeros(0)), sights.of(fits), _TYPICAL_PX).motion
        if in_front(motion, sights.of(fits)).mean() < 0.5:
            motion = Motion(motion.turn, -motion.way)
        errors = np.abs(epipolar_errors_px(motion, sights)) / THRESHOLD_PX
        found.append((float(np.minimum(errors**2, 1.0).sum()), motion))
    found.sort(key=lambda each: each[0])
    try:
        check_one_motion(found, len(fits))
    except InputError:
        check_scene(sights.of(fits), _TYPICAL_PX)  # where it can say why, its reason is the better one
        raise
    return found[0][1]


def bend_sigma_of(one: Intrinsics, other: Intrinsics | None) -> Array:
    """What is not known of the lens: its centre as well as its focal length is, its bend half as well.

    Shape (0,) of a camera that is known exactly, (3,) of one, (6,) of two of which each errs in its own way.
    """
    sigmas = [each.focal_sigma for each in (one, other) if each is not None]
    if not max(sigmas):
        return np.zeros(0)
    return np.array([max(each, 1e-6) * part for each in sigmas for part in (1.0, 1.0, 0.5)])


def by_focal(found: Found, sigma_px: float, bend_sigma: Array) -> Array:
    """By how much ln z grows with ln f, with the motion solved for anew, shape (N,)."""
    depths = []
    for factor in (1.0, 1 + _FOCAL_STEP):
        sights = found.sights.with_focal(factor)
        refined = refine(found.refined, sights.of(found.used), sigma_px, bend_sigma, robust=False)
        bent = sights.bent(refined.bend)
        depths.append(np.maximum(inverse_depths(refined.motion, corrected(refined.motion, bent)), 1e-9))
    return np.asarray(np.clip(np.log(depths[0] / depths[1]) / _FOCAL_STEP, -10, 10))
