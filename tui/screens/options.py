"""What the command line asks the app for; imports nothing heavy, as it is there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.instrument.wanted import Wanted
from tui.terminal.bandwidth import Bandwidth


@dataclass(frozen=True, slots=True)
class StartOptions(Wanted):
    """What the command line asked for: of the instrument, and of the screen."""

    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    """How much may be sent to the terminal."""
    fps: float = 10.0
    """The most frames a second that pictures are painted."""

    tour: bool = False
    """Whether the tour of the demo is wanted again."""

    colors: str | None = None
    """What the terminal shows, as in the settings; None: what they say. So are the three that follow."""
    palette: str | None = None
    contours: str | None = None
    graphics: str | None = None
