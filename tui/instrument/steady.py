"""Health that does not flicker: a grade stands for a while, and a better one must prove itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.calibration.health import UNCHECKED, Grade, Health
from tui.calibration.result import Calibration

WORSE_AFTER_S = 1.5
"""For how long a calibration must be worse than it is said to be before that is said."""

BETTER_AFTER_S = 6.0
"""For how long it must be better. Two changes are never nearer to each other than the shorter one."""

_ORDER = (Grade.GOOD, Grade.FAIR, Grade.POOR)


@dataclass(frozen=True, slots=True)
class SteadyHealth:
    """What is said, and since when something else would have been."""

    health: Health = UNCHECKED
    """To be shown."""
    about: object = None
    """What it is the health of; None before anything was seen."""
    other_since_s: float | None = None
    """Since when all frames have been better, or all worse; None while they are as it is said."""
    best: Health | None = None
    """The least change seen since then."""

    def step(self, health: Health, at_s: float, about: object) -> SteadyHealth:
        """After another frame.

        Args:
            health: of that frame.
            at_s: when it was taken, on a clock that runs forward.
            about: what it is the health of; of something else, it is taken at once.
        """
        if self.about is None or about != self.about:
            return SteadyHealth(health, about)
        change = _ORDER.index(health.grade) - _ORDER.index(self.health.grade)
        if change == 0:
            return SteadyHealth(health, about)
        if self.other_since_s is None or self.best is None or (change > 0) != self._is_worse(self.best):
            return replace(self, other_since_s=at_s, best=health)
        nearest = min(
            self.best, health, key=lambda each: abs(_ORDER.index(each.grade) - _ORDER.index(self.health.grade))
        )
        if health.grade is nearest.grade:
            nearest = health
        if at_s - self.other_since_s < (WORSE_AFTER_S if change > 0 else BETTER_AFTER_S):
            return replace(self, best=nearest)
        return SteadyHealth(nearest, about)

    def after(
        self, calibration: Calibration | None, at_s: float, about: object
    ) -> tuple[SteadyHealth, Calibration | None]:
        """After a frame with that calibration, or without one; and it with the health that is to be shown."""
        if calibration is None:
            return SteadyHealth(), None
        steady = self.step(calibration.health, at_s, about)
        if steady.health == calibration.health:
            return steady, calibration
        return steady, replace(calibration, health=steady.health)

    def _is_worse(self, health: Health) -> bool:
        return _ORDER.index(health.grade) > _ORDER.index(self.health.grade)
