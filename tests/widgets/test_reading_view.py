"""The large font."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style

from tui.widgets.reading_view import Large


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("?", ["╶─╮", " ╭╯", " •"]),
        ("1 ± 2", ["╶╮     ╷    ╶─╮", " │    ╶┼╴   ┌─┘", "╶┴╴   ╶─╴   ╰─╴"]),
        ("1 - 3 m", ["╶╮          ╶─╮", " │    ╶─╴    ─┤", "╶┴╴         ╶─╯   m"]),
        ("", ["", "", ""]),
    ],
)
def test_it_has_what_numbers_need(text: str, drawn: list[str]) -> None:
    pieces = "".join(each.text for each in Large(text).render(Style()) if isinstance(each, Segment))
    assert [row.rstrip() for row in pieces.split("\n")[:3]] == drawn
