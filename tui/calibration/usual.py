"""What distances a network's own numbers stand for, before any reference."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from tui.calibration.beliefs import MapKind
from tui.geometry.intrinsics import Intrinsics

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
    per_focal: bool = False
    """Whether `typical_m` is for a picture whose focal length is its width: the network's metres are proportional to
    the focal length, and the camera's comes in by `seen_through`."""
    own_widths: float | None = field(default=None, compare=False)
    """With `per_focal`: the focal length, in picture widths, that the network guessed for this very picture, for which
    `typical_m` is then; None where it does not guess. No part of what tells networks apart."""

    def seen_through(self, camera: Intrinsics | None) -> Usual:
        """The same for pictures of a camera; without one a common field of view is assumed, and `sigma` is wider."""
        if not self.per_focal:
            return self
        meant = self.own_widths or 1.0
        if camera is None:
            widths = self.own_widths or _ASSUMED_WIDTHS
            sigma = math.hypot(self.sigma, _ANY_FOCAL)
        else:
            widths = 0.5 * (camera.fx_px + camera.fy_px) / camera.width
            sigma = math.hypot(self.sigma, camera.focal_sigma)
        return replace(self, typical_m=widths / meant * self.typical_m, sigma=sigma)

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


ASSUMED_FOV_DEG = 60.0
"""Of a camera that nothing is known of, across."""
_ASSUMED_WIDTHS = 0.5 / math.tan(math.radians(ASSUMED_FOV_DEG / 2))
_ANY_FOCAL = 0.3
"""One standard deviation of ln of the focal length over cameras: two in three have 46 to 76 degrees across."""
FOCAL_SIGMA = 0.46
"""Of ln(distance) where a network's metres take the focal length in: what is left of `METRIC_NETWORK.unverified`,
which is over cameras, once the part that is the focal length's is taken out."""

_OTHER_SHARE, _OTHER_MEAN, _OTHER_SIGMA = 0.2, -0.7, 1.5


def usual_of(kind: MapKind, stated: Usual | None, camera: Intrinsics | None = None) -> Usual | None:
    """What a model's card states; a metric network's values mean what they say. None where nothing is known.

    Args:
        kind: of the model's maps.
        stated: by its card.
        camera: of the picture; None while it is not known.
    """
    if stated is None:
        return Usual(1.0, METRIC_SIGMA) if kind is MapKind.METRIC else None
    return stated.seen_through(camera)
