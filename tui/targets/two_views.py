"""References from two pictures of a still scene between which the camera moved sideways by a known length."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.calibration.units import parse_uncertain
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import stand_alone
from tui.targets.two_views_chosen import Candidates, chosen
from tui.targets.two_views_matching import Features, features_of, match
from tui.targets.two_views_pose import (
    Motion,
    Refined,
    Sights,
    corrected,
    epipolar_errors_px,
    in_front,
    inverse_depths,
    refine,
    solve,
    starts,
)
from tui.targets.two_views_refusals import (
    check_agreement,
    check_alone,
    check_features,
    check_moved,
    check_one_motion,
    check_parallax,
    check_scene,
    check_sharp,
    check_sideways,
    check_told,
)

BASELINE_SIGMA, LEAST_BASELINE_SIGMA_M = 0.01, 0.002
"""One standard deviation of a way given without one, relative and at least: a ruler along which a camera is slid."""

_MOST_SIDE_PX = 1600
"""Larger pictures are matched at this size: more points than that are of no use."""
_THRESHOLD_PX = 1.0
"""Of the five-point method's search."""
_GUIDED_PX = 2.0
_SIGMAS = 3.0
_LEAST_SIGMA_PX = 0.15
"""One standard deviation of a matched pixel, at least: along the epipolar line nothing shows how wrong it is."""
_TYPICAL_PX = 0.3
_FOCAL_STEP = 1e-3

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TwoViews:
    """What two pictures tell of the first one's scene."""

    references: tuple[Reference, ...]
    """At pixels of the first picture; what their errors have in common is in `Reference.shared`."""
    matches: int
    """Points that both pictures show and that agree with one motion of the camera."""
    sigma_px: float
    """One standard deviation of a matched pixel, in each direction, in the first picture."""
    moved_m: tuple[float, float, float]
    """Where the second camera was, in the first one's frame: right, down, forwards."""
    turned_rad: float
    """By how much it was turned against the first."""


def default_baseline_sigma_m(baseline_m: float) -> float:
    """One standard deviation of a way that is given without one: 1 %, and not below 2 mm."""
    return max(BASELINE_SIGMA * baseline_m, LEAST_BASELINE_SIGMA_M)


def parse_baseline(text: str, what: str) -> tuple[float, float | None]:
    """Metres and, where it is given, one standard deviation, from `20cm` or `20cm±2mm`; a unit is needed.

    Raises:
        InputError: names `what`.
    """
    try:
        return parse_uncertain(text, bare=False)
    except InputError as error:
        raise InputError(f"{what} '{text}': {error}; write it as 20cm or 20cm±2mm") from error


