"""Where a source with a time of its own is, in words."""

from __future__ import annotations

from tui.camera.frame import Position


def clock(seconds: float) -> str:
    """`1:23.4`, `1:02:03.4`."""
    tenths = max(0, round(10 * seconds))
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{rest // 10:02}.{rest % 10}"


def position_text(at_s: float, position: Position) -> str:
    """`0:01.2 of 0:05.4`, or without a length where that is not known."""
    return clock(at_s) if position.length_s is None else f"{clock(at_s)} of {clock(max(at_s, position.length_s))}"
