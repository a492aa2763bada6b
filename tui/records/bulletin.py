"""What one look at one camera gives to everybody who listens: logs, brokers, commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tui.records.alarms import Alarm, Event
from tui.records.observation import Observation


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Values and alarms of one camera at one moment."""

    camera: str
    """Its name: the one of the configuration, else the source's label."""
    at: datetime
    """When it was made, by the clock on the wall, with its zone."""
    at_s: float
    """The same by `time.monotonic()`."""
    observations: tuple[Observation, ...]
    """Of a new frame; empty where none came."""
    alarms: tuple[Alarm, ...] = ()
    """All of them, as they stand."""
    events: tuple[Event, ...] = ()
    """What has begun to ring or fallen quiet by this."""
    stale: str = ""
    """Why what was seen last is not what the camera sees now; empty while it is."""
    fresh: bool = False
    """Whether there was a frame that had not been looked at before."""
    last: bool = False
    """Whether nothing more will come of this camera: it is not watched any longer."""
