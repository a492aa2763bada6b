"""What distances a network's own numbers stand for, before any reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.calibration.beliefs import MapKind

METRIC_SIGMA = 0.5
"""Of ln(distance) that a metric network gives: FastDepth's root mean square error where it is a stranger."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How far away things usually are that a network gives a certain value."""

    typical_m: float
    """Distance of a value of 1, typically: distance times value hangs together over many pictures."""
    sigma: float = 0.35
    """One standard deviation of ln of that from picture to picture, for scenes like those of its training."""
    range_m: tuple[float, float] | None = None
    """Between which distances it was trained."""

    def distance_m(self, value: float) -> float | None:
        """What a value means, roughly; None where it is not above 0."""
        return self.typical_m / value if value > 0 else None

    def log_density(self, ratio: float) -> float:
        """Log density of ln(true distance over what a map's values mean), typically over a picture.

        One picture in five is of another kind: a table top, which such a network takes for a room, or a street.
        """
        alike = -0.5 * (ratio / self.sigma) ** 2 - math.log(self.sigma)
        other = -0.5 * ((ratio - _OTHER_MEAN) / _OTHER_SIGMA) ** 2 - math.log(_OTHER_SIGMA)
        top = max(alike, other)
        mixed = (1.0 - _OTHER_SHARE) * math.exp(alike - top) + _OTHER_SHARE * math.exp(other - top)
        return top + math.log(mixed) - 0.5 * math.log(2.0 * math.pi)


_OTHER_SHARE, _OTHER_MEAN, _OTHER_SIGMA = 0.2, -0.7, 1.5


def usual_of(kind: MapKind, stated: Usual | None) -> Usual | None:
    """What a model's card states; a metric network's values mean what they say. None where nothing is known."""
    return Usual(1.0, METRIC_SIGMA) if stated is None and kind is MapKind.METRIC else stated
