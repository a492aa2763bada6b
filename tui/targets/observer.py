"""Looks for printed targets in every frame, on behalf of whoever has the frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.markers import Marker, MarkerDetector
from tui.targets.spec import TargetSpec


def observer_of(targets: Sequence[TargetSpec], intrinsics: Intrinsics) -> Callable[[RGBImage], tuple[Marker, ...]]:
    """Detects in the thread that calls it, where OpenCV is loaded too; another size of picture has no distances."""
    made: list[MarkerDetector] = []

    def observe(image: RGBImage) -> tuple[Marker, ...]:
        if image.shape[:2] != (intrinsics.height, intrinsics.width):
            return ()
        if not made:
            made.append(MarkerDetector(targets))
        return made[0].detect(image, intrinsics)

    return observe
