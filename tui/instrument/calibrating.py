"""Answers, as pure updates of the session."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from tui.calibration.checks import check_references, with_reasons
from tui.calibration.context import MapContext
from tui.calibration.degenerate import Contradiction
from tui.calibration.fit import fit
from tui.calibration.measure import sample_reference
from tui.calibration.newcomer import expected_at, question
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.errors import InputError
from tui.instrument.conscience import Judgement
from tui.instrument.doubted import Doubted
from tui.instrument.floor_answer import floor_answer
from tui.instrument.given_floor import parse_floor
from tui.instrument.known import (
    MISSING,
    distance_reference,
    length_reference,
    smoothing_s,
    typed_scale,
)
from tui.instrument.ranging import is_range, with_range
from tui.instrument.session import Session
from tui.instrument.sheets import by_pins, with_sheet
from tui.instrument.things import names_thing, thing_references
from tui.pipeline.inference import DepthResult
from tui.targets.sheets import SheetSpec
from tui.targets.spec import parse_target


class Purpose(StrEnum):
    """What is asked for."""

    REFERENCE = "reference"
    SCALE = "scale"
    MARKER = "marker"
    LENGTH = "length"
    FLOOR = "floor"
    HEIGHTS = "heights"
    SHEET = "sheet"
    SMOOTHING = "smoothing"


_GIVE_REFERENCES = frozenset({Purpose.REFERENCE, Purpose.LENGTH, Purpose.FLOOR})


def session_for(purpose: str, text: str, session: Session, judgement: Judgement) -> tuple[Session, str]:
    """The session that an answer is given in, and what has gone from it: references that are not at their pixels.

    Raises:
        InputError: the answer gives references at pixels of a picture in which nothing can be measured.
    """
    if not (purpose in _GIVE_REFERENCES or (purpose == Purpose.SHEET and by_pins(text))):
        return session, ""
    if judgement.unreadable is not None:
        raise InputError(f"{judgement.unreadable.words}: nothing can be measured in this picture")
    if judgement.elsewhere is None or not session.references:
        return session, ""
    gone = f"{judgement.elsewhere.words}: {session.references_in_words()} of before removed"
    return session.without_references(), gone


def answered(
    session: Session, purpose: str, text: str, result: DepthResult | None, *, insists: bool = False
) -> Session:
    """The session after an answer.

    Args:
        session: as it is.
        purpose: what was asked for.
        text: what was typed.
        result: the frame that is shown.
        insists: take a distance however unlikely it is.

    Raises:
        Doubted: a distance that should be looked at once more.
        InputError: it is not what was asked for, or determines no calibration.
    """
    crosshair = (session.u_px, session.v_px)
    match Purpose(purpose):
        case Purpose.REFERENCE:
            return _with(session, distance_reference(crosshair, text), result, insists)
        case Purpose.LENGTH if names_thing(text):
            return _with_thing(session, text, result)
        case Purpose.LENGTH:
            return _with(session, length_reference(session.intrinsics, session.pins, text), result, insists)
        case Purpose.FLOOR:
            floor = floor_answer(session.intrinsics, crosshair, session.pins, text, result)
            return replace(_with(session, floor.reference, result, insists), floor=floor.given)
        case Purpose.HEIGHTS:
            return replace(session, floor=parse_floor(text))
        case Purpose.MARKER:
            return with_range(session, text, result) if is_range(text) else _with_target(session, text)
        case Purpose.SHEET:
            return with_sheet(session, text, result, insists=insists)
        case Purpose.SMOOTHING:
            return session.with_smoothing(smoothing_s(text))
        case Purpose.SCALE:
            model = "" if result is None else result.identity.key
            fixed = typed_scale(text, session.beliefs)
            return replace(session, fixed=fixed, references=(), references_model=model, tracking=None)


def doubts_about(session: Session, result: DepthResult) -> tuple[str, ...]:
    """What is to be said of references where nobody can be asked, a line each."""
    try:
        calibration = session.calibration()
    except InputError:
        return ()  # the reading says why
    context = session.context_of(result.inverse_depth)
    wanted = [each.reference for each in session.references]
    checks = check_references(calibration, wanted, result.inverse_depth, session.window_px, context)
    found = []
    for check in with_reasons(checks, (), result.frame.captured_at_s):
        asked = _question(replace(session, renewed=False), check.reference, result)
        if check.set_aside:
            found.append(f"reference {check.reference} is set aside: {check.reason}")
        elif asked:
            found.append(f"reference {check.reference}: {asked}")
    return tuple(found)


def _question(session: Session, reference: Reference, result: DepthResult) -> str:
    """Why a newcomer should be looked at again; empty if it is as expected."""
    sampled = sample_reference(result.inverse_depth, reference, session.window_px)
    context = session.context_of(result.inverse_depth)
    others = [
        sample_reference(result.inverse_depth, each.reference, session.window_px) if session.renews else each
        for each in session.references
        if each.reference.pixel != reference.pixel
    ]
    expected = expected_at(_calibration_of(session, others, context), sampled.sample, reference.pixel, context)
    asked = question(reference.distance_m, expected, None if context is None else context.usual)
    if asked or not others:
        return asked
    try:
        fit([*others, sampled], session.beliefs, context)
    except Contradiction as error:
        return str(error)
    except InputError:
        pass  # said where it is added
    return ""


def _calibration_of(
    session: Session, others: Sequence[ReferenceSample], context: MapContext | None
) -> Calibration | None:
    """From these references, else from whatever else there is."""
    if others:
        with contextlib.suppress(InputError):
            return fit(others, session.beliefs, context)
        return None
    with contextlib.suppress(InputError):
        return replace(session, references=()).calibration()
    return None


def _with(session: Session, reference: Reference, result: DepthResult | None, insists: bool) -> Session:
    if result is None:
        raise InputError("no depth map yet: wait for the model, or press m to choose one")
    if not insists and (asked := _question(session, reference, result)):
        raise Doubted(f"{asked}  enter again to insist")
    return session.with_reference(reference, result.inverse_depth, result.identity.key)


def _with_thing(session: Session, text: str, result: DepthResult | None) -> Session:
    if result is None:
        raise InputError("no depth map yet: wait for the model, or press m to choose one")
    camera, pins, image = session.intrinsics, session.pins, result.frame.image
    references = thing_references(camera, pins, text, image, session.regions)
    changed, unseen = session.with_references(references, result.inverse_depth, result.identity.key)
    if len(unseen) == len(references):
        raise InputError(f"{unseen[0].reason}: choose a place where there is depth")
    return changed


def _with_target(session: Session, text: str) -> Session:
    """Look for another printed marker in every frame; `off` looks for none any more."""
    if text.strip().lower() in {"off", "none"}:
        sheets = tuple(each for each in session.targets if isinstance(each, SheetSpec))
        return replace(session, ranges=()).with_targets(sheets)
    if session.intrinsics is None:
        raise InputError(MISSING)
    target = parse_target(text, "marker")
    return session.with_targets((*(each for each in session.targets if each != target), target))