def references_of_two_views(
    first: RGBImage,
    second: RGBImage,
    intrinsics: Intrinsics,
    baseline_m: float,
    baseline_sigma_m: float | None = None,
    second_intrinsics: Intrinsics | None = None,
) -> TwoViews:
    """Dozens of references, spread over the first picture and over all distances.

    Points that both pictures show (`two_views_matching`) give the motion (`two_views_pose`), the baseline its length,
    and the motion the points' distances. One sigma of each joins that of its own pixels, and what all share: the
    motion's, the baseline's, the focal length's (by solving anew with a longer one).

    Args:
        first: RGB, uint8, shape (H, W, 3); distances are of this picture.
        second: the same, taken from further left, right, up or down.
        intrinsics: of both pictures, or of the first.
        baseline_m: between the two places of the camera's lens.
        baseline_sigma_m: one standard deviation of it; `default_baseline_sigma_m` without it.
        second_intrinsics: of the second picture, where another camera took it.

    Raises:
        InputError: why the two give no distances to be relied on, and what to do.
    """
    other = second_intrinsics or intrinsics
    for image, camera, name in ((first, intrinsics, "first"), (second, other, "second")):
        size = (image.shape[1], image.shape[0])
        if size != (camera.width, camera.height):
            raise InputError(
                f"the {name} picture is {size[0]}x{size[1]}, its camera's are {camera.width}x{camera.height}: two "
                "views must come from one camera at one size"
            )
    if baseline_sigma_m is None:
        baseline_sigma_m = default_baseline_sigma_m(baseline_m)
    shrunk = min(1.0, _MOST_SIDE_PX / max(first.shape[:2]))
    small = (_smaller(first, intrinsics, shrunk), _smaller(second, other, shrunk))
    cameras = (small[0][1], small[1][1])
    features = (features_of(small[0][0]), features_of(small[1][0]))
    check_sharp(features[0].grey, features[1].grey)
    check_features(len(features[0].places_px), len(features[1].places_px))
    first_px, second_px = match(*features)
    check_moved(first_px, second_px)
    bend_sigma = _bend_sigma(intrinsics, second_intrinsics)
    found = _solved(features, cameras, first_px, second_px, bend_sigma)
    motion, sights, used = found.refined.motion, found.sights.bent(found.refined.bend), found.used
    errors = epipolar_errors_px(motion, sights)[used]
    sigma_px = max(math.sqrt(float(errors @ errors) / (errors.size - 5)), _LEAST_SIGMA_PX)
    solved = solve(motion, sights, used, sigma_px, bend_sigma)
    check_sideways(motion, solved.covariance)
    check_parallax(motion, sights.of(used))
    w = np.maximum(solved.w, 1e-9)
    common = np.column_stack(
        [
            -solved.by_motion / w[:, None] @ _root(solved.covariance),
            np.full(len(w), baseline_sigma_m / baseline_m),
            max(cameras[0].focal_sigma, cameras[1].focal_sigma) * _by_focal(found, sigma_px, bend_sigma),
        ]
    )
    places_px = found.places_px
    candidates = Candidates(places_px, solved.w, found.slack * solved.own / w, common).of(
        used & in_front(motion, sights)
    )
    check_told(candidates)
    picked = chosen(candidates, cameras[0].width, cameras[0].height)
    references = _references(picked, baseline_m, shrunk)
    turn = float(np.linalg.norm(np.asarray(load_cv2().Rodrigues(motion.turn)[0])))
    x_m, y_m, z_m = (baseline_m * motion.moved).tolist()
    return TwoViews(references, int(used.sum()), sigma_px / shrunk, (x_m, y_m, z_m), turn)


@dataclass(frozen=True, slots=True)
class _Found:
    refined: Refined
    sights: Sights
    """All pairs, as the lens is given."""
    places_px: Array
    """Where they are in the first picture, shape (N, 2)."""
    used: Mask
    """Which of them agree with the motion, and look like nothing else."""
    slack: Array
    """How much less sure their places are along their lines than across them, shape (N,)."""


def _solved(
    features: tuple[Features, Features],
    cameras: tuple[Intrinsics, Intrinsics],
    first_px: Array,
    second_px: Array,
    bend_sigma: Array,
) -> _Found:
    sights, first_px, second_px = _sights(cameras, first_px, second_px, one_camera=bend_sigma.size <= 3)
    refined = Refined(_motion(sights), np.zeros(bend_sigma.size))
    greys = (features[0].grey, features[1].grey)
    scale_px = _TYPICAL_PX
    fits = used = np.ones(len(first_px), bool)
    slack = np.ones(len(first_px))
    for turn in range(5):
        motion, bent = refined.motion, sights.bent(refined.bend)
        errors = epipolar_errors_px(motion, bent)
        scale_px = min(max(1.4826 * float(np.median(np.abs(errors[fits]))), _LEAST_SIGMA_PX), _THRESHOLD_PX)
        fits = np.abs(errors) < _SIGMAS * scale_px
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
            more = match(*features, _near_lines(refined.motion, features, cameras))
            joined = _joined((first_px, second_px), more)
            sights, first_px, second_px = _sights(cameras, *joined, one_camera=sights.one_camera)
            fits = np.abs(epipolar_errors_px(refined.motion, sights.bent(refined.bend))) < _SIGMAS * scale_px
    return _Found(refined, sights, first_px, used, slack)


