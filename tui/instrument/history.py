"""Undo and redo of what was measured."""

from __future__ import annotations

from collections import deque
from collections.abc import MutableSequence

from tui.instrument.measured import Measured
from tui.instrument.session import Session

STEPS = 20
"""That can be taken back."""


class History:
    """What was measured before, and what was taken back, of one scene."""

    def __init__(self) -> None:
        self._past: deque[Measured] = deque(maxlen=STEPS)
        self._future: deque[Measured] = deque(maxlen=STEPS)

    def note(self, before: Session, after: Session) -> None:
        """Remember what an order changed; nothing if it changed nothing that was measured."""
        if before.measured != after.measured:
            self._past.append(before.measured)
            self._future.clear()

    def undo(self, session: Session) -> tuple[Session, str]:
        """The session before the last change, and what has changed in words; empty if there is nothing to undo."""
        return self._step(session, self._past, self._future)

    def redo(self, session: Session) -> tuple[Session, str]:
        """The session before the last `undo`, and what has changed in words; empty if there is nothing to redo."""
        return self._step(session, self._future, self._past)

    @staticmethod
    def _step(
        session: Session, source: MutableSequence[Measured], target: MutableSequence[Measured]
    ) -> tuple[Session, str]:
        """The newest of `source`; what was measured in pictures of another shape stays there until those are back."""
        for index in reversed(range(len(source))):
            measured = source[index]
            if measured.same_shape(session.width, session.height):
                del source[index]
                target.append(session.measured)
                changed = session.with_measured(measured.scaled_to(session.width, session.height))
                return changed, difference(session.measured, changed.measured)
        return session, ""


def difference(before: Measured, after: Measured) -> str:
    """What has changed, for a person."""
    parts = []
    for name, old, new in (
        ("reference", len(before.references), len(after.references)),
        ("pin", len(before.pins), len(after.pins)),
        ("region", len(before.regions), len(after.regions)),
        ("alarm", len(before.alarms), len(after.alarms)),
        ("marker", len(before.targets), len(after.targets)),
        ("range sensor", len(before.ranges), len(after.ranges)),
    ):
        if old != new:
            parts.append(f"{new} {name}{'' if new == 1 else 's'} (was {old})")
    if before.profile != after.profile:
        parts.append(f"profile {after.profile}" if after.profile else "no profile")
    if before.fixed != after.fixed:
        parts.append("typed scale and shift" if after.fixed else "no typed scale and shift")
    if before.intrinsics != after.intrinsics:
        parts.append("another camera" if after.intrinsics else "no camera")
    if before.ranges != after.ranges and len(before.ranges) == len(after.ranges):
        parts.append("a range sensor's place")
    if before.floor != after.floor:
        parts.append("another floor" if after.floor else "no floor")
    return ", ".join(parts) or "values as before"
