"""The status line, the key bar and the row list: what fits, what is left out, what is drawn again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.message import Message

from tui.widgets.key_bar import KeyHint, fit_hints, hints
from tui.widgets.row_list import RowList
from tui.widgets.status_line import Field, StatusLine, fit_fields

fields = st.lists(
    st.builds(Field, st.text("ab cd", max_size=30), st.integers(0, 100)), max_size=8, unique_by=lambda f: f.priority
)


@given(fields, st.integers(0, 120))
def test_status_fields_fit_are_whole_and_keep_their_order(given_fields: list[Field], width: int) -> None:
    chosen = fit_fields(given_fields, width)
    assert sum(len(field.text) + 2 for field in chosen) <= width
    order = [given_fields.index(field) for field in chosen]
    assert order == sorted(order)
    if chosen:
        left_out = [
            f for f in given_fields if f.text and f not in chosen and len(f.text) <= min(len(c.text) for c in chosen)
        ]
        assert all(out.priority > min(c.priority for c in chosen) for out in left_out)


def test_an_error_is_shortened_rather_than_left_out() -> None:
    chosen = fit_fields([Field("cup.mp4", 0), Field("no such device: plug it in", 1, shrinks=True)], 30)
    assert [field.text for field in chosen] == ["cup.mp4", "no such device: …"]


def test_bindings_with_the_same_words_are_one_hint() -> None:
    group = Binding.Group("move", compact=True)
    found = hints(
        [
            Binding("left", "a", "left 1 px", key_display="←", group=group),
            Binding("right", "b", "right 1 px", key_display="→", group=group),
            Binding("pageup", "c", "other picture"),
            Binding("pagedown", "d", "other picture"),
            Binding("shift+left", "e", "far"),
            Binding("shift+right", "f", "far"),
            Binding("x", "g", ""),
        ]
    )
    assert [(hint.keys, hint.words) for hint in found] == [
        ("←→", "move"),
        ("pgup pgdn", "other picture"),
        ("shift ←→", "far"),
    ]


@given(st.integers(0, 200))
def test_the_last_keys_stay_whatever_the_width(width: int) -> None:
    always = [KeyHint("?", "keys", "?"), KeyHint("q", "quit", "q")]
    all_hints = [KeyHint(letter, "does something", letter) for letter in "abcdef"] + always
    shown = fit_hints(all_hints, always, width)
    assert shown[-2:] == always
    assert sum(hint.width + 2 for hint in shown) <= max(width, sum(hint.width + 2 for hint in always))


class Watched(RowList):
    """Remembers which regions were asked to be drawn again."""

    def __init__(self, column: int = 0) -> None:
        super().__init__("header", widget_id="rows", column=column)
        self.asked: list[tuple[Region, ...]] = []

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Watched:
        if hasattr(self, "asked"):
            self.asked.append(regions)
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class Lines(App[None]):
    def __init__(self, column: int = 0) -> None:
        super().__init__()
        self.column = column

    def compose(self) -> ComposeResult:
        yield StatusLine(widget_id="status")
        yield Watched(self.column)


async def test_only_the_rows_that_changed_are_drawn_again() -> None:
    app = Lines()
    async with app.run_test(size=(40, 10)) as pilot:
        rows = app.query_one(Watched)
        rows.show(["one", "two", "three"])
        await pilot.pause()
        rows.asked.clear()
        rows.show(["one", "2", "three"])
        assert rows.asked == [(Region(0, 2, rows.size.width, 1),)]
        rows.asked.clear()
        rows.show(["one", "2", "three"])
        assert rows.asked == []
        assert rows.render_line(2).text.rstrip() == "2"


async def test_a_row_alone_has_all_the_room() -> None:
    app = Lines(20)
    async with app.run_test(size=(70, 10)) as pilot:
        rows = app.query_one(Watched)
        rows.show([])
        await pilot.pause()
        assert [rows.row_columns(count) for count in (1, 2, 3, 9)] == [70, 35, 23, 23]
        rows.show(["a row that would not fit in a third"])
        await pilot.pause()
        assert rows.render_line(1).text.rstrip() == "a row that would not fit in a third"


async def test_a_list_that_is_too_long_says_how_many_more_and_follows_the_cursor() -> None:
    app = Lines()
    async with app.run_test(size=(40, 6)) as pilot:
        rows = app.query_one(Watched)
        rows.styles.height = 4
        rows.show([f"row {number}" for number in range(9)])
        await pilot.pause()
        assert rows.render_line(0).text.rstrip() == "header  (+6 more)"
        rows.focus()
        await pilot.press(*["down"] * 8)
        assert rows.render_line(3).text.rstrip() == "row 8"


@pytest.mark.parametrize("column", [0, 20])
async def test_a_click_goes_where_its_row_says_and_the_wheel_turns_the_list(column: int) -> None:
    chosen: list[Message] = []
    app = Lines(column)
    async with app.run_test(size=(40, 6), message_hook=chosen.append) as pilot:
        rows = app.query_one(Watched)
        rows.styles.height = 4
        rows.show([f"row {number}" for number in range(9)], newest=8)
        await pilot.pause()
        for wheel, place in ((0, (3, 1)), (-1, (3, 2)), (-9, (3, 3)), (4, (25, 2)), (99, (1, 1))):
            kind = events.MouseScrollDown if wheel > 0 else events.MouseScrollUp
            for _ in range(abs(wheel)):
                rows.post_message(kind(rows, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False))
            await pilot.pause()
            shown = rows.render_line(place[1]).text
            expected = shown[20:] if column and place[0] >= 20 else shown[:20]
            chosen.clear()
            await pilot.click(rows, offset=place)
            await pilot.pause()
            (index,) = {each.index for each in chosen if isinstance(each, RowList.Chosen)}
            assert f"row {index}" == expected.strip()
        chosen.clear()
        await pilot.click(rows, offset=(1, 0))
        assert not [each for each in chosen if isinstance(each, RowList.Chosen)], "the header is no row"


async def test_the_status_line_fills_its_row_exactly() -> None:
    app = Lines()
    async with app.run_test(size=(40, 10)) as pilot:
        line = app.query_one(StatusLine)
        line.show([Field("left", 0), Field("right", 1, right=True)])
        await pilot.pause()
        assert line.render_line(0).cell_length == 40
        assert line.text.startswith(" left")
        assert line.text.rstrip().endswith("right")


async def test_restless_numbers_wait_for_their_beat_and_words_do_not() -> None:
    app = Lines()
    async with app.run_test(size=(40, 10)):
        status = app.query_one(StatusLine)

        def fields(word: str, number: str) -> list[Field]:
            return [Field(word, 0), Field(number, 1, right=True, restless=True)]

        status.show(fields("LIVE", "12 fps"), numbers=False)
        assert status.text.split() == ["LIVE", "12", "fps"]
        status.show(fields("LIVE", "13 fps"), numbers=False)
        assert "12 fps" in status.text
        status.show(fields("LIVE", "13 fps"))
        assert "13 fps" in status.text
        status.show(fields("LOST", "14 fps"), numbers=False)
        assert status.text.split() == ["LOST", "14", "fps"]
        status.show(fields("LOST", ""), numbers=False)
        assert status.text.split() == ["LOST"]


def test_a_key_is_written_as_the_character_that_it_types() -> None:
    for name in ("left_curly_bracket", "right_curly_bracket", "left_square_bracket", "plus", "slash", "asterisk", "a"):
        (hint,) = hints([Binding(name, "x", "do")])
        assert [_character_to_key(hint.keys)] == [name]
    assert [each.keys for each in hints([Binding("space", "x", "do"), Binding("shift+left", "y", "go")])] == [
        "space",
        "shift ←",
    ]
