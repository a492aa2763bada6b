"""What one frame says to what was asked on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.measure import PointReading
from tui.calibration.reading import Reading, Status
from tui.cli.asked import Asked
from tui.cli.regions import regions_of
from tui.cli.space import Span
from tui.cli.spans import spans_of
from tui.geometry.region import Region
from tui.instrument.instrument import Instrument
from tui.instrument.regions import RegionReading

_ANOTHER_SHAPE = Reading(
    None, None, None, None, Status.OTHER_SIZE, ("the pixel was given for pictures of another shape",)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one frame says to what was asked."""

    points: tuple[PointReading, ...]
    """One a `--at`, in pixels as they were asked for."""
    spans: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    regions: tuple[RegionReading, ...] = ()
    """One a region, in pixels as they were asked for."""


def answer_of(asked: Asked, instrument: Instrument, regions: tuple[Region, ...], *, still: bool) -> Answer:
    """What the frame that is shown says.

    Args:
        asked: for what.
        instrument: that shows it.
        regions: that are read.
        still: whether the picture never changes.
    """
    reading = instrument.reading
    here = {each.pin.number: each for each in reading.pins}
    missing = _ANOTHER_SHAPE
    if reading.stale:
        missing = Reading(None, None, None, None, Status.STALE, (reading.stale,))
    points = [
        PointReading(*pixel, here[number].reading if number in here else missing)
        for number, pixel in enumerate(asked.pixels[: len(asked.queries)], 1)
    ]
    return Answer(
        tuple(points),
        tuple(spans_of(asked, instrument, here, missing, still=still)),
        reading.warnings,
        regions_of(regions, reading.regions, missing),
    )
