"""A recording is read as it was, for as long as nobody measures anything else in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tui.calibration.reference import Reference
from tui.calibration.trend import Trend
from tui.camera.frame import SourceInfo
from tui.errors import DepthTuiError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.instrument.frame import FrameReading
from tui.instrument.measured import Measured, Pin
from tui.instrument.recorded import Replayed, reads_otherwise, replayed
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.targets.live import RangeSpec
from tui.targets.spec import TargetSpec


@dataclass(frozen=True, slots=True)
class _Part:
    """Of what was measured what readings hang on; what a map shows at the references is another matter."""

    references: tuple[Reference, ...] = ()
    fixed: Trend | None = None
    targets: tuple[TargetSpec, ...] = ()
    ranges: tuple[RangeSpec, ...] = ()

    @classmethod
    def of(cls, measured: Measured) -> _Part:
        """Of what was measured."""
        fixed = None if measured.fixed is None else measured.fixed.trend
        references = tuple(each.reference for each in measured.references)
        return cls(references, fixed, measured.targets, measured.ranges)


class Playback:
    """Takes over what a recording brings: what was measured, and each frame's readings.

    `wanted` says whether to do that; not where somebody has asked for something else from the beginning.
    """

    def __init__(self) -> None:
        self.wanted = True
        self.takes_window = True
        """Whether the window that is sampled is taken over as well."""
        self.problem = ""
        """Why the frame shown last has no readings of its own; empty if it has, or is no recording's."""
        self.forget()

    def forget(self) -> None:
        """Another source."""
        self._taken = _Part()
        self._pins: tuple[Pin, ...] = ()
        self._regions: tuple[Region, ...] = ()
        self._placed = False
        """Whether the crosshair was put where it was then: once, as it is the user's own from there on."""
        self._camera: Intrinsics | None = None
        self._otherwise: str | None = None
        """Why what is read is not what was recorded, by its first frame; None until that was looked at."""
        self._window_px = 0
        self._of: DepthResult | None = None
        self._found: Replayed | None = None

    def captured_at(self, result: DepthResult) -> datetime | None:
        """When a frame was taken, if it was recorded then."""
        recorded = result.frame.recorded
        return None if recorded is None else recorded.captured_at

    def taken(self, session: Session, result: DepthResult) -> tuple[Session, str]:
        """The session with what had been measured when a frame was recorded, and what there is to say of that."""
        found = self._replayed(result) if self.wanted else None
        if found is None:
            return session, ""
        then, words = found.measured, ""
        now, part = _Part.of(session.measured), _Part.of(then)
        if now not in {self._taken, part}:
            return session, ""
        # Pins, regions and another camera's intrinsics are the user's own where they are not what was taken over.
        pins = then.pins if session.pins == self._pins else session.pins
        regions = then.regions if session.regions == self._regions else session.regions
        camera = then.intrinsics if session.intrinsics == self._camera else session.intrinsics
        next_pin = max(then.next_pin, session.next_pin)
        if part != now:
            held = replace(then, pins=pins, next_pin=next_pin, regions=regions, intrinsics=camera)
            session = session.with_measured(held)
            words = f"as recorded: {replace(then, pins=(), regions=()).in_words() or 'nothing measured'}"
        else:
            session = replace(session, pins=pins, next_pin=next_pin, regions=regions, intrinsics=camera)
        if self.takes_window and found.window_px != self._window_px:
            session = replace(session, window_px=found.window_px)
        if found.crosshair_px is not None and not self._placed:
            session = session.jumped(*found.crosshair_px)
        self._placed = True
        self._taken, self._pins, self._regions, self._camera = part, then.pins, then.regions, then.intrinsics
        self._window_px = found.window_px
        return session, words

    def follows(self, session: Session, result: DepthResult) -> Replayed | None:
        """What a frame's readings were, if they stand: None once something else is measured, or another model used."""
        found = self._replayed(result) if self.wanted and result.as_recorded else None
        return found if found is not None and _Part.of(session.measured) == self._taken else None

    def stale(self, session: Session, result: DepthResult) -> str:
        """Why a frame had been no news when it was recorded; empty if it was, or as of `follows`."""
        found = self.follows(session, result)
        return "" if found is None else found.reading.stale

    def reading(
        self, session: Session, result: DepthResult, info: SourceInfo | None, age_s: float, stale: str
    ) -> FrameReading | None:
        """The readings as they were, at the session's pixels; None as of `follows`."""
        found = self.follows(session, result)
        if found is None:
            return None
        as_it_was = replace(
            found.reading,
            result=result,
            info=info,
            captured_at=self.captured_at(result),
            age_s=age_s,
            stale=stale,
            context=session.context_of(result.inverse_depth),
            window_px=session.window_px,
            crosshair_px=(session.u_px, session.v_px),
        )
        if self._otherwise is None:
            self._otherwise = _otherwise(result, replace(as_it_was, window_px=found.window_px))
        if self._otherwise:
            as_it_was = replace(as_it_was, warnings=(*as_it_was.warnings, self._otherwise))
        filled = as_it_was.filled(session.pins, session.regions)
        if filled.calibration is None or found.health is None:
            return filled
        return replace(filled, calibration=replace(filled.calibration, health=found.health))

    def _replayed(self, result: DepthResult) -> Replayed | None:
        """What was recorded of a frame; parsed once."""
        if self._of is not result:
            self._of, self._found, self.problem = result, None, ""
            if result.frame.recorded is not None:
                try:
                    self._found = replayed(result.frame.recorded, result)
                except DepthTuiError as error:
                    self.problem = str(error)
        return self._found


def _otherwise(result: DepthResult, reading: FrameReading) -> str:
    assert result.frame.recorded is not None  # noqa: S101 - the caller follows it
    try:
        return reads_otherwise(result.frame.recorded, reading)
    except DepthTuiError as error:
        return str(error)
