"""The tour of the demo's room: what one reference does, what two do, and how far off a network is."""

from __future__ import annotations

from tui.calibration.units import format_distance
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.storage.tips import TOUR, first_time

_PLACES = ((60, 180), (150, 90), (285, 170), (115, 200))
"""Pixels of 320x240: near at the left, the far wall, nearer at the right, the floor; all within one surface."""
_SIZE = (320, 240)
_THINGS = ("on the box at the left", "on the far wall", "on the drawers at the right", "on the floor")
_NEAR_THINGS = ("the box", "the far wall", "the drawers", "the floor")
_LAST = len(_PLACES) - 1


class Tour:
    """Four steps, each done when what it asks for is there: three references, then a pin.

    It is begun where a network looks at the demo's room for the first time on this machine, with nothing measured yet.
    """

    def __init__(self) -> None:
        self.again = False
        """Whether it is wanted although it was shown before."""
        self._on: bool | None = None
        """None while that is not decided."""
        self._placed = -1

    def follow(self, session: Session, shown: DepthResult | None) -> tuple[int, int] | None:
        """Go on with what has been done, and say where the crosshair is to be for what comes next.

        Args:
            session: with what has been measured.
            shown: the frame and its map.

        Returns:
            A pixel, once for each step; None if the crosshair stays.
        """
        if shown is None or shown.frame.true_depth_m is None or not shown.identity.is_network:
            return None
        if self._on is None:
            fresh = not session.references and not session.pins
            self._on = (first_time(TOUR) or self.again) and fresh
        step = _step(session)
        if not self._on or step <= self._placed or step > _LAST:
            return None
        self._placed = step
        return _place(session, step)

    def words(self, session: Session, shown: DepthResult | None, *, compact: bool) -> str:
        """What to do now and why, for the calibration panel; empty where there is no tour, or it is over.

        Args:
            session: with what has been measured.
            shown: the frame and its map.
            compact: in so few words that the table they speak of has its rows in the smallest terminal, too.
        """
        if not self._on or shown is None or shown.frame.true_depth_m is None or not shown.identity.is_network:
            return ""
        step = _step(session)
        if step > _LAST:
            return ""
        u_px, v_px = _place(session, step)
        true = format_distance(float(shown.frame.true_depth_m[v_px, u_px]), session.unit)
        says = f"{_NEAR_THINGS[step]}:" if compact else f"{_THINGS[step]} a tape says {true}:"
        measured = f"{says} press r, type {true.replace(' ', '')}, enter"
        where = "" if (session.u_px, session.v_px) == (u_px, v_px) else f" (g, then {u_px},{v_px})"
        why = (_SHORT if compact else _WHY)[step]
        pin = _SHORT_PIN if compact else _PIN
        do = pin if step == _LAST else measured + where
        return f"Tour {step + 1}/{_LAST + 1}: {why} {_first_upper(do)}."


_WHY = (
    "a network sees what is nearer, but in no unit: it needs distances that you know.",
    "one reference gives the scale alone. A second, much farther, gives the shift too.",
    "two give metres everywhere between them, but nothing checks them. A third does.",
    "'others say' is what the others read there: so far off a network may be, and the intervals say so.",
)
_PIN = "put the crosshair anywhere and press enter to pin it; 'true' says how far off it is"
_SHORT = (
    "a network knows no metres. A tape does.",
    "one reference gives the scale alone.",
    "two give metres. A third checks them.",
    "'others say' tells how far off it is.",
)
_SHORT_PIN = "enter pins: done"


def _step(session: Session) -> int:
    """Of four, from 0; one more when all is done."""
    given = min(len(session.references), _LAST)
    return given + 1 if given == _LAST and session.pins else given


def _place(session: Session, step: int) -> tuple[int, int]:
    u_px, v_px = _PLACES[step]
    return u_px * session.width // _SIZE[0], v_px * session.height // _SIZE[1]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
