"""What is understood of an answer while it is typed, in a few words; the prompt shows them beside the text."""

from __future__ import annotations

from tui.calibration.units import DistanceUnit, format_distance, parse_uncertain
from tui.calibration.wording import figure_of
from tui.errors import DepthTuiError
from tui.instrument.calibrating import Purpose
from tui.instrument.floor_answer import floor_answer
from tui.instrument.given_floor import parse_floor
from tui.instrument.instrument import Instrument
from tui.instrument.known import smoothing_s, typed_scale
from tui.instrument.measured import Pin
from tui.instrument.ranging import is_range, with_range
from tui.instrument.sheets import by_pins, sheet_of
from tui.instrument.things import names_thing
from tui.targets.sheets import SheetSpec
from tui.targets.spec import CharucoSpec, parse_target

NOT_YET = "= ?"
"""Of what means nothing (yet)."""


def understood(instrument: Instrument, purpose: str, text: str) -> str:
    """What an answer would mean now; empty where nothing is typed, `NOT_YET` where it means nothing. Never raises."""
    if not text:
        return ""
    try:
        return _understood(instrument, Purpose(purpose), text)
    except DepthTuiError as error:
        asked = str(error)
        return asked if "?" in asked else NOT_YET  # half of a word is no mistake yet


def _understood(instrument: Instrument, purpose: Purpose, text: str) -> str:
    session = instrument.session
    unit = session.unit
    match purpose:
        case Purpose.REFERENCE:
            return f"{_distance(text)}{_reads(instrument)}"
        case Purpose.LENGTH:
            pins = session.pins[-2:]
            if names_thing(text):
                ends = f"pins {pins[0].number} to {pins[1].number}" if len(pins) == 2 else "no pins yet"
                where = text.lower().partition(" in ")[1]
                return "= what is known of it, in a region" if where else f"= what is known of it, {ends}"
            between = f", pins {pins[0].number} to {pins[1].number}" if len(pins) == 2 else ""
            return f"{_distance(text)}{between}"
        case Purpose.FLOOR:
            place = session.u_px, session.v_px
            floor = floor_answer(session.intrinsics, place, session.pins, text, instrument.shown)
            told = f"; the camera {floor.told}" if floor.told else ""
            return f"= {format_distance(floor.reference.distance_m, unit)} to the floor here{_reads(instrument)}{told}"
        case Purpose.HEIGHTS:
            given = parse_floor(text)
            return "no heights any more" if given is None else f"= {given}"
        case Purpose.MARKER:
            return _range(instrument, text) if is_range(text) else _marker(text, unit)
        case Purpose.SHEET:
            return _sheet(text, session.pins)
        case Purpose.SCALE:
            return str(typed_scale(text, session.beliefs).trend)
        case Purpose.SMOOTHING:
            return f"= {smoothing_s(text):g} s"


def _range(instrument: Instrument, text: str) -> str:
    spec = with_range(instrument.session, text, instrument.shown).ranges[-1]
    return f"{spec.label} at {' and '.join(map(str, spec.spots))}"


def _marker(text: str, unit: DistanceUnit) -> str:
    if text.strip().lower() in {"off", "none"}:
        return "looks for none any more"
    target = parse_target(text, "marker")
    if isinstance(target, CharucoSpec):
        return "a ChArUco board"
    if isinstance(target, SheetSpec):
        return f"a sheet of {target}"
    which = "every marker" if target.number is None else f"marker {target.number}"
    return f"{which}, {format_distance(target.size_m, unit)} wide"


def _sheet(text: str, pins: tuple[Pin, ...]) -> str:
    spec = sheet_of(text)
    if spec is None:
        return "looks for none any more"
    sides = f"= {1000 * spec.width_m:g} x {1000 * spec.height_m:g} mm"
    if not by_pins(text):
        return f"{sides}, nearest to the crosshair"
    return f"{sides}, corners: pins {', '.join(str(pin.number) for pin in pins[-4:]) or '-'}"


def _distance(text: str) -> str:
    """As exactly as it was typed, in metres and in feet, so that a slip of a digit or a unit shows."""
    distance_m, sigma_m = parse_uncertain(text)
    reach = "" if sigma_m is None else f" ± {sigma_m:.1g}"
    return f"= {distance_m:.4g}{reach} m = {format_distance(distance_m, DistanceUnit.FEET)}"


def _reads(instrument: Instrument) -> str:
    """What is read there without it."""
    figure = figure_of(instrument.reading.crosshair, instrument.session.unit)
    return "" if figure is None else f"   reads {figure.number} here now"
