"""What is marked over both pictures: pins, references, printed markers, a sheet that is proposed."""

from __future__ import annotations

from tui.instrument.instrument import Instrument
from tui.instrument.ranging import asked_for
from tui.render.overlays import pin_glyph, reference_glyph
from tui.render.pointed import Mark
from tui.screens.calibration_text import marker_glyph
from tui.targets.sheets import SheetSpec

_CORNER, _EDGE = "◇", "·"
_STEPS = 16
"""Of an edge, marked one by one."""


def marks_of(instrument: Instrument, *, proposed: bool) -> list[Mark]:
    """All of them.

    Args:
        instrument: whose picture is shown.
        proposed: whether what waits to be confirmed is being asked about.
    """
    session, shown = instrument.session, instrument.shown
    marks = [Mark(pin.u_px, pin.v_px, pin_glyph(pin.number)) for pin in session.pins]
    for number, sampled in enumerate(session.references, 1):
        u_px, v_px = sampled.reference.pixel
        marks.append(Mark(u_px, v_px, reference_glyph(number), "reference"))
    for marker in shown.markers if shown is not None and asked_for(session, shown) else ():
        marks += [Mark(*each.pixel, marker_glyph(each), "reference") for each in marker.references]
        if isinstance(marker.spec, SheetSpec):
            marks += [Mark(round(u_px), round(v_px), _CORNER, "reference") for u_px, v_px in marker.corners_px]
    return marks + (_outline(instrument.proposed_px) if proposed else [])


def _outline(corners_px: tuple[tuple[float, float], ...]) -> list[Mark]:
    found = []
    for (u_px, v_px), (next_u_px, next_v_px) in zip(corners_px, corners_px[1:] + corners_px[:1], strict=True):
        for step in range(_STEPS):
            share = step / _STEPS
            place = round(u_px + share * (next_u_px - u_px)), round(v_px + share * (next_v_px - v_px))
            found.append(Mark(*place, _EDGE if step else _CORNER, "reference"))
    return found
