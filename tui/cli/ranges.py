"""Range sensors of `--live`, for commands that read without a screen."""

from __future__ import annotations

import time
from threading import Event
from typing import Protocol

from tui.cli.asked import Asked
from tui.cli.exits import warn
from tui.errors import SourceError
from tui.geometry.sampling import check_pixel
from tui.instrument.instrument import Instrument
from tui.instrument.measured import same_shape
from tui.instrument.profiles import measured_of
from tui.instrument.ranging import placed
from tui.pipeline.inference import DepthResult
from tui.targets.live import RangeSpec

_FIRST_S = 10.0
"""For a sensor's first distance."""
_FAILING_S = 2.0
"""Where something is wrong with it all that time."""


class Asking(Protocol):
    """Who asks an instrument without a screen."""

    instrument: Instrument
    asked: Asked
    ending: Event

    @property
    def still(self) -> bool:
        """Whether the picture never changes."""
        ...

    def wait(self, timeout_s: float) -> None:
        """Until something has changed."""
        ...

    def advance(self) -> object:
        """Take what is new."""
        ...


def ranges_asked(asked: Asked, width: int, height: int) -> tuple[RangeSpec, ...]:
    """The sensors that count, in pixels of pictures of this size: those given here, and the profile's.

    Raises:
        InputError: one looks nowhere, or beside the picture.
    """
    profile = asked.profile
    kept: tuple[RangeSpec, ...] = ()
    if profile is not None and (asked.force or same_shape((profile.width, profile.height), (width, height))):
        kept = measured_of(profile).scaled_to(width, height).ranges
    for each in asked.ranges:
        for spot in each.spots:
            check_pixel(round(spot.u_px), round(spot.v_px), width, height)
    return placed(asked.ranges, kept, alone=asked.own)


def await_ranges(headless: Asking, result: DepthResult, *, patient: bool) -> DepthResult:
    """The first frame for which every sensor has a distance, or the last one before that is given up.

    Raises:
        SourceError: none has one, nobody is patient, and they were asked for here.
    """
    instrument, asked = headless.instrument, headless.asked
    session = instrument.session
    running = len(session.ranges) - len(instrument.ranging.waiting(session))
    started_s = time.monotonic()
    while running and not headless.ending.is_set():
        if len(result.ranged) == running and all(each.ranging is not None for each in result.ranged):
            return result
        missing = [each for each in instrument.pipeline.ranged() if each.ranging is None]
        waited_s = time.monotonic() - started_s
        if waited_s > _FIRST_S or (waited_s > _FAILING_S and missing and all(each.failed for each in missing)):
            break
        if not headless.still:  # which is looked at again by itself
            instrument.pipeline.ask()
        headless.wait(0.05)
        headless.advance()
        result = instrument.shown or result
    words = instrument.ranging.words(session, result)
    others = asked.references or asked.markers or asked.lengths or asked.floors or asked.profile is not None
    if running and asked.ranges and words and not patient and not others:
        raise SourceError("; ".join(words))
    for each in words:
        warn(each)
    return result
