"""A pane in real pixels: colours, lines, marks and loupes are where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from tui.render.contours import ContourLine, Contours, Drawn, Shading
from tui.render.levels import ValueRange
from tui.render.loupe import RINGS_PX
from tui.render.loupe_painter import LoupePainter, Source
from tui.render.painter import DepthPainter
from tui.render.pointed import Mark, Pointed
from tui.render.scene import Scene, scene_of
from tui.render.viewport import Viewport

VIEW = Viewport(40, 10, 400, 200)
CELL = (10, 20)
RED = (200, 30, 40)


def test_a_picture_keeps_its_colors_and_gets_its_marks() -> None:
    image = np.full((200, 400, 3), RED, np.uint8)

    def scene_with(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Scene:
        return scene_of(Source(picture), VIEW, DepthPainter(), Pointed((Mark(100, 50, "②"),), (300, 150)), CELL)

    scene = scene_with(image)
    assert [mark.text for mark in scene.layers[0].marks.words] == ["2"]
    pixels = scene.draw()
    assert pixels.shape == (200, 400, 3)
    plain = (pixels == RED).all(axis=2)
    assert plain[10:30, 10:50].all()
    assert not plain[40:60, 100:115].all()
    assert (pixels[150, 285:296] == 250).all()
    assert scene == scene_with(image)
    assert scene != scene_with(image.copy())


def test_a_map_has_its_palette_and_its_line() -> None:
    values = np.repeat(np.linspace(0, 1, 400, dtype=np.float32)[None], 200, axis=0)
    values[:50] = np.nan
    painter = DepthPainter(shading=Shading.BOTH)
    painter.drawn = Drawn(Contours((ContourLine(0.5, "2m"),)))
    pixels = scene_of(Source(None, values, ValueRange(0, 1), "inferno"), VIEW, painter, Pointed(), CELL).draw()
    assert (np.diff(pixels[100, [20, 120, 280, 380]].sum(axis=1).astype(int)) > 0).all()
    assert (pixels[20] == pixels[20, 0]).all()
    line = np.flatnonzero((pixels[150] == 0).all(axis=1) | (pixels[150] == 255).all(axis=1))
    assert line.tolist() == [200]


def test_zoomed_it_shows_the_part_with_what_lies_in_it() -> None:
    """The half at the right, twice as large: what lies beside it is not drawn, what lies in it twice as far out."""
    image = np.zeros((200, 400, 3), np.uint8)
    image[:, 300:] = (0, 0, 200)
    view = Viewport(20, 5, 400, 200, 2.0, (299.5, 99.5))
    pointed = Pointed((Mark(10, 100, "①"), Mark(350, 100, "②")), (250, 100))
    scene = scene_of(Source(image), view, DepthPainter(), pointed, CELL)
    left, top = view.part_left, view.part_top
    assert (left, top, view.part_width, view.part_height) == (200, 50, 200, 100)
    marks = scene.layers[0].marks
    assert [mark.text for mark in marks.words] == ["2"]
    assert marks.words[0].x == (2 * (350 - left) + 1) * 200 // (2 * 200)
    assert marks.crosshair == (50, 50)
    pixels = scene.draw()
    assert pixels.shape == (100, 200, 3)
    assert (pixels[10, :95] == 0).all()
    assert (pixels[10, 105:] == (0, 0, 200)).all()


@pytest.mark.parametrize("window_px", [3, 5, 9, 25])
def test_enlarged_the_window_stands_around_the_sampled_pixels_and_on_none_of_them(window_px: int) -> None:
    """The sampled pixels are white: all of them are still to be seen, and what is around them is not theirs."""
    image = np.full((200, 400, 3), RED, np.uint8)
    u, v, half = 250, 100, window_px // 2
    image[v - half : v + half + 1, u - half : u + half + 1] = 255
    view = Viewport(80, 20, 400, 200, 8.0, (u, v))
    assert view.part_width == 80
    pixels = scene_of(Source(image), view, DepthPainter(), Pointed((), (u, v), window_px), CELL).draw()
    left, top = (u - half - view.part_left) * 10, (v - half - view.part_top) * 10
    inside = pixels[top + 5 : top + 10 * window_px - 5, left + 5 : left + 10 * window_px - 5]
    assert (inside == 255).all()
    around = pixels[v * 10 - view.part_top * 10 + 5, [left - 2, left + 10 * window_px + 1]]
    assert not ((around == 255).all(axis=1) | (around == RED).all(axis=1)).any()
    assert scene_of(Source(image), view, DepthPainter(), Pointed((), (u, v), window_px), CELL) != scene_of(
        Source(image), view, DepthPainter(), Pointed((), (u, v), window_px + 2), CELL
    )


def test_loupes_show_picture_and_map_with_rings_of_their_size() -> None:
    pane = Viewport(160, 44, 640, 480)
    image = np.full((480, 640, 3), RED, np.uint8)
    image[:, 330:] = (0, 0, 200)
    values = np.repeat(np.linspace(0, 1, 640, dtype=np.float32)[None], 480, axis=0)
    sources = [Source(image), Source(None, values, ValueRange(0, 1), "inferno")]
    painter = LoupePainter()
    at, window_px = (320, 240), 5
    painter.place(pane, Pointed((), at, window_px), *sources)
    own, other = (each.loupe for each in painter.shown)
    paper = (17, 18, 19)
    scene = scene_of(
        sources[0], pane, DepthPainter(), Pointed((), at, window_px), CELL, loupes=painter.shown, paper=paper
    )
    pixels = scene.draw()
    assert pixels.shape == (20 * scene.rows, 10 * scene.columns, 3)
    assert scene.left + scene.columns == own.right == pane.columns
    assert (pixels[-1, -1] == paper).all(), "beside the picture and below the loupes"
    for loupe in (own, other):
        view, left, top = loupe.view, 10 * (loupe.column + 1 - scene.left), 20 * (loupe.row + 1 - scene.top)
        inside = pixels[top : top + 20 * view.rows, left : left + 10 * view.columns]
        scale = 10 * view.picture_columns / view.part_width
        middle = (at[1] - view.part_top + 0.5) * scale, (at[0] - view.part_left + 0.5) * scale
        white = (inside == 250).all(axis=2)
        for ring_px in RINGS_PX:
            radius = ring_px / 2 * scale
            rows, columns = np.indices(white.shape)
            ring = np.abs(np.hypot(rows - middle[0], columns - middle[1]) - radius) < 1.5
            assert white[ring].sum() > radius, f"{ring_px} px around"
        if loupe is own:
            edge = round((330 - view.part_left) * scale)
            assert (inside[2, : edge - 10] == RED).all()
            assert (inside[2, edge + 10 :] == (0, 0, 200)).all()
        else:
            brightness = inside[2].astype(int).sum(axis=1)
            assert brightness[-1] > brightness[0]


def test_a_scene_is_another_one_when_the_other_picture_in_its_loupe_is() -> None:
    pane = Viewport(160, 44, 640, 480)
    image, values = np.zeros((480, 640, 3), np.uint8), np.zeros((480, 640), np.float32)

    def scene_with(other: Source) -> Scene:
        painter = LoupePainter()
        painter.place(pane, Pointed((), (320, 240), 5), Source(image), other)
        pointed = Pointed((), (320, 240), 5)
        return scene_of(Source(image), pane, DepthPainter(), pointed, CELL, loupes=painter.shown)

    span = ValueRange(0, 1)
    assert scene_with(Source(None, values, span, "inferno")) == scene_with(Source(None, values, span, "inferno"))
    for other in (Source(None, values.copy(), span, "inferno"), Source(None, values, span, "viridis")):
        assert scene_with(Source(None, values, span, "inferno")) != scene_with(other)
