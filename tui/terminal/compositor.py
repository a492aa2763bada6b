"""Textual's compositor, except that finished cells of a widget that nothing covers go straight to the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.cells import Cell


@runtime_checkable
class GivesCells(Protocol):
    """A widget that knows what its rows look like, cell by cell."""

    def cells_of(self, regions: Sequence[Region], system: ColorSystem) -> list[list[list[Cell]] | None]:
        """The cells of regions of the widget, row by row, all of them one column wide; None if it has none now."""
        ...


class CellsUpdate(CompositorUpdate):
    """Finished cells, and what else is to be shown.

    Args:
        cells: (column, row, cells) on the screen.
        usual: everything else, as Textual has it.
    """

    def __init__(self, cells: list[tuple[int, int, list[Cell]]], usual: ChopsUpdate | None) -> None:
        self.cells = cells
        self.usual = usual

    def render_segments(self, console: Console) -> str:
        """What is left when nobody takes the cells."""
        return "" if self.usual is None else self.usual.render_segments(console)


class CellsCompositor(Compositor):
    """Composing, cropping and dividing strips costs many times what comparing cells does.

    Args:
        system: what finished cells must be written for; None while nobody takes them.
    """

    def __init__(self, system: Callable[[], ColorSystem | None]) -> None:
        super().__init__()
        self._system = system
        self._given: dict[Widget, list[Region]] = {}
        self._changed: list[Region] | None = None
        """While a partial update is made: what it is made of."""
        self._clear_of: tuple[object, dict[Widget, bool]] = (None, {})

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Keep regions of widgets that give cells apart."""
        if self._system() is not None:
            for widget in widgets:
                if isinstance(widget, GivesCells) and self._is_clear(widget):
                    self._given.setdefault(widget, []).extend(widget._exchange_repaint_regions())  # noqa: SLF001 - as Textual's
        super().update_widgets(widgets)

    def render_full_update(self, simplify: bool = False) -> object:  # type: ignore[override]  # theirs is private
        """Everything, kept regions included."""
        self._given.clear()
        return super().render_full_update(simplify)

    def render_partial_update(self) -> CellsUpdate | ChopsUpdate | None:  # type: ignore[override]  # theirs is private
        """What has changed."""
        given, self._given = self._given, {}
        system, done = self._system(), []
        for widget, regions in given.items():
            place = self.visible_widgets.get(widget)
            if place is None:
                continue
            x, y = place[0].offset
            of_regions: list[list[list[Cell]] | None] = [None] * len(regions)
            if system is not None and isinstance(widget, GivesCells) and self._is_clear(widget):
                of_regions = widget.cells_of(regions, system)
            for region, rows in zip(regions, of_regions, strict=True):
                if rows is None:
                    self._dirty_regions.add(region.translate((x, y)).intersection(place[1]))
                    continue
                done += [(x + region.x, y + region.y + number, row) for number, row in enumerate(rows)]
        self._changed = list(self._dirty_regions)
        try:
            usual = super().render_partial_update()
        finally:
            self._changed = None
        return CellsUpdate(done, usual) if done else usual

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Only the rows that a change touches, of the widgets that it touches.

        Textual renders every widget in the smallest rectangle around all changes: with the status line at the top and
        a reading at the bottom that is the whole screen.
        """
        if self._changed is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for top, bottom in _row_bands([part for each in self._changed if (part := each.intersection(shown))]):
                band = Region(shown.x, top, shown.width, bottom - top)
                yield band, clip, widget.render_lines(band.translate((-region.x, -region.y)))

    def _is_clear(self, widget: Widget) -> bool:
        """Whether all of a widget is in sight."""
        visible = self.visible_widgets
        if self._clear_of[0] is not visible:
            self._clear_of = (visible, {})
        known = self._clear_of[1]
        if widget not in known:
            known[widget] = self._look(widget)
        return known[widget]

    def _look(self, widget: Widget) -> bool:
        for other, (region, clip) in self.visible_widgets.items():  # the foremost comes first
            if other is widget:
                return clip.contains_region(region) and self.size.region.contains_region(region)
            mine = self.visible_widgets.get(widget)
            if mine is not None and mine[0].overlaps(region.intersection(clip)):
                return False
        return False


def _row_bands(regions: list[Region]) -> list[tuple[int, int]]:
    """The rows of some regions as (first, one past the last), top to bottom, none twice."""
    bands: list[tuple[int, int]] = []
    for top, bottom in sorted((region.y, region.bottom) for region in regions):
        if bands and top <= bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bands[-1][1], bottom))
        else:
            bands.append((top, bottom))
    return bands


class CellsScreen(Screen[None]):
    """A screen whose widgets may give finished cells."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = CellsCompositor(self._cell_system)

    def _cell_system(self) -> ColorSystem | None:
        app = self.app
        if not isinstance(app, TakesCells) or app.screen is not self:
            return None
        return app.cell_system()


@runtime_checkable
class TakesCells(Protocol):
    """An app that takes finished cells."""

    def cell_system(self) -> ColorSystem | None:
        """The colours that cells must be written for; None while it does not take any."""
        ...
