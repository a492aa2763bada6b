"""A frame's readings as a recording keeps them, with all that they were read with, and the same readings again."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.calibration.doubt import Doubt
from tui.calibration.health import Health
from tui.calibration.tracking import Aside
from tui.calibration.units import DistanceUnit
from tui.camera.frame import SourceInfo
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.conscience import Judgement
from tui.instrument.frame import FrameReading
from tui.instrument.measured import Measured, Pin
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.sight.seen import Seen, Verdict, VerdictKind
from tui.storage.calibrations import (
    calibration_from_plain,
    calibration_to_plain,
    health_from_plain,
    usual_to_plain,
)
from tui.storage.intrinsics import intrinsics_from_plain, intrinsics_to_plain, mounted_to_plain
from tui.storage.plain import Fields
from tui.storage.recorded import Recorded
from tui.storage.regions import regions_from_plain, regions_to_plain
from tui.storage.samples import (
    reference_from_plain,
    reference_to_plain,
    sample_from_plain,
    sample_to_plain,
)
from tui.targets.spec import parse_target

_SAME = 1e-6
"""Relative; other processors may round the last digits otherwise."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a recorded frame says of itself."""

    measured: Measured
    """What the user had measured by then."""
    window_px: int
    reading: FrameReading
    """But for the frame, its source, its age, and what is read at pixels."""
    health: Health | None
    """Of the calibration, as it was shown; what is read at pixels hangs on that of the frame alone."""
    crosshair_px: tuple[int, int] | None = None
    """Column and row; None of what was recorded before that was kept."""
    unit: DistanceUnit = DistanceUnit.METRES
    """That distances were shown in."""


def reading_to_plain(reading: FrameReading, session: Session) -> dict[str, object]:
    """All that `tui.storage.recorded` wants beside the picture and the map.

    Args:
        reading: of a frame that has a map.
        session: that it was read with.
    """
    result, info, captured_at = reading.result, reading.info, reading.captured_at
    assert result is not None and captured_at is not None  # noqa: S101, PT018 - the caller has looked
    identity, mounted = result.identity, result.frame.mounted
    points = [("crosshair", *reading.crosshair_px, reading.crosshair)]
    points += [(f"pin {each.pin.number}", each.pin.u_px, each.pin.v_px, each.reading) for each in reading.pins]
    return {
        "captured_at": captured_at.isoformat(),
        "name": result.frame.name,
        "source": _source(info),
        "mounting": None if mounted is None else mounted_to_plain(mounted),
        "model": {
            "name": identity.name,
            "sha256": identity.sha256,
            "kind": identity.kind.value,
            "usual": usual_to_plain(identity.usual),
            "engine": result.engine,
            "averaged": result.averaged,
        },
        "readings": [
            {
                "name": name,
                "x": u_px,
                "y": v_px,
                **found.plain(),
            }
            for name, u_px, v_px, found in points
        ],
        "state": _state(reading, session, result.frame.captured_at_s),
    }


def replayed(found: Recorded, result: DepthResult) -> Replayed:
    """What was recorded of a frame, on the clock of this run.

    Raises:
        StorageError: it is corrupt.
    """
    state, at_s = found.state, result.frame.captured_at_s
    height, width = result.inverse_depth.shape
    judgement = _judgement(state.child("judgement"), at_s)
    reading = FrameReading(
        calibration=calibration_from_plain(state.child("calibration")) if state.has("calibration") else None,
        references=tuple(reference_from_plain(each) for each in state.children("references")),
        asides=tuple(
            Aside(reference_from_plain(each), each.flag("changed"), at_s - each.number("for_s"))
            for each in state.children("asides")
        ),
        problem=state.text("problem"),
        mismatches=tuple(_mismatch(each) for each in state.children("mismatches")),
        warnings=state.texts("warnings"),
        doubts=_doubts(state, "doubts"),
        judgement=judgement,
        camera_doubts=state.texts("camera_doubts"),
        stale=state.text("stale") if state.has("stale") else "",
    )
    measured = _measured(state.child("measured"), width, height)
    health = health_from_plain(state.child("calibration")) if state.has("calibration") else None
    crosshair_px = _crosshair(state, width, height)
    return Replayed(measured, state.whole("window_px", 1), reading, health, crosshair_px, _unit(state))


def reads_otherwise(found: Recorded, reading: FrameReading) -> str:
    """What to say where this program reads something else than what was recorded; empty if it reads the same.

    Args:
        found: what was recorded.
        reading: of the same frame, made from that, with the same window.

    Raises:
        StorageError: what was recorded is corrupt.
    """
    for each in found.readings:
        pixel = (each.whole("x"), each.whole("y"))
        then_m = each.number("distance_m") if each.has("distance_m") else None
        now_m = reading.at(pixel).distance_m
        same = then_m == now_m if then_m is None or now_m is None else math.isclose(then_m, now_m, rel_tol=_SAME)
        if not same:
            then, here = ("no distance" if m is None else f"{m:.6g} m" for m in (then_m, now_m))
            return f"recorded by a depth-tui that reads otherwise: {then} at {pixel} then, {here} now"
    return ""


def recorded_camera(found: Recorded, width: int, height: int) -> Intrinsics | None:
    """The camera's intrinsics as they were known then; None if they were not.

    Raises:
        StorageError: they are corrupt.
    """
    return _measured(found.state.child("measured"), width, height).intrinsics


def _source(info: SourceInfo | None) -> dict[str, object]:
    if info is None:
        return {"label": "", "camera": "", "lens": "", "live": False}
    return {"label": info.label, "camera": info.camera, "lens": info.lens, "live": info.live}


