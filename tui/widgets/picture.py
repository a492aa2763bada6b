"""One picture or depth map, with crosshair, pins and references over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from rich.style import Style
from textual import events

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import BLANK, GLYPH_TABLE, Cells
from tui.render.colors import ColorMode
from tui.render.contours import LinesOf, Shading
from tui.render.halfblocks import SegmentCache
from tui.render.loupe_painter import LoupePainter, Source
from tui.render.outlines import Outline
from tui.render.overlays import Overlay, banner
from tui.render.pointed import Mark, Pointed, pointed_overlays
from tui.render.scene import Scene, scene_of, under_pixels
from tui.render.viewport import Viewport
from tui.widgets.painted_view import PaintedView


class PictureView(PaintedView):
    """Shows the camera's picture or a depth map; which, is decided by what it is given.

    Args:
        mode: the terminal's colours.
        palette: name of the palette of depth maps.
        shading: how depth maps are drawn.
        id: as for every widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "picture--crosshair",
        "picture--pin",
        "picture--reference",
        "picture--region",
        "picture--banner",
    }
    DEFAULT_CSS = """
    PictureView {
        width: 1fr;
        height: 1fr;
        & > .picture--crosshair { color: $text; background: $accent; text-style: bold; }
        & > .picture--pin { color: $accent; background: $background; text-style: bold; }
        & > .picture--reference { color: $background; background: $foreground; text-style: bold; }
        & > .picture--region { color: $background; background: $accent; }
        & > .picture--banner { color: $text-warning; background: $warning-muted; text-style: bold; }
    }
    """

    def __init__(
        self,
        *,
        mode: ColorMode = ColorMode.TRUECOLOR,
        palette: str = "inferno",
        shading: Shading = Shading.LEVELS,
        id: str | None = None,  # noqa: A002  # the name that every Textual widget uses
    ) -> None:
        super().__init__(mode, palette, shading, id=id)
        self._image: RGBImage | None = None
        self._map: FloatMap | None = None
        self._as_pixels = False
        self._base: Cells | None = None
        """What is shown without the loupe."""
        self.loupes = LoupePainter(wanted=False)
        """Those that are `shown`, its own first."""
        self._other = Source()
        """What else a loupe shows, as the view that shows it is not in sight."""
        self._pointed = Pointed()
        self._viewport: Viewport | None = None
        self._zoom = 1.0
        self._middle: tuple[float, float] | None = None
        self._banner: str | None = None

    # What is shown.

    def show_image(self, image: RGBImage) -> None:
        """Show a picture: RGB, uint8, shape (H, W, 3); it must not be written to afterwards."""
        self._image, self._map = image, None
        self.paint()

    def show_map(self, values: FloatMap, lines_of: LinesOf | None = None) -> None:
        """Show a map in which larger is nearer.

        Args:
            values: float32, shape (H, W), not finite where unknown.
            lines_of: says which lines to draw where the shading has any; None: whoever did before.
        """
        self._image, self._map = None, values
        if lines_of is not None:
            self._depth_painter.lines_of = lines_of
        self.paint()

    def set_lines(self, lines_of: LinesOf) -> None:
        """The same map, with other lines if these are others."""
        painter = self._depth_painter
        painter.lines_of = lines_of
        if self._map is not None and painter.shading.has_lines and painter.choose_lines():
            self.paint()

    def clear(self) -> None:
        """Forget the picture, its range and its history; for another source or model."""
        self._image = self._map = self._viewport = self._base = None
        self._picture_painter.reset()
        self._depth_painter.reset()
        self.paint()

    def set_crosshair(self, at: tuple[int, int] | None) -> None:
        """Put the crosshair on a pixel (u, v) of the captured picture, or take it away."""
        if at == self._pointed.crosshair:
            return
        self._pointed = replace(self._pointed, crosshair=at)
        if self._zoom > 1 and at is not None and self._viewport is not None:
            middle = self._viewport.around(*at).middle_px
            if middle != self._middle:
                self._middle = middle
                self.paint()
                return
        self._present_base()

    def set_zoom(self, zoom: float) -> None:
        """Show things so many times as large, around the crosshair; 1 shows the whole picture."""
        if zoom != self._zoom:
            self._zoom = zoom
            self._middle = self._pointed.crosshair if zoom > 1 else None
            self.paint()

    def set_window(self, window_px: int, *, loupe: bool) -> None:
        """How many pixels wide the window is that is sampled at the crosshair; whether it is shown enlarged."""
        if (window_px, loupe) != (self._pointed.window_px, self.loupes.wanted):
            self._pointed = replace(self._pointed, window_px=window_px)
            self.loupes = LoupePainter(wanted=loupe)
            self._present_base()

    def set_other(self, other: Source) -> None:
        """Show the crosshair's neighbourhood in this, too, beside the view's own; an empty source takes it away."""
        if not other.looks_like(self._other):
            self._other = other
            self._present_base()

    @property
    def source(self) -> Source:
        """What is shown."""
        if self._image is not None:
            return Source(self._image)
        return Source(None, self._map, self.depth_range, self.palette.name)

    def set_marks(self, marks: Iterable[Mark], outlines: Iterable[Outline] = ()) -> None:
        """Replace the pins and references, and the outlines of regions, that are shown."""
        before, self._pointed = self._pointed, replace(self._pointed, marks=tuple(marks), outlines=tuple(outlines))
        if self._pointed != before:
            self.present_again()

    def set_banner(self, text: str | None, *, dimmed: bool = False) -> None:
        """Write one line across the middle, or take it away; `dimmed` turns the picture grey under it."""
        if (text, dimmed) != (self._banner, self.is_dimmed):
            self.set_dimmed(dimmed)
            was_empty = self._empty
            self._banner = text
            if was_empty == self._empty:
                self.present_again()
            else:
                self.paint()

    @property
    def viewport(self) -> Viewport | None:
        """How the picture lies in the pane; None while there is no picture or no room."""
        return self._viewport

    # In real pixels.

    def give_room_to_pixels(self) -> None:
        """Leave the picture's cells empty from now on: something else shows the `scene` there."""
        self._as_pixels = True
        self.paint()

    @property
    def is_on_screen(self) -> bool:
        """Whether it has a place."""
        return self.display and bool(self.size) and all(node.display for node in self.ancestors if node is not self.app)

    def scene(self, cell_width_px: int, cell_height_px: int) -> Scene | None:
        """What is shown, to be drawn in pixels; None if nothing is, or words lie over it."""
        viewport = self._viewport
        if viewport is None or self._banner is not None:
            return None
        return scene_of(
            self.source,
            viewport,
            self._depth_painter,
            self._pointed,
            (cell_width_px, cell_height_px),
            loupes=self.loupes.shown,
            paper=self.background_colors[1].rgb,
        )

    # From the source to strips.

    def paint(self) -> None:
        """Turn the source into cells of the pane's present size and present them."""
        columns, rows = self.size
        if not columns or not rows:
            if self._map is not None:
                self._depth_painter.observe(self._map)
            return
        self._viewport = None
        cells = Cells(np.full((rows, columns), BLANK, np.int64), GLYPH_TABLE)
        if self._image is not None:
            self._viewport = self._fitted(*self._image.shape[:2])
            cells = self._picture_painter.paint(self._image, self._viewport)
        elif self._map is not None:
            self._viewport = self._fitted(*self._map.shape)
            cells = self._depth_painter.paint(self._map, self._viewport)
        if self._empty:
            cells = Cells(np.full((rows, columns), BLANK, np.int64), cells.table)
        self._base = cells
        self._present_base()

    def _fitted(self, height: int, width: int) -> Viewport:
        return Viewport(*self.size, width, height, self._zoom, self._middle)

    def _present_base(self) -> None:
        """What is shown, with the loupe over it where there is one."""
        cells, loupes = self._base, self.loupes
        if cells is not None:
            loupes.place(self._viewport, self._pointed, self.source, self._other)
            if not self._empty:
                palette = self.palette.name if self._image is None else self._other.palette or self.palette.name
                loupes.paint_as(self._mode, palette, self._quality)
                cells = loupes.over(cells)
        self.present(cells)

    def place_overlays(self) -> list[Overlay]:
        """Marks, the crosshair over them, the banner over all."""
        if self._empty:
            return under_pixels(self.scene(1, 1))
        placed: list[Overlay] = []
        if self._viewport is not None:
            placed = pointed_overlays(self._pointed, self._viewport, self._style)
            placed = [over for over in placed if self.loupes.at(over.column, over.row) is None]
            placed += self.loupes.overlays(self._pointed, self._cache_of)
        if self._banner is not None:
            placed += banner(self.size.width, self.size.height, self._banner, self._style("banner"))
        return placed

    def pixel_at(self, column: int, row: int) -> tuple[int, int] | None:
        """The pixel that a cell shows, in the loupe where that covers it."""
        loupe = self.loupes.at(column, row)
        return super().pixel_at(column, row) if loupe is None else loupe.pixel_of(column, row)

    def _cache_of(self, source: Source, cells: Cells) -> SegmentCache:
        """Segments of another source's cells, which stand in the same pane."""
        return self._new_cache(cells, ink_is_dark=source.image is not None and self._bright)

    @property
    def _empty(self) -> bool:
        return self._as_pixels and self._banner is None

    @property
    def ink_is_dark(self) -> bool:
        """Of a picture on a bright background; a map's ink is nearness, on whatever it stands."""
        return self._image is not None and self._bright

    @property
    def _bright(self) -> bool:
        return self.background_colors[1].brightness > 0.5

    def _style(self, component: str) -> Style:
        if self._mode is ColorMode.MONO:
            return Style(reverse=True, bold=True)
        return self.get_component_rich_style(f"picture--{component}")

    def on_resize(self, event: events.Resize) -> None:
        """Fit the picture into the new pane."""
        event.stop()
        self.forget_cells()
        self.paint()
