"""The loupe shows the crosshair's neighbourhood, never over the crosshair, and says which pixels are sampled."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.render.cells import LOWER_MASK
from tui.render.colors import ColorMode
from tui.render.levels import ValueRange
from tui.render.loupe import RINGS_PX, Loupe, loupe_marks, loupes_in, outline
from tui.render.loupe_painter import LoupePainter, Source
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.pointed import Pointed
from tui.render.quality import FINEST
from tui.render.viewport import Viewport

PANE = Viewport(78, 30, 640, 480)


def loupe_in(pane: Viewport, u_px: int, v_px: int, *, at_left: bool) -> Loupe | None:
    """The only one."""
    return next(iter(loupes_in(pane, u_px, v_px, at_left=at_left)), None)


@given(
    st.integers(64, 260), st.integers(26, 120), st.integers(400, 4000), st.integers(400, 4000), st.floats(1, 2),
    st.booleans(), st.data(),
)  # fmt: skip
def test_it_shows_the_crosshair_and_never_covers_it(
    columns: int, rows: int, width: int, height: int, zoom: float, at_left: bool, data: st.DataObject
) -> None:
    u, v = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    pane = Viewport(columns, rows, width, height, zoom, (u, v))
    loupe = loupe_in(pane, u, v, at_left=at_left)
    assume(loupe is not None)
    assert loupe is not None
    assert loupe.row == 0
    assert 0 <= loupe.column < loupe.right <= columns
    assert loupe.bottom <= rows
    at = pane.cell_of(u, v)
    assert at is not None
    assert not loupe.covers(at.column, at.row)
    inside = loupe.view
    assert inside.shows(u, v)
    assert inside.picture_columns / inside.part_width > pane.picture_columns / pane.part_width
    assert inside.part_width >= RINGS_PX[-1] * width / 640 or inside.part_width == width
    across, down = inside.part_width / inside.picture_columns, inside.part_height / (2 * inside.picture_rows)
    assert 0.85 < across / down < 1.15, "no cell is stretched"
    cell = inside.cell_of(u, v)
    assert cell is not None
    pixel = loupe.pixel_of(loupe.column + 1 + cell.column, loupe.row + 1 + cell.row)
    assert pixel is not None
    assert abs(pixel[0] - u) <= across
    assert abs(pixel[1] - v) <= 2 * down


def test_it_stays_in_its_corner_until_the_crosshair_comes_near() -> None:
    sides = []
    at_left = False
    for u in (320, 440, 600, 440, 320, 40):
        loupe = loupe_in(PANE, u, 60, at_left=at_left)
        assert loupe is not None
        at_left = loupe.column == 0
        sides.append("left" if at_left else "right")
    assert sides == ["right", "left", "left", "left", "left", "right"]


def test_there_is_none_where_pixels_are_seen_already_or_the_pane_is_small() -> None:
    assert loupe_in(Viewport(78, 30, 640, 480, 8.0, (320, 240)), 320, 240, at_left=False) is None
    assert loupe_in(Viewport(30, 12, 640, 480), 320, 240, at_left=False) is None
    assert loupe_in(Viewport(78, 30, 60, 45), 30, 20, at_left=False) is None


@given(st.integers(0, 639), st.integers(0, 479), st.sampled_from([1, 3, 5, 9, 15, 25]), st.floats(1, 10))
def test_the_outline_is_around_the_sampled_pixels_and_on_none_of_them(u: int, v: int, window: int, zoom: float) -> None:
    view = Viewport(78, 30, 640, 480, zoom, (u, v))
    drawn = {(over.column, over.row) for over in outline(view, u, v, window)}
    half = window // 2
    for du in (-half, half):
        for dv in (-half, half):
            if view.shows(u + du, v + dv):
                at = view.cell_of(u + du, v + dv)
                assert at is not None
                assert (at.column, at.row) not in drawn
    for column, row in drawn:
        pixel = view.pixel_of(column, row)
        assert pixel is not None
        assert max(abs(pixel[0] - u), abs(pixel[1] - v)) > half, "what it hides is not sampled"


def test_rings_have_their_size_in_pixels() -> None:
    loupe = loupe_in(PANE, 320, 240, at_left=False)
    assert loupe is not None
    dots = [(over.column, over.row) for over in loupe_marks(loupe.view, (320, 240), 1) if over.text == "·"]
    pixels = [loupe.view.pixel_of(*dot) for dot in dots]
    assert None not in pixels
    away = [np.hypot(pixel[0] - 320, pixel[1] - 240) for pixel in pixels if pixel is not None]
    cell_px = 2 * loupe.view.part_height / (2 * loupe.view.picture_rows)
    nearest = [min(abs(far - size / 2) for size in RINGS_PX) for far in away]
    assert max(nearest) <= cell_px
    assert max(away) > RINGS_PX[1] / 2 - cell_px
    assert min(away) < RINGS_PX[0] / 2 + cell_px


def test_it_has_the_colors_of_its_pane() -> None:
    rng = np.random.default_rng(0)
    loupe = loupe_in(PANE, 320, 240, at_left=False)
    assert loupe is not None
    for mode in ColorMode:
        painter = LoupePainter()
        painter.paint_as(mode, "inferno", FINEST)
        image = np.zeros((480, 640, 3), np.uint8)  # black and white are among the 256 colours: nothing is mixed
        image[:, 322:] = 255
        cells = PicturePainter(mode).paint(image, PANE)
        painter.place(PANE, Pointed((), (320, 240), 5), Source(image))
        over = painter.over(cells)
        assert over.table is cells.table
        middle = over.codes[3, loupe.column + 1 : loupe.right - 1]
        assert set(middle.tolist()) >= {int(cells.codes[3, 2]), int(cells.codes[3, 60])}
        values = np.linspace(0, 1, 640 * 480, dtype=np.float32).reshape(480, 640) + rng.normal(0, 1e-6, (480, 640))
        depth = DepthPainter(mode, "inferno", FINEST.depth_levels)
        shown = depth.paint(values.astype(np.float32), PANE)
        span = depth.quantiser.range.current
        assert isinstance(span, ValueRange)
        painter.place(PANE, Pointed((), (320, 240), 5), Source(None, values.astype(np.float32), span, "inferno"))
        mapped = painter.over(shown)
        assert mapped.table is shown.table
        at = PANE.cell_of(320, 240)
        inside = loupe.view.cell_of(320, 240)
        assert at is not None
        assert inside is not None
        here = int(mapped.codes[inside.row + 1, loupe.column + 1 + inside.column])
        assert abs((here & LOWER_MASK) - (int(shown.codes[at.row, at.column]) & LOWER_MASK)) <= 1


@given(
    st.integers(40, 300), st.integers(16, 150), st.integers(200, 4000), st.integers(200, 4000), st.booleans(),
    st.data(),
)  # fmt: skip
def test_two_are_alike_and_cover_neither_the_crosshair_nor_each_other(
    columns: int, rows: int, width: int, height: int, at_left: bool, data: st.DataObject
) -> None:
    u, v = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    pane = Viewport(columns, rows, width, height)
    loupes = loupes_in(pane, u, v, at_left=at_left, count=2)
    if len(loupes) < 2:
        assert loupes == loupes_in(pane, u, v, at_left=at_left), "where two have no room, there is what one has"
        return
    first, second = loupes
    assert first.view == second.view
    at = pane.cell_of(u, v)
    assert at is not None
    for loupe in loupes:
        assert not loupe.covers(at.column, at.row)
        assert 0 <= loupe.column < loupe.right <= columns
        assert 0 <= loupe.row < loupe.bottom <= rows
    assert second.column == first.right or second.row == first.bottom
