import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.render.viewport import Viewport

sizes = st.integers(1, 200)
pixels = st.integers(1, 2000)


@given(sizes, sizes, pixels, pixels)
def test_picture_lies_inside_the_pane(columns: int, rows: int, width: int, height: int) -> None:
    view = Viewport(columns, rows, width, height)
    assert 0 <= view.left <= columns - view.picture_columns
    assert 0 <= view.top <= rows - view.picture_rows
    assert view.picture_columns >= 1
    assert view.picture_rows >= 1
    # In the middle: the margins differ by one cell at most.
    assert columns - view.picture_columns - 2 * view.left in (0, 1)
    assert rows - view.picture_rows - 2 * view.top in (0, 1)


@given(sizes, sizes, pixels, pixels, st.data())
def test_cell_to_pixel_to_cell(columns: int, rows: int, width: int, height: int, data: st.DataObject) -> None:
    view = Viewport(columns, rows, width, height)
    column = data.draw(st.integers(view.left, view.left + view.picture_columns - 1))
    row = data.draw(st.integers(view.top, view.top + view.picture_rows - 1))
    half = data.draw(st.integers(0, 1))
    pixel = view.pixel_of(column, row, half)
    assert pixel is not None
    at = view.cell_of(*pixel)
    assert at is not None
    if width >= view.picture_columns:
        assert at.column == column
    if height >= 2 * view.picture_rows:
        assert (at.row, at.half) == (row, half)
    centre = view.pixel_of(column, row)
    assert centre is not None
    if height >= 2 * view.picture_rows:
        middle = view.cell_of(*centre)
        assert middle is not None
        assert middle.row == row


@given(sizes, sizes, st.integers(1, 300), st.integers(1, 300), st.data())
def test_pixel_to_cell_to_pixel_stays_within_one_cell(
    columns: int, rows: int, width: int, height: int, data: st.DataObject
) -> None:
    view = Viewport(columns, rows, width, height)
    u = data.draw(st.integers(0, width - 1))
    v = data.draw(st.integers(0, height - 1))
    at = view.cell_of(u, v)
    assert at is not None
    back = view.pixel_of(at.column, at.row, at.half)
    assert back is not None
    assert abs(back[0] - u) <= width / view.picture_columns
    assert abs(back[1] - v) <= height / (2 * view.picture_rows)


def test_known_layout() -> None:
    view = Viewport(100, 30, 640, 480)
    assert (view.picture_columns, view.picture_rows) == (80, 30)
    assert (view.left, view.top) == (10, 0)
    assert view.pixel_of(9, 0) is None
    assert view.pixel_of(90, 0) is None
    assert view.pixel_of(10, 0) == (4, 8)
    assert view.pixel_of(10, 0, 1) == (4, 12)
    at = view.cell_of(0, 8)
    assert at is not None
    assert (at.column, at.row, at.half) == (10, 0, 1)


def test_a_pixel_outside_is_named() -> None:
    with pytest.raises(InputError, match=r"\(640, 0\)"):
        Viewport(80, 24, 640, 480).cell_of(640, 0)


def test_a_pane_without_room_is_refused() -> None:
    with pytest.raises(InputError, match="0x10"):
        Viewport(0, 10, 640, 480)


def test_area_average_of_an_integer_ratio_is_exact() -> None:
    image = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    view = Viewport(16, 6, 64, 48)
    exact = image.reshape(12, 4, 16, 4, 3).mean(axis=(1, 3))
    assert np.abs(view.sample_image(image) - exact).max() <= 0.5


@given(sizes, sizes, st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_a_plain_picture_stays_plain(columns: int, rows: int, width: int, height: int, value: int) -> None:
    view = Viewport(columns, rows, width, height)
    small = view.sample_image(np.full((height, width, 3), value, np.uint8))
    assert small.shape == (2 * view.picture_rows, view.picture_columns, 3)
    assert (small == value).all()


def test_a_map_ignores_what_is_unknown() -> None:
    values = np.full((40, 40), 3.0, np.float32)
    values[::2] = np.nan
    values[:20, :20] = np.nan
    values[30, 30] = np.inf
    small = Viewport(10, 5, 40, 40).sample_map(values)
    assert small.dtype == np.float32
    assert np.isnan(small[:5, :5]).all()
    known = small[np.isfinite(small)]
    assert len(known) > 40
    assert (known == 3.0).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (12000, 90), (3, 5000)])
