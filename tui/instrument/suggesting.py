"""Where to measure next, as one asks for it again and again: the best place, then the next best."""

from __future__ import annotations

from tui.calibration.suggest import Suggestion, suggest
from tui.calibration.wording import what_it_brings
from tui.errors import InputError
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session


class Suggesting:
    """Remembers what was proposed since something was measured, so that the next one is another place."""

    def __init__(self) -> None:
        self._known: object = None
        self._proposed: tuple[tuple[int, int], ...] = ()

    def next(self, session: Session, reading: FrameReading) -> Suggestion:
        """The best place that was not proposed yet; the best of all again once none is left.

        Raises:
            InputError: there is no map yet, or no place in it can be measured.
        """
        if reading.result is None:
            raise InputError("no depth map yet: wait for the model, or press m to choose one")
        known = (reading.references, session.width, session.height, session.map_kind)
        if known != self._known:
            self._known, self._proposed = known, ()
        found = suggestions(session, reading, 1, self._proposed)
        if not found and self._proposed:
            self._proposed = ()
            found = suggestions(session, reading, 1)
        if not found:
            raise InputError(
                "nowhere to measure next: every smooth place in this picture is measured, or there is none"
            )
        self._proposed = (*self._proposed, found[0].pixel)
        return found[0]


def suggestions(
    session: Session, reading: FrameReading, count: int, proposed: tuple[tuple[int, int], ...] = ()
) -> tuple[Suggestion, ...]:
    """Places to measure on the frame that was read, each as if those before it were measured.

    Args:
        session: what the user has set.
        reading: what the frame gives.
        count: how many at most.
        proposed: pixels next to which nothing is wanted any more.
    """
    if reading.result is None:
        return ()
    measured = tuple(each.pixel for each in reading.references)
    return suggest(
        reading.result.inverse_depth,
        reading.calibration,
        session.beliefs,
        count,
        window_px=session.window_px,
        avoid=measured,
        declined=proposed,
    )


def in_words(found: Suggestion) -> str:
    """What measuring there would bring."""
    where = f"({found.u_px}, {found.v_px})"
    return f"{where}: measuring here {what_it_brings(found.gain)}; w: the next best"
