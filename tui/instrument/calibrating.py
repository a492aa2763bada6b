"""Answers and new models, as pure updates of the session."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from tui.calibration.beliefs import MapKind
from tui.calibration.reference import Reference
from tui.errors import InputError
from tui.instrument.conscience import Judgement
from tui.instrument.known import (
    MISSING,
    distance_reference,
    floor_reference,
    length_reference,
    smoothing_s,
    typed_scale,
)
from tui.instrument.said import Said, Severity
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.targets.markers import references_inside
from tui.targets.spec import parse_target


class Purpose(StrEnum):
    """What is asked for."""

    REFERENCE = "reference"
    SCALE = "scale"
    MARKER = "marker"
    LENGTH = "length"
    FLOOR = "floor"
    SMOOTHING = "smoothing"


GIVES_REFERENCES = frozenset({Purpose.REFERENCE, Purpose.LENGTH, Purpose.FLOOR})


def answered(session: Session, purpose: str, text: str, result: DepthResult | None) -> Session:
    """The session after an answer.

    Args:
        session: as it is.
        purpose: what was asked for.
        text: what was typed.
        result: the frame that is shown.

    Raises:
        InputError: it is not what was asked for, or determines no calibration.
    """
    crosshair = (session.u_px, session.v_px)
    match Purpose(purpose):
        case Purpose.REFERENCE:
            return _with(session, distance_reference(crosshair, text), result)
        case Purpose.LENGTH:
            return _with(session, length_reference(session.intrinsics, session.pins, text), result)
        case Purpose.FLOOR:
            return _with(session, floor_reference(session.intrinsics, crosshair, text), result)
        case Purpose.MARKER:
            return _with_target(session, text)
        case Purpose.SMOOTHING:
            return session.with_smoothing(smoothing_s(text))
        case Purpose.SCALE:
            model = "" if result is None else result.identity.key
            fixed = typed_scale(text, session.beliefs)
            return replace(session, fixed=fixed, references=(), references_model=model, tracking=None)


def with_renewal_toggled(session: Session, result: DepthResult | None) -> tuple[Session, str]:
    """Renew the fit in every frame, or hold the one there is; and what that means."""
    if session.map_kind is MapKind.EXACT:
        return session, "the demo's geometry keeps its scale and shift: there is nothing to renew"
    if session.renewed and result is not None:
        session = session.with_references_held(result.inverse_depth)
    session = session.with_renewal(not session.renewed)
    words = "renewed in every frame from the references' pixels" if session.renewed else "held as it is"
    return session, f"the fit is {words}"


def with_model_of(session: Session, result: DepthResult) -> tuple[Session, Said | None]:
    """References hold values of one model's maps; another model's are taken from its own map.

    A scale and shift that were typed or saved for another model mean nothing, so they are not used with this one.
    """
    kind, model, name = result.identity.kind, result.identity.key, result.identity.name
    if session.references_model in {"", model} or not (session.references or session.fixed):
        return replace(session, map_kind=kind), None
    if not session.references:
        dropped = replace(session, fixed=None, references_model="", profile="", map_kind=kind, tracking=None)
        return dropped, Said(f"scale and shift were another model's and mean nothing to {name}", Severity.ERROR)
    again, unseen = session.with_references_seen_by(model, result.inverse_depth, kind)
    if not unseen:
        return again, Said(f"the references were measured again with {name}")
    lost = ", ".join(str(each.reference) for each in unseen)
    return again, Said(
        f"the references were measured again with {name}, but for {lost}: {unseen[0].reason}; z takes them back",
        Severity.ERROR,
    )


def followed(session: Session, result: DepthResult, judgement: Judgement) -> Session:
    """The fit renewed from a frame, as far as its picture lets it."""
    at_s = result.frame.captured_at_s
    if not judgement.renews:
        return session.passed_over(at_s)
    return session.followed(result.inverse_depth, markers_of(result), at_s, judgement.gone)


def markers_of(result: DepthResult) -> tuple[Reference, ...]:
    """The printed markers that a frame shows, as references."""
    height, width = result.inverse_depth.shape
    return references_inside(result.markers, width, height)


def _with(session: Session, reference: Reference, result: DepthResult | None) -> Session:
    if result is None:
        raise InputError("no depth map yet: wait for the model, or press m to choose one")
    return session.with_reference(reference, result.inverse_depth, result.identity.key)


def _with_target(session: Session, text: str) -> Session:
    """Look for another printed marker in every frame; `off` looks for none any more."""
    if text.strip().lower() in {"off", "none"}:
        return session.with_targets(())
    if session.intrinsics is None:
        raise InputError(MISSING)
    target = parse_target(text, "marker")
    return session.with_targets((*(each for each in session.targets if each != target), target))
