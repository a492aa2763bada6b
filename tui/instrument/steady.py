"""Health that does not flicker: a grade stands for a while, and a better one must prove itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.calibration.health import UNCHECKED, Grade, Health
from tui.calibration.result import Calibration
from tui.depth.estimator import ModelIdentity
from tui.instrument.session import Session

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
    """Since when all frames have been better, or some worse; None while they are as it is said."""
    other_last_s: float | None = None
    """When that was last so."""
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
            # Frames that are worse now and then are news, too: only a while without any takes them back.
            worse = self.best is not None and self._is_worse(self.best)
            if worse and self.other_last_s is not None and at_s - self.other_last_s < WORSE_AFTER_S:
                return replace(self, health=health)
            return SteadyHealth(health, about)
        if self.other_since_s is None or self.best is None or (change > 0) != self._is_worse(self.best):
            return replace(self, other_since_s=at_s, other_last_s=at_s, best=health)
        nearest = min(
            self.best, health, key=lambda each: abs(_ORDER.index(each.grade) - _ORDER.index(self.health.grade))
        )
        if health.grade is nearest.grade:
            nearest = health
        if at_s - self.other_since_s < (WORSE_AFTER_S if change > 0 else BETTER_AFTER_S):
            return replace(self, other_last_s=at_s, best=nearest)
        return SteadyHealth(nearest, about)

    def after(
        self, calibration: Calibration | None, at_s: float, about: object, *, stands: bool = False
    ) -> tuple[SteadyHealth, Calibration | None]:
        """After a frame with that calibration, or without one; and it with the health that is to be shown.

        Of a picture that `stands`, still or frozen, that is its own: nothing flickers there, and no time goes by in
        which another grade could prove itself.
        """
        if calibration is None or stands:
            return SteadyHealth(), calibration
        steady = self.step(calibration.health, at_s, about)
        if steady.health == calibration.health:
            return steady, calibration
        return steady, replace(calibration, health=steady.health)

    def _is_worse(self, health: Health) -> bool:
        return _ORDER.index(health.grade) > _ORDER.index(self.health.grade)


def graded_of(session: Session, model: ModelIdentity) -> object:
    """What a health is the health of; with other references or another model it is another one."""
    references = tuple(each.reference for each in session.references)
    return (session.fixed, session.targets, session.ranges, references, model)
