"""What one frame gives: the frozen value that every front end reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tui.calibration.checks import Check, Checker, with_reasons
from tui.calibration.context import MapContext
from tui.calibration.doubt import Doubt, judged, without_distance
from tui.calibration.measure import PointReading, Unseen
from tui.calibration.reading import Reading, Status, read_all
from tui.calibration.reference import Reference
from tui.calibration.region import judged_region
from tui.calibration.result import Calibration
from tui.calibration.tracking import Aside, name_of
from tui.camera.frame import Frame, SourceInfo
from tui.errors import InputError
from tui.geometry.region import Region
from tui.geometry.sampling import samples_or_none
from tui.instrument.camera import camera_doubts, rests_on_camera
from tui.instrument.conscience import NO_JUDGEMENT, Judgement, picture_plain
from tui.instrument.measured import Pin
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.ranging import asked_for
from tui.instrument.regions import RegionReading, region_value
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult

_BELIEVED = {Status.OK, Status.DOUBTFUL, Status.EXTRAPOLATED, Status.UNVERIFIED}
NOTHING = Reading(None, None, None, None, Status.OUTSIDE, ("outside this picture",))


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
    regions: tuple[RegionReading, ...] = ()
    window_px: int = 5
    warnings: tuple[str, ...] = ()
    """What somebody who uses the numbers should know, a line each."""
    doubts: tuple[Doubt, ...] = ()
    """What is against the readings of this frame as a whole."""
    judgement: Judgement = NO_JUDGEMENT
    """What its picture means for them."""
    camera_doubts: tuple[str, ...] = ()
    """Why what rests on the camera's intrinsics is doubtful: positions, spans, and distances if `rests_on_camera`."""

    @property
    def frame(self) -> Frame | None:
        """The frame itself."""
        return None if self.result is None else self.result.frame

    @property
    def silent(self) -> bool:
        """Whether there is a reason to give no distance at all."""
        return any(each.no_distance for each in self.doubts)

    def at(self, pixel: tuple[int, int]) -> Reading:
        """The reading at any pixel: the one way in which this program gives a distance to a person or a script."""
        return self.all_at([pixel])[0]

    def all_at(self, pixels: Sequence[tuple[int, int]]) -> tuple[Reading, ...]:
        """`at` for several pixels, for less."""
        if self.result is None:
            return (NOTHING,) * len(pixels)
        inverse_depth = self.result.inverse_depth
        height, width = inverse_depth.shape
        inside = [(u_px, v_px) for u_px, v_px in pixels if 0 <= u_px < width and 0 <= v_px < height]
        try:
            samples = samples_or_none(inverse_depth, inside, self.window_px)
        except InputError:  # a window that is none
            return (NOTHING,) * len(pixels)
        found = dict(zip(inside, read_all(self.calibration, samples, inside, self.context), strict=True))
        return tuple(self._judged(found[pixel]) if pixel in found else NOTHING for pixel in pixels)

    def region(self, region: Region) -> RegionReading:
        """The reading of any region, in pixels of this picture: judged as a pixel's is."""
        if self.result is None:
            return RegionReading(region, NOTHING, None)
        inverse_depth = self.result.inverse_depth
        value = region_value(self.calibration, inverse_depth, region, self.window_px, self.context)
        reading, share = self._judged(value.reading), value.unknown_share
        if self.stale or self.silent:
            return RegionReading(region, reading, None)
        height, width = inverse_depth.shape
        cut = region.reaches_out(width, height)
        return RegionReading(region, judged_region(reading, share, cut=cut), share)

    def _judged(self, reading: Reading) -> Reading:
        """With what is against it: the calibration, the picture, the camera, the time."""
        found = judged(reading, self.calibration, self.doubts)
        if self.stale:
            return replace(without_distance(found), status=Status.STALE, reasons=(self.stale, *found.reasons))
        others = tuple(each.words for each in self.mismatches if each.kind is MismatchKind.CAMERA)
        if others and found.distance_m is not None and found.status in _BELIEVED:
            return replace(found, status=Status.OTHER_CAMERA, reasons=(*others, *found.reasons))
        if found.status is Status.UNCALIBRATED:
            why = (self.problem, *(each.words for each in self.mismatches))
            return replace(found, reasons=tuple(filter(None, (*why, *found.reasons))))
        return found

    def gone(self) -> tuple[Unseen, ...]:
        """The references that do not count in this frame, as its picture shows something else there."""
        why = self.judgement.gone
        return tuple(Unseen(each, why[name_of(each)]) for each in self.references if name_of(each) in why)

    def picture(self) -> dict[str, object]:
        """What was seen of the picture, as plain data."""
        at_s = 0.0 if self.frame is None else self.frame.captured_at_s
        return picture_plain(self.judgement.seen, at_s, self.captured_at)

    def plain(self) -> dict[str, object]:
        """What a report says of the frame beside its readings at pixels, as plain data."""
        return {
            "time": None if self.captured_at is None else self.captured_at.isoformat(timespec="milliseconds"),
            "age_s": round(self.age_s, 3),
            "warnings": list(self.warnings),
            "picture": self.picture(),
            "regions": [each.plain() for each in self.regions],
        }

    def checks(self, checker: Checker | None = None, *, anew: bool = True) -> tuple[Check, ...]:
        """What is read at each reference, and what the others say there.

        Args:
            checker: keeps what the others said, for who asks again and again.
            anew: ask the others now.
        """
        if self.result is None:
            return ()
        if self.silent:
            return tuple(Check(each, None) for each in self.references)
        found = (checker or Checker()).check(
            self.calibration, self.references, self.result.inverse_depth, self.window_px, self.context, anew=anew
        )
        judged_here = [
            replace(
                each,
                reading=None if each.reading is None else self._judged(each.reading),
                others=None if self.stale else each.others,
            )
            for each in found
        ]
        return with_reasons(judged_here, self.asides, self.result.frame.captured_at_s)

    def readings(self) -> tuple[PointReading, ...]:
        """The crosshair, then the pins that lie in this picture."""
        points = [PointReading(*self.crosshair_px, self.crosshair)]
        points += [PointReading(each.pin.u_px, each.pin.v_px, each.reading) for each in self.pins]
        return tuple(point for point in points if point.reading.status is not Status.OUTSIDE)

    def aged(self, age_s: float, stale: str) -> FrameReading:
        """The same frame, looked at later."""
        if stale == self.stale:
            return replace(self, age_s=age_s)
        return replace(self, age_s=age_s, stale=stale).filled(
            [each.pin for each in self.pins], [each.region for each in self.regions]
        )

    def filled(self, pins: Sequence[Pin], regions: Sequence[Region] = ()) -> FrameReading:
        """With the readings at the crosshair, at these pins and of these regions."""
        return replace(
            self,
            crosshair=self.at(self.crosshair_px),
            pins=tuple(PinReading(pin, self.at((pin.u_px, pin.v_px))) for pin in pins),
            regions=tuple(self.region(each) for each in regions),
        )


