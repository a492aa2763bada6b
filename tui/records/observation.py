"""What a named place showed at one moment: what is remembered, watched, logged and sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tui.calibration.reading import Reading
from tui.instrument.frame import FrameReading


@dataclass(frozen=True, slots=True)
class Observation:
    """One place's reading and when its frame was taken."""

    name: str
    """Of the pin or region, unique among those of one source: 'pin 1', 'door', '120,200'."""
    reading: Reading
    """Distance with its interval, or why there is none."""
    captured_at: datetime
    """By the clock on the wall, with its zone; that clock may be set back."""
    captured_at_s: float
    """The same by `time.monotonic()`, which never is."""
    statistic: str = ""
    """Of a region: what of it is read ('nearest', 'median', 'farthest'); empty for a point."""
    unknown_share: float | None = None
    """Of a region: the share of its pixels without a distance, 0 to 1."""

    @property
    def distance_m(self) -> float | None:
        """Metres; None if there is no distance."""
        return self.reading.distance_m


def observations(reading: FrameReading) -> Iterator[Observation]:
    """What one frame gives for each pin and then each region, in their order; nothing while there is no frame."""
    if reading.frame is None or reading.captured_at is None:
        return
    at, at_s = reading.captured_at, reading.frame.captured_at_s
    for each in reading.pins:
        yield Observation(f"pin {each.pin.number}", each.reading, at, at_s)
    for region in reading.regions:
        statistic = region.region.statistic.value
        yield Observation(region.region.name, region.reading, at, at_s, statistic, region.unknown_share)
