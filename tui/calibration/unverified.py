"""A metric network's own metres, taken as they are: a reading at once, with an interval that says how little it is."""

from __future__ import annotations

from tui.calibration.beliefs import Beliefs
from tui.calibration.health import Grade, Health
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.trend import Trend
from tui.calibration.usual import ASSUMED_FOV_DEG, Usual
from tui.geometry.intrinsics import Intrinsics

_FREEDOM = 6.0
"""Of Student's t: errors of the scale are frequent enough in the tails."""

_HEALTH = Health(Grade.POOR, ("the model's own metres: nothing checks them",))
_ASSUMED = (
    f"the model's own metres, for an assumed field of view of {ASSUMED_FOV_DEG:.0f} degrees across: "
    "give the camera's intrinsics or its field of view"
)


def unverified(beliefs: Beliefs, stated: Usual | None = None, camera: Intrinsics | None = None) -> Calibration | None:
    """1/z = p for a map that a metric network made, or None where the network gives no metres.

    Where they are proportional to the focal length it is 1/z = p / (focal length in picture widths).

    Args:
        beliefs: of such maps.
        stated: what the model's card says of its values.
        camera: of the picture; None while it is not known, which the calibration's health then says.
    """
    if beliefs.unverified is None:
        return None
    scale, sigma, health = 1.0, beliefs.unverified, _HEALTH
    if stated is not None and stated.per_focal:
        seen = stated.seen_through(camera)
        scale, sigma = 1.0 / seen.typical_m, seen.sigma
        health = Health(Grade.POOR, (_ASSUMED,)) if camera is None and stated.own_widths is None else _HEALTH
    return Calibration(Trend(scale), CalibrationKind.METRIC, sigma, _FREEDOM, None, (), health=health)