def frame_reading(
    session: Session,
    result: DepthResult | None,
    info: SourceInfo | None,
    captured_at: datetime | None,
    age_s: float,
    stale: str,
    mismatches: Sequence[Mismatch] = (),
    judgement: Judgement = NO_JUDGEMENT,
) -> FrameReading:
    """Read one frame with what the user has set."""
    calibration, problem = calibration_of(session)
    alarm = session.tracking.alarm if session.tracking is not None else ""
    focal = result.focal if result is not None and asked_for(session, result) else None
    doubts = camera_doubts(session.intrinsics, info, focal)
    against = (alarm, *(doubts if rests_on_camera(calibration, session.usual) else ()))
    waiting = [f"waiting for {each.width}x{each.height} pictures: {each.in_words()}" for each in session.waiting]
    picture = dict.fromkeys([*(each.words for each in judgement.verdicts), *(each.words for each in judgement.doubts)])
    told = (*picture, *(each.words for each in mismatches))
    mistakes = calibration.health.doubts if calibration is not None else ()
    warnings = (*told, *filter(None, (problem, alarm)), *mistakes, *doubts, *waiting)
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
        doubts=(*judgement.doubts, *(Doubt(each) for each in against if each)),
        judgement=judgement,
        camera_doubts=doubts,
        crosshair_px=(session.u_px, session.v_px),
    ).filled(session.pins, session.regions)


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
