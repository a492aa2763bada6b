"""What the calibration panel says: the references, the fit, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.calibration.beliefs import MapKind
from tui.calibration.checks import Check, rms
from tui.calibration.figures import UNKNOWN
from tui.calibration.health import Grade
from tui.calibration.outliers import FEWEST
from tui.calibration.reading import Reading, Status
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.tracking import name_of
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import figure_of, format_range
from tui.instrument.carrying import ANEW
from tui.instrument.frame import FrameReading, seconds_in_words
from tui.instrument.session import Session
from tui.render.overlays import reference_glyph


@dataclass(frozen=True, slots=True)
class CalibrationText:
    """The calibration panel's contents."""

    header: str
    rows: tuple[str, ...]
    suspects: frozenset[int]
    """Rows whose reference is far off."""
    fit: str
    advice: str
    warning: bool


_SUSPECT = 0.25
"""A reference that is read so far off, relative, is shown in the warning colour; one that the others put so far off too
where they are enough to tell a mistake, as the correction draws what is read there towards each reference."""


_FIRST_STEPS = (
    "Put the crosshair on something whose distance you know and press r; w shows where it helps most. "
    "Two at clearly different distances give metres everywhere; K types scale and shift."
)


_NEXT = "w shows where to measure next."


def marker_glyph(reference: Reference) -> str:
    """'7' for marker 7."""
    return reference.label.rsplit(" ", 1)[-1]


def calibration_text(
    session: Session, reading: FrameReading, checks: Sequence[Check], offer: str, *, compact: bool
) -> CalibrationText:
    """References with their true distance, what is read there and what the others say; the fit, and what to do next.

    Args:
        session: whose references are listed.
        reading: what the frame gives with them.
        checks: of the reading's references.
        offer: what was measured before and can be taken; empty if nothing is.
        compact: leave out pixels and labels.
    """
    calibration = reading.calibration
    rows, suspects = [], set()
    checked = list(checks) or [Check(each, None) for each in reading.references]
    tells = calibration is not None and len(calibration.kept) >= FEWEST
    for index, each in enumerate(checked):
        own = index < len(session.references)
        glyph = reference_glyph(index + 1) if own else marker_glyph(each.reference)
        why = reading.judgement.gone.get(name_of(each.reference), "")
        text, suspect = reference_row(glyph, each, session.unit, why, tells=tells, compact=compact)
        rows.append(text)
        if suspect:
            suspects.add(index)
    advice, warning = _advice(session, reading, offer, compact=compact)
    header = (
        "#     true     reads   others say" if compact else "#     pixel        true       reads            others say"
    )
    left = rms([each.others_relative for each in checks if not each.set_aside])
    fit = _fit(session, calibration, left, compact=compact)
    return CalibrationText(header, tuple(rows), frozenset(suspects), fit, advice, warning)


def reference_row(
    glyph: str, check: Check, unit: DistanceUnit, gone: str, *, tells: bool, compact: bool
) -> tuple[str, bool]:
    """The row, and whether it stands out.

    Args:
        glyph: number or marker.
        check: of the reference.
        unit: of the distances.
        gone: why the picture says that it does not count.
        tells: whether there are enough others for what they say to count.
        compact: leave out pixel and label.
    """
    reference = check.reference
    u_px, v_px = reference.pixel
    place = f"{glyph:<2}" if compact else f"{glyph:<2}({u_px:>4},{v_px:>4})"
    text = f"{place}{format_distance(reference.distance_m, unit):>{8 if compact else 10}}"
    end = "" if compact else f"  {reference.label}"
    off = check.relative if check.others_relative is None else check.others_relative
    if check.set_aside:
        return f"{text}  {_aside_text(check, compact=compact)}", True
    if gone:
        return f"{text}  {gone}", True
    if check.reading is None:
        return f"{text}{end}", False
    if check.read_m is None or check.relative is None:
        if check.reading.status is Status.UNCALIBRATED:
            return f"{text}{end}", False
        return f"{text}  no distance is read there", check.reading.status is Status.SATURATED
    reads, others = (_short(each, unit) for each in (check.reading, check.others))
    doubtful = abs(check.relative) > _SUSPECT or (tells and abs(off or 0.0) > _SUSPECT)
    if compact:
        return f"{text} {reads:>9} {others:>{12 - max(0, len(reads) - 9)}}", doubtful
    off_others = check.others_relative if any(map(str.isdigit, others)) else None
    apart = "" if off_others is None else f"{100 * off_others:+.1f} %"
    return f"{text} {reads:>11} {100 * check.relative:>+6.1f} % {others:>12} {apart:>8}{end}", doubtful


