"""The scene from above, with the crosshair, pins and regions at their places and metres at the sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from rich.style import Style
from textual import events

from tui.render.cells import BLANK, GLYPH_TABLE, Cells
from tui.render.colors import ColorMode
from tui.render.overlays import Overlay, banner
from tui.render.plan import GUTTER, PlanFrame, PlanPainter, SeenAbove, Sureness
from tui.widgets.pointed_view import PointedView

_CAMERA = "▲"


@dataclass(frozen=True, slots=True)
class PlanMark:
    """A glyph at a place, and how far nearer or farther along its ray it may be."""

    right_m: float
    ahead_m: float
    text: str
    kind: Literal["crosshair", "pin", "reference"]
    near: float = 1.0
    """Share of the way to it that it is away at least."""
    far: float = 1.0
    """The same at most; infinite where nobody knows."""


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What one plan shows."""

    seen: SeenAbove
    sure: Sureness
    marks: tuple[PlanMark, ...] = ()
    unit_m: float = 1.0
    """What the sides are counted in."""
    unit: str = "m"


class PlanView(PointedView):
    """Shows plans.

    Args:
        mode: the terminal's colours.
        palette: name of a palette of depth maps.
        id: as for every widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plan--crosshair",
        "plan--pin",
        "plan--reference",
        "plan--side",
        "plan--said",
    }
    DEFAULT_CSS = """
    PlanView {
        width: 1fr;
        height: 1fr;
        & > .plan--crosshair { color: $text; background: $accent; text-style: bold; }
        & > .plan--pin { color: $accent; background: $background; text-style: bold; }
        & > .plan--reference { color: $background; background: $foreground; text-style: bold; }
        & > .plan--side { color: $foreground-muted; background: $background; }
        & > .plan--said { color: $text-warning; background: $warning-muted; text-style: bold; }
    }
    """

    def __init__(self, *, mode: ColorMode, palette: str, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._mode = mode
        self._palette = palette
        self._levels = 13
        self._painter = PlanPainter(mode, palette, self._levels)
        self._plan: Plan | None = None
        self._said = ""
        self._zoom = 1.0

    @property
    def frame(self) -> PlanFrame | None:
        """How the plan lies in the pane; None while there is none, or no room."""
        return None if self._plan is None else self._painter.frame

    def set_painting(self, mode: ColorMode, palette: str, levels: int) -> None:
        """Change how it is painted."""
        if (mode, palette, levels) != (self._mode, self._palette, self._levels):
            self._mode, self._palette, self._levels = mode, palette, levels
            self._painter = PlanPainter(mode, palette, levels)
            self._paint()

    def show(self, plan: Plan | None, said: str = "", zoom: float = 1.0) -> None:
        """Show a plan, or say why there is none."""
        if plan is None and self._plan is not None:
            self._painter.reset()
        self._plan, self._said, self._zoom = plan, said, zoom
        self._paint()

    def set_marks(self, marks: tuple[PlanMark, ...]) -> None:
        """The same plan, with other marks."""
        plan = self._plan
        if plan is not None and marks != plan.marks:
            self._plan = Plan(plan.seen, plan.sure, marks, plan.unit_m, plan.unit)
            self.present_again()

    def _paint(self) -> None:
        columns, rows = self.size
        if not columns or not rows:
            return
        if self._plan is None:
            self.present(Cells(np.full((rows, columns), BLANK, np.int64), GLYPH_TABLE))
        else:
            self.present(self._painter.paint(self._plan.seen, self._plan.sure, columns, rows, self._zoom))

    def place_overlays(self) -> Iterable[Overlay]:
        """Metres at the sides, the camera, the marks; or why there is no plan."""
        plan, frame = self._plan, self.frame
        if plan is None or frame is None:
            said = self._said or "no room for a plan"
            return banner(self.size.width, self.size.height, said, self._style("said")) if self.size.height else []
        side = self._style("side")
        placed = [
            Overlay(0, row, f"{number:g} {plan.unit}".rjust(GUTTER - 2), side)
            for row, number in frame.ticks_ahead(plan.unit_m)
        ]
        for column, number in frame.ticks_aside(plan.unit_m):
            text = _CAMERA if number == 0 else f"{abs(number):g}"
            first = column - (len(text) - 1) // 2
            if first >= 0 and first + len(text) <= frame.columns:
                placed.append(Overlay(first, frame.rows - 1, text, side))
        for mark in plan.marks:
            placed += self._smear(mark, frame)
        for mark in plan.marks:
            place = frame.half_of(mark.right_m, mark.ahead_m)
            if place is not None:
                placed.append(Overlay(place[0], place[1] // 2, mark.text, self._style(mark.kind)))
        return placed

    def _smear(self, mark: PlanMark, frame: PlanFrame) -> list[Overlay]:
        """Dots along the ray, from where a mark may be at least to where at most."""
        if mark.kind != "crosshair":
            return []
        far = min(mark.far, frame.reach_m / max(mark.ahead_m, 1e-9))
        shares = np.linspace(mark.near, max(mark.near, far), 2 * frame.halves)
        places = [frame.half_of(mark.right_m * share, mark.ahead_m * share) for share in shares.tolist()]
        cells = dict.fromkeys((place[0], place[1] // 2) for place in places if place is not None)
        style = Style.null() if self._mode is ColorMode.MONO else Style(color=self._style("pin").color)
        return [Overlay(column, row, "·", style) for column, row in cells]

    def _style(self, kind: str) -> Style:
        if self._mode is ColorMode.MONO:
            return Style.null() if kind == "side" else Style(reverse=True, bold=True)
        return self.get_component_rich_style(f"plan--{kind}")

    def action_move(self, columns: int, rows: int) -> None:
        """Ask for the crosshair to move: by pixels of the picture, which is not in sight."""
        self.post_message(self.Moved(self, 4 * columns, 4 * rows, in_cells=False))

    def on_resize(self, event: events.Resize) -> None:
        """Fit the plan into the new pane."""
        event.stop()
        self.forget_cells()
        self._paint()