def _sights(
    cameras: tuple[Intrinsics, Intrinsics], first_px: Array, second_px: Array, *, one_camera: bool
) -> tuple[Sights, Array, Array]:
    """The pairs as rays, without those beyond what a lens's distortion describes, and their places in both."""
    first, second = cameras[0].rays(first_px), cameras[1].rays(second_px)
    known = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    focals = [math.sqrt(each.fx_px * each.fy_px) for each in cameras]
    sights = Sights(first[known], second[known], focals[0], focals[1], one_camera)
    return sights, first_px[known], second_px[known]


def _joined(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """Matches of both, those of the same place in the first picture once."""
    first_px, second_px = np.vstack([one[0], other[0]]), np.vstack([one[1], other[1]])
    _, once = np.unique(np.round(first_px, 1), axis=0, return_index=True)
    return first_px[once], second_px[once]


def _near_lines(motion: Motion, features: tuple[Features, Features], cameras: tuple[Intrinsics, Intrinsics]) -> Mask:
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
    begun, fits = starts(sights, _THRESHOLD_PX)
    check_agreement(int(fits.sum()), len(fits))
    found = []
    for start in begun:
        motion = refine(Refined(start, np.zeros(0)), sights.of(fits), _TYPICAL_PX).motion
        if in_front(motion, sights.of(fits)).mean() < 0.5:
            motion = Motion(motion.turn, -motion.way)
        errors = np.abs(epipolar_errors_px(motion, sights)) / _THRESHOLD_PX
        found.append((float(np.minimum(errors**2, 1.0).sum()), motion))
    found.sort(key=lambda each: each[0])
    try:
        check_one_motion(found, len(fits))
    except InputError:
        check_scene(sights.of(fits), _TYPICAL_PX)  # where it can say why, its reason is the better one
        raise
    return found[0][1]


def _bend_sigma(one: Intrinsics, other: Intrinsics | None) -> Array:
    """What is not known of the lens: its centre as well as its focal length is, its bend half as well.

    Shape (0,) of a camera that is known exactly, (3,) of one, (6,) of two of which each errs in its own way.
    """
    sigmas = [each.focal_sigma for each in (one, other) if each is not None]
    if not max(sigmas):
        return np.zeros(0)
    return np.array([max(each, 1e-6) * part for each in sigmas for part in (1.0, 1.0, 0.5)])


def _by_focal(found: _Found, sigma_px: float, bend_sigma: Array) -> Array:
    """By how much ln z grows with ln f, with the motion solved for anew, shape (N,)."""
    depths = []
    for factor in (1.0, 1 + _FOCAL_STEP):
        sights = found.sights.with_focal(factor)
        refined = refine(found.refined, sights.of(found.used), sigma_px, bend_sigma, robust=False)
        bent = sights.bent(refined.bend)
        depths.append(np.maximum(inverse_depths(refined.motion, corrected(refined.motion, bent)), 1e-9))
    return np.asarray(np.clip(np.log(depths[0] / depths[1]) / _FOCAL_STEP, -10, 10))


def _root(covariance: Array) -> Array:
    """A with A A^T the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _smaller(image: RGBImage, camera: Intrinsics, factor: float) -> tuple[RGBImage, Intrinsics]:
    if factor == 1.0:
        return image, camera
    cv2: Any = load_cv2()
    height, width = (max(1, round(factor * each)) for each in image.shape[:2])
    resized: RGBImage = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return resized, replace(camera, mounted=None).scaled_to(width, height)


def _references(picked: Candidates, baseline_m: float, shrunk: float) -> tuple[Reference, ...]:
    """With the greatest part of what they share as `shared`; the rest counts as each one's own."""
    values, vectors = np.linalg.eigh(picked.common @ picked.common.T)
    shared = vectors[:, -1] * math.sqrt(max(float(values[-1]), 0.0))
    shared *= 1.0 if shared.sum() >= 0 else -1.0
    distances_m = baseline_m / picked.w
    references = []
    for (u, v), distance_m, relative, part in zip(picked.places_px, distances_m, picked.sigma, shared, strict=True):
        u_px, v_px = ((each + 0.5) / shrunk - 0.5 for each in (float(u), float(v)))
        sigma_m = float(relative * distance_m)
        references.append(Reference(u_px, v_px, float(distance_m), sigma_m, "two views", float(part)))
    return tuple(references)
