"""Sheets, cards and other rectangles of known sides in a picture, found by themselves or at corners that are given."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import POINTING_SIGMA_PX
from tui.targets.in_plane import SheetPlane
from tui.targets.marker_search import why_no_marker
from tui.targets.markers import Marker
from tui.targets.outline import Outline, outline_of
from tui.targets.quadrilaterals import quadrilaterals
from tui.targets.sheet_pose import SheetPose, looks_like, sheet_pose
from tui.targets.sheets import SheetSpec
from tui.targets.spec import TargetSpec

_REACH_PX = 4.0
"""How far an edge may be from a contour, in a picture of 640 or less; in proportion in a wider one."""
_PINNED_PX = 4.0
"""How far from its true place a person may have put a corner that is refined, in a picture of 640 or less."""
_LEAST_SUPPORT, _MEAN_SUPPORT = 0.55, 0.75
"""Of an edge, and of all four."""
_LEAST_UNASKED_PX = 44.0
"""Of the shorter side, in a picture of 640: smaller rectangles that look like a sheet from some side are everywhere."""
_MOST_UNASKED_RMS_PX = 0.7
"""Of its corners from where they should be; flat sheets have 0.1 to 0.5."""
_LINE_SIGMA_PX = 0.15
"""Of a corner where two lines meet, besides what their scatter shows."""
_GIVEN_FREEDOM = 30.0
"""A person's hand is known better than what four corners of theirs show."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]
_Taken = TypeVar("_Taken")


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet at its place."""

    spec: SheetSpec
    corners_px: Array
    """Clockwise, shape (4, 2)."""
    pose: SheetPose
    refined: bool = True
    """Whether its edges were found, or its corners taken as they were given."""

    def references(self, label: str) -> tuple[Reference, ...]:
        """Over it; numbered, as several of one label could not be told apart."""
        pose = self.pose
        return tuple(
            Reference(float(place[0]), float(place[1]), float(z), float(sigma), f"{label} {number}", float(shared))
            for number, (place, z, sigma, shared) in enumerate(
                zip(pose.points_px, pose.distances_m, pose.sigmas_m, pose.shared, strict=True), 1
            )
        )

    @property
    def marker(self) -> Marker:
        """As what is found anew in every frame."""
        pose = self.pose
        first, *more = self.references(f"sheet {self.spec.name}")
        origin = pose.origin_m.tolist()
        return Marker(
            self.spec, first.label, f"sheet {self.spec.name}", first.u_px, first.v_px, first.distance_m, first.sigma_m,
            first.shared, _pairs(self.corners_px), _pairs(self.corners_px),
            tuple((float(x), float(y), float(z)) for x, y, z in pose.object_m), (origin[0], origin[1], origin[2]),
            pose.rms_px, pose.other_m is not None, tuple(more),
        )  # fmt: skip


def find_sheets(grey: Grey, spec: SheetSpec, intrinsics: Intrinsics) -> tuple[tuple[Found, ...], str]:
    """All that this may be, the largest first, each once, none inside of another; and what another size would fit.

    Args:
        grey: picture, shape (H, W).
        spec: the sheet; paper is looked for as what is brighter than what is around it.
        intrinsics: of the picture.
    """
    rivals: list[str] = []

    def take(outline: Outline) -> Found | None:
        if rival := looks_like(spec, outline.corners_px, intrinsics, _noise_px(outline)):
            rivals.append(rival)
            return None
        return found_by(spec, outline, intrinsics)

    return tuple(_taken(grey, spec, intrinsics, take)), rivals[0] if rivals else ""


def plane_at(image: RGBImage, spec: SheetSpec, corners_px: Array | None, *, still: bool) -> SheetPlane:
    """The plane of a sheet, of whose camera nothing is known.

    Args:
        image: RGB, uint8, shape (H, W, 3).
        spec: the sheet.
        corners_px: as they were given, clockwise, shape (4, 2); None: it is looked for.
        still: whether given corners hold for this picture even where no edges are seen at them.

    Raises:
        InputError: it is not seen, or several may be it.
    """
    grey, size = grey_of(image), (image.shape[1], image.shape[0])

    def plane(outline: Outline) -> SheetPlane:
        return SheetPlane(spec, outline.corners_px, size, _noise_px(outline))

    if corners_px is not None:
        refined = _refined(grey, corners_px, None)
        if refined is not None:
            return plane(refined)
        if not still:
            raise InputError("its edges are not seen at these corners any more")
        return SheetPlane(spec, corners_px, size, POINTING_SIGMA_PX)
    found = _taken(grey, spec, None, lambda outline: each if (each := plane(outline)).fits else None)
    if len(found) != 1:
        many = f"{len(found)} rectangles may be it" if found else "not seen in this picture"
        raise InputError(f"{many}; give its corners, --sheet SIZE=X,Y:X,Y:X,Y:X,Y")
    return found[0]


def _taken(
    grey: Grey, spec: SheetSpec, intrinsics: Intrinsics | None, take: Callable[[Outline], _Taken | None]
) -> list[_Taken]:
    """What is made of quadrilaterals that are there, the largest first, none inside of one that was taken."""
    cv2 = load_cv2()
    scale = max(1.0, grey.shape[1] / 640)
    outer: list[npt.NDArray[np.float32]] = []
    found: list[_Taken] = []
    for rough in quadrilaterals(grey):
        middle = (float(rough[:, 0].mean()), float(rough[:, 1].mean()))
        if any(cv2.pointPolygonTest(each, middle, False) >= 0 for each in outer):
            continue
        outline = outline_of(grey, rough, intrinsics, _REACH_PX * scale)
        if outline is None or not is_there(outline, spec):
            continue
        one = take(outline)
        if one is not None:
            found.append(one)
            outer.append(np.asarray(outline.corners_px, np.float32).reshape(-1, 1, 2))
    return found


def sheet_at(grey: Grey, spec: SheetSpec, corners_px: Array, intrinsics: Intrinsics) -> Found:
    """A sheet whose corners somebody gave: refined by its edges where these are seen, else taken as they are.

    Args:
        grey: picture, shape (H, W).
        spec: the sheet.
        corners_px: clockwise, shape (4, 2).
        intrinsics: of the picture.

    Raises:
        InputError: no rectangle of these sides is seen like that.
    """
    refined = _refined(grey, corners_px, intrinsics)
    if refined is not None:
        if rival := looks_like(spec, refined.corners_px, intrinsics, _noise_px(refined)):
            width_mm, height_mm = 1000 * spec.width_m, 1000 * spec.height_m
            raise InputError(
                f"{spec.name}: what is seen has the shape of {rival}; if it is that, write {rival}; if not, both "
                f"sides: {width_mm:g}x{height_mm:g}mm"
            )
        found = found_by(spec, refined, intrinsics)
        if found is not None:
            return found
    pose = sheet_pose(spec, corners_px, intrinsics, POINTING_SIGMA_PX, freedom=_GIVEN_FREEDOM)
    if pose is None:
        raise InputError(
            f"{spec.name}: no rectangle of these sides is seen like that by this camera (or one that is too small to "
            "tell): check the corners, the size and the focal length"
        )
    return Found(spec, corners_px, pose, refined=False)


def why_unseen(
    spec: TargetSpec,
    image: RGBImage,
    intrinsics: Intrinsics | None,
    remedy: str = "give its corners, --sheet {name}=X,Y:X,Y:X,Y:X,Y",
    used: Sequence[Marker] = (),
) -> str:
    """Why none is used of what a picture shows, with the remedy.

    Args:
        spec: what was looked for.
        image: RGB, uint8, shape (H, W, 3).
        intrinsics: of the picture.
        remedy: what can be done with a sheet.
        used: what was looked for besides, and is seen.
    """
    if not isinstance(spec, SheetSpec):
        instead = why_no_marker(spec, grey_of(image), used)
        return f"not seen in this picture; {instead}" if instead else "not seen in this picture"
    if intrinsics is None:
        return "not seen in this picture"
    found, rival = find_sheets(grey_of(image), spec, intrinsics)
    if len(found) > 1:
        places = ", ".join(f"({each.pose.points_px[0][0]:.0f}, {each.pose.points_px[0][1]:.0f})" for each in found[:4])
        return f"{len(found)} rectangles may be it, at {places}; {remedy.format(name=spec.name)}"
    if found:
        place = ":".join(f"{u_px:.0f},{v_px:.0f}" for u_px, v_px in found[0].corners_px)
        what = f"what may be it, at {place}, is too small, or too little like it, to be taken unasked"
        return f"{what}; if it is, {remedy.format(name=spec.name)}"
    if rival:
        return f"what is seen has the shape of {rival}; if it is that, write {rival}"
    return f"not seen in this picture; {remedy.format(name=spec.name)}"


def is_plain(found: Found, width: int) -> bool:
    """Whether it may be taken unasked: large in a picture of this width, of its shape, and standing in one way."""
    sides_px = np.linalg.norm(np.roll(found.corners_px, -1, axis=0) - found.corners_px, axis=1)
    scale = width / 640
    fits = found.pose.rms_px <= _MOST_UNASKED_RMS_PX * max(1.0, scale)
    return bool(sides_px.min() >= _LEAST_UNASKED_PX * scale and fits and found.pose.other_m is None)


def _refined(grey: Grey, corners_px: Array, intrinsics: Intrinsics | None) -> Outline | None:
    """The outline next to given corners; None where it is not seen well enough, or another one than was meant."""
    reach_px = _PINNED_PX * max(1.0, grey.shape[1] / 640)
    outline = outline_of(grey, corners_px, intrinsics, reach_px)
    if outline is None or outline.support.min() < _LEAST_SUPPORT or outline.support.mean() < _MEAN_SUPPORT:
        return None
    return outline if apart_px(outline.corners_px, corners_px) <= 2 * reach_px else None


def found_by(spec: SheetSpec, outline: Outline, intrinsics: Intrinsics) -> Found | None:
    """The sheet of which this is the outline; None where it cannot be."""
    pose = sheet_pose(spec, outline.corners_px, intrinsics, _noise_px(outline))
    return None if pose is None else Found(spec, outline.corners_px, pose)


def is_there(outline: Outline, spec: SheetSpec) -> bool:
    """Whether enough of its edges is seen, and paper is brighter than what is around it."""
    seen = outline.support.min() >= _LEAST_SUPPORT and outline.support.mean() >= _MEAN_SUPPORT
    return bool(seen and (not spec.is_paper or outline.brighter_inside.all()))


def _noise_px(outline: Outline) -> float:
    return math.hypot(_LINE_SIGMA_PX, outline.scatter_px)


def apart_px(first: Array, second: Array) -> float:
    """The largest difference of a coordinate."""
    return float(np.abs(first - second).max())


def _pairs(points: Array) -> tuple[tuple[float, float], ...]:
    return tuple((float(u_px), float(v_px)) for u_px, v_px in points)


def grey_of(image: RGBImage) -> Grey:
    """Grey, uint8, shape (H, W), of RGB, uint8, shape (H, W, 3)."""
    cv2 = load_cv2()
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
