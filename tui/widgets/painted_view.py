"""A view with painters for pictures and maps; how they paint can be changed while it is shown."""

from __future__ import annotations

from tui.render.colors import ColorMode
from tui.render.contours import Contours, Shading
from tui.render.levels import ValueRange
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.palette import DepthPalette
from tui.render.quality import FINEST, Quality
from tui.widgets.pointed_view import PointedView


class PaintedView(PointedView):
    """Holds the painters and what they know of the scene; what is painted, its subclass says.

    Args:
        mode: the terminal's colours.
        palette: name of the palette of depth maps.
        shading: how depth maps are drawn.
        id: as for every widget.
    """

    def __init__(
        self,
        mode: ColorMode,
        palette: str,
        shading: Shading,
        *,
        id: str | None = None,  # noqa: A002  # the name that every Textual widget uses
    ) -> None:
        super().__init__(id=id)
        self._mode = mode
        self._quality = FINEST
        self._picture_painter = PicturePainter(mode, FINEST.detail, FINEST.block)
        self._depth_painter = DepthPainter(mode, palette, FINEST.depth_levels, block=FINEST.block, shading=shading)

    def paint(self) -> None:
        """Paint what is shown; to be overridden."""

    def set_painting(
        self,
        *,
        mode: ColorMode | None = None,
        palette: str | None = None,
        quality: Quality | None = None,
        shading: Shading | None = None,
    ) -> None:
        """Change how it is painted; what is not given stays, and so does what the colours stand for."""
        before = self._depth_painter
        self._mode = mode or self._mode
        self._quality = quality or self._quality
        if mode is not None or quality is not None:
            self._picture_painter = PicturePainter(self._mode, self._quality.detail, self._quality.block)
        self._depth_painter = DepthPainter(
            self._mode,
            palette or before.palette.name,
            self._quality.depth_levels,
            block=self._quality.block,
            shading=shading or before.shading,
        )
        self._depth_painter.carry_on(before)
        self.paint()

    @property
    def shading(self) -> Shading:
        """How depth maps are drawn."""
        return self._depth_painter.shading

    @property
    def contours(self) -> Contours:
        """The lines that are drawn where the shading has any."""
        return self._depth_painter.drawn.contours

    @property
    def quality(self) -> Quality:
        """How finely it is painted."""
        return self._quality

    def pin_range(self, low: float, high: float) -> None:
        """Hold the palette's ends at these values of the map."""
        self._depth_painter.quantiser.range.pin(low, high)
        self.paint()

    def release_range(self) -> None:
        """Let the palette follow the scene again."""
        self._depth_painter.quantiser.range.release()

    @property
    def depth_range(self) -> ValueRange | None:
        """What the palette's ends stand for now; None before the first map."""
        return self._depth_painter.quantiser.range.current

    @property
    def palette(self) -> DepthPalette:
        """The palette of depth maps, for a legend."""
        return self._depth_painter.palette
