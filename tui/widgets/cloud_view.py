"""A cloud of points in cells, seen from where its pose says."""

from __future__ import annotations

import numpy as np

from tui.render.cells import BLANK, GLYPH_TABLE, Cells
from tui.render.cloud import Cloud
from tui.render.cloud_seen import CloudPainter, Pose
from tui.render.colors import ColorMode
from tui.render.quality import FINEST, Quality
from tui.widgets.cells_view import CellsView

_ELSEWHERE = 1.2
"""The pivot follows the scene when that has moved by such a factor: from frame to frame it must not sway."""


class CloudView(CellsView):
    """Shows a cloud.

    Args:
        mode: the terminal's colours.
        widget_id: of the widget.
    """

    DEFAULT_CSS = "CloudView { width: 1fr; height: 1fr; }"

    def __init__(self, mode: ColorMode, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._painter = CloudPainter(mode, FINEST)
        self._cloud: Cloud | None = None
        self._pose = Pose()
        self._pivot = 0.0

    @property
    def ink_is_dark(self) -> bool:
        """On a bright background."""
        return self.background_colors[1].brightness > 0.5

    def show(self, cloud: Cloud | None, pose: Pose, mode: ColorMode, quality: Quality) -> None:
        """Show this; nothing where there is no cloud."""
        if (mode, quality) != (self._painter.mode, self._painter.quality):
            self._painter = CloudPainter(mode, quality)
        self._cloud, self._pose = cloud, pose
        if cloud is not None and len(cloud.points):
            pivot = cloud.pivot
            if not self._pivot or not 1 / _ELSEWHERE < pivot / self._pivot < _ELSEWHERE:
                self._pivot = pivot
        self.paint()

    def paint(self) -> None:
        """Turn the cloud into cells of the present size and present them."""
        columns, rows = self.size
        if not columns or not rows:
            return
        if self._cloud is None:
            self.present(Cells(np.full((rows, columns), BLANK, np.int64), GLYPH_TABLE))
            return
        paper = self.background_colors[1].rgb
        self.present(self._painter.paint(self._cloud, self._pose, columns, rows, self._pivot, paper))

    def on_resize(self) -> None:
        """Another pane."""
        self.forget_cells()
        self.paint()

    def notify_style_update(self) -> None:
        """The theme may have changed, and with it the paper."""
        super().notify_style_update()
        self.paint()
