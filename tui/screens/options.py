"""What the command line asks the app for; imports nothing heavy, as it is there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.terminal.bandwidth import Bandwidth


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What the command line asked for."""

    source: str | None = None
    """None: the first camera that delivers a frame, else the demo."""
    model: str | None = None
    """None: the best one installed, if any."""
    weights: Path | None = None
    engine: str = "auto"
    profile: str | None = None
    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    """How much may be sent to the terminal."""
    fps: float = 10.0
    """The most frames a second that pictures are painted."""

    colors: str | None = None
    """What the terminal shows, as in the settings; None: what they say. So are the three that follow."""
    palette: str | None = None
    contours: str | None = None
    graphics: str | None = None

    precision: str = "auto"
    """What the network is computed in, as `depth.engines.choice` names it; auto: the fastest that the machine has."""
    threads: int | None = None
    """Cores for the network; None: the usual number."""

    def with_model(self, model: str) -> StartOptions:
        """Another model; weights given for the first one do not go with it."""
        return replace(self, model=model, weights=None)
