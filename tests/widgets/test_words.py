"""Changing words: a new layout only where the number of rows may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.widgets.words import Words, with_dots


class Said(App[None]):
    CSS = "Words { width: 20; height: auto; }"

    def compose(self) -> ComposeResult:
        yield Words("before")


@pytest.mark.parametrize(
    ("text", "new_layout"),
    [("after", False), ("before", False), ("one row\nand another", True), ("x" * 21, True), ("", True)],
)
async def test_only_another_number_of_rows_needs_a_new_layout(text: str, new_layout: bool) -> None:
    async with Said().run_test() as pilot:
        words = pilot.app.query_one(Words)
        words.say(text)
        assert words._layout_required is new_layout
        assert str(words.content) == text


@given(st.text("ab ①漢", min_size=1, max_size=40), st.integers(3, 30))
def test_what_is_cut_is_cut_between_words_and_fits(text: str, columns: int) -> None:
    cut = with_dots(text, columns)
    assert cell_len(cut) <= columns
    assert cut.endswith(" …")
    kept = cut.removesuffix(" …").split()
    words = text.split()
    if len(kept) > 1:
        assert words[: len(kept)] == kept, "whole words"


async def test_words_without_room_for_all_say_so() -> None:
    async with Said().run_test() as pilot:
        words = pilot.app.query_one(Words)
        words.styles.max_height = 2
        words.say("one two three four five six seven eight nine ten")
        await pilot.pause()
        rows = [words.render_line(y).text.rstrip() for y in range(words.size.height)]
        assert len(rows) == 2
        assert rows[1].endswith(" …")
        assert set(" ".join(rows).removesuffix(" …").split()) <= set(str(words.content).split()), "no word is cut"
        words.say("one two three four five six")
        await pilot.pause()
        assert "…" not in words.render_line(1).text


FIGURES = ["leave-one-out 2.2 %", "1.40 - 2.10 m", "condition 12", "1.6 ± 0.51 m", "5 ft 8 - 6 ft 4 in"]


@pytest.mark.parametrize(
    "text",
    [
        "1/z = 1.088 p^0.995   valid 1.40 - 2.10 m   leave-one-out 2.2 %   condition 12",
        "beyond your references (1.40 - 2.10 m): here it reads 1.6 ± 0.51 m or 5 ft 8 - 6 ft 4 in",
    ],
)
@pytest.mark.parametrize("columns", range(22, 60))
async def test_no_row_ends_within_a_figure(text: str, columns: int) -> None:
    app = Said()
    async with app.run_test(size=(80, 24)) as pilot:
        words = app.query_one(Words)
        words.styles.width = columns
        words.say(text)
        await pilot.pause()
        rows = [words.render_line(y).text for y in range(words.size.height)]
        assert " ".join(" ".join(rows).split()) == " ".join(text.split()), "all of it, and nothing else"
        assert len(rows) == words.rows_in(columns)
        for figure in FIGURES:
            assert (figure in text) is any(figure in row for row in rows)


@pytest.mark.parametrize("columns", range(8, 50))
def test_nothing_is_cut_within_a_figure(columns: int) -> None:
    cut = with_dots("no step along it   11 % not ok: beyond 1.40 - 2.10 m", columns)
    assert cell_len(cut) <= columns
    assert not any(cut.endswith(f"{each} …") for each in ("11", "1.40", "1.40 -", "2.10"))
