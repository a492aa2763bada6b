"""Points of a picture and the length of the unit, by one further picture or by all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_matching import Features, features_of, match
from tui.targets.two_views_pair import LEAST_SIGMA_PX, Found, by_focal, solved
from tui.targets.two_views_pose import Sights, epipolar_errors_px, in_front
from tui.targets.two_views_refusals import (
    check_features,
    check_moved,
    check_parallax,
    check_sharp,
    check_sideways,
)
from tui.targets.two_views_solved import as_alike, solve
from tui.targets.views_asked import looked_for
from tui.targets.views_bundle import Adjusted, adjust
from tui.targets.views_given import View, default_way_sigma_m, way_sigmas
from tui.targets.views_model import Priors
from tui.targets.views_told import (
    Scale,
    Told,
    scale_of_references,
    scale_of_way,
)
from tui.targets.views_tracks import Sighted, joined_tracks

_MOST_SIDE_PX = 1600
"""Larger pictures are matched at this size: more points than that are of no use."""
_FOCAL_STEP = 1e-3
_ALIKE = 0.125
"""Of the picture's width: points so near to each other have like errors."""
_WAYS_OFF = 4.0
"""Standard deviations between a way that was measured and what the pictures say of it."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Begun:
    """A picture at the size at which it is matched."""

    features: Features
    camera: Intrinsics
    shrunk: float


def begun_with(image: RGBImage, camera: Intrinsics, name: str) -> Begun:
    """Its features.

    Raises:
        InputError: it is not of the camera's size; names it.
    """
    height, width = image.shape[:2]
    if (width, height) != (camera.width, camera.height):
        raise InputError(
            f"{name} is {width}x{height}, its camera's are {camera.width}x{camera.height}: two views must come from "
            "one camera at one size"
        )
    shrunk = min(1.0, _MOST_SIDE_PX / max(width, height))
    if shrunk < 1.0:
        cv2: Any = load_cv2()
        width, height = (max(1, round(shrunk * each)) for each in (width, height))
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        camera = replace(camera, mounted=None).scaled_to(width, height)
    return Begun(features_of(image), camera, shrunk)


@dataclass(frozen=True, slots=True)
class Pair:
    """The first picture and the one that is compared with it before all."""

    found: Found
    sigma_px: float
    cameras: tuple[Intrinsics, Intrinsics]
    greys: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def pair_of(first: Begun, second: Begun, bend_sigma: Array) -> Pair:
    """The first picture and the one that is compared with it before all.

    Raises:
        InputError: the two give no distances to be relied on.
    """
    features = (first.features, second.features)
    check_sharp(features[0].grey, features[1].grey)
    check_features(len(features[0].places_px), len(features[1].places_px))
    first_px, second_px = match(*features)
    check_moved(first_px, second_px)
    cameras = (first.camera, second.camera)
    found = solved(features, cameras, first_px, second_px, bend_sigma)
    motion, sights, used = found.refined.motion, found.sights.bent(found.refined.bend), found.used
    errors = epipolar_errors_px(motion, sights)[used]
    sigma_px = max(math.sqrt(float(errors @ errors) / (errors.size - 5)), LEAST_SIGMA_PX)
    check_sideways(motion, solve(motion, sights, used, sigma_px, bend_sigma).covariance)
    check_parallax(motion, sights.of(used))
    return Pair(found, sigma_px, cameras, (features[0].grey, features[1].grey))


def told_by_two(
    pair: Pair, view: View, bend_sigma: Array, references: Sequence[Reference], first: Begun
) -> tuple[Told, Scale]:
    """By one further picture: its points, and the unit, by its way or by references.

    Raises:
        InputError: the references do not tell it.
    """
    found, count = pair.found, len(pair.found.used)
    pixels = _pixels(references, first.shrunk) if view.way_m is None else np.zeros((0, 2))
    there_px, slack, unsure = looked_for(pair.found, pair.greys, pair.cameras, pixels, pair.sigma_px)
    asked = _asked_sights(pair, pixels, there_px)
    sights = found.sights.joined(asked)
    used = np.concatenate([found.used, np.zeros(len(pixels), bool)])
    motion, bent = found.refined.motion, sights.bent(found.refined.bend)
    result = solve(motion, bent, used, pair.sigma_px, bend_sigma)
    w = np.maximum(result.w, 1e-9)
    focal = by_focal(replace(found, sights=sights, used=used), pair.sigma_px, bend_sigma)
    places_px = np.vstack([found.places_px, pixels])
    told = Told(
        places_px,
        w,
        np.hypot(np.concatenate([found.slack, slack]) * result.own / w, np.pad(unsure, (count, 0))),
        -result.by_motion
        / w[:, None]
        @ _root(as_alike(result.covariance, result.pulls, places_px, _ALIKE * first.camera.width)),
        focal,
        used & in_front(motion, bent),
    )
    points = told.of(np.arange(count))
    if view.way_m is not None:
        sigma_m = default_way_sigma_m(view.way_m) if view.sigma_m is None else view.sigma_m
        return points, scale_of_way(view.way_m, sigma_m, points)
    rows = told.of(np.arange(count, len(w)))
    fits = np.isfinite(there_px[:, 0]) & (np.abs(epipolar_errors_px(motion, bent)[count:]) < 3 * pair.sigma_px)
    return points, _scaled(references, rows, fits & (result.w[count:] > 0))


def told_by_all(
    pair: Pair,
    sights: list[Sighted],
    views: list[View],
    bend_sigma: Array,
    references: Sequence[Reference],
    first: Begun,
) -> tuple[Told, Scale, Adjusted]:
    """By all pictures together, adjusted at once.

    Args:
        pair: the first picture and the first of `views`.
        sights: what each further picture shows, in the order of `views`.
        views: the further pictures.
        bend_sigma: what is not known of the lens.
        references: distances that tell the unit where no way was measured.
        first: the first picture.

    Raises:
        InputError: ways or references contradict the pictures.
    """
    ways_m = np.array([np.nan if each.way_m is None else each.way_m for each in views])
    pixels = np.zeros((0, 2)) if np.isfinite(ways_m).any() else _pixels(references, first.shrunk)
    there_px, slack, unsure = looked_for(pair.found, pair.greys, pair.cameras, pixels, pair.sigma_px)
    joined = joined_tracks(sights, first.camera, pair.found.sights, pair.found.refined.bend)
    count = len(joined.places_px)
    asked = _asked_sights(pair, pixels, there_px)
    joined = joined.with_asked(asked, there_px, slack, pixels, pair.sigma_px)
    sigmas_m, shared = way_sigmas(views)
    priors = Priors(bend_sigma, ways_m, sigmas_m)
    if priors.scaled:
        joined = replace(joined, start=replace(joined.start, log_unit=math.log(ways_m[0])))
    adjusted = adjust(joined.start, joined.tracks, priors)
    _check_ways(adjusted, views)
    longer = adjust(adjusted.bundle, joined.tracks.with_focal(1 + _FOCAL_STEP), priors, adjusted.fits)
    w = adjusted.bundle.points[:, 2]
    focal = np.clip(
        (np.log(w / longer.bundle.points[:, 2]) + longer.bundle.log_unit - adjusted.bundle.log_unit) / _FOCAL_STEP,
        -10,
        10,
    )
    motion, scale_sigma = adjusted.by_motion, 0.0
    by_unit = np.zeros(motion.shape[1])
    whole = as_alike(adjusted.covariance, adjusted.pulls, joined.places_px, _ALIKE * first.camera.width)
    covariance = whole
    if priors.scaled:
        motion, covariance = motion[:, :-1], covariance[:-1, :-1]
        with_unit = whole[:-1, -1]
        by_unit = np.linalg.pinv(covariance, hermitian=True) @ with_unit
        scale_sigma = math.sqrt(max(float(whole[-1, -1] - with_unit @ by_unit), 0.0) + shared**2)
    root = _root(covariance)
    told = Told(
        joined.places_px,
        w,
        np.hypot(joined.slack * adjusted.own / w, np.pad(unsure, (count, 0))),
        -motion / w[:, None] @ root,
        focal,
        adjusted.fits.any(axis=0) & (w > 1e-3),
    )
    points = told.of(np.arange(count))
    if priors.scaled:
        return points, Scale(math.exp(adjusted.bundle.log_unit), scale_sigma, np.asarray(by_unit @ root)), adjusted
    rows = told.of(np.arange(count, len(w)))
    return points, _scaled(references, rows, adjusted.fits[0, count:]), adjusted


def _check_ways(adjusted: Adjusted, views: list[View]) -> None:
    off = np.nan_to_num(np.abs(adjusted.ways_off))
    if off.max() > _WAYS_OFF:
        metres = math.exp(adjusted.bundle.log_unit) * np.linalg.norm(adjusted.bundle.ways, axis=1)
        each = "; ".join(
            f"{view.name} {100 * view.way_m:.3g} cm, by the pictures {100 * way_m:.3g} cm"
            for view, way_m in zip(views, metres, strict=True)
            if view.way_m is not None
        )
        raise InputError(f"the ways do not fit the pictures: {each}; each is from where the first picture was taken")


def _scaled(references: Sequence[Reference], rows: Told, fits: npt.NDArray[np.bool_]) -> Scale:
    """By those references whose pixels the other pictures tell, one row each.

    Raises:
        InputError: they tell none, or the references contradict each other.
    """
    if not fits.any():
        raise InputError(
            f"what lies at reference {'; '.join(map(str, references))} cannot be found in the other pictures: measure "
            "something with edges and texture that all of them show, or give the way"
        )
    kept = [each for each, fit in zip(references, fits.tolist(), strict=True) if fit]
    scale = scale_of_references(kept, rows.of(fits))
    tied = dict(zip(kept, scale.references, strict=True))
    return replace(scale, references=tuple(tied.get(each, each) for each in references))


def _pixels(references: Sequence[Reference], shrunk: float) -> Array:
    """Where they lie in the picture as it is matched, shape (R, 2)."""
    places = np.array([(each.u_px, each.v_px) for each in references], dtype=np.float64).reshape(-1, 2)
    return np.asarray((places + 0.5) * shrunk - 0.5)


def _asked_sights(pair: Pair, pixels: Array, there_px: Array) -> Sights:
    """As sights; those that were not found as if infinitely far."""
    first, second = pair.cameras[0].rays(pixels), pair.cameras[1].rays(there_px)
    second = np.where(np.isfinite(second), second, first @ pair.found.refined.motion.turn.T)
    return replace(pair.found.sights, first=first, second=second)


def _root(covariance: Array) -> Array:
    """A with A A^T the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
