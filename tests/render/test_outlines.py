"""Outlines of regions, in cells and in pixels."""

from __future__ import annotations

import numpy as np
from rich.style import Style

from tui.render.loupe_painter import Source
from tui.render.outlines import Outline, outline_overlays, placed_outline
from tui.render.overlays import Overlay
from tui.render.painter import DepthPainter
from tui.render.pointed import Pointed
from tui.render.scene import scene_of
from tui.render.viewport import Viewport

NAME = Style(reverse=True)
PORT = Viewport(20, 10, 20, 20)
"""A pixel a column, two a row."""


def drawn(port: Viewport, *outlines: Outline) -> list[str]:
    rows = [[" "] * port.columns for _ in range(port.rows)]
    for each in outline_overlays(port, outlines, NAME):
        for at, letter in enumerate(each.text):
            rows[each.row][each.column + at] = letter
    return ["".join(row).rstrip() for row in rows]


def test_a_box_is_drawn_through_the_cells_of_its_sides() -> None:
    box = Outline(((2.0, 2.0), (7.0, 2.0), (7.0, 8.0), (2.0, 8.0)))
    assert drawn(PORT, box)[:6] == ["", "  ╭────╮", "  │    │", "  │    │", "  ╰────╯", ""]


def test_every_side_of_a_polygon_hangs_together_and_an_open_one_is_not_closed() -> None:
    corners = ((1.0, 1.0), (17.0, 5.0), (6.0, 18.0))
    closed, still_open = Outline(corners), Outline(corners, closed=False)
    cells = {(each.column, each.row) for each in outline_overlays(PORT, [closed], NAME)}
    for column, row in cells:
        assert cells & {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)}
    fewer = {(each.column, each.row) for each in outline_overlays(PORT, [still_open], NAME)}
    assert fewer < cells
    assert (3, 4) in cells - fewer, "halfway between the last corner and the first"


def test_what_lies_outside_is_cut_off_and_takes_no_time() -> None:
    far = Outline(((-1e6, 9.0), (1e6, 9.0), (1e6, 1e6), (-1e6, 1e6)), "far")
    assert drawn(PORT, far)[4] == "─" * 20
    assert [row for at, row in enumerate(drawn(PORT, far)) if row and at != 4] == []
    assert outline_overlays(PORT, [Outline(((50.0, 50.0), (60.0, 50.0), (60.0, 60.0)), "gone")], NAME) == []
    assert all(abs(at) <= 8 * 200 for corner in placed_outline(PORT, far, 100, 200) for at in corner)


def test_the_name_stands_at_the_first_corner_and_within_the_pane() -> None:
    box = Outline(((17.0, 2.0), (19.0, 2.0), (19.0, 8.0), (17.0, 8.0)), "hallway")
    assert drawn(PORT, box)[1] == " " * 13 + "hallway"


def test_a_name_gives_way_to_marks_and_to_names_before_it_but_stays_in_the_pane() -> None:
    def columns(left: float, *over: Overlay) -> list[int]:
        boxes = [Outline(((left, 2.0), (19.0, 2.0), (19.0, 8.0), (left, 8.0)), text) for text in ("door", "sofa")]
        return [each.column for each in outline_overlays(PORT, boxes, NAME, over) if each.style == NAME]

    assert columns(2.0, Overlay(2, 1, "①", NAME)) == [3, 7]
    assert columns(2.0, Overlay(2, 5, "①", NAME)) == [2, 6], "another row's mark is in nobody's way"
    assert columns(16.0, Overlay(19, 1, "a", NAME)) == [15, 11]
    assert columns(2.0, *(Overlay(column, 1, "a", NAME) for column in range(20))) == [2, 2], "there is no place"


def test_zoomed_the_lines_stay_on_their_pixels() -> None:
    zoomed = Viewport(20, 10, 40, 40, 2.0, (30.0, 30.0))
    box = Outline(((24.0, 24.0), (35.0, 24.0), (35.0, 35.0), (24.0, 35.0)))
    for each in outline_overlays(zoomed, [box], NAME):
        pixel = zoomed.pixel_of(each.column, each.row)
        assert pixel is not None
        assert min(abs(pixel[0] - 24), abs(pixel[0] - 35), abs(pixel[1] - 24), abs(pixel[1] - 35)) <= 1


def test_in_real_pixels_the_line_runs_from_corner_to_corner() -> None:
    image = np.full((20, 20, 3), 90, np.uint8)
    box = Outline(((2.0, 2.0), (16.0, 2.0), (16.0, 16.0), (2.0, 16.0)))
    plain = scene_of(Source(image), PORT, DepthPainter(), Pointed(), (10, 20))
    scene = scene_of(Source(image), PORT, DepthPainter(), Pointed(outlines=(box,)), (10, 20))
    assert scene != plain, "what looks different must be sent"
    changed = (scene.draw() != plain.draw()).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert (columns.min(), columns.max()) == (24, 166), "(2 + 0.5) and (16 + 0.5) pixels of 10, and its edge"
    assert (rows.min(), rows.max()) == (24, 166)
    assert not changed[40:150, 40:150].any()
