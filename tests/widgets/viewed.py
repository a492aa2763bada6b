"""A picture's view in a running app, and what it shows."""

from __future__ import annotations

import numpy as np
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from tui.render.colors import ColorMode
from tui.widgets.legend import DepthLegend
from tui.widgets.picture import PictureView

GREY = np.full((480, 640, 3), 100, np.uint8)


class RecordingView(PictureView):
    """Remembers which regions it asked to be drawn again."""

    def __init__(self, mode: ColorMode) -> None:
        super().__init__(id="view", mode=mode)
        self.regions: list[tuple[Region, ...]] = []

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> RecordingView:
        self.regions.append(regions)
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class ViewApp(App[None]):
    CSS = "RecordingView { border: round white; }"

    def __init__(self, mode: ColorMode = ColorMode.TRUECOLOR) -> None:
        super().__init__()
        self.view = RecordingView(mode=mode)
        self.moves: list[tuple[int, int]] = []
        self.points: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield self.view
        yield DepthLegend()

    def on_picture_view_moved(self, message: PictureView.Moved) -> None:
        assert message.control is self.view
        self.moves.append(message.from_pixel(324, 248))

    def on_picture_view_pointed(self, message: PictureView.Pointed) -> None:
        assert message.control is self.view
        self.points.append((message.u_px, message.v_px))


# 82 x 33 leaves 80 x 30 cells in the border, above the legend: 640 x 480 fits exactly, 8 px a column and 16 px a row.
SIZE = (82, 33)


async def settle(app: ViewApp, pilot: Pilot[None]) -> None:
    await pilot.pause()
    app.view.regions.clear()


def lines(view: PictureView) -> list[str]:
    return [view.render_line(row).text for row in range(view.size.height)]


def colors(view: PictureView, row: int) -> list[tuple[int, ...]]:
    """Background of each cell of a row."""
    found = []
    for text, style, _ in view.render_line(row):
        assert style is not None
        assert style.bgcolor is not None
        found += [tuple(style.bgcolor.triplet or ())] * len(text)
    return found
