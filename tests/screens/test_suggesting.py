"""Where to measure next, by keyboard."""

from __future__ import annotations

from textual.widgets import Static

from tests.screens.conftest import WIDE, answer, message, ready, until
from tui.app import DepthApp


async def test_w_goes_to_the_best_place_and_says_what_it_brings(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        advice = app.main.query_one("#advice", Static)
        assert "w shows where" in str(advice.content)
        await pilot.press("w")
        await until(pilot, lambda: "measuring here gives the first distances" in message(app), "it is said")
        first = app.main.instrument.reading.crosshair_px
        await pilot.press("r")
        await answer(pilot, "1.5m")
        assert [each.pixel for each in app.main.instrument.reading.references] == [first]
        assert "w shows where to measure next" in str(advice.content)
        await pilot.press("w")
        await until(pilot, lambda: "narrows the intervals by" in message(app), "the gain is said")
        second = app.main.instrument.reading.crosshair_px
        await pilot.press("w")
        await until(pilot, lambda: app.main.instrument.reading.crosshair_px != second, "the next best place")
        assert app.main.instrument.reading.crosshair_px != first
        assert len(app.main.session.references) == 1
