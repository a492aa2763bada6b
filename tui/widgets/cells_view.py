"""A pane of finished cells with marks over it, by the line API; draws again only the rows that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.render.cells import Cells, ChangedRow, changed_rows
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_row_with_overlays, build_rows, glyphs_over
from tui.render.overlays import Overlay
from tui.terminal.cells import Cell, CellReader
from tui.terminal.painted import PaintedCells

OverlayRows = dict[int, tuple[Overlay, ...]]
"""What lies over each row that has anything over it."""


class CellsView(Widget):
    """Shows cells; what they are and what lies over them, its subclass says."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes=classes)
        self._cells: Cells | None = None
        self._cache: SegmentCache | None = None
        self._strips: dict[int, Strip] = {}
        self._painted: PaintedCells | None = None
        self._reader = CellReader(ColorSystem.TRUECOLOR)
        self._overlays: OverlayRows = {}
        self._dimmed = False

    def place_overlays(self) -> Iterable[Overlay]:
        """What lies over the cells now, the topmost last; to be overridden."""
        return ()

    @property
    def ink_is_dark(self) -> bool:
        """Whether glyphs stand for darkness here, as on a bright background; to be overridden."""
        return False

    def present(self, cells: Cells | None) -> None:
        """Build the rows that look different from what is shown, and refresh one region for each.

        Args:
            cells: as large as the pane; None, and what belongs to another size, is not shown.
        """
        if cells is None or cells.codes.shape != (self.size.height, self.size.width):
            return
        cache = self._cache
        if cache is None or cache.table is not cells.table:
            cache = self._cache = self._new_cache(cells, ink_is_dark=self.ink_is_dark)
            self._cells = None
            self._strips = {}
        changed = {span.row: span for span in changed_rows(self._cells, cells)}
        overlays = self._overlay_rows()
        for row in self._overlays.keys() | overlays.keys():
            before, after = self._overlays.get(row, ()), overlays.get(row, ())
            if before != after and row < self.size.height:
                changed[row] = self._with_overlays(changed.get(row), row, (*before, *after))
        self._cells, self._overlays = cells, overlays
        if not changed:
            return
        for row in changed:
            self._strips.pop(row, None)
        if len(changed) == self.size.height and all(
            span.stop - span.first == self.size.width for span in changed.values()
        ):
            self.refresh(Region(0, 0, self.size.width, self.size.height))
        else:
            self.refresh(*(Region(span.first, row, span.stop - span.first, 1) for row, span in changed.items()))
        # Textual clears these where it renders a whole content, which a widget of lines never does: they would pile up.
        self._dirty_regions.clear()

    @property
    def cells(self) -> Cells | None:
        """What is shown; None before anything is."""
        return self._cells

    def present_again(self) -> None:
        """The same cells, with what lies over them now."""
        self.present(self._cells)

    @property
    def is_dimmed(self) -> bool:
        """Whether the cells are grey and dark."""
        return self._dimmed

    def set_dimmed(self, dimmed: bool) -> None:
        """Turn the cells grey and dark, or back; seen when they are presented next."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self._cache = None

    def forget_cells(self) -> None:
        """The pane has another size: nothing that was built fits any more."""
        self._strips = {}
        self._cells = None
        self._overlays = {}

    def _overlay_rows(self) -> OverlayRows:
        by_row: OverlayRows = {}
        for overlay in self.place_overlays():
            by_row[overlay.row] = (*by_row.get(overlay.row, ()), overlay)
        return by_row

    def _with_overlays(self, span: ChangedRow | None, row: int, overlays: Sequence[Overlay]) -> ChangedRow:
        first = min(overlay.column for overlay in overlays)
        stop = max(overlay.column + cell_len(overlay.text) for overlay in overlays)
        if span is not None:
            first, stop = min(first, span.first), max(stop, span.stop)
        return ChangedRow(row, max(0, first), min(self.size.width, stop))

    def _segments(self, cells: Cells, cache: SegmentCache, row: int) -> list[Segment]:
        overlays = self._overlays.get(row)
        if overlays is None:
            return build_rows(cells, [row], cache)[0]
        return build_row_with_overlays(cells, row, overlays, cache)

    def _new_cache(self, cells: Cells, *, ink_is_dark: bool) -> SegmentCache:
        style = self.rich_style
        mono = cells.table.mode is ColorMode.MONO
        blank = style + Style(dim=self._dimmed) if mono else Style.from_color(None, style.bgcolor)
        return SegmentCache(cells.table, blank, ink=style.color, dimmed=self._dimmed, inverted=mono and ink_is_dark)

    def cells_of(self, regions: Sequence[Region], system: ColorSystem) -> list[list[list[Cell]] | None]:
        """See `GivesCells`."""
        shown, cache, size = self._cells, self._cache, self.size
        nothing: list[list[list[Cell]] | None] = [None] * len(regions)
        if shown is None or cache is None or cache.table.mode is ColorMode.MONO:
            return nothing
        if shown.codes.shape != (size.height, size.width):
            return nothing
        painted = self._painted
        if painted is None or painted.cache is not cache or painted.system is not system:
            painted = self._painted = PaintedCells(cache, system)
            self._reader = CellReader(system)
        x, y = self.content_offset
        inside = (region.translate((-x, -y)) for region in regions)
        return [
            self._region_cells(shown, cache, painted, region) if size.region.contains_region(region) else None
            for region in inside
        ]

    def _region_cells(
        self, shown: Cells, cache: SegmentCache, painted: PaintedCells, region: Region
    ) -> list[list[Cell]] | None:
        rows = []
        for y in region.line_range:
            codes = shown.codes[y, region.x : region.right].tolist()
            cells = list(map(painted.__getitem__, codes))
            overlays = self._overlays.get(y)
            if overlays is not None:
                for column, (character, style) in glyphs_over(overlays, shown.codes.shape[1]).items():
                    if region.x <= column < region.right:
                        cell = painted.over(codes[column - region.x], character, style)
                        if cell is None:
                            return self._read_cells(shown, cache, region)
                        cells[column - region.x] = cell
            rows.append(cells)
        return rows

    def _read_cells(self, shown: Cells, cache: SegmentCache, region: Region) -> list[list[Cell]] | None:
        """The same by way of the rows' segments, where something over them may be wide; None where it is uncertain."""
        rows = []
        for y in region.line_range:
            cells, uneven = self._reader.cells(build_row_with_overlays(shown, y, self._overlays.get(y, ()), cache))
            if uneven:
                return None
            rows.append(cells[region.x : region.right])
        return rows

    def render_line(self, y: int) -> Strip:
        """A finished row, built when it is asked for: mostly its cells are taken instead."""
        cells, cache = self._cells, self._cache
        if cells is not None and cache is not None and y < len(cells.codes):
            strip = self._strips.get(y)
            if strip is None:
                strip = self._strips[y] = Strip(self._segments(cells, cache, y), self.size.width)
            return strip
        return Strip([Segment(" " * self.size.width, self.rich_style)], self.size.width)

    def notify_style_update(self) -> None:
        """The theme may have changed: build again if the background did."""
        super().notify_style_update()
        cache = self._cache
        if cache is not None and cache.blank.bgcolor != self.rich_style.bgcolor:
            self._cache = None
            self.present_again()
