"""What stands about anyway, and how large it usually is: a person, a door, bricks, tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import POINTING_SIGMA_PX, KnownDistance, distance_of_length
from tui.targets.repeats import distances_of_repeats

_UPRIGHT_SIGMA_RAD = math.radians(10.0)
"""How far a standing thing is from facing the camera, which may look down or up at it; one sigma."""
_MOST_ASLANT = 0.25
"""Columns for a row: what leans by more is the diagonal of a box. What lies near to it is nearly as long either way."""
_BOX_SIGMA_PX = 2.0
"""One standard deviation of a box's edges, which are drawn with some room."""


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

    - person: 1.70 m ± 10 cm, an adult, shoes and all. Of those born in 1996 men are 1.71 m and women 1.59 m on the mean
      over the world, nations' means some 20 cm apart (NCD-RisC, A century of trends in adult human height, eLife
      2016;5:e13410); one sex of one nation spreads by 6 to 7 cm, shoes add 2 to 4. A child's is to be typed.
    - door: its leaf, 2.03 m ± 6 cm: 1.972, 1.985, 2.097 and 2.110 m (DIN 18101), 1.981 m (6 ft 6 in) and 2.040 m (BS
      4787-1), 2.032 and 2.134 m (6 ft 8 in and 7 ft, ANSI A250.8).
    - brick: a course, joint and all, 75 mm ± 9 mm: 75 mm (BS 4729, to EN 771-1), 67.7 mm (ASTM C216 modular, 3 courses
      in 8 in), 83.3 and 62.5 mm (NF and DF of DIN 105, coursed by DIN 4172), 86 mm (AS/NZS 4455); along a course 225 mm
      ± 20 mm: 225, 203.2, 250 and 240 mm.

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
            return 2.03, 0.06
        case Thing.BRICK:
            return (0.075, 0.009) if upright else (0.225, 0.020)
        case Thing.TILE:
            raise InputError("tiles have any size: give what repeats, such as tile=88,30:392,40=30cm")


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing in a picture."""

    thing: Thing
    ends_px: tuple[tuple[float, float], tuple[float, float]]
    """(column, row) of its foot and top, or of opposite corners of the box around it; of what repeats, of any two
    places on a line."""
    size: tuple[float, float] | None = None
    """Metres, and one standard deviation; None: as usual."""
    count: float | None = None
    """How often it repeats, as somebody counted."""

    @property
    def boxed(self) -> bool:
        """Whether the ends are opposite corners of a box: aslant, no thing stands like that."""
        (u0, v0), (u1, v1) = self.ends_px
        return not self.thing.repeats and abs(u1 - u0) > _MOST_ASLANT * abs(v1 - v0)

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
        ends_px, pixel_sigma_px = self.ends_px, POINTING_SIGMA_PX
        if self.boxed:
            if abs(u1 - u0) > abs(v1 - v0):
                raise InputError(f"a standing {self.thing} is higher than wide: pin its foot and its top")
            middle_px = (u0 + u1) / 2
            ends_px, pixel_sigma_px = ((middle_px, v0), (middle_px, v1)), _BOX_SIGMA_PX
        found = distance_of_length(
            intrinsics, *ends_px, size_m, sigma_m, pixel_sigma_px=pixel_sigma_px, facing_sigma_rad=_UPRIGHT_SIGMA_RAD
        )
        return (KnownDistance(found.u_px, found.v_px, found.distance_m, found.sigma_m, label, found.shared),)
