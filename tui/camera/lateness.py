"""Which pictures of a stream are old when they come: held back on their way, they come all at once."""

from __future__ import annotations

import math

_LATE_S = 0.5
"""More than a network's ups and downs."""
_ON_TIME_S = 0.1
"""What was late is let through again from here on, else the last half second of it would pass as new."""
_DRIFT = 1e-3
"""How much slower than this machine's a camera's clock may be."""
_PACE = 0.8
"""Pictures that come in less than this part of the time between their making come from where they were held."""
_LEAST_STEP_S = 0.02
"""FFmpeg gives the first two pictures of a stream the same time."""
_OPENING_S = 0.3
_MOST_BEGINNING_S = 3.0
_SLACK_S = 1.0


class Lateness:
    """Compares when pictures come with the times that the stream gives them.

    The picture that came soonest after its time is taken to be on time: the delay of the way itself is not known.

    Args:
        opened_s: when the stream had been opened, `time.monotonic()`.
        opening_s: how long that took; FFmpeg looks at a stream for a second, and then gives what it saw all at once.
    """

    def __init__(self, opened_s: float, opening_s: float) -> None:
        self._beginning_until_s = opened_s + _MOST_BEGINNING_S if opening_s > _OPENING_S else -math.inf
        self._last: tuple[float, float] | None = None
        """When the last picture came, and its time in the stream."""
        self._soonest_s = math.inf
        """The least of when pictures came, less their time."""
        self._lag_s = 0.0
        self._late_until_s: float | None = None
        """While pictures are late: then they are taken as they are, as where the decoder is too slow."""

    def is_late(self, came_s: float, at_s: float) -> bool:
        """Whether this picture is old; to be asked of each, in order.

        Args:
            came_s: `time.monotonic()` when it came.
            at_s: its time in the stream; what is no number, or stands still, tells nothing.
        """
        if not math.isfinite(at_s):
            return False
        last, self._last = self._last, (came_s, at_s)
        if came_s < self._beginning_until_s:
            if last is None or came_s - last[0] < _PACE * max(at_s - last[1], _LEAST_STEP_S):
                return True
            self._beginning_until_s = -math.inf
        if last is None:
            self._soonest_s = came_s - at_s
            return False
        if at_s == last[1]:
            return self._late_until_s is not None
        self._soonest_s = min(self._soonest_s + _DRIFT * (came_s - last[0]), came_s - at_s)
        before_s, self._lag_s = self._lag_s, came_s - at_s - self._soonest_s
        if at_s < last[1] or self._lag_s > before_s + (came_s - last[0]) + _ON_TIME_S:
            # It was made after the one before, so it cannot be that old: the stream's clock was set anew.
            self._begin_anew(came_s, at_s)
        elif self._late_until_s is None and self._lag_s > _LATE_S:
            self._late_until_s = came_s + self._lag_s + _SLACK_S
        elif self._late_until_s is not None and self._lag_s < _ON_TIME_S:
            self._late_until_s = None
        elif self._late_until_s is not None and came_s > self._late_until_s:
            self._begin_anew(came_s, at_s)
        return self._late_until_s is not None

    def _begin_anew(self, came_s: float, at_s: float) -> None:
        self._soonest_s, self._lag_s, self._late_until_s = came_s - at_s, 0.0, None
