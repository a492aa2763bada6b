"""A pane in real pixels: colours, lines and marks are where they belong."""

from __future__ import annotations

import numpy as np

from tui.render.contours import ContourLine, Contours, Drawn, Shading
from tui.render.painter import DepthPainter
from tui.render.pixels import scene_of
from tui.render.viewport import Viewport

VIEW = Viewport(40, 10, 400, 200)
CELL = (10, 20)


def test_a_picture_keeps_its_colors_and_gets_its_marks() -> None:
    image = np.full((200, 400, 3), (200, 30, 40), np.uint8)
    scene = scene_of(image, VIEW, DepthPainter(), [(100, 50, "②")], (300, 150), CELL)
    assert [mark.text for mark in scene.marks] == ["2"]
    pixels = scene.draw()
    assert pixels.shape == (200, 400, 3)
    plain = (pixels == (200, 30, 40)).all(axis=2)
    assert plain[10:30, 10:50].all()
    assert not plain[40:60, 100:115].all()
    assert (pixels[150, 285:296] == 250).all()
    assert scene == scene_of(image, VIEW, DepthPainter(), [(100, 50, "②")], (300, 150), CELL)
    assert scene != scene_of(image.copy(), VIEW, DepthPainter(), [(100, 50, "②")], (300, 150), CELL)


def test_a_map_has_its_palette_and_its_line() -> None:
    values = np.repeat(np.linspace(0, 1, 400, dtype=np.float32)[None], 200, axis=0)
    values[:50] = np.nan
    painter = DepthPainter(shading=Shading.BOTH)
    painter.drawn = Drawn(Contours((ContourLine(0.5, "2m"),)))
    painter.quantiser.range.pin(0, 1)
    pixels = scene_of(values, VIEW, painter, [], None, CELL).draw()
    assert (np.diff(pixels[100, [20, 120, 280, 380]].sum(axis=1).astype(int)) > 0).all()
    assert (pixels[20] == pixels[20, 0]).all()
    line = np.flatnonzero((pixels[150] == 0).all(axis=1) | (pixels[150] == 255).all(axis=1))
    assert line.tolist() == [200]


def test_zoomed_it_shows_the_part_with_what_lies_in_it() -> None:
    """The half at the right, twice as large: what lies beside it is not drawn, what lies in it twice as far out."""
    image = np.zeros((200, 400, 3), np.uint8)
    image[:, 300:] = (0, 0, 200)
    view = Viewport(20, 5, 400, 200, 2.0, (299.5, 99.5))
    scene = scene_of(image, view, DepthPainter(), [(10, 100, "①"), (350, 100, "②")], (250, 100), CELL)
    left, top = view.part_left, view.part_top
    assert (left, top, view.part_width, view.part_height) == (200, 50, 200, 100)
    assert [mark.text for mark in scene.marks] == ["2"]
    assert scene.marks[0].x == (2 * (350 - left) + 1) * 200 // (2 * 200)
    assert scene.crosshair == (50, 50)
    pixels = scene.draw()
    assert pixels.shape == (100, 200, 3)
    assert (pixels[10, :95] == 0).all()
    assert (pixels[10, 105:] == (0, 0, 200)).all()
