"""References carried along to where a moved picture shows them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tui.calibration.context import map_context
from tui.calibration.measure import sample_reference
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.trend import Trend
from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.instrument.conscience import Judgement
from tui.instrument.given_floor import GivenFloor
from tui.instrument.measured import Pin
from tui.instrument.regions import carried_regions
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.sight.remembered import Remembered
from tui.sight.seen import Motion

CARRIED = ", carried"
"""How the labels of such references end."""

ANEW = "r on something whose distance you know begins anew (z takes that back)"

_FEW_PER_CENT = 0.03
"""Relative; nobody knows whether the camera has only turned, and a step aside changes distances a little."""


def motion_of(judgement: Judgement) -> Motion:
    """From the picture that references were given in to the one that was judged.

    Raises:
        InputError: there is none, or it is not known well enough.
    """
    verdict, motion = judgement.elsewhere, judgement.motion
    if verdict is None:
        unreadable = judgement.unreadable
        why = "the view has not moved: there is nothing to carry along" if unreadable is None else unreadable.words
        raise InputError(why)
    if motion is None:
        raise InputError(f"{verdict.words}: where the references are now cannot be told; {ANEW}")
    return motion


def carried(session: Session, result: DepthResult, motion: Motion) -> tuple[Session, str]:
    """The session with references, pins and regions where this picture shows them, and what became of them in words.

    A reference's sigma grows by three things, added in quadrature, each relative to its distance: by how much the map
    differs within one standard deviation of the new place; 3 %; and what a turn of the camera changes in the distance
    along its axis, tan(turn) tan(angle from the axis), with the picture's width for a focal length that is not known.

    Args:
        session: with the references at their old pixels.
        result: the frame that is shown, and its map.
        motion: from the picture that they were given in to this one.

    Raises:
        InputError: none of them is to be seen in this picture.
    """
    inverse_depth = result.inverse_depth
    height, width = inverse_depth.shape
    kept: list[ReferenceSample] = []
    for each in session.references:
        place_px = moved_px(motion, (each.reference.u_px, each.reference.v_px))
        if place_px is None or not _inside(place_px, width, height):
            continue
        moved = _moved(each.reference, place_px, motion, session, inverse_depth)
        try:
            kept.append(sample_reference(inverse_depth, moved, session.window_px))
        except InputError:
            continue  # the map has no value there
    if not kept:
        raise InputError("none of the references is to be seen in this picture any more: r gives new ones")
    pins = tuple(filter(None, (_moved_pin(each, motion, width, height) for each in session.pins)))
    zoomed = _zoom(motion) > _FEW_PER_CENT
    changed = session.with_measured(
        replace(
            session.measured,
            references=tuple(kept),
            references_model=result.identity.key,
            context=map_context(inverse_depth),
            intrinsics=None if zoomed else session.intrinsics,
            pins=pins,
            regions=carried_regions(session.regions, lambda place_px: moved_px(motion, place_px), width, height),
            floor=_floor_kept(session),
            remembered=_remembered(result.frame.image, kept),
        )
    )
    return changed, _words(session, changed, lost_camera=zoomed and session.intrinsics is not None)


def moved_px(motion: Motion, place_px: tuple[float, float]) -> tuple[float, float] | None:
    """Where a place of the picture of before is now; None if it is not before the camera any more."""
    u_px, v_px, scale = (motion.homography @ np.array([*place_px, 1.0])).tolist()
    return (u_px / scale, v_px / scale) if scale > 1e-6 else None


def _moved(
    reference: Reference,
    place_px: tuple[float, float],
    motion: Motion,
    session: Session,
    inverse_depth: FloatMap,
) -> Reference:
    height, width = inverse_depth.shape
    uneven = _unevenness(session, inverse_depth, place_px, motion.sigma_px)
    focal_px = session.intrinsics.fx_px if session.intrinsics is not None else float(width)
    turn_px = math.hypot(place_px[0] - reference.u_px, place_px[1] - reference.v_px)
    off_axis_px = math.hypot(place_px[0] - 0.5 * width, place_px[1] - 0.5 * height)
    turned = turn_px / focal_px * off_axis_px / focal_px
    relative = math.hypot(uneven, _FEW_PER_CENT, turned)
    label = reference.label if reference.label.endswith(CARRIED) else f"{reference.label}{CARRIED}"
    sigma_m = math.hypot(reference.sigma_m, relative * reference.distance_m)
    return replace(reference, u_px=place_px[0], v_px=place_px[1], sigma_m=sigma_m, label=label)


def _unevenness(session: Session, inverse_depth: FloatMap, place_px: tuple[float, float], sigma_px: float) -> float:
    """Half of what ln(1/z) ranges over within one standard deviation of a place, by the fit that there was."""
    reach = max(1, math.ceil(sigma_px))
    u_px, v_px = round(place_px[0]), round(place_px[1])
    around = inverse_depth[max(0, v_px - reach) : v_px + reach + 1, max(0, u_px - reach) : u_px + reach + 1]
    try:
        calibration = session.calibration()
    except InputError:
        calibration = None
    trend = Trend(1.0) if calibration is None else calibration.trend
    inverse = trend.inverse(around[np.isfinite(around)].astype(np.float64))
    if not inverse.size or not inverse.min() > 0:
        return 1.0
    return 0.5 * math.log(float(inverse.max()) / float(inverse.min()))


def _zoom(motion: Motion) -> float:
    """|ln| of how much larger things are than before."""
    return abs(0.5 * math.log(max(1e-9, abs(float(np.linalg.det(motion.homography[:2, :2]))))))


def _moved_pin(pin: Pin, motion: Motion, width: int, height: int) -> Pin | None:
    place_px = moved_px(motion, pin.exact_px or (float(pin.u_px), float(pin.v_px)))
    if place_px is None or not _inside(place_px, width, height):
        return None
    return Pin(pin.number, round(place_px[0]), round(place_px[1]), place_px)


def _inside(place_px: tuple[float, float], width: int, height: int) -> bool:
    return 0 <= round(place_px[0]) < width and 0 <= round(place_px[1]) < height


def _floor_kept(session: Session) -> GivenFloor | None:
    """What of the floor holds after the camera has turned: its height, and what the map tells, but no pitch."""
    floor = session.floor
    return None if floor is not None and floor.pitch_rad is not None else floor


def _remembered(image: RGBImage, kept: list[ReferenceSample]) -> Remembered:
    return Remembered.of(image, [(each.reference.u_px, each.reference.v_px) for each in kept])


def _words(before: Session, after: Session, *, lost_camera: bool) -> str:
    count = len(after.references)
    parts = [f"{count} reference{'' if count == 1 else 's'} carried along, as if the camera had turned, not stepped"]
    for name, left in (
        ("reference", len(before.references) - count),
        ("pin", len(before.pins) - len(after.pins)),
        ("region", len(before.regions) - len(after.regions)),
    ):
        if left:
            parts.append(f"{left} {name}{'' if left == 1 else 's'} left the picture")
    if before.floor != after.floor:
        parts.append("how far it looked down does not hold any more, so no floor is known (H)")
    if lost_camera:
        parts.append("zoomed, so the camera's intrinsics do not hold any more")
    return f"{'; '.join(parts)}; z takes it back"
