"""Keys as they are shown."""

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding

from tui.widgets.key_bar import Hints, KeyHint, hints


def test_a_key_that_terminals_say_in_two_ways_is_shown_once() -> None:
    bindings = [Binding("Q", "quit", "quit"), Binding("shift+q", "quit", "quit"), Binding("f9", "quit", "quit")]
    assert [(each.keys, each.words) for each in hints(bindings)] == [("Q f9", "quit")]
    moves = [Binding("left", "left", "move"), Binding("shift+left", "far", "far"), Binding("shift+up", "far", "far")]
    assert [each.keys for each in hints(moves)] == ["←", "shift ←↑"]


class Dialog(App[None]):
    CSS = "Hints { width: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Hints((KeyHint("⏎", "take", "enter"), KeyHint("↓", "walk", "down"), KeyHint("esc", "leave", "escape")))


@pytest.mark.parametrize(("columns", "shown"), [(40, ["⏎", "↓", "esc"]), (20, ["⏎", "esc"]), (12, ["esc"])])
async def test_where_there_is_no_room_for_every_key_there_is_for_the_one_that_leaves(
    columns: int, shown: list[str]
) -> None:
    app = Dialog()
    async with app.run_test(size=(columns, 3)):
        assert [each.keys for each in app.query_one(Hints).shown()] == shown
