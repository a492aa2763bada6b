"""Pictures take the room that panels leave; nothing is hidden while a row is empty."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.instrument.view import View
from tui.render.viewport import Viewport
from tui.screens.room import SMALLEST, Panels, Room, Rows, arranged, views_at

LANDSCAPE, PORTRAIT = (640, 480), (480, 640)
BARS = 3

columns = st.integers(SMALLEST[0], 500)
rows = st.integers(SMALLEST[1], 150)
pictures = st.tuples(st.integers(16, 4000), st.integers(16, 4000))


def panel(words: int, listed: int) -> Rows:
    """Some words, which take more rows where it is narrow, and a list under its header."""
    return lambda inside: math.ceil(words / inside) + (1 + listed if listed else 0)


panels = st.builds(panel, st.integers(40, 300), st.integers(0, 40))


def pane_cells(terminal: tuple[int, int], picture: tuple[int, int], room: Room) -> tuple[int, int]:
    """Columns and rows of a picture, laid out anew from what the arrangement says."""
    width, height = terminal[0], terminal[1] - BARS
    if room.view.alone:
        view = Viewport(width, height - 1 - room.view.depth, *picture)
        return view.picture_columns, view.picture_rows
    if room.panels is Panels.RIGHT:
        width -= room.panel_columns
    elif room.panels is Panels.BELOW:
        height -= max(room.coordinates_rows, room.calibration_rows)
    else:
        height -= room.coordinates_rows + room.calibration_rows
    if room.view is View.BOTH:
        width, height = (width, height // 2) if room.stacked else (width // 2, height)
    view = Viewport(width - 2, height - 2 - room.view.depth, *picture)
    return view.picture_columns, view.picture_rows


@given(columns, rows, pictures, panels, panels, st.data())
def test_no_row_is_empty_while_another_panel_hides_some(
    columns: int, rows: int, picture: tuple[int, int], coordinates: Rows, calibration: Rows, data: st.DataObject
) -> None:
    view = data.draw(st.sampled_from([each for each in views_at(columns, rows, picture) if not each.alone]))
    room = arranged(columns, rows, picture, view, coordinates, calibration)
    inside = room.inner_columns
    left = [
        given_rows - 2 - wanted
        for given_rows, wanted in (
            (room.coordinates_rows, coordinates(inside)),
            (room.calibration_rows, calibration(inside)),
        )
    ]
    assert not (min(left) < 0 < max(left)), room
    taken = (
        sum((room.coordinates_rows, room.calibration_rows))
        if room.panels is not Panels.BELOW
        else max(room.coordinates_rows, room.calibration_rows)
    )
    assert min(room.coordinates_rows, room.calibration_rows) >= 2
    assert taken <= rows - BARS
    assert 30 <= inside <= columns
    if room.panels is not Panels.BELOW:
        assert max(left) <= 0, "a panel is as high as what it holds"
    else:
        assert min(abs(each) for each in left) == 0, "they are as high as one of them needs"


@given(columns, rows, pictures, panels, panels)
def test_every_view_shows_a_picture(
    columns: int, rows: int, picture: tuple[int, int], coordinates: Rows, calibration: Rows
) -> None:
    terminal = (columns, rows)
    for view in views_at(columns, rows, picture):
        room = arranged(columns, rows, picture, view, coordinates, calibration)
        assert room.view is view
        assert min(pane_cells(terminal, picture, room)) >= 1


@given(columns, rows, pictures, st.integers(1, 30), st.integers(1, 20))
def test_more_terminal_is_never_less_of_a_picture_alone(
    columns: int, rows: int, picture: tuple[int, int], wider: int, higher: int
) -> None:
    small = pane_cells((columns, rows), picture, Room(View.CAMERA_ALONE))
    large = pane_cells((columns + wider, rows + higher), picture, Room(View.CAMERA_ALONE))
    assert large[0] >= small[0]
    assert large[1] >= small[1]


def test_at_160_by_48() -> None:
    few = panel(300, 4)
    room = arranged(160, 48, LANDSCAPE, View.BOTH, few, few)
    assert (room.panels, room.stacked, room.compact, room.digits) == (Panels.BELOW, False, False, True)
    assert pane_cells((160, 48), LANDSCAPE, room) >= (78, 29)
    for view in (View.CAMERA_ALONE, View.DEPTH_ALONE):
        across, down = pane_cells((160, 48), LANDSCAPE, Room(view))
        assert across >= 110
        assert down >= 42


@pytest.mark.parametrize(
    ("terminal", "picture", "stands"),
    [
        ((60, 18), LANDSCAPE, Panels.RIGHT),
        ((80, 24), LANDSCAPE, Panels.RIGHT),
        ((120, 35), LANDSCAPE, Panels.BELOW),
        ((240, 70), LANDSCAPE, Panels.BELOW),
        ((300, 50), LANDSCAPE, Panels.RIGHT),
        ((160, 48), PORTRAIT, Panels.RIGHT),
        ((500, 150), PORTRAIT, Panels.RIGHT),
        ((60, 120), LANDSCAPE, Panels.UNDER),
    ],
)
def test_the_panels_stand_where_they_cost_the_picture_least(
    terminal: tuple[int, int], picture: tuple[int, int], stands: Panels
) -> None:
    few = panel(100, 3)
    assert arranged(*terminal, picture, views_at(*terminal, picture)[0], few, few).panels is stands


def test_there_are_both_pictures_where_each_can_be_made_out() -> None:
    assert View.BOTH not in views_at(80, 24, LANDSCAPE)
    assert View.BOTH in views_at(120, 35, LANDSCAPE)
    assert View.BOTH in views_at(80, 50, LANDSCAPE)


def test_many_rows_take_the_panels_to_the_side_before_any_is_hidden() -> None:
    pins, references = panel(150, 20), panel(150, 3)
    room = arranged(160, 48, LANDSCAPE, View.BOTH, pins, references)
    assert room.panels is Panels.RIGHT
    inside = room.inner_columns
    assert room.coordinates_rows - 2 >= pins(inside)
    assert room.calibration_rows - 2 >= references(inside)
