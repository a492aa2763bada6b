"""What the command line asks the app for; imports nothing heavy, as it is there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.instrument.wanted import Wanted
from tui.terminal.bandwidth import Bandwidth

if TYPE_CHECKING:
    from tui.calibration.reference import Reference
    from tui.geometry.region import Region
    from tui.records.rule import Rule


@dataclass(frozen=True, slots=True)
class ConfiguredCamera:
    """A camera of a configuration, as the app shows it."""

    name: str
    wanted: Wanted
    """Its source, profile, model."""
    pins: tuple[tuple[int, int], ...] = ()
    """Column and row of each."""
    regions: tuple[Region, ...] = ()
    references: tuple[Reference, ...] = ()
    markers: tuple[str, ...] = ()
    """And range sensors: what finds itself in every frame, as it is typed."""
    rules: tuple[Rule, ...] = ()
    """Its alarms."""
    unused: tuple[str, ...] = ()
    """Keys of it that the app has no use for."""


@dataclass(frozen=True, slots=True)
class StartOptions(Wanted):
    """What the command line asked for: of the instrument, and of the screen."""

    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    """How much may be sent to the terminal."""
    fps: float = 10.0
    """The most frames a second that pictures are painted."""

    cameras: tuple[ConfiguredCamera, ...] = ()
    """Of a configuration; the first is shown first."""
    tour: bool = False
    """Whether the tour of the demo is wanted again."""

    colors: str | None = None
    """What the terminal shows, as in the settings; None: what they say. So are the three that follow."""
    palette: str | None = None
    contours: str | None = None
    graphics: str | None = None
