"""A finding that has to last before it is said, and before it is taken back."""

from __future__ import annotations

LONGEST_STEP_S = 0.5
"""One look counts for no longer than this, so that a single odd frame of a slow camera says nothing."""


class Lasting:
    """Whether something is so, judged over time: said after it was so for a while, and kept for a least time."""

    def __init__(self, *, rise_s: float, fall_s: float, least_s: float) -> None:
        self._rise_s = rise_s
        self._fall_s = fall_s
        self._least_s = least_s
        self.on = False
        self.since_s = 0.0
        """When that which is said began, in the clock of the looks."""
        self._for_s = 0.0
        self._began_s: float | None = None
        self._flipped_s: float | None = None
        self._last_s: float | None = None

    def look(self, found: bool | None, at_s: float) -> bool:
        """Take one finding (None: nothing can be told now) and return whether it is to be said.

        The very first finding counts at once: there is nothing yet that it could contradict.
        """
        step_s = 0.0 if self._last_s is None else min(max(at_s - self._last_s, 0.0), LONGEST_STEP_S)
        first = self._last_s is None
        if found is None:
            if not first:
                self._last_s = at_s
            return self.on
        self._last_s = at_s
        if first:
            if found:
                self._flip(on=True, since_s=at_s, at_s=at_s)
            return self.on
        if found != self.on:
            self._began_s = at_s if self._began_s is None else self._began_s
            self._for_s += step_s
        else:
            self._for_s = max(0.0, self._for_s - 2 * step_s)
            if not self._for_s:
                self._began_s = None
        rested = self._flipped_s is None or at_s - self._flipped_s >= self._least_s
        if self._began_s is not None and rested and self._for_s >= (self._fall_s if self.on else self._rise_s):
            self._flip(on=not self.on, since_s=self._began_s, at_s=at_s)
        return self.on

    def _flip(self, *, on: bool, since_s: float, at_s: float) -> None:
        self.on = on
        self.since_s = since_s
        self._for_s = 0.0
        self._began_s = None
        self._flipped_s = at_s
