"""What loupes show, in cells: of the pane's own source, and of another one where only one picture is in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.cells import cell_len
from rich.style import Style

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import BLANK, Cells
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_row_with_overlays
from tui.render.levels import ValueRange
from tui.render.loupe import Loupe, loupe_frame, loupe_marks, loupes_in
from tui.render.overlays import Overlay
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.pointed import Pointed
from tui.render.quality import Quality
from tui.render.viewport import Viewport

_STEADIER = 2.0
"""Few pixels make a cell of it, so that noise moves it more than a cell of the whole picture."""


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """A picture or a map, and what its colours stand for."""

    image: RGBImage | None = None
    """RGB, uint8, shape (H, W, 3)."""
    values: FloatMap | None = None
    """float32, shape (H, W), not finite where unknown; where there is no picture."""
    span: ValueRange | None = None
    """What the ends of the map's palette stand for; None for a picture."""
    palette: str = ""
    """Name of the map's palette."""

    @property
    def name(self) -> str:
        """What it is called."""
        return "depth" if self.image is None else "camera"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be shown."""
        return self.image is None and (self.values is None or self.span is None)

    def looks_like(self, other: Source) -> bool:
        """Whether it shows what another one does; arrays are compared by identity."""
        same = self.image is other.image and self.values is other.values
        return same and (self.span, self.palette) == (other.span, other.palette)


_NOTHING = Source()


@dataclass(frozen=True, eq=False, slots=True)
class Enlarged:
    """A loupe with what it shows."""

    loupe: Loupe
    source: Source
    title: str
    """In its frame."""


class LoupePainter:
    """Paints what loupes show in the colours of their pane.

    Args:
        wanted: whether there are any.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self.shown: tuple[Enlarged, ...] = ()
        """What was placed last, the pane's own first; empty if nothing had room."""
        self._inside: dict[Enlarged, Cells] = {}
        """Of those that have other colours than the pane."""
        self._cache: SegmentCache | None = None
        """Of those cells."""
        self._at_left = False
        self._painted_as: tuple[ColorMode, str, Quality] | None = None
        self._picture = PicturePainter()
        self._map = DepthPainter()

    def paint_as(self, mode: ColorMode, palette: str, quality: Quality) -> None:
        """Paint as the pane does from now on.

        Args:
            mode: the terminal's colours.
            palette: name of the palette of maps.
            quality: how finely.
        """
        if (mode, palette, quality) == self._painted_as:
            return
        self._painted_as = (mode, palette, quality)
        detail = quality.detail
        steadier = replace(
            detail,
            hysteresis=_STEADIER * detail.hysteresis,
            chroma_hysteresis=_STEADIER * detail.chroma_hysteresis,
        )
        self._picture = PicturePainter(mode, steadier, quality.block)
        self._map = DepthPainter(mode, palette, quality.depth_levels, block=quality.block)

    def place(self, viewport: Viewport | None, pointed: Pointed, own: Source, other: Source = _NOTHING) -> None:
        """Find room in a pane; there is none without a picture or a crosshair.

        Args:
            viewport: of the pane; None while it has none.
            pointed: the crosshair, and the window that is sampled there.
            own: what the pane shows.
            other: what another one shows that is not in sight; may be empty.
        """
        self.shown = ()
        if viewport is None or pointed.crosshair is None or not self.wanted:
            return
        sources = (own,) if other.empty else (own, other)
        loupes = loupes_in(viewport, *pointed.crosshair, at_left=self._at_left, count=len(sources))
        if loupes:
            self._at_left = loupes[0].column == 0
        title = f"{pointed.window_px}x{pointed.window_px} px"
        self.shown = tuple(map(Enlarged, loupes, sources, (title, other.name)))

    def at(self, column: int, row: int) -> Loupe | None:
        """The loupe that covers a cell of the pane."""
        return next((each.loupe for each in self.shown if each.loupe.covers(column, row)), None)

    def over(self, cells: Cells) -> Cells:
        """The cells of a pane with those of its own source's loupe over them; the other's are kept for `overlays`."""
        self._inside = {each: self._paint(each) for each in self.shown[1:]}
        for each in self.shown[:1]:
            loupe, codes = each.loupe, cells.codes.copy()
            codes[loupe.row : loupe.bottom, loupe.column : loupe.right] = BLANK
            codes[loupe.row + 1 : loupe.bottom - 1, loupe.column + 1 : loupe.right - 1] = self._paint(each).codes
            cells = Cells(codes, cells.table)
        return cells

    def _paint(self, enlarged: Enlarged) -> Cells:
        source, view = enlarged.source, enlarged.loupe.view
        if source.image is not None:
            return self._picture.paint(source.image, view)
        if source.values is None or source.span is None:
            return Cells(np.full((view.rows, view.columns), BLANK, np.int64), self._map.palette.table)
        self._map.quantiser.range.pin(source.span.low, source.span.high)
        return self._map.paint(source.values, view)

    def overlays(self, pointed: Pointed, cache_of: Callable[[Source, Cells], SegmentCache]) -> list[Overlay]:
        """Frames, rings and windows, and the cells of what has other colours than the pane.

        Args:
            pointed: the crosshair, and the window that is sampled there.
            cache_of: makes segments for such cells; those that are there are kept while they would be the same.
        """
        at, over = pointed.crosshair, list[Overlay]()
        if at is None:
            return over
        for each in self.shown:
            loupe, inside = each.loupe, self._inside.get(each)
            over += loupe_frame(loupe, each.title)
            marks = loupe_marks(loupe.view, at, pointed.window_px)
            if inside is not None:
                cache = cache_of(each.source, inside)
                if self._cache is None or not self._cache.like(cache):
                    self._cache = cache
                marks = _as_overlays(inside, marks, self._cache)
            right, down = loupe.column + 1, loupe.row + 1
            over += [Overlay(mark.column + right, mark.row + down, mark.text, mark.style) for mark in marks]
        return over


def _as_overlays(cells: Cells, marks: Sequence[Overlay], cache: SegmentCache) -> list[Overlay]:
    """Cells as overlays, with marks over them."""
    by_row: dict[int, list[Overlay]] = {}
    for mark in marks:
        by_row.setdefault(mark.row, []).append(mark)
    over = []
    for row in range(len(cells.codes)):
        column = 0
        for segment in build_row_with_overlays(cells, row, by_row.get(row, ()), cache):
            over.append(Overlay(column, row, segment.text, segment.style or Style.null()))
            column += cell_len(segment.text)
    return over
