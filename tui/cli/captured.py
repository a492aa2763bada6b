"""`measure CAPTURE`: a capture read again as the screen showed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.calibration.units import DistanceUnit
from tui.camera.captured import open_capture
from tui.camera.frame import FrameSource
from tui.cli.answer import Answer
from tui.errors import InputError, SourceError
from tui.instrument.instrument import Instrument
from tui.pipeline.capture import Opener
from tui.storage.export import is_capture, why_no_capture


def capture_opener(folder: Path, spec: str) -> Opener:
    """Opens a capture; what is wrong with it is bad input, not a source that fails.

    Raises:
        InputError: it is none, or something in it is missing, damaged or changed.
    """
    if not is_capture(folder):
        raise InputError(why_no_capture(folder))
    try:
        source = open_capture(folder, spec)
    except SourceError as error:
        raise InputError(str(error)) from error

    def open_it() -> tuple[FrameSource, str]:
        return source, ""

    return open_it


def as_captured(answer: Answer, instrument: Instrument) -> Answer:
    """What stood on the screen, where nothing else is asked: the crosshair, the pins, the regions."""
    reading = instrument.reading
    return replace(answer, points=reading.readings(), regions=reading.regions)


def unit_of_capture(instrument: Instrument) -> DistanceUnit:
    """That it was shown in; metres once something else is measured in it."""
    result = instrument.shown
    then = None if result is None else instrument.playback.follows(instrument.session, result)
    return DistanceUnit.METRES if then is None else then.unit
