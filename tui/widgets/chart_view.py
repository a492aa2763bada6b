"""A chart in cells, drawn anew where its rows changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.render.chart import Ink, Row

ChartOf = Callable[[int, int], Sequence[Row]]
"""A chart for so many columns and rows, or fewer of both."""


class ChartView(Widget):
    """Shows a chart that is made for its size."""

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
        self._chart_of: ChartOf | None = None
        self._rows: tuple[Row, ...] = ()

    @property
    def text(self) -> str:
        """What it shows, without its colours."""
        return "\n".join("".join(run.text for run in row) for row in self._rows)

    def show(self, chart_of: ChartOf) -> None:
        """Show this, now and whenever the size changes."""
        self._chart_of = chart_of
        self.paint()

    def paint(self) -> None:
        """Ask for the chart and refresh the rows that differ."""
        size = self.size
        if self._chart_of is None or not size:
            return
        before, self._rows = self._rows, tuple(self._chart_of(size.width, size.height))
        padded = [rows + ((),) * (size.height - len(rows)) for rows in (before, self._rows)]
        changed = [row for row in range(size.height) if padded[0][row] != padded[1][row]]
        if changed:
            self.refresh(*(Region(0, row, size.width, 1) for row in changed))

    def on_resize(self) -> None:
        """Another size, another chart."""
        self.paint()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of it."""
        row = self._rows[y] if y < len(self._rows) else ()
        segments = [Segment(run.text, self.get_component_rich_style(f"chart--{run.ink.value}")) for run in row]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
