"""What is wanted of sources and models; imports nothing heavy, as it is there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.geometry.mounting import AS_DELIVERED, Mounting

EXACT = "exact"
"""The model that the demo's own geometry is asked for by."""

RECORDED = "recorded"
"""The model that the maps of a recording are asked for by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for."""

    source: str | None = None
    """None: the first camera that delivers a frame, else the demo where `demo` allows it."""
    model: str | None = None
    """None: the best one installed, if any."""
    weights: Path | None = None
    card: Path | None = None
    engine: str = "auto"
    profile: str | None = None
    precision: str = "auto"
    """What the network is computed in, as `depth.engines.choice` names it; auto: the fastest that the machine has."""
    threads: int | None = None
    """Cores for the network; None: the usual number."""
    resting: bool = False
    """Whether the demo's camera stays where it starts."""
    mounting: Mounting = AS_DELIVERED
    """How the source's pictures are turned and cropped."""
    wish: CameraWish = AS_IT_COMES
    """What is asked of a camera of this machine: size, rate, format, controls."""
    live: tuple[str, ...] = ()
    """Range sensors beside the camera, as they were typed."""
    demo: bool = True
    """Whether the demo room stands in for a camera that is not there: only where somebody sees that it does."""

    def with_model(self, model: str) -> Self:
        """Another model; weights and a card given for the first one do not go with it."""
        return replace(self, model=model, weights=None, card=None)


class Left:
    """How other sources were turned, and what was asked of them, when they were left."""

    def __init__(self) -> None:
        self._as: dict[str | None, tuple[Mounting, CameraWish]] = {}
        """By their spec."""

    def for_another(
        self, wanted: Wanted, opened: str | None, spec: str, mode: CameraWish | None, mounting: Mounting | None
    ) -> Wanted:
        """What is wanted with the source `spec`: as it was when left, where `mode` and `mounting` say nothing else.

        The one that is left now was `opened` by that spec; a camera's controls stay as they were in any case.
        """
        self._as |= dict.fromkeys((wanted.source, opened), (wanted.mounting, wanted.wish))
        before, wish = self._as.get(spec, (AS_DELIVERED, AS_IT_COMES))
        return replace(
            wanted,
            source=spec,
            mounting=before if mounting is None else mounting,
            wish=wish if mode is None else replace(mode, controls=wish.controls),
        )
