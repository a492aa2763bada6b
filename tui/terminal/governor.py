"""When a new frame may be painted and how finely: first fewer frames, then fewer levels, then larger blocks."""

from __future__ import annotations

from collections import deque
from statistics import median


class Governor:
    """Decides from how long frames take to be sent. No clock inside: time comes as an argument.

    Frames are never queued: the next one is painted when the one before has been sent, so that the frame rate falls by
    itself. Only where that would make it fall below `FLOOR_FPS` does the picture become coarser, step by step.

    Args:
        fps: frames a second asked for.
        coarsest: the last step; 0 is the finest.
    """

    FLOOR_FPS = 3.0
    _EASY = 0.4
    """Share of a floor frame's time under which the next finer step will fit."""
    _SETTLE_S = 2.0
    _FINER_AFTER_S = 6.0
    _MOST_PATIENCE = 16.0
    _FRAMES = 5

    def __init__(self, fps: float, coarsest: int) -> None:
        self.interval_s = 1 / fps
        self.step = 0
        self._coarsest = coarsest
        self._due_s = float("-inf")
        self._times: deque[float] = deque(maxlen=self._FRAMES)
        self._changed_s: float | None = None
        self._finer_s = float("-inf")
        self._easy_since_s: float | None = None
        self._patience = 1.0

    def due_in_s(self, now_s: float) -> float:
        """Seconds until the next frame may be painted; not positive: now."""
        return self._due_s - now_s

    def begin(self, now_s: float) -> None:
        """A frame is painted; keeps to the asked-for beat where frames come a little late."""
        late = now_s - self._due_s
        self._due_s = (self._due_s if late < self.interval_s else now_s) + self.interval_s

    def sent(self, now_s: float, took_s: float) -> None:
        """A frame has been sent, and sending took so long; `step` may be another afterwards."""
        if self._changed_s is None:
            # The first frame fills the screen: it says nothing about the next.
            self._changed_s = now_s
            return
        self._times.append(took_s)
        if len(self._times) < self._FRAMES and sum(self._times) < 2 * self._SETTLE_S:
            return
        usual_s, floor_s = median(self._times), 1 / self.FLOOR_FPS
        if usual_s > floor_s:
            self._easy_since_s = None
            if self.step < self._coarsest and now_s - self._changed_s >= self._SETTLE_S:
                if now_s - self._finer_s < 3 * self._FINER_AFTER_S:
                    # The step before was one too fine: be slower to try that again.
                    self._patience = min(self._MOST_PATIENCE, 2 * self._patience)
                self._change(self.step + 1, now_s)
        elif usual_s < self._EASY * floor_s:
            if self._easy_since_s is None:
                self._easy_since_s = now_s
            if self.step and now_s - self._easy_since_s >= self._FINER_AFTER_S * self._patience:
                self._finer_s = now_s
                self._change(self.step - 1, now_s)
        else:
            self._easy_since_s = None

    def _change(self, step: int, now_s: float) -> None:
        self.step = step
        self._changed_s = now_s
        self._easy_since_s = None
        self._times.clear()