def _state(reading: FrameReading, session: Session, at_s: float) -> dict[str, object]:
    judgement, calibration = reading.judgement, reading.calibration
    return {
        "window_px": reading.window_px,
        "crosshair": list(reading.crosshair_px),
        "stale": reading.stale,
        "unit": session.unit.value,
        "measured": _measured_to_plain(session),
        "calibration": None if calibration is None else calibration_to_plain(calibration),
        "references": [reference_to_plain(each) for each in reading.references],
        "asides": [
            reference_to_plain(each.reference) | {"changed": each.changed, "for_s": at_s - each.since_s}
            for each in reading.asides
        ],
        "problem": reading.problem,
        "mismatches": [
            {"kind": each.kind.value, "words": each.words, "profile": each.profile} for each in reading.mismatches
        ],
        "warnings": list(reading.warnings),
        "doubts": _doubts_to_plain(reading.doubts),
        "camera_doubts": list(reading.camera_doubts),
        "judgement": {
            "verdicts": _verdicts_to_plain(judgement.verdicts, at_s),
            "seen": _verdicts_to_plain(judgement.seen.verdicts, at_s),
            "changed": list(judgement.seen.changed),
            "suspected": [each.value for each in judgement.seen.suspected],
            "doubts": _doubts_to_plain(judgement.doubts),
            "gone": [{"name": name, "why": why} for name, why in judgement.gone.items()],
            "renews": judgement.renews,
        },
    }


def _measured_to_plain(session: Session) -> dict[str, object]:
    fixed, camera = session.fixed, session.intrinsics
    return {
        "references": [sample_to_plain(each) for each in session.references],
        "model": session.references_model,
        "fixed": None if fixed is None else calibration_to_plain(fixed),
        "profile": session.profile,
        "markers": [target.whole for target in session.targets],
        "intrinsics": None if camera is None else intrinsics_to_plain(camera),
        "pins": [{"number": each.number, "x": each.u_px, "y": each.v_px} for each in session.pins],
        "regions": regions_to_plain(session.regions),
    }


def _measured(fields: Fields, width: int, height: int) -> Measured:
    camera = intrinsics_from_plain(fields.child("intrinsics")) if fields.has("intrinsics") else None
    if camera is not None and (camera.width, camera.height) != (width, height):
        fields.fail("intrinsics for pictures of another size")
    pins = tuple(Pin(each.whole("number", 1), each.whole("x"), each.whole("y")) for each in fields.children("pins"))
    return Measured(
        width,
        height,
        references=tuple(sample_from_plain(each) for each in fields.children("references")),
        references_model=fields.text("model"),
        fixed=calibration_from_plain(fields.child("fixed")) if fields.has("fixed") else None,
        profile=fields.text("profile"),
        targets=tuple(parse_target(text, "a recorded marker") for text in fields.texts("markers")),
        intrinsics=camera,
        pins=pins,
        regions=regions_from_plain(fields) if fields.has("regions") else (),
        next_pin=1 + max((each.number for each in pins), default=0),
    )


def _crosshair(state: Fields, width: int, height: int) -> tuple[int, int] | None:
    if not state.has("crosshair"):
        return None
    u_px, v_px = (round(each) for each in state.numbers("crosshair", 2))
    if not (0 <= u_px < width and 0 <= v_px < height):
        state.fail("the crosshair lies outside the picture")
    return u_px, v_px


def _unit(state: Fields) -> DistanceUnit:
    if not state.has("unit"):
        return DistanceUnit.METRES
    if (text := state.text("unit")) not in list(DistanceUnit):
        state.fail("distances are in an unknown unit")
    return DistanceUnit(text)


def _verdicts_to_plain(verdicts: tuple[Verdict, ...], at_s: float) -> list[dict[str, object]]:
    return [{"kind": each.kind.value, "words": each.words, "for_s": at_s - each.since_s} for each in verdicts]


def _verdicts(parent: Fields, key: str, at_s: float) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(_verdict_kind(each, each.text("kind")), each.text("words"), at_s - each.number("for_s"))
        for each in parent.children(key)
    )


def _verdict_kind(fields: Fields, text: str) -> VerdictKind:
    if text not in list(VerdictKind):
        fields.fail(f"an unknown verdict '{text}'")
    return VerdictKind(text)


def _judgement(fields: Fields, at_s: float) -> Judgement:
    changed = fields.value("changed")
    if not isinstance(changed, list) or not all(isinstance(each, bool) for each in changed):
        fields.fail("changed is not a list of true and false")
    suspected = tuple(_verdict_kind(fields, text) for text in fields.texts("suspected"))
    return Judgement(
        Seen(_verdicts(fields, "seen", at_s), None, tuple(changed), suspected),
        _verdicts(fields, "verdicts", at_s),
        _doubts(fields, "doubts"),
        {each.text("name"): each.text("why") for each in fields.children("gone")},
        fields.flag("renews"),
    )


def _doubts_to_plain(doubts: tuple[Doubt, ...]) -> list[dict[str, object]]:
    return [{"words": each.words, "no_distance": each.no_distance} for each in doubts]


def _doubts(parent: Fields, key: str) -> tuple[Doubt, ...]:
    return tuple(Doubt(each.text("words"), each.flag("no_distance")) for each in parent.children(key))


def _mismatch(fields: Fields) -> Mismatch:
    if (kind := fields.text("kind")) not in list(MismatchKind):
        fields.fail(f"an unknown mismatch '{kind}'")
    return Mismatch(MismatchKind(kind), fields.text("words"), fields.text("profile"))
