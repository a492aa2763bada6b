"""What stands about anyway, and how large it usually is: a person, a door, bricks, tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_length
from tui.targets.repeats import distances_of_repeats

_UPRIGHT_SIGMA_RAD = math.radians(10.0)
"""How far a standing thing is from facing the camera, which may look down or up at it; one sigma."""


class Thing(StrEnum):
    """What is known of it stands in `usual`."""

    PERSON = "person"
    DOOR = "door"
    BRICK = "brick"
    TILE = "tile"

    @property
    def repeats(self) -> bool:
        """Whether its size is that of what repeats along a line."""
        return self in {Thing.BRICK, Thing.TILE}


def usual(thing: Thing, *, upright: bool) -> tuple[float, float]:
    """Its size and one standard deviation of it, in metres, where nobody says.

    - person: 1.70 m ± 10 cm, shoes and all. Adults of both sexes, NCD-RisC, eLife 2016;5:e13410: national means of
      those born in 1996 lie mostly between 1.59 and 1.80 m (women 1.59, men 1.71 over the world), a population of one
      sex spreads by 6 to 7 cm.
    - door: its leaf, 2.00 m ± 4 cm: 1.985 m (DIN 18101), 1.981 m (6 ft 6 in), 2.032 m (6 ft 8 in), 2.04 m (France).
    - brick: a course, 75 mm ± 6 mm: 75 mm (British), 67.7 mm (American modular, 3 courses in 8 in), 83.3 mm (German,
      NF after DIN 4172); along a course 225 mm ± 18 mm: 225, 203.2 and 250 mm.

    Args:
        thing: what it is.
        upright: whether the line is nearer to upright than to level in the picture.

    Raises:
        InputError: a tile may have any size.
    """
    match thing:
        case Thing.PERSON:
            return 1.70, 0.10
        case Thing.DOOR:
            return 2.00, 0.04
        case Thing.BRICK:
            return (0.075, 0.006) if upright else (0.225, 0.018)
        case Thing.TILE:
            raise InputError("tiles have any size: give what repeats, such as tile=88,30:392,40=30cm")


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing in a picture."""

    thing: Thing
    ends_px: tuple[tuple[float, float], tuple[float, float]]
    """(column, row) of its foot and top; of what repeats, of any two places on a line."""
    size: tuple[float, float] | None = None
    """Metres, and one standard deviation; None: as usual."""
    count: float | None = None
    """How often it repeats, as somebody counted."""

    def distances(self, grey: npt.NDArray[np.uint8], intrinsics: Intrinsics) -> tuple[KnownDistance, ...]:
        """At its middle, or at both ends of a line.

        Args:
            grey: picture, shape (H, W).
            intrinsics: of the picture.

        Raises:
            InputError: nothing follows from it.
        """
        (u0, v0), (u1, v1) = self.ends_px
        size_m, sigma_m = self.size or usual(self.thing, upright=abs(v1 - v0) >= abs(u1 - u0))
        label = f"{self.thing} {size_m:.3g} m"
        if self.thing.repeats:
            return distances_of_repeats(grey, intrinsics, self.ends_px, (size_m, sigma_m), label, self.count)
        found = distance_of_length(intrinsics, *self.ends_px, size_m, sigma_m, facing_sigma_rad=_UPRIGHT_SIGMA_RAD)
        return (KnownDistance(found.u_px, found.v_px, found.distance_m, found.sigma_m, label, found.shared),)
