"""Words on a screen, wherever the bytes that put them there are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.text_screen import TextScreen

SENT = (
    "\x1b[?1049h\x1b[2J\x1b[H\x1b]8;;http://x\x1b\\abc\x1b]8;;\x1b\\\x1b[2;3Hx \x1b[1;38;2;1;2;3m320\x1b[m\x1b[3C漢y"
    "\x1b[3H\x1b[?2026$pold\x1b[3Hne\x1b[4;9Htoo long\x1b[4;3H\x1b[Kz"
).encode()
SHOWN = ["abc         ", "  x 320   漢y", "ned         ", "  z         "]


def test_moves_colours_links_and_wide_characters() -> None:
    screen = TextScreen(4, 12)
    screen.feed(SENT)
    assert screen.lines == [SHOWN[0], "  x 320   漢", *SHOWN[2:]]


@given(st.lists(st.integers(0, len(SENT)), max_size=8))
def test_it_does_not_matter_where_it_is_cut(cuts: list[int]) -> None:
    whole, parts = TextScreen(4, 14), TextScreen(4, 14)
    whole.feed(SENT)
    at = 0
    for cut in [*sorted(cuts), len(SENT)]:
        parts.feed(SENT[at:cut])
        at = cut
    assert parts.text == whole.text
    assert parts.lines[1] == SHOWN[1] + " "
