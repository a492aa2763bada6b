"""Changing words: a new layout only where the number of rows may change."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui.widgets.words import Words


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
