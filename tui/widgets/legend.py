"""The legend under a depth map."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui.render.halfblocks import SegmentCache
from tui.render.legend import build_legend
from tui.render.levels import ValueRange
from tui.render.palette import DepthPalette


class DepthLegend(Widget):
    """One row from near to far, with labels; refreshes itself only when it would look different."""

    DEFAULT_CSS = """
    DepthLegend { width: 1fr; height: 1; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._shown: tuple[DepthPalette, ValueRange | None, Callable[[float], str]] | None = None
        self._said = ""
        self._segments: list[Segment] = []
        self._made: tuple[DepthPalette, Style, SegmentCache] | None = None

    def show(self, palette: DepthPalette, span: ValueRange | None, label: Callable[[float], str]) -> None:
        """Say what the palette's colours stand for.

        Args:
            palette: the one of the map.
            span: values of its ends; None leaves the labels out.
            label: a value of the map in words, such as '0.9 m'.
        """
        self._shown = (palette, span, label)
        self._build()

    def say(self, text: str) -> None:
        """Words instead of a palette; what does not fit is left away."""
        self._shown, self._said = None, text
        self._build()

    def _build(self) -> None:
        if not self.size.width:
            return
        style = self.rich_style
        if self._shown is None:
            segments = [Segment(set_cell_size(self._said.center(self.size.width), self.size.width), style)]
        else:
            palette, span, label = self._shown
            segments = build_legend(self.size.width, palette, span, label, self._cache(palette, style))
        if segments != self._segments:
            self._segments = segments
            self.refresh()

    def _cache(self, palette: DepthPalette, style: Style) -> SegmentCache:
        """What was made for this palette in these colours; the range moves with every frame, they do not."""
        made = self._made
        if made is None or made[0] is not palette or made[1] != style:
            made = self._made = (palette, style, SegmentCache(palette.table, style))
        return made[2]

    def render_line(self, y: int) -> Strip:
        """Look up the finished row."""
        if y or not self._segments:
            return Strip.blank(self.size.width, self.rich_style)
        return Strip(self._segments, self.size.width)

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        self._build()

    def on_resize(self, event: events.Resize) -> None:
        """Fill the new width."""
        event.stop()
        self._build()
