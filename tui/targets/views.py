"""References from several pictures of a still scene between which the camera was moved sideways.

Two suffice; further ones are adjusted together with them (`views_bundle`). The scale comes from ways that
were measured, or from distances that were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.calibration.units import parse_uncertain
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.two_views_chosen import chosen
from tui.targets.two_views_pair import bend_sigma_of
from tui.targets.two_views_refusals import check_sharp, check_told
from tui.targets.views_given import View
from tui.targets.views_solving import begun_with, pair_of, told_by_all, told_by_two
from tui.targets.views_told import candidates_of, references_of
from tui.targets.views_tracks import sighted, sighted_of

Array = npt.NDArray[np.float64]

_IN_MOTION_PX = 0.15
"""One standard deviation that a picture in motion adds: a camera that reads its rows within 30 ms and is slid by 3 cm a
second is 0.9 mm further at the last row: 0.27 pixels at 2 m and 600 pixels of focal length, ±0.13 about the middle.
"""


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


def parse_baseline(text: str, what: str) -> tuple[float, float | None]:
    """Metres and, where it is given, one standard deviation, from `20cm` or `20cm±2mm`; a unit is needed.

    Raises:
        InputError: names `what`.
    """
    try:
        return parse_uncertain(text, bare=False)
    except InputError as error:
        raise InputError(f"{what} '{text}': {error}; write it as 20cm or 20cm±2mm") from error


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
    begun = begun_with(first, intrinsics, "the first picture")
    base = max(range(len(views)), key=lambda number: (views[number].way_m or 0.0, number))
    ordered = [views[base], *(each for number, each in enumerate(views) if number != base)]
    if all(each.way_m is None for each in views) and not references:
        raise InputError("neither how far the camera was moved is known nor any distance in the picture")
    bend_sigma = bend_sigma_of(intrinsics, view_intrinsics)
    try:
        second = begun_with(ordered[0].image, other, "the second picture")
        pair = pair_of(begun, second, bend_sigma)
    except InputError as error:
        raise InputError(f"{ordered[0].name}: {error}" if named else str(error)) from error
    sights, used, small = [sighted_of(pair.found, pair.sigma_px)], [ordered[0]], begun.camera
    left_out = []
    for view in ordered[1:]:
        try:
            further = begun_with(view.image, other, "the picture")
            check_sharp(begun.features.grey, further.features.grey)
            found = sighted(sights[0], (begun.features, further.features), (small, further.camera))
            if not view.needed:
                found = replace(found, sigma_px=math.hypot(found.sigma_px, _IN_MOTION_PX))
            sights.append(found)
        except InputError as error:
            if view.needed:
                raise InputError(f"{view.name}: {error}") from error
            left_out.append(f"{view.name}: {error}")
        else:
            used.append(view)
    focal_sigma = max(intrinsics.focal_sigma, other.focal_sigma)
    if len(sights) == 1:
        told, scale = told_by_two(pair, used[0], bend_sigma, references, begun)
        places, matches, sigma_px = (
            scale.unit_m * pair.found.refined.motion.moved[None],
            int(told.good.sum()),
            pair.sigma_px,
        )
    else:
        told, scale, adjusted = told_by_all(pair, sights, used, bend_sigma, references, begun)
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
