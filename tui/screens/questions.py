"""What the main screen asks in its prompt."""

from __future__ import annotations

from functools import partial

from tui.errors import InputError
from tui.instrument.calibrating import Purpose
from tui.instrument.instrument import Instrument
from tui.instrument.playing import time_from
from tui.screens.numbers import column_from, pixel_from
from tui.screens.position_text import clock, position_text
from tui.screens.understood import NOT_YET, understood
from tui.widgets.question import GoOn, Question

_ASKED = {
    Purpose.REFERENCE: ("true distance at {at}:", "{at} is at:", "1.52m ±1cm"),
    Purpose.SCALE: ("scale, shift of 1/z = a p + b:", "a, b:", "0.0023 0.04"),
    Purpose.MARKER: (
        "printed marker or range sensor, or off:",
        "marker, or off:",
        "DICT_4X4_50:0=80mm",
    ),
    Purpose.LENGTH: ("length between the last two pins, or what it is:", "length:", "2.00m, person, door, tile 30cm"),
    Purpose.FLOOR: ("camera's height, and how far it looks down:", "height, angle down:", "1.5m 20deg, 1.5m map"),
    Purpose.HEIGHTS: (
        "floor: fit, its height, or height and angle down, off:",
        "floor (fit, 1.5m, off):",
        "1.5m 20deg",
    ),
    Purpose.SHEET: ("sheet of paper, card, or off:", "sheet, or off:", "A4, card, 21x29.7cm, A4 pins"),
    Purpose.SMOOTHING: ("seconds over which maps and fit are smoothed:", "seconds:", "0.5"),
}

GO = "go"
"""Under which pixels that were typed are remembered."""


def question_of(instrument: Instrument, purpose: str) -> Question:
    """What asks for an answer that the instrument takes."""
    words, short, example = _ASKED[Purpose(purpose)]

    def at() -> str:
        return f"({instrument.session.u_px}, {instrument.session.v_px})"

    return Question(
        purpose,
        lambda: words.format(at=at()),
        example,
        partial(instrument.answer, purpose),
        partial(understood, instrument, purpose),
        lambda: short.format(at=at()),
    )


def go_question(instrument: Instrument, start: str = "") -> Question:
    """What asks for a pixel, to put the instrument's crosshair on; `start` stands there already."""

    def take(text: str) -> GoOn | None:
        column = column_from(text)
        if column is not None:
            return GoOn(f"{column}, ", f"x is {column}; now y")
        instrument.update(instrument.session.jumped(*pixel_from(text)))
        return None

    def means(text: str) -> str:
        if not text or column_from(text) is not None:
            return ""
        try:
            u_px, v_px = pixel_from(text)
        except InputError:
            return NOT_YET
        session = instrument.session
        inside = 0 <= u_px < session.width and 0 <= v_px < session.height
        return f"= ({u_px}, {v_px}){'' if inside else f', outside the {session.width}x{session.height} picture'}"

    return Question(GO, lambda: "go to x, y:", "120,200", take, means, start=start)


def time_question(instrument: Instrument) -> Question:
    """What asks for a time of the source's own, to go there.

    Raises:
        InputError: the source has none.
    """
    instrument.need_time()

    def words() -> str:
        position = instrument.snapshot.position
        return "go to time:" if position is None else f"at {position_text(position.at_s, position)}; go to:"

    def means(text: str) -> str:
        position = instrument.snapshot.position
        if not text or position is None:
            return ""
        try:
            to_s = time_from(text, position)
        except InputError:
            return NOT_YET
        beyond = position.length_s is not None and to_s > position.length_s
        return f"= {clock(to_s)}{', beyond the end' if beyond else ''}"

    return Question("time", words, "1:23", instrument.seek, means)
