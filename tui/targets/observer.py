"""Looks for printed targets in every frame, on behalf of whoever has the frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.focal import FocalCheck, FocalFinding
from tui.targets.markers import Marker, MarkerDetector
from tui.targets.sheet_follower import SheetFinder, find_in
from tui.targets.sheets import SheetSpec
from tui.targets.spec import TargetSpec

LookedFor = tuple[tuple[TargetSpec, ...], Intrinsics]
"""Targets, and the camera that their distances were computed with."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What one picture shows of the targets that are looked for."""

    markers: tuple[Marker, ...] = ()
    focal: FocalFinding | None = None
    """What they and those of the pictures before say of the focal length; None where they tell nothing."""
    looked_for: LookedFor | None = None
    """What it is the answer to; None where nothing was looked for."""


def observer_of(targets: Sequence[TargetSpec], intrinsics: Intrinsics) -> Callable[[RGBImage], Observed]:
    """Detects in the thread that calls it, where OpenCV is loaded too; another size of picture has no distances."""
    made: list[MarkerDetector] = []
    check = FocalCheck(intrinsics)
    looked_for = (tuple(targets), intrinsics)
    sheets = [SheetFinder(each) for each in targets if isinstance(each, SheetSpec)]

    def observe(image: RGBImage) -> Observed:
        if image.shape[:2] != (intrinsics.height, intrinsics.width):
            return Observed()
        if not made:
            made.append(MarkerDetector(targets))
        markers = (*made[0].detect(image, intrinsics), *find_in(image, sheets, intrinsics))
        return Observed(markers, check.look(markers), looked_for)

    return observe
