"""The fit as it goes along: renewed from frame to frame, and taken over by another model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui.calibration.beliefs import MapKind
from tui.calibration.context import map_context
from tui.calibration.measure import Unseen, samples_on, seen_references
from tui.calibration.reference import Reference
from tui.calibration.tracking import Tracker
from tui.calibration.usual import Usual, usual_of
from tui.geometry.arrays import FloatMap
from tui.instrument.conscience import Judgement
from tui.instrument.ranging import live_references
from tui.instrument.said import Said, Severity
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult


def followed(session: Session, result: DepthResult, judgement: Judgement) -> Session:
    """The fit renewed from a frame, as far as its picture lets it."""
    at_s = result.frame.captured_at_s
    if judgement.renews:
        return renewed_by(session, result.inverse_depth, live_references(session, result), at_s, judgement.gone)
    if not session.renews or session.tracking is None:
        return session
    return replace(session, tracking=session.tracker.held(at_s))  # it stays as it is, and grows older


def renewed_by(
    session: Session,
    inverse_depth: FloatMap,
    brought: tuple[Reference, ...],
    at_s: float,
    changed: Mapping[str, str] | None = None,
) -> Session:
    """Renew the fit from a frame: the references at their pixels, and those that it brings by itself.

    Args:
        session: as it was.
        inverse_depth: the frame's map, float32, (H, W).
        brought: markers and range sensors, each at the pixel where this frame has it.
        at_s: when the frame was taken, seconds on any clock that runs forward.
        changed: why the picture says of some references, by name, that they cannot be seen at their pixels.
    """
    if not session.renews or not (session.references or brought or session.targets or session.ranges):
        return session if session.tracking is None else replace(session, tracking=None)
    wanted = [each.reference for each in session.references]
    samples = (
        *samples_on(inverse_depth, wanted, session.window_px),
        *samples_on(inverse_depth, brought, session.window_px),
    )
    needed = min(2, len(session.references) + len(session.targets) + len(session.ranges))
    tracker = replace(session.tracker, beliefs=session.beliefs, needed=needed)
    tracker, tracking = tracker.step(samples, session.context_of(inverse_depth), at_s, changed)
    return replace(session, tracker=tracker, tracking=tracking)


def without_lag(session: Session) -> Session:
    """For another map of the same frame: what smoothing holds back belongs to the one before."""
    return replace(session, tracker=replace(session.tracker, parameters=None))


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
    identity = result.identity
    kind, model, name, usual = identity.kind, identity.key, identity.name, identity.usual
    if session.references_model in {"", model} or not (session.references or session.fixed):
        return replace(session, map_kind=kind, usual=usual), None
    if not session.references:
        dropped = replace(
            session, fixed=None, references_model="", profile="", map_kind=kind, usual=usual, tracking=None
        )
        return dropped, Said(f"scale and shift were another model's and mean nothing to {name}", Severity.ERROR)
    again, unseen = seen_by(session, model, result.inverse_depth, kind, usual)
    if not unseen:
        return again, Said(f"the references were measured again with {name}")
    lost = ", ".join(str(each.reference) for each in unseen)
    return again, Said(
        f"the references were measured again with {name}, but for {lost}: {unseen[0].reason}; z takes them back",
        Severity.ERROR,
    )


def seen_by(
    session: Session, model: str, inverse_depth: FloatMap, kind: MapKind, usual: Usual | None = None
) -> tuple[Session, tuple[Unseen, ...]]:
    """Take the references' values from another model's map: values of the old one mean nothing to it.

    Returns:
        The session, and the references that it has to do without, as the new map has no value there.
    """
    wanted = [each.reference for each in session.references]
    seen, unseen = seen_references(inverse_depth, wanted, session.window_px)
    changed = replace(
        session,
        references=tuple(seen),
        references_model=model if seen else "",
        context=map_context(inverse_depth, usual=usual_of(kind, usual, session.intrinsics)),
        map_kind=kind,
        usual=usual,
        tracking=None,
        tracker=Tracker(time_constant_s=session.tracker.time_constant_s),
    )
    return changed, unseen
