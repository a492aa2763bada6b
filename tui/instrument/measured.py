"""What the user has measured, as one value: what undo gives back, what is kept on disk, what waits for its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tui.calibration.context import MapContext
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.instrument.given_floor import GivenFloor
from tui.sight.remembered import Remembered
from tui.targets.live import RangeSpec
from tui.targets.spec import TargetSpec

_SAME_SHAPE = 0.01
"""Two sizes whose ratios differ by less show the same view: sides are whole numbers, often multiples of 8."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A pixel that stays in the table of readings."""

    number: int
    """Counts up from 1 and is never given twice in a session."""
    u_px: int
    v_px: int
    exact_px: tuple[float, float] | None = field(default=None, compare=False)
    """Between the pixels where it lies, if it was pinned in a picture of another size."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that took the user a measurement or a decision, and the picture size that its pixels count in."""

    width: int = 0
    """Of the pictures, pixels."""
    height: int = 0
    references: tuple[ReferenceSample, ...] = ()
    """Each with the map's value at the moment it was given."""
    references_model: str = ""
    """Identity of the model that those values come from: its sha256, or its name where there is no file."""
    fixed: Calibration | None = None
    """Scale and shift that were typed in; used while there are no references."""
    context: MapContext | None = None
    """Of the map on which the last reference was given."""
    profile: str = ""
    """Name of the profile that was loaded or saved last; empty if none was."""
    targets: tuple[TargetSpec, ...] = ()
    """Printed markers to look for."""
    ranges: tuple[RangeSpec, ...] = ()
    """Range sensors beside the camera, each of another source."""
    intrinsics: Intrinsics | None = None
    """Of the camera, for pictures of this size; None while they are not known."""
    pins: tuple[Pin, ...] = ()
    next_pin: int = 1
    regions: tuple[Region, ...] = ()
    """Each of another name."""
    alarms: tuple[str, ...] = ()
    """On pins and regions, as they are written: 'door: surely nearer than 1 m'; see `tui.instrument.alarms`."""
    floor: GivenFloor | None = None
    """What is known of it; None while nothing is."""
    remembered: Remembered | None = field(default=None, compare=False)
    """What the picture was like when the references were given, around each of them in their order."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it that could be lost."""
        given = self.references or self.fixed or self.targets or self.intrinsics or self.pins or self.regions
        return not (given or self.ranges or self.floor)

    def same_shape(self, width: int, height: int) -> bool:
        """Whether pictures of that size show the same view, larger or smaller."""
        return same_shape((self.width, self.height), (width, height))

    def scaled_to(self, width: int, height: int) -> Measured:
        """The same for pictures of another size: every pixel where it shows the same thing."""
        if (width, height) == (self.width, self.height) or not self.width:
            return replace(self, width=width, height=height)
        across, down = width / self.width, height / self.height
        return replace(
            self,
            width=width,
            height=height,
            references=tuple(replace(each, reference=_moved(each.reference, across, down)) for each in self.references),
            fixed=None
            if self.fixed is None
            else replace(self.fixed, context=_resized(self.fixed.context, width, height)),
            context=_resized(self.context, width, height),
            intrinsics=None if self.intrinsics is None else self.intrinsics.scaled_to(width, height),
            ranges=tuple(each.scaled(across, down) for each in self.ranges),
            pins=tuple(_moved_pin(each, across, down) for each in self.pins),
            regions=scaled_regions(self.regions, (self.width, self.height), (width, height)),
            remembered=None
            if self.remembered is None or not self.same_shape(width, height)
            else self.remembered.scaled_to(width, height),
        )

    def references_in_words(self) -> str:
        """'4 references'."""
        return f"{len(self.references)} reference{'' if len(self.references) == 1 else 's'}"

    def in_words(self) -> str:
        """'4 references and 2 pins'; empty if there is nothing."""
        parts = [
            f"{len(found)} {name}{'s' if len(found) > 1 else ''}"
            for found, name in (
                (self.references, "reference"),
                (self.targets, "marker"),
                (self.ranges, "range sensor"),
                (self.pins, "pin"),
                (self.regions, "region"),
            )
            if found
        ]
        if self.fixed is not None and not self.references:
            parts.insert(0, "a scale and shift")
        if self.intrinsics is not None:
            parts.append("the camera")
        if self.floor is not None:
            parts.append("the floor")
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two picture sizes, (width, height), have the same ratio."""
    a, b = one[0] * other[1], other[0] * one[1]
    return abs(a - b) <= _SAME_SHAPE * max(a, b)


def scaled_px(position_px: float, factor: float) -> float:
    """A place in a picture of another size; pixel centres are whole numbers, so that 0.5 is added before scaling.

    Whatever lies on a pixel is still nearest to one after it.
    """
    return (position_px + 0.5) * factor - 0.5


def scaled_regions(regions: Sequence[Region], before: tuple[int, int], after: tuple[int, int]) -> tuple[Region, ...]:
    """Regions of pictures of one size, (width, height), in those of another."""
    return tuple(each.scaled(after[0] / before[0], after[1] / before[1]) for each in regions)


def pixel_of(exact_px: tuple[float, float], width: int, height: int) -> tuple[int, int]:
    """The pixel of a picture that is nearest to a place between the pixels."""
    u_px, v_px = (max(0, min(size - 1, round(at))) for at, size in zip(exact_px, (width, height), strict=True))
    return u_px, v_px


def _moved(reference: Reference, across: float, down: float) -> Reference:
    return replace(reference, u_px=scaled_px(reference.u_px, across), v_px=scaled_px(reference.v_px, down))


def _moved_pin(pin: Pin, across: float, down: float) -> Pin:
    u_px, v_px = pin.exact_px or (pin.u_px, pin.v_px)
    exact_px = scaled_px(u_px, across), scaled_px(v_px, down)
    return Pin(pin.number, round(exact_px[0]), round(exact_px[1]), exact_px)


def _resized(context: MapContext | None, width: int, height: int) -> MapContext | None:
    return None if context is None else replace(context, width=width, height=height)
