"""A reading that is not ok looks so, by a word and not only by a colour, where there is little room too."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.screens.conftest import WIDE, answer, hero, ready
from tui.app import DepthApp
from tui.calibration.wording import figure_of
from tui.widgets.reading_view import ReadingView


@pytest.mark.parametrize("size", [WIDE, (80, 24), (60, 18)])
async def test_a_doubt_stands_beside_the_number_with_its_reason(
    app: DepthApp, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.pause()
        advice = app.main.query_one("#reading-advice", Static)
        assert str(advice.content) == "doubtful: calibration poor: one reference: the shift is a guess"
        assert advice.display
        assert advice.region.height > 0
        assert app.main.query_one(ReadingView).has_class("-doubtful")
        number = app.main.query_one("#reading-line", Static)
        figure = figure_of(app.main.instrument.reading.crosshair)
        assert figure is not None
        assert hero(app) == figure.number
        assert len(figure.number) <= number.region.width or not number.display
