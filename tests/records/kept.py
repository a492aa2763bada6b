"""Somebody who listens, and keeps what there was to hear."""

from __future__ import annotations

from tui.records.bulletin import Bulletin


class Kept:
    """A listener that keeps what it hears."""

    name, late_s, events_only = "kept", float("inf"), False

    def __init__(self) -> None:
        self.taken: list[Bulletin] = []

    def put(self, bulletin: Bulletin) -> None:
        self.taken.append(bulletin)

    def idle(self, now_s: float) -> None: ...

    def close(self) -> None: ...
