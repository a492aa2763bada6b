"""How long a map took to the machine that makes it and back."""

from __future__ import annotations

from tui.pipeline.inference import DepthResult
from tui.widgets.status_line import Field, Tone


def trip_field(shown: DepthResult | None, priority: int) -> Field:
    """The round trip, for the status line; empty where this machine computes."""
    trip_s = None if shown is None else shown.depth_map.round_trip_s
    return Field("" if trip_s is None else f"{trip_text(trip_s)} there and back", priority, Tone.DIM, restless=True)


def trip_text(seconds: float) -> str:
    """'43 ms', '250 ms', '1.2 s': two digits, as it changes from frame to frame."""
    ms = float(f"{1000 * seconds:.2g}")
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