def test_odd_shapes(width: int, height: int) -> None:
    view = Viewport(78, 40, width, height)
    assert view.sample_image(np.zeros((height, width, 3), np.uint8)).shape[2] == 3
    assert view.sample_map(np.zeros((height, width), np.float32)).shape == (
        2 * view.picture_rows,
        view.picture_columns,
    )


zooms = st.floats(1, 64)


@given(sizes, sizes, pixels, pixels, zooms, st.data())
def test_any_part_lies_inside_the_picture_and_around_what_is_asked_for(
    columns: int, rows: int, width: int, height: int, zoom: float, data: st.DataObject
) -> None:
    u, v = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    view = Viewport(columns, rows, width, height, zoom, (u, v))
    whole = Viewport(columns, rows, width, height)
    assert view.shows(u, v)
    assert 0 <= view.part_left <= width - view.part_width
    assert 0 <= view.part_top <= height - view.part_height
    assert view.part_width <= whole.part_width
    assert view.part_height <= whole.part_height
    at = view.cell_of(u, v)
    assert at is not None
    assert view.pixel_of(at.column, at.row, at.half) is not None


@given(sizes, sizes, st.integers(1, 300), st.integers(1, 300), zooms, st.data())
def test_cells_and_pixels_agree_under_any_zoom(
    columns: int, rows: int, width: int, height: int, zoom: float, data: st.DataObject
) -> None:
    middle = data.draw(st.tuples(st.integers(0, width - 1), st.integers(0, height - 1)))
    view = Viewport(columns, rows, width, height, zoom, middle)
    u = data.draw(st.integers(view.part_left, view.part_left + view.part_width - 1))
    v = data.draw(st.integers(view.part_top, view.part_top + view.part_height - 1))
    at = view.cell_of(u, v)
    assert at is not None
    back = view.pixel_of(at.column, at.row, at.half)
    assert back is not None
    assert abs(back[0] - u) <= view.part_width / view.picture_columns
    assert abs(back[1] - v) <= view.part_height / (2 * view.picture_rows)
    assert view.shows(*back)


def test_a_zoom_ends_at_a_pixel_a_half_cell_and_fills_the_pane() -> None:
    view = Viewport(100, 30, 640, 480, 1000.0, (320, 240))
    assert (view.part_width, view.part_height) == (100, 60)
    assert (view.picture_columns, view.picture_rows, view.left, view.top) == (100, 30, 0, 0)
    assert view.cell_of(0, 0) is None
    image = np.random.default_rng(2).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    shown = image[view.part_top : view.part_top + 60, view.part_left : view.part_left + 100]
    np.testing.assert_array_equal(view.sample_image(image), shown)


def test_a_part_is_the_same_part_of_a_map_of_another_size() -> None:
    view = Viewport(40, 10, 400, 200, 4.0, (300, 100))
    small = np.arange(200 * 100, dtype=np.float32).reshape(100, 200)
    part = view.part_of(small)
    assert part.shape == (view.part_height // 2, view.part_width // 2)
    assert part[0, 0] == small[view.part_top // 2, view.part_left // 2]


@given(
    st.integers(20, 200), st.integers(10, 100), st.integers(300, 2000), st.integers(300, 2000), st.floats(1, 30),
    st.integers(-12, 12), st.integers(-6, 6), st.data(),
)  # fmt: skip
def test_a_step_by_cells_is_seen_as_so_many_cells_under_any_zoom(
    columns: int, rows: int, width: int, height: int, zoom: float, right: int, down: int, data: st.DataObject
) -> None:
    middle = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    view = Viewport(columns, rows, width, height, zoom, middle)
    u = data.draw(st.integers(view.part_left, view.part_left + view.part_width - 1))
    v = data.draw(st.integers(view.part_top, view.part_top + view.part_height - 1))
    du, dv = view.stepped(u, v, right, down)
    assert du * right >= abs(right), "never less than a pixel, never backwards"
    assert dv * down >= abs(down)
    assert (right == 0) == (du == 0)
    assert (down == 0) == (dv == 0)
    at = view.cell_of(u, v)
    assert at is not None
    target = at.column + right, at.row + down
    if view.pixel_of(*target) is not None and view.part_height >= view.picture_rows:
        now = view.cell_of(u + du, v + dv)
        assert now is not None
        assert (now.column, now.row) == target