def _short(reading: Reading | None, unit: DistanceUnit) -> str:
    """In a column of a table; where there is no figure, the word for why, which `?` would not say."""
    figure = None if reading is None else figure_of(reading, unit)
    if reading is None or figure is None:
        return "-"
    return figure.short if figure.short != UNKNOWN else _word(reading) or UNKNOWN


def _word(reading: Reading) -> str:
    """Why a reading is to be doubted; empty if it is ok."""
    return "" if reading.status is Status.OK else reading.status.value


def _aside_text(check: Check, *, compact: bool) -> str:
    """'set aside: the picture changed here 14 s ago', 'set aside: 10 times what the others say'."""
    ago = ""
    if "changed" in check.reason and check.aside_s is not None:
        whole_s = max(1, round(check.aside_s))
        ago = f" {whole_s} s ago" if whole_s < 60 else f" {seconds_in_words(check.aside_s)} ago"
    if not compact:
        return f"set aside: {check.reason or 'it contradicts the others'}{ago}"
    if ago:
        return f"aside: changed{ago.removesuffix(' ago')}"
    short = check.reason.replace("off by ", "").replace(" times what the others say", "x the others")
    return (
        f"aside: {short.replace(' of what', ' of').replace(' from what the others say', ' off').removesuffix(' say')}"
    )


def _fit(session: Session, calibration: Calibration | None, left: float | None, *, compact: bool) -> str:
    if calibration is None:
        return ""
    parts = [str(calibration.trend)]
    if calibration.kind is CalibrationKind.TYPED:
        parts.append("typed")
    elif calibration.kind is CalibrationKind.METRIC:
        parts.append(calibration.kind.value)
    elif calibration.range_m is not None:
        parts.append(f"valid {format_range(calibration, session.unit)}")
    if left is not None:
        parts.append(f"leave-one-out {100 * left:.1f} %")
    if calibration.condition is not None and not compact:
        parts.append(f"condition {calibration.condition:.0f}")
    tracking = session.tracking
    if tracking is not None and tracking.held:
        parts.append(f"held for {seconds_in_words(tracking.age_s)}")
    elif session.references and not session.renews and session.map_kind is not MapKind.EXACT:
        parts.append("held")
    return "   ".join(parts)


def _advice(session: Session, reading: FrameReading, offer: str, *, compact: bool) -> tuple[str, bool]:
    if offer:
        return offer, False
    if reading.warnings:
        return "; ".join(filter(None, (*reading.warnings[:1], remedy_text(reading), *reading.warnings[1:]))), True
    calibration = reading.calibration
    if calibration is None:
        return _FIRST_STEPS, False
    if calibration.kind is CalibrationKind.METRIC:
        return "The model's own metres, often off by tens of per cent on another camera; r adds a reference.", True
    health = calibration.health
    if not session.references and not session.targets:
        return "scale and shift as typed: nothing here checks them; r adds a reference and fits instead", False
    if len(calibration.kept) == 1:
        return (
            f"One reference fits the scale alone. A second, clearly nearer or farther, also fits the shift; {_NEXT}",
            False,
        )
    reasons = "; ".join(health.reasons)
    next_step = "" if health.grade is Grade.GOOD else "; w: where?" if compact else f"; {_NEXT}"
    return f"calibration {health.grade.value}{': ' if reasons else ''}{reasons}{next_step}", health.grade is Grade.POOR


def remedy_text(reading: FrameReading) -> str:
    """What to do about references that are not at their pixels any more; empty if they are."""
    if reading.judgement.elsewhere is None:
        return ""
    if reading.judgement.motion is not None:
        return "R carries the references along"
    return ANEW
