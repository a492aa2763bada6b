"""Answers that name a sheet of paper or a card: looked for in every frame once it was confirmed, or by four pins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui.calibration.figures import length
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.doubted import Doubted
from tui.instrument.known import MISSING
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.targets.sheet_finder import Found, find_sheets, grey_of, sheet_at, why_unseen
from tui.targets.sheets import SheetSpec, ordered, parse_sheet

_PINS = "pins"
_OFF = frozenset({"off", "none"})
_CORNERS = 4
_REMEDY = f"hold it before the camera, or pin its four corners (enter) and write {{name}} {_PINS}"


def by_pins(text: str) -> bool:
    """Whether the last four pins are meant to be its corners."""
    return text.strip().lower().endswith(_PINS)


def sheet_of(text: str) -> SheetSpec | None:
    """What was typed; None where no sheet is to be looked for any more.

    Raises:
        InputError: it is no sheet.
    """
    written = text.strip()
    if written.lower() in _OFF:
        return None
    return parse_sheet(written[: -len(_PINS)] if by_pins(written) else written, "sheet")


def with_sheet(session: Session, text: str, result: DepthResult | None, *, insists: bool) -> Session:
    """The session with a sheet: that which is nearest to the crosshair, or whose corners were pinned.

    Args:
        session: as it is.
        text: `A4`, `21x29.7cm`, `A4 pins` or `off`.
        result: the frame that is shown.
        insists: it was seen and confirmed.

    Raises:
        Doubted: with its outline, to be confirmed.
        InputError: it is not seen, or cannot be used.
    """
    spec = sheet_of(text)
    others = tuple(each for each in session.targets if not isinstance(each, SheetSpec))
    if spec is None:
        return session.with_targets(others)
    if session.intrinsics is None:
        raise InputError(MISSING)
    if result is None:
        raise InputError("no depth map yet: wait for the model, or press m to choose one")
    if by_pins(text):
        return _pinned(session, spec, result, session.intrinsics)
    found = _nearest(session, spec, result, session.intrinsics)
    middle = found.pose.points_px[0]
    if not insists:
        z_m, reach_m = float(found.pose.distances_m[0]), 1.96 * float(found.pose.sigmas_m[0])
        far = length(z_m, max(0.0, z_m - reach_m), z_m + reach_m, session.unit).number
        outline = tuple((float(u_px), float(v_px)) for u_px, v_px in found.corners_px)
        raise Doubted(f"this one, {far} away? its outline is marked; enter again takes it, esc does not", outline)
    confirmed = replace(spec, near_px=(float(middle[0]), float(middle[1])))
    return session.with_targets((*others, confirmed))


def _nearest(session: Session, spec: SheetSpec, result: DepthResult, camera: Intrinsics) -> Found:
    """Of what it may be, that which is nearest to the crosshair."""
    image = result.frame.image
    found, _ = find_sheets(grey_of(image), spec, camera)
    if not found:
        raise InputError(f"{spec}: {why_unseen(spec, image, camera, remedy=_REMEDY)}")
    here = np.array([session.u_px, session.v_px], np.float64)
    return min(found, key=lambda each: float(np.linalg.norm(each.pose.points_px[0] - here)))


def _pinned(session: Session, spec: SheetSpec, result: DepthResult, camera: Intrinsics) -> Session:
    if len(session.pins) < _CORNERS:
        raise InputError(f"pin the four corners first (enter); there are {len(session.pins)} pins")
    corners = np.array([(pin.u_px, pin.v_px) for pin in session.pins[-_CORNERS:]], np.float64)
    found = sheet_at(grey_of(result.frame.image), spec, ordered(corners), camera)
    references = found.references(f"rectangle {spec.name}")
    changed, unseen = session.with_references(references, result.inverse_depth, result.identity.key)
    if len(unseen) == len(references):
        raise InputError(f"{unseen[0].reason}: choose a place where there is depth")
    return changed
