"""What the picture means for the readings: which references count in a frame, and what is against its distances.

Typed numbers, a metric network's own metres and printed markers in sight do not hang on any pixel of before. References
do: they are sampled where they were given, so they say nothing of a picture that shows something else there. A fit that
the user holds as it is needs no pixels either, but is doubtful in a picture that has moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tui.calibration.beliefs import MapKind
from tui.calibration.doubt import Doubt
from tui.calibration.tracking import name_of
from tui.geometry.arrays import RGBImage
from tui.instrument.session import Session
from tui.sight.remembered import Remembered
from tui.sight.seen import NO_DISTANCE, NOTHING_SEEN, PIXELS_MOVED, Motion, Seen, Verdict, VerdictKind

PICTURE = "picture: "
"""How the keys of what is said of a picture begin."""

_COMPARED = PIXELS_MOVED | {VerdictKind.ANOTHER}
"""Verdicts that come from the picture in which the references were given."""

_CHANGED = "the picture changed here"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a frame's picture means."""

    seen: Seen = NOTHING_SEEN
    verdicts: tuple[Verdict, ...] = ()
    """Those that concern what was measured, worst first."""
    doubts: tuple[Doubt, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    """Why references, by name, do not count in this frame."""
    renews: bool = True
    """Whether the fit may be renewed from this frame."""

    @property
    def silent(self) -> bool:
        """Whether no distance can be given."""
        return any(each.no_distance for each in self.doubts)

    @property
    def unreadable(self) -> Verdict | None:
        """Why nothing at all can be measured in this picture."""
        return next((each for each in self.verdicts if each.kind in NO_DISTANCE - _COMPARED), None)

    @property
    def elsewhere(self) -> Verdict | None:
        """Why the references are not at their pixels."""
        return next((each for each in self.verdicts if each.kind in _COMPARED), None)

    @property
    def motion(self) -> Motion | None:
        """Where the references are now, if that is known well enough to carry them along."""
        motion, verdict = self.seen.motion, self.elsewhere
        known = motion is not None and verdict is not None and verdict.kind in PIXELS_MOVED
        return motion if motion is not None and known and motion.sigma_px < float("inf") else None


NO_JUDGEMENT = Judgement()


def judged_by(seen: Seen, session: Session, *, marked: bool) -> Judgement:
    """What is seen of a picture, for what was measured.

    Args:
        seen: of the picture, and compared with what the session remembers.
        session: whose references hang on their pixels.
        marked: whether the picture shows a printed marker that counts.
    """
    own = [each for each in seen.verdicts if each.kind not in _COMPARED]
    doubts = [Doubt(each.words, each.kind in NO_DISTANCE) for each in own]
    exact = session.map_kind is MapKind.EXACT  # such geometry holds whatever is looked at
    concerns = [each for each in seen.suspected if not exact and (each not in _COMPARED or session.references)]
    if concerns:
        doubts.append(Doubt(f"the picture has just changed: {concerns[0].value}?"))
    if exact or not session.references:
        return Judgement(seen, tuple(own), tuple(doubts), renews=not own and not concerns)
    names = [name_of(each.reference) for each in session.references]
    apart = [each for each in seen.verdicts if each.kind in _COMPARED]
    if not session.renews:
        doubts += [Doubt(f"{each.words}, and the fit is held", each.kind in NO_DISTANCE) for each in apart]
        return Judgement(seen, seen.verdicts, tuple(doubts), renews=False)
    if apart:
        gone = dict.fromkeys(names, apart[0].words)
        doubts += [Doubt(each.words, no_distance=True) for each in apart if not marked]
        return Judgement(seen, seen.verdicts, tuple(doubts), gone, renews=marked and not own)
    flags = seen.changed if len(seen.changed) == len(names) else (False,) * len(names)
    gone = {name: _CHANGED for name, changed in zip(names, flags, strict=True) if changed}
    if len(gone) == len(names) and not marked:
        doubts.append(Doubt("the picture changed at every reference"))
    return Judgement(seen, tuple(own), tuple(doubts), gone, renews=not own and not concerns)


def with_remembered(before: Session, after: Session, image: RGBImage | None) -> Session:
    """After an order that came and went: references given in this picture are remembered with it.

    Args:
        before: the session before the order.
        after: and after it; one that brings what is to be remembered along keeps that.
        image: the picture that is shown, RGB, uint8, (H, W, 3).
    """
    brought = after.remembered is not None and after.remembered is not before.remembered
    places_px, places_before_px = _places_px(after), _places_px(before)
    if image is None or brought:
        return after
    if not places_px:
        return after if after.remembered is None else replace(after, remembered=None)
    if after.remembered is before.remembered and places_px == places_before_px:
        return after
    if after.remembered is None:
        return replace(after, remembered=Remembered.of(image, places_px))
    return replace(after, remembered=after.remembered.with_places(image, places_px))


def picture_plain(seen: Seen, captured_at_s: float, captured_at: datetime | None) -> dict[str, object]:
    """What was seen of a picture as plain data, `since` by the clock on the wall.

    Args:
        seen: of the picture.
        captured_at_s: when it was taken, in the clock of `Verdict.since_s`.
        captured_at: the same moment by the clock on the wall.
    """

    def since(each: Verdict) -> str | None:
        if captured_at is None:
            return None
        return (captured_at - timedelta(seconds=captured_at_s - each.since_s)).isoformat(timespec="milliseconds")

    verdicts = [{"kind": each.kind.value, "words": each.words, "since": since(each)} for each in seen.verdicts]
    return {"passed": seen.passed, "verdicts": verdicts}


def _places_px(session: Session) -> tuple[tuple[float, float], ...]:
    return tuple((each.reference.u_px, each.reference.v_px) for each in session.references)
