"""Whether what is shown is still what the camera sees."""

from __future__ import annotations

from collections import deque
from statistics import median

from tui.pipeline.capture import CaptureStage
from tui.pipeline.pipeline import Snapshot

LEAST_S = 2.0
"""A picture is not stale before that, however quick the source is."""

PERIODS = 3.0
"""Without a new frame for so many of its own periods a source has stopped."""

_LOST = {
    CaptureStage.LOST: "the source is lost",
    CaptureStage.FAILED: "the source has failed",
    CaptureStage.ENDED: "the source has ended",
}


class Freshness:
    """Learns how often new maps come, and says when one should have come."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._periods_s: deque[float] = deque(maxlen=5)
        self.expected_s = 0.0
        """How often somebody asks for a frame; 0 for as often as they come."""

    def tick(self, captured_at_s: float, seconds: float) -> None:
        """A map came of a frame that was taken then; estimating it took so many seconds."""
        if self._last_s is not None and captured_at_s > self._last_s:
            self._periods_s.append(max(captured_at_s - self._last_s, seconds))
        elif not self._periods_s:
            self._periods_s.append(seconds)
        self._last_s = captured_at_s

    def forget(self) -> None:
        """Another source: it has a rate of its own."""
        self._last_s = None
        self._periods_s.clear()

    @property
    def limit_s(self) -> float:
        """The age from which a frame is stale."""
        period_s = max(self.expected_s, median(self._periods_s) if self._periods_s else 0.0)
        return max(LEAST_S, PERIODS * period_s)

    def why_stale(self, snapshot: Snapshot, age_s: float, *, frozen: bool) -> str:
        """Why there is no distance any more; empty while there is."""
        info, stage = snapshot.capture.info, snapshot.capture.stage
        if frozen or (info is not None and info.still):
            return ""
        if stage in _LOST:
            return _LOST[stage]
        return "no new picture" if age_s > self.limit_s else ""
