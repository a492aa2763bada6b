"""A chart in cells; only rows that changed are sent to the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.render.chart import Ink, Row


class ChartView(Widget):
    """Shows the rows of a chart, from the top."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{ink.value}" for ink in Ink}
    DEFAULT_CSS = """
    ChartView {
        height: 1fr;
        & > .chart--none { color: $foreground; }
        & > .chart--band { color: $accent; }
        & > .chart--value { color: $foreground; text-style: bold; }
        & > .chart--doubted { color: $text-warning; }
        & > .chart--limit { color: $text-error; }
        & > .chart--axis { color: $foreground-muted; }
        & > .chart--alarm { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        before, self._rows = self._rows, tuple(rows)
        for y in range(max(len(before), len(self._rows))):
            if before[y : y + 1] != self._rows[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def text(self) -> str:
        """What stands there, without colours."""
        return "\n".join("".join(run.text for run in row) for row in self._rows)

    def render_line(self, y: int) -> Strip:
        """One row."""
        row = self._rows[y] if y < len(self._rows) else ()
        segments = [Segment(run.text, self.get_component_rich_style(f"chart--{run.ink.value}")) for run in row]
        return Strip(segments).adjust_cell_length(self.size.width, self.get_component_rich_style("chart--none"))
