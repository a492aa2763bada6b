"""What a calibration is: trend and correction, how well they are known, and the references behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.health import UNCHECKED, Health
from tui.calibration.posterior import Posterior
from tui.calibration.reference import Reference
from tui.calibration.trend import Trend
from tui.geometry.sampling import Sample


class CalibrationKind(StrEnum):
    """How a calibration came about."""

    TYPED = "typed"
    SCALE = "scale"
    SCALE_AND_SHIFT = "scale and shift"
    POWER = "scale and exponent"
    METRIC = "metric model, unverified"
    """The network's own metres, which no reference has checked."""


@dataclass(frozen=True, slots=True)
class Given:
    """A reference as the fit saw it. What is read there now is `tui.calibration.checks`' business."""

    reference: Reference
    sample: Sample
    """What the map showed there."""
    set_aside: bool = False
    """Whether it contradicts the others so grossly that it does not count."""
    place: int = 0
    """The same number for those that were measured at one place, which count once; see `tui.calibration.places`."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """ln(1/z) = that of the trend + correction, for the map that it was made on.

    `tui.calibration.distance` reckons with it.
    """

    trend: Trend
    kind: CalibrationKind
    noise: float
    """Relative error of a single reading's 1/z that remains with a perfect trend; one sigma."""
    freedom: float
    """Degrees of freedom behind `noise`, for Student's t."""
    inverse_depth_range: tuple[float, float] | None
    """Map values that the references span; readings outside are extrapolated. None: typed in, no range known."""
    given: tuple[Given, ...]
    """One a reference, in the order in which they were given, those set aside among them."""
    context: MapContext | None = None
    """Of the map that it was made on, where that is known."""
    condition: float | None = None
    """Condition number of the trend, 1 at best; None with one reference, or typed in."""
    health: Health = UNCHECKED
    beliefs: Beliefs = NETWORK
    """What the fit took for granted of the map's errors."""
    posterior: Posterior | None = field(default=None, compare=False, repr=False)
    """The fitted model behind the intervals and the correction; None if typed in."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references given; empty if scale and shift were typed in."""
        return tuple(each.reference for each in self.given)

    @property
    def kept(self) -> tuple[Given, ...]:
        """The references that count."""
        return tuple(each for each in self.given if not each.set_aside)

    @property
    def set_aside(self) -> tuple[Reference, ...]:
        """The references that do not count, as they contradict the others grossly."""
        return tuple(each.reference for each in self.given if each.set_aside)

    @property
    def range_m(self) -> tuple[float, float] | None:
        """Nearest and farthest distance of the references that count."""
        distances_m = [each.reference.distance_m for each in self.kept]
        return (min(distances_m), max(distances_m)) if distances_m else None
