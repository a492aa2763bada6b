"""Whether what is shown is still what the camera sees."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime, timedelta
from statistics import median

from tui.camera.command import is_command
from tui.camera.frame import Frame
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


def age_of(frame: Frame) -> float:
    """How long ago a frame was taken, seconds."""
    return max(0.0, time.monotonic() - frame.captured_at_s)


def taken_at(frame: Frame) -> datetime:
    """When that was, by the clock on the wall."""
    return datetime.now(UTC).astimezone() - timedelta(seconds=age_of(frame))


class Freshness:
    """Learns how often new maps come, and says when one should have come."""

    def __init__(self) -> None:
        self._last: Frame | None = None
        self._seconds = 0.0
        self._periods_s: deque[float] = deque(maxlen=5)
        self.expected_s = 0.0
        """How often somebody who keeps looking asks for a map; 0 for as often as they come."""
        self.one_frame = False
        """Whether one frame alone is wanted: a file's is never old, nor is a command's last one."""

    def tick(self, frame: Frame, seconds: float) -> None:
        """A map of a frame came; estimating it took so many seconds.

        The source's own period counts, however rarely it is asked for a frame.
        """
        last, self._last = self._last, frame
        if last is not None and frame.index > last.index and not (frame.held or last.held):
            period_s = (frame.captured_at_s - last.captured_at_s) / (frame.index - last.index)
            self._periods_s.append(max(period_s, seconds))
        self._seconds = seconds

    def forget(self) -> None:
        """Another source: it has a rate of its own."""
        self._last, self._seconds = None, 0.0
        self._periods_s.clear()

    @property
    def limit_s(self) -> float:
        """The age from which a frame is stale."""
        learnt_s = median(self._periods_s) if self._periods_s else self._seconds
        period_s = max(self.expected_s, learnt_s)
        return max(LEAST_S, PERIODS * period_s)

    def why_stale(self, snapshot: Snapshot, age_s: float, *, frozen: bool) -> str:
        """Why there is no distance any more; empty while there is."""
        info, stage = snapshot.capture.info, snapshot.capture.stage
        if frozen or (info is not None and (info.still or (self.one_frame and not info.live))):
            return ""
        if stage in _LOST:
            return "" if self.one_frame and info is not None and is_command(info.spec) else _LOST[stage]
        return "no new picture" if age_s > self.limit_s else ""
