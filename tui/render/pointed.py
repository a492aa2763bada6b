"""What is pointed at on a picture: the crosshair, marks, outlines of regions; in its pixels, and as cells over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rich.style import Style

from tui.render.loupe import crosshair_over
from tui.render.outlines import Outline, outline_overlays
from tui.render.overlays import Overlay, mark
from tui.render.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or glyph at a pixel."""

    u_px: int
    v_px: int
    text: str
    kind: Literal["pin", "reference"] = "pin"


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is pointed at, in pixels of the picture."""

    marks: tuple[Mark, ...] = ()
    crosshair: tuple[int, int] | None = None
    window_px: int = 1
    """Side of the window that is sampled there."""
    outlines: tuple[Outline, ...] = ()
    """Of regions."""


def pointed_overlays(pointed: Pointed, viewport: Viewport, style_of: Callable[[str], Style]) -> list[Overlay]:
    """Outlines, marks over them, the crosshair over all; `style_of` knows 'region', the marks' kinds, 'crosshair'."""
    marks: list[Overlay] = []
    for each in pointed.marks:
        marks += mark(viewport, each.u_px, each.v_px, each.text, style_of(each.kind))
    placed = [*outline_overlays(viewport, pointed.outlines, style_of("region"), marks), *marks]
    if pointed.crosshair is not None:
        placed += crosshair_over(viewport, *pointed.crosshair, pointed.window_px, style_of("crosshair"))
    return placed
