"""Pictures without times that were held up on their way: after a silence they come all at once, the oldest first."""

from __future__ import annotations

import math

_SILENCE_S = 0.5
_SILENT_PERIODS = 5.0
_PACE = 0.5
"""Who comes after less than this part of the usual time comes from where it was held up, and a newer one follows."""
_MOST_WAIT_S = 0.5
_LEARNS = 0.2


class Burst:
    """Tells from when on the newest picture is to be taken: after a silence, when no other follows upon its heels."""

    def __init__(self) -> None:
        self._last_s = math.nan
        self._usual_s = math.nan
        """Between two pictures."""
        self._until_s: float | None = None
        """While they come all at once; no longer than the silence was."""

    def came(self, now_s: float) -> None:
        """A picture came; to be told of each, or of several that came together."""
        gap_s, self._last_s = now_s - self._last_s, now_s
        if math.isnan(gap_s):
            return
        if self._until_s is not None and (gap_s >= self._wait_s or now_s >= self._until_s):
            self._until_s = None
        if self._until_s is not None:
            return
        if math.isnan(self._usual_s):
            self._usual_s = gap_s
        elif gap_s > max(_SILENCE_S, _SILENT_PERIODS * self._usual_s):
            self._until_s = now_s + gap_s
        else:
            self._usual_s += _LEARNS * (gap_s - self._usual_s)

    @property
    def held_up(self) -> bool:
        """Whether the picture that came last may be an old one; for who cannot wait whether another follows."""
        return self._until_s is not None

    @property
    def due_s(self) -> float:
        """When the picture that came last may be taken, if no other comes until then."""
        return self._last_s if self._until_s is None else min(self._last_s + self._wait_s, self._until_s)

    @property
    def _wait_s(self) -> float:
        return min(_PACE * self._usual_s, _MOST_WAIT_S)
