"""The large font."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.widgets import Static

from tui.calibration.reading import Reading, Status
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import describe
from tui.instrument.frame import PinReading
from tui.instrument.measured import Pin
from tui.screens.reading_rows import RowText, pin_text, rows_in
from tui.widgets.reading_view import Large, ReadingView

BEYOND = Reading(0.1, 9.0, 3.0, None, Status.EXTRAPOLATED, ("beyond the references (1.00 - 3.00 m)",))
"""Of which nothing but a lower end is known."""


class OneReading(App[None]):
    def compose(self) -> ComposeResult:
        yield ReadingView(classes="-compact")


async def test_where_there_is_one_line_it_says_why_there_is_no_number() -> None:
    app = OneReading()
    async with app.run_test(size=(36, 10)):
        app.query_one(ReadingView).show(describe(BEYOND, DistanceUnit.METRES))
        line = app.query_one("#reading-line", Static)
        assert line.display
        assert str(line.content) == "extrapolated"


def test_a_pin_has_the_whole_word_in_the_narrow_panel() -> None:
    (row,) = rows_in([pin_text(PinReading(Pin(1, 20, 30), BEYOND), DistanceUnit.METRES, compact=True)], 34)
    assert "extrapolated" in row
    assert "?" not in row
    assert len(row) <= 34


@pytest.mark.parametrize("columns", range(20, 60))
def test_a_doubted_number_never_stands_without_its_doubt(columns: int) -> None:
    texts = [
        RowText("◰ door", "near 1.168 - 1.272 m", "extrapolated", warns=True, short="1.168 - 1.272 m"),
        RowText("① ( 120, 200)", "1.22 ± 0.05 m", "doubtful", warns=True, short="1.17 - 1.27 m"),
    ]
    for row, word in zip(rows_in(texts, columns), ("extrapolated", "doubtful"), strict=True):
        assert len(row) <= columns
        assert word in row
        assert not any(character.isdigit() for character in row.partition(")")[2]) or " m" in row, "no number is cut"


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
