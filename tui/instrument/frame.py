"""What one frame gives: the frozen value that every front end reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tui.calibration.checks import Check, Checker, with_reasons
from tui.calibration.context import MapContext
from tui.calibration.measure import PointReading
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.tracking import Aside, name_of
from tui.camera.frame import Frame, SourceInfo
from tui.errors import InputError
from tui.geometry.sampling import sample_or_none
from tui.instrument.measured import Pin
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult

_BELIEVED = {Status.OK, Status.EXTRAPOLATED, Status.UNVERIFIED}
NOTHING = Reading(None, None, None, None, Status.OUTSIDE)


@dataclass(frozen=True, slots=True)
class PinReading:
    """A pin and what is read there."""

    pin: Pin
    reading: Reading


@dataclass(frozen=True, slots=True)
class FrameReading:
    """Everything that is known of one frame, as it stands when it is looked at."""

    result: DepthResult | None = None
    """The frame and its map; None until there is one."""
    info: SourceInfo | None = None
    """Of the source that it came from."""
    captured_at: datetime | None = None
    """When the frame was taken, by the clock on the wall."""
    age_s: float = 0.0
    """How long ago that was when this value was made."""
    stale: str = ""
    """Why the frame is not what the camera sees now; empty while it is."""
    calibration: Calibration | None = None
    context: MapContext | None = None
    """Of the map."""
    references: tuple[Reference, ...] = ()
    """The user's in their order, then the markers that the calibration is made from."""
    asides: tuple[Aside, ...] = ()
    """References that this frame shows and that do not count."""
    problem: str = ""
    """Why the references give no calibration; empty if they do, or there are none."""
    mismatches: tuple[Mismatch, ...] = ()
    crosshair_px: tuple[int, int] = (0, 0)
    """Column and row."""
    crosshair: Reading = NOTHING
    pins: tuple[PinReading, ...] = ()
    window_px: int = 5
    warnings: tuple[str, ...] = ()
    """What somebody who uses the numbers should know, a line each."""

    @property
    def frame(self) -> Frame | None:
        """The frame itself."""
        return None if self.result is None else self.result.frame

    def at(self, pixel: tuple[int, int]) -> Reading:
        """The reading at any pixel: the one way in which this program gives a distance to a person or a script."""
        if self.result is None:
            return NOTHING
        inverse_depth = self.result.inverse_depth
        try:
            sample = sample_or_none(inverse_depth, *pixel, self.window_px)
        except InputError:
            return NOTHING
        found = read(self.calibration, sample, pixel, self.context)
        if self.stale:
            return Reading(found.inverse_depth, None, None, None, Status.STALE)
        if found.status in _BELIEVED and any(each.kind is MismatchKind.CAMERA for each in self.mismatches):
            return replace(found, status=Status.OTHER_CAMERA)
        return found

    def checks(self, checker: Checker | None = None, *, anew: bool = True) -> tuple[Check, ...]:
        """What is read at each reference, and what the others say there.

        Args:
            checker: keeps what the others said, for who asks again and again.
            anew: ask the others now.
        """
        if self.result is None:
            return ()
        found = (checker or Checker()).check(
            self.calibration, self.references, self.result.inverse_depth, self.window_px, self.context, anew=anew
        )
        return with_reasons(found, self.asides, self.result.frame.captured_at_s)

    def readings(self) -> tuple[PointReading, ...]:
        """The crosshair, then the pins that lie in this picture."""
        points = [PointReading(*self.crosshair_px, self.crosshair)]
        points += [PointReading(each.pin.u_px, each.pin.v_px, each.reading) for each in self.pins]
        return tuple(point for point in points if point.reading.status is not Status.OUTSIDE)

    def aged(self, age_s: float, stale: str) -> FrameReading:
        """The same frame, looked at later."""
        if stale == self.stale:
            return replace(self, age_s=age_s)
        return replace(self, age_s=age_s, stale=stale).filled([each.pin for each in self.pins])

    def filled(self, pins: Sequence[Pin]) -> FrameReading:
        """With the readings at the crosshair and at these pins."""
        return replace(
            self,
            crosshair=self.at(self.crosshair_px),
            pins=tuple(PinReading(pin, self.at((pin.u_px, pin.v_px))) for pin in pins),
        )


def frame_reading(
    session: Session,
    result: DepthResult | None,
    info: SourceInfo | None,
    captured_at: datetime | None,
    age_s: float,
    stale: str,
    mismatches: Sequence[Mismatch] = (),
) -> FrameReading:
    """Read one frame with what the user has set."""
    calibration, problem = calibration_of(session)
    alarm = session.tracking.alarm if session.tracking is not None else ""
    caution = session.intrinsics.caution if session.intrinsics is not None else ""
    camera = f"the camera's intrinsics are not to be believed: {caution}" if caution else ""
    waiting = [f"waiting for {each.width}x{each.height} pictures: {each.in_words()}" for each in session.waiting]
    doubts = calibration.health.doubts if calibration is not None else ()
    warnings = (*(each.words for each in mismatches), *filter(None, (problem, alarm, camera)), *doubts, *waiting)
    return FrameReading(
        result=result,
        info=info,
        captured_at=captured_at,
        age_s=age_s,
        stale=stale,
        calibration=calibration,
        context=None if result is None else session.context_of(result.inverse_depth),
        references=_references(session, calibration),
        asides=() if session.tracking is None else session.tracking.asides,
        problem=problem,
        mismatches=tuple(mismatches),
        window_px=session.window_px,
        warnings=tuple(warnings),
        crosshair_px=(session.u_px, session.v_px),
    ).filled(session.pins)


def calibration_of(session: Session) -> tuple[Calibration | None, str]:
    """What the references or typed numbers give, and why they give nothing."""
    try:
        return session.calibration(), ""
    except InputError as error:
        return None, str(error)


def _references(session: Session, calibration: Calibration | None) -> tuple[Reference, ...]:
    own = tuple(each.reference for each in session.references)
    names = {name_of(each) for each in own}
    behind = () if calibration is None else calibration.references
    return (*own, *(each for each in behind if name_of(each) not in names))


def seconds_in_words(seconds: float) -> str:
    """'61 ms', '4.0 s', '12 min', '3 h', '5 days'."""
    if not math.isfinite(seconds):
        return "long"
    if seconds < 0.9995:
        return f"{1000 * max(0.0, seconds):.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"
