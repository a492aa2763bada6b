"""References: pixels whose true distance is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.errors import InputError
from tui.geometry.sampling import Sample


@dataclass(frozen=True, slots=True)
class Reference:
    """A pixel whose true distance was measured.

    Raises:
        InputError: if the pixel is not finite, or the distance or its sigma is not finite and positive.
    """

    u_px: float
    v_px: float
    distance_m: float
    """Along the optical axis, not the ray."""
    sigma_m: float
    """One standard deviation of the measurement itself, all in all."""
    label: str = "tape"
    """Where the distance comes from, for the panel: 'tape', 'marker 7'."""
    shared: float = 0.0
    """Of that, relative to the distance: the focal length's error, the same one in all references that have any."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.u_px) and math.isfinite(self.v_px)):
            raise InputError(f"reference at ({self.u_px}, {self.v_px}): the pixel must be finite")
        for name, value in (("distance", self.distance_m), ("sigma", self.sigma_m)):
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"reference at {self.pixel}: its {name} is {value} m; it must be above 0")
        if not math.isfinite(self.shared):
            raise InputError(f"reference at {self.pixel}: its shared error is {self.shared}; it must be finite")

    @property
    def pixel(self) -> tuple[int, int]:
        """The nearest whole pixel, (column, row): where a map is sampled."""
        return (round(self.u_px), round(self.v_px))

    def __str__(self) -> str:
        return f"({self.u_px:g}, {self.v_px:g}) = {self.distance_m:.3g} m"


@dataclass(frozen=True, slots=True)
class ReferenceSample:
    """A reference as seen on one map."""

    reference: Reference
    sample: Sample
    """Relative inverse depth around the reference's pixel."""
