"""Outlines of regions over a picture: lines from cell to cell, or points for a picture in real pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.style import Style

from tui.render.glyphs import LINES
from tui.render.overlays import BOLD, Overlay
from tui.render.viewport import Viewport

Point = tuple[float, float]

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_ARM_OF = {(0, -1): _UP, (1, 0): _RIGHT, (0, 1): _DOWN, (-1, 0): _LEFT}
_DOT = "▫"
"""Where all of it lies within one cell."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon, or the beginning of one."""

    corners: tuple[Point, ...]
    """In pixels of the picture; they may lie outside."""
    text: str = ""
    """At its first corner."""
    closed: bool = True
    """Whether the last corner is joined with the first."""


def outline_overlays(
    viewport: Viewport, outlines: Sequence[Outline], name: Style, over: Sequence[Overlay] = ()
) -> list[Overlay]:
    """Lines black or white, as reads better on each cell, and the names in a style; only what the viewport shows.

    A name gives way to those before it and to what else will lie `over` all of this.
    """
    placed: list[Overlay] = []
    for outline in outlines:
        arms = _arms(viewport, outline)
        placed += [
            Overlay(viewport.left + column, viewport.top + row, LINES[bits] if bits else _DOT, BOLD)
            for (column, row), bits in sorted(arms.items())
        ]
    names: list[Overlay] = []
    for outline in outlines:  # no line runs through a name
        names += _name(viewport, outline, name, [*over, *names])
    return placed + names


def placed_outline(viewport: Viewport, outline: Outline, height: int, width: int) -> tuple[tuple[int, int], ...]:
    """Its corners where the part that is shown has so many rows and columns; they may lie outside of those."""
    most = 8 * max(height, width)
    return tuple(
        (round(max(-most, min(most, x))), round(max(-most, min(most, y))))
        for x, y in (_place(viewport, corner, height, width) for corner in outline.corners)
    )


def _place(viewport: Viewport, corner: Point, height: int, width: int) -> Point:
    u_px, v_px = corner
    return (
        (u_px + 0.5 - viewport.part_left) * width / viewport.part_width,
        (v_px + 0.5 - viewport.part_top) * height / viewport.part_height,
    )


def _arms(viewport: Viewport, outline: Outline) -> dict[tuple[int, int], int]:
    """The cells of the picture that its line runs through, and the directions in which it leaves each of them."""
    columns, rows = viewport.picture_columns, viewport.picture_rows
    points = [_place(viewport, corner, rows, columns) for corner in outline.corners]
    if outline.closed:
        points.append(points[0])
    arms: dict[tuple[int, int], int] = defaultdict(int)
    for start, stop in pairwise(points):
        clipped = _clipped(start, stop, (-1.0, -1.0, columns + 1.0, rows + 1.0))
        if clipped is None:
            continue
        before: tuple[int, int] | None = None
        for cell in _path(*clipped):
            arms[cell] |= 0
            if before is not None:
                step = (cell[0] - before[0], cell[1] - before[1])
                arms[before] |= _ARM_OF[step]
                arms[cell] |= _ARM_OF[-step[0], -step[1]]
            before = cell
    return {(x, y): bits for (x, y), bits in arms.items() if 0 <= x < columns and 0 <= y < rows}


def _clipped(start: Point, stop: Point, box: tuple[float, float, float, float]) -> tuple[Point, Point] | None:
    """The part of a line within a box, (left, top, right, bottom); None if there is none (Liang and Barsky, 1984)."""
    enters, leaves = 0.0, 1.0
    for axis in (0, 1):
        along = stop[axis] - start[axis]
        for distance, step in ((start[axis] - box[axis], -along), (box[axis + 2] - start[axis], along)):
            if step == 0:
                if distance < 0:
                    return None
            elif step < 0:
                enters = max(enters, distance / step)
            else:
                leaves = min(leaves, distance / step)
    if enters > leaves:
        return None

    def at(share: float) -> Point:
        return (start[0] + share * (stop[0] - start[0]), start[1] + share * (stop[1] - start[1]))

    return at(enters), at(leaves)


def _path(start: Point, stop: Point) -> Iterator[tuple[int, int]]:
    """The cells from one to the other, each a neighbour of the one before (Bresenham, without diagonal steps)."""
    (x, y), (to_x, to_y) = ((int(point[0] // 1), int(point[1] // 1)) for point in (start, stop))
    across, down = abs(to_x - x), abs(to_y - y)
    step_x, step_y = (1 if to_x > x else -1), (1 if to_y > y else -1)
    gone_x = gone_y = 0
    yield x, y
    while gone_x < across or gone_y < down:
        if (1 + 2 * gone_x) * down < (1 + 2 * gone_y) * across:
            x, gone_x = x + step_x, gone_x + 1
        else:
            y, gone_y = y + step_y, gone_y + 1
        yield x, y


def _name(viewport: Viewport, outline: Outline, style: Style, taken: Sequence[Overlay]) -> list[Overlay]:
    if not outline.text or not outline.corners:
        return []
    x, y = _place(viewport, outline.corners[0], viewport.picture_rows, viewport.picture_columns)
    if not (0 <= x < viewport.picture_columns and 0 <= y < viewport.picture_rows):
        return []
    row, length = viewport.top + int(y), cell_len(outline.text)
    last = max(0, viewport.columns - length)
    wanted = min(viewport.left + int(x), last)
    spans = [(each.column, each.column + cell_len(each.text)) for each in taken if each.row == row]
    beside = (at for start, stop in spans for at in (stop, start - length) if 0 <= at <= last)
    free = (
        at
        for at in sorted((wanted, *beside), key=lambda at: abs(at - wanted))
        if all(stop <= at or at + length <= start for start, stop in spans)
    )
    return [Overlay(next(free, wanted), row, outline.text, style)]
