"""What the command line asks the app for; imports nothing heavy, as it is there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path


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

    def with_model(self, model: str) -> StartOptions:
        """Another model; weights given for the first one do not go with it."""
        return replace(self, model=model, weights=None)
