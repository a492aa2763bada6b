"""References from several pictures of a still scene between which the camera was moved sideways.

Two suffice (`two_views`); further ones are adjusted together with them (`views_bundle`). The scale comes from ways that
were measured, or from distances that were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_alone import found_along
from tui.targets.two_views_chosen import chosen
from tui.targets.two_views_matching import Features, features_of, match
from tui.targets.two_views_pair import LEAST_SIGMA_PX, Found, bend_sigma_of, by_focal, solved
from tui.targets.two_views_pose import Sights, epipolar_errors_px, in_front, solve
from tui.targets.two_views_refusals import (
    check_features,
    check_moved,
    check_parallax,
    check_sharp,
    check_sideways,
    check_told,
)
from tui.targets.views_bundle import Adjusted, Priors, adjust
from tui.targets.views_told import (
    Scale,
    Told,
    beside,
    candidates_of,
    references_of,
    scale_of_references,
    scale_of_way,
)
from tui.targets.views_tracks import Sighted, joined_tracks, sighted, sighted_of

WAY_SIGMA, LEAST_WAY_SIGMA_M = 0.01, 0.002
"""One standard deviation of a way given without one, relative and at least: a ruler along which a camera is slid."""

_MOST_SIDE_PX = 1600
"""Larger pictures are matched at this size: more points than that are of no use."""
_FOCAL_STEP = 1e-3
_WAYS_OFF = 4.0
"""Standard deviations between a way that was measured and what the pictures say of it."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """A further picture."""

    image: RGBImage
    """RGB, uint8, shape (H, W, 3)."""
    name: str
    """For what is said of it."""
    way_m: float | None = None
    """How far the camera was from where it took the first one; None where nobody knows."""
    sigma_m: float | None = None
    """One standard deviation of that; `default_way_sigma_m` without it."""
    needed: bool = True
    """Whether to refuse all if it does not help; else it is left out."""


@dataclass(frozen=True, slots=True)
class Views:
    """What several pictures tell of the first one's scene."""

    references: tuple[Reference, ...]
    """At pixels of the first picture; what their errors have in common is in `Reference.shared`."""
    tied: tuple[Reference, ...]
    """The references that told the scale, in their order, with what they share with those."""
    matches: int
    """Points that the pictures show and that agree with the camera's motion."""
    sigma_px: float
    """One standard deviation of a matched pixel, in each direction, in the first picture."""
    places_m: tuple[tuple[float, float, float], ...]
    """Where the camera was for each further picture used, in the first one's frame: right, down, forwards."""
    names: tuple[str, ...]
    """Of these pictures; the one that was compared with the first before all is the first here as well."""
    turned_rad: float
    """By how much that one's camera was turned."""
    left_out: tuple[str, ...] = ()
    """Why further pictures were not used."""


def default_way_sigma_m(way_m: float) -> float:
    """One standard deviation of a way that is given without one: 1 %, and not below 2 mm."""
    return max(WAY_SIGMA * way_m, LEAST_WAY_SIGMA_M)


