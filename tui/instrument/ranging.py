"""Range sensors beside the camera: which may run, and what they say of a frame, as references."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from tui.calibration.reference import Reference
from tui.camera.command import is_command
from tui.camera.printable import printable_address
from tui.camera.rangefinder import Ranged
from tui.errors import InputError
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline
from tui.targets.live import RangeSpec, Spot, parse_live, parse_lives
from tui.targets.markers import references_inside

HERE = "here"
"""Typed where the sensor's spot is seen: it is noted with the sensor's present distance."""


class Ranging:
    """Runs the session's sensors: ports, and those commands that somebody typed here. A profile's wait for a word."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._allowed: set[str] = set()
        self._refused: set[str] = set()
        self._running: tuple[str, ...] = ()

    def allow(self, specs: Sequence[RangeSpec]) -> None:
        """They were typed: they may run."""
        self._allowed.update(each.source for each in specs)

    def allow_typed(self, text: str) -> None:
        """The same of a text that was typed; what is none is said where it is carried out."""
        with contextlib.suppress(InputError):
            self.allow([parse_live(text)])

    def follow(self, session: Session) -> None:
        """Run what this session has, and no others."""
        waiting = {each.source for each in self.waiting(session)}
        sources = tuple(each.source for each in session.ranges if each.source not in waiting)
        if sources != self._running:
            self._running = sources
            self._pipeline.range_with(sources)

    def waiting(self, session: Session) -> tuple[RangeSpec, ...]:
        """Commands that came with a profile, or were kept, and that nobody has typed."""
        return tuple(each for each in session.ranges if is_command(each.source) and each.source not in self._allowed)

    def begun(self, session: Session, texts: Sequence[str]) -> Session:
        """With the sensors that were typed at the start; one without a place only lets a profile's run.

        Raises:
            InputError: one is none.
        """
        specs = parse_lives(texts)
        self.allow(specs)
        for each in specs:
            session = session.with_range(each) if each.spots else session
        return session

    def asked(self, session: Session) -> str:
        """The question whether the commands that wait may run; empty once it is answered."""
        sources = [each.source for each in self.waiting(session) if each.source not in self._refused]
        commands = ", ".join(map(printable_address, sources))
        return f"a range sensor would run {commands}: enter lets it, esc does not" if commands else ""

    def answer(self, session: Session, *, runs: bool) -> bool:
        """The answer to `asked`; False if nothing is asked."""
        if not self.asked(session):
            return False
        if runs:
            self.allow(self.waiting(session))
        else:
            self._refused.update(each.source for each in self.waiting(session))
        return True

    def words(self, session: Session, result: DepthResult, *, live: bool = True) -> tuple[str, ...]:
        """Why sensors do not count in a frame, or should not, a line each.

        Args:
            session: has the sensors.
            result: of the frame.
            live: whether it shows what is before the camera now, as the sensors do.
        """
        if not session.ranges:
            return ()
        by_source = {each.source: each for each in result.ranged}
        waiting = self.waiting(session)
        words = [
            f"{each.label} does not run: {each.source} came with a profile; --live '{each.source}', or enter in the "
            "app, lets it"
            for each in waiting
        ]
        now = {each.source: each.why for each in self._pipeline.ranged()}
        for spec in session.ranges:
            ranged = by_source.get(spec.source)
            if spec in waiting:
                continue
            if ranged is None or ranged.ranging is None:
                if why := now.get(spec.source) or ("" if ranged is None else ranged.why):
                    words.append(f"{why}; it does not count")
            elif not _inside(spec, ranged, session, result):
                u_px, v_px = spec.spot_px(ranged.ranging.distance_m)
                words.append(f"{spec.label}: its spot is outside the picture now ({u_px:.0f}, {v_px:.0f})")
        if not live and result.ranged and not words:
            words.append("a range sensor measures what is there now; these pictures may be of another time")
        return tuple(words)


def asked_for(session: Session, result: DepthResult) -> bool:
    """Whether a frame's markers are those that the session looks for, as its camera sees them.

    The first frames of another source, or after another camera was given, were searched for what was wanted before.
    """
    return result.looked_for in (None, (session.targets, session.intrinsics))


def live_references(session: Session, result: DepthResult) -> tuple[Reference, ...]:
    """What a frame brings by itself: the printed markers that it shows, and what range sensors said of it."""
    height, width = result.inverse_depth.shape
    by_source = {each.source: each for each in result.ranged}
    markers = result.markers if asked_for(session, result) else ()
    found = [
        _inside(each, by_source[each.source], session, result) for each in session.ranges if each.source in by_source
    ]
    return (*references_inside(markers, width, height), *(each for each in found if each is not None))


def _inside(spec: RangeSpec, ranged: Ranged, session: Session, result: DepthResult) -> Reference | None:
    """As a reference; None where it says nothing, or its spot is not in the picture."""
    if ranged.ranging is None or not spec.spots:
        return None
    reference = spec.reference(ranged.ranging, session.intrinsics)
    height, width = result.inverse_depth.shape
    inside = 0 <= reference.pixel[0] < width and 0 <= reference.pixel[1] < height
    return reference if inside else None


def is_range(text: str) -> bool:
    """Whether an answer to the question for markers is about a range sensor."""
    words = text.strip().casefold()
    return words == HERE or "exec:" in words or "serial:" in words


def with_range(session: Session, text: str, result: DepthResult | None) -> Session:
    """With a range sensor, at the crosshair where no pixel is typed; or with its spot noted `here`.

    Raises:
        InputError: it is none, or says nothing at present.
    """
    at = (float(session.u_px), float(session.v_px))
    if text.strip().casefold() != HERE:
        spec = parse_live(text, "range sensor")
        known = next((each for each in session.ranges if each.source == spec.source), None)
        if not spec.spots and known is not None:
            return session.with_range(replace(known, sigma=spec.sigma or known.sigma))
        return session.with_range(spec if spec.spots else replace(spec, spots=(Spot(*at),)))
    if len(session.ranges) != 1:
        raise InputError("here: give one range sensor first: exec:COMMAND or serial:/dev/ttyUSB0")
    spec = session.ranges[0]
    ranged = () if result is None else tuple(each for each in result.ranged if each.source == spec.source)
    if not ranged or ranged[0].ranging is None:
        raise InputError(f"here: {ranged[0].why if ranged else f'{spec.label}: no distance yet'}")
    return session.with_range(spec.with_spot(Spot(*at, ranged[0].ranging.distance_m)))


def placed(given: Sequence[RangeSpec], kept: Sequence[RangeSpec], *, alone: bool) -> tuple[RangeSpec, ...]:
    """Sensors that were given, those without a pixel where a profile has kept them.

    Args:
        given: as they were typed.
        kept: of the profile.
        alone: whether those of the profile that were not given do not count.

    Raises:
        InputError: nothing has kept one that has no pixel.
    """
    found, left = [], list(kept)
    for each in given:
        own = next((other for other in kept if other.source == each.source), kept[0] if len(kept) == 1 else None)
        if each.spots:
            found.append(each)
            left = [other for other in left if other.source != each.source]
        elif own is None:
            raise InputError(
                f"--live {each.source}: where does it look? write X,Y={each.source}, or give the --profile that knows"
            )
        else:
            found.append(replace(each, spots=own.spots, sigma=each.sigma or own.sigma))
            left = [other for other in left if other is not own]
    return tuple(found if alone else [*found, *left])
