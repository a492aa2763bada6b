"""A metric network's own metres, taken as they are: a reading at once, with an interval that says how little it is."""

from __future__ import annotations

from tui.calibration.beliefs import Beliefs
from tui.calibration.health import Grade, Health
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.trend import Trend

_FREEDOM = 6.0
"""Of Student's t: errors of the scale are frequent enough in the tails."""

_HEALTH = Health(Grade.POOR, ("the model's own metres: nothing checks them",))


def unverified(beliefs: Beliefs) -> Calibration | None:
    """1/z = p for a map that a metric network made, or None where the network gives no metres."""
    if beliefs.unverified is None:
        return None
    return Calibration(Trend(1.0), CalibrationKind.METRIC, beliefs.unverified, _FREEDOM, None, (), health=_HEALTH)