def references_of_views(
    first: RGBImage,
    views: Sequence[View],
    intrinsics: Intrinsics,
    view_intrinsics: Intrinsics | None = None,
    references: Sequence[Reference] = (),
) -> Views:
    """Dozens of references, spread over the first picture and over all distances.

    Args:
        first: RGB, uint8, shape (H, W, 3); distances are of this picture.
        views: at least one, taken from further left, right, up or down; that of the longest way, or the last, is
            compared with the first to begin with.
        intrinsics: of all pictures, or of the first.
        view_intrinsics: of the further pictures, where another camera took them.
        references: distances in the first picture that tell the scale where no way was measured.

    Raises:
        InputError: why the pictures give no distances to be relied on, and what to do.
    """
    other = view_intrinsics or intrinsics
    named = len(views) > 1
    begun = _begun(first, intrinsics, "the first picture")
    base = max(range(len(views)), key=lambda number: (views[number].way_m or 0.0, number))
    ordered = [views[base], *(each for number, each in enumerate(views) if number != base)]
    if all(each.way_m is None for each in views) and not references:
        raise InputError("neither how far the camera was moved is known nor any distance in the picture")
    bend_sigma = bend_sigma_of(intrinsics, view_intrinsics)
    try:
        second = _begun(ordered[0].image, other, "the second picture")
        pair = _pair(begun, second, bend_sigma)
    except InputError as error:
        raise InputError(f"{ordered[0].name}: {error}" if named else str(error)) from error
    sights, used, small = [sighted_of(pair.found, pair.sigma_px)], [ordered[0]], begun.camera
    left_out = []
    for view in ordered[1:]:
        try:
            further = _begun(view.image, other, "the picture")
            check_sharp(begun.features.grey, further.features.grey)
            sights.append(sighted(sights[0], (begun.features, further.features), (small, further.camera)))
        except InputError as error:
            if view.needed:
                raise InputError(f"{view.name}: {error}") from error
            left_out.append(f"{view.name}: {error}")
        else:
            used.append(view)
    focal_sigma = max(intrinsics.focal_sigma, other.focal_sigma)
    if len(sights) == 1:
        told, scale = _told_by_two(pair, used[0], bend_sigma, references, begun)
        places, matches, sigma_px = (
            scale.unit_m * pair.found.refined.motion.moved[None],
            int(told.good.sum()),
            pair.sigma_px,
        )
    else:
        told, scale, adjusted = _told_by_all(pair, sights, used, bend_sigma, references, begun)
        places, matches = scale.unit_m * adjusted.bundle.moved, int(adjusted.fits.any(axis=0).sum())
        sigma_px = pair.sigma_px * max(1.0, adjusted.relative)
    candidates = candidates_of(told, scale, focal_sigma)
    check_told(candidates)
    picked = chosen(candidates, small.width, small.height)
    label = "two views" if len(used) == 1 else f"{len(used) + 1} views"
    turn = pair.found.refined.motion.turn
    x_y_z = tuple((float(x), float(y), float(z)) for x, y, z in places)
    return Views(
        references_of(picked, scale, label, begun.shrunk),
        scale.references,
        matches,
        sigma_px / begun.shrunk,
        x_y_z,
        tuple(each.name for each in used),
        float(np.linalg.norm(np.asarray(load_cv2().Rodrigues(turn)[0]))),
        tuple(left_out),
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    """A picture at the size at which it is matched."""

    features: Features
    camera: Intrinsics
    shrunk: float


def _begun(image: RGBImage, camera: Intrinsics, name: str) -> _Begun:
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
    return _Begun(features_of(image), camera, shrunk)


@dataclass(frozen=True, slots=True)
class _Pair:
    found: Found
    sigma_px: float
    cameras: tuple[Intrinsics, Intrinsics]
    greys: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def _pair(first: _Begun, second: _Begun, bend_sigma: Array) -> _Pair:
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
    return _Pair(found, sigma_px, cameras, (features[0].grey, features[1].grey))


def _told_by_two(
    pair: _Pair, view: View, bend_sigma: Array, references: Sequence[Reference], first: _Begun
) -> tuple[Told, Scale]:
    found, count = pair.found, len(pair.found.used)
    pixels = _pixels(references, first.shrunk) if view.way_m is None else np.zeros((0, 2))
    there_px, slack = _looked_for(pair, pixels)
    asked = _asked_sights(pair, pixels, there_px)
    sights = found.sights.joined(asked)
    used = np.concatenate([found.used, np.zeros(len(pixels), bool)])
    motion, bent = found.refined.motion, sights.bent(found.refined.bend)
    result = solve(motion, bent, used, pair.sigma_px, bend_sigma)
    w = np.maximum(result.w, 1e-9)
    focal = by_focal(replace(found, sights=sights, used=used), pair.sigma_px, bend_sigma)
    told = Told(
        np.vstack([found.places_px, pixels]),
        w,
        np.concatenate([found.slack, slack]) * result.own / w,
        -result.by_motion / w[:, None] @ _root(result.covariance),
        focal,
        used & in_front(motion, bent),
    )
    points = told.of(np.arange(count))
    if view.way_m is not None:
        sigma_m = default_way_sigma_m(view.way_m) if view.sigma_m is None else view.sigma_m
        return points, scale_of_way(view.way_m, sigma_m, points)
    rows = told.of(np.arange(count, len(w)))
    fits = np.isfinite(there_px[:, 0]) & (np.abs(epipolar_errors_px(motion, bent)[count:]) < 3 * pair.sigma_px)
    return points, _scaled(points, references, rows, fits & (result.w[count:] > 0), first)


def _told_by_all(
    pair: _Pair,
    sights: list[Sighted],
    views: list[View],
    bend_sigma: Array,
    references: Sequence[Reference],
    first: _Begun,
) -> tuple[Told, Scale, Adjusted]:
    ways_m = np.array([np.nan if each.way_m is None else each.way_m for each in views])
    pixels = np.zeros((0, 2)) if np.isfinite(ways_m).any() else _pixels(references, first.shrunk)
    there_px, slack = _looked_for(pair, pixels)
    joined = joined_tracks(sights, first.camera, pair.found.sights, pair.found.refined.bend)
    count = len(joined.places_px)
    asked = _asked_sights(pair, pixels, there_px)
    joined = joined.with_asked(asked, there_px, slack, pixels, pair.sigma_px)
    sigmas_m, shared = _way_sigmas(views)
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
    covariance = adjusted.covariance
    if priors.scaled:
        motion, covariance = motion[:, :-1], covariance[:-1, :-1]
        with_unit = adjusted.covariance[:-1, -1]
        by_unit = np.linalg.pinv(covariance, hermitian=True) @ with_unit
        scale_sigma = math.sqrt(max(float(adjusted.covariance[-1, -1] - with_unit @ by_unit), 0.0) + shared**2)
    root = _root(covariance)
    told = Told(
        joined.places_px,
        w,
        joined.slack * adjusted.own / w,
        -motion / w[:, None] @ root,
        focal,
        adjusted.fits.any(axis=0) & (w > 1e-3),
    )
    points = told.of(np.arange(count))
    if priors.scaled:
        return points, Scale(math.exp(adjusted.bundle.log_unit), scale_sigma, np.asarray(by_unit @ root)), adjusted
    rows = told.of(np.arange(count, len(w)))
    return points, _scaled(points, references, rows, adjusted.fits[0, count:], first), adjusted


def _way_sigmas(views: list[View]) -> tuple[Array, float]:
    """What is each way's own error, and what all have in common, relative: one ruler, along which all are measured."""
    measured = [each for each in views if each.way_m is not None]
    alone = len(measured) == 1
    sigmas_m, common = np.full(len(views), np.nan), 0.0
    for number, each in enumerate(views):
        if each.way_m is None:
            continue
        if each.sigma_m is not None:
            sigmas_m[number] = each.sigma_m
        elif alone:
            sigmas_m[number] = default_way_sigma_m(each.way_m)
        else:
            sigmas_m[number], common = LEAST_WAY_SIGMA_M, WAY_SIGMA
    return sigmas_m, common


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


def _scaled(
    points: Told, references: Sequence[Reference], rows: Told, fits: npt.NDArray[np.bool_], first: _Begun
) -> Scale:
    """By references: what their pixels themselves tell, or else points beside them."""
    found, missing, kept = [], [], []
    for number, reference in enumerate(references):
        (u, v), row = rows.places_px[number], rows.of(np.array([number]))
        near = beside(points, float(u), float(v), first.camera.width)
        if fits[number]:
            found.append(row)
        elif near is not None:
            found.append(near)
        else:
            missing.append(str(reference))
            continue
        kept.append(reference)
    if not kept:
        raise InputError(
            f"what lies at reference {'; '.join(missing)} cannot be found in the other pictures: measure something "
            "with edges and texture that all of them show, or give the way"
        )
    scale = scale_of_references(kept, reduce(Told.with_more, found))
    tied = dict(zip(kept, scale.references, strict=True))
    return replace(scale, references=tuple(tied.get(each, each) for each in references))


def _pixels(references: Sequence[Reference], shrunk: float) -> Array:
    """Where they lie in the picture as it is matched, shape (R, 2)."""
    places = np.array([(each.u_px, each.v_px) for each in references], dtype=np.float64).reshape(-1, 2)
    return np.asarray((places + 0.5) * shrunk - 0.5)


def _looked_for(pair: _Pair, pixels: Array) -> tuple[Array, Array]:
    """Where the second picture shows pixels of the first, NaN where nobody can tell, and their slack."""
    if not len(pixels):
        return np.zeros((0, 2)), np.zeros(0)
    found = pair.found
    motion, bent = found.refined.motion, found.sights.bent(found.refined.bend)
    w = solve(motion, bent, found.used, pair.sigma_px, np.zeros(0)).w[found.used]
    return found_along(pair.greys, pair.cameras, motion, pixels, float(np.percentile(w, 98)))


def _asked_sights(pair: _Pair, pixels: Array, there_px: Array) -> Sights:
    """As sights; those that were not found as if infinitely far."""
    first, second = pair.cameras[0].rays(pixels), pair.cameras[1].rays(there_px)
    second = np.where(np.isfinite(second), second, first @ pair.found.refined.motion.turn.T)
    return replace(pair.found.sights, first=first, second=second)


def _root(covariance: Array) -> Array:
    """A with A A^T the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
