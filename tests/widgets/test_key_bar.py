"""Keys as they are shown."""

from textual.binding import Binding

from tui.widgets.key_bar import hints


def test_a_key_that_terminals_say_in_two_ways_is_shown_once() -> None:
    bindings = [Binding("Q", "quit", "quit"), Binding("shift+q", "quit", "quit"), Binding("f9", "quit", "quit")]
    assert [(each.keys, each.words) for each in hints(bindings)] == [("Q f9", "quit")]
    moves = [Binding("left", "left", "move"), Binding("shift+left", "far", "far"), Binding("shift+up", "far", "far")]
    assert [each.keys for each in hints(moves)] == ["←", "shift ←↑"]
