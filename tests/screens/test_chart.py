"""Pins and regions over time: sparks in their rows, a chart over the whole screen."""

from __future__ import annotations

import re

import pytest

from tests.fakes import RampEstimator
from tests.screens.approach import Stage, boxed, calibrated
from tests.screens.conftest import WIDE, go, message, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.render.chart import SPARKS
from tui.screens.chart import ChartScreen
from tui.widgets.chart_view import ChartView
from tui.widgets.reading_rows import ReadingRows
from tui.widgets.words import Words


def row_of(app: DepthApp, index: int = 0) -> str:
    return app.main.query_one(ReadingRows).rows[index]


async def test_a_row_shows_what_was_lately(live: DepthApp, stage: Stage) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        await boxed(pilot, live)
        history = live.main.watching.history_of
        await until(pilot, lambda: bool(set(SPARKS) & set(row_of(live))), "a spark stands in the row")
        stage.blue = 180
        found = history("door")
        assert found is not None
        await until(pilot, lambda: found.summary().least_m == pytest.approx(1.4, rel=0.05), "it came to 1.4 m")
        assert found.summary().most_m == pytest.approx(3.0, rel=0.05)
        go(live, 250, 30)
        await pilot.press("enter")
        await until(pilot, lambda: live.main.watching.history_of("pin 1") is not None, "a pin is remembered as well")
        table = live.main.query_one(ReadingRows)
        table.focus()
        await pilot.press("down", "delete")
        await until(pilot, lambda: live.main.watching.history_of("door") is None, "what is gone is forgotten")


async def test_a_chart_of_the_chosen_place_over_three_spans(live: DepthApp, stage: Stage) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        await pilot.press("H")
        assert "neither a pin nor a region" in message(live)
        await boxed(pilot, live)
        read = live.main.instrument
        boxed_in = read.shown
        await until(pilot, lambda: read.shown is not boxed_in, "there is a frame of which it is remembered")
        assert (read.reading.regions[0].reading.distance_m or 0) > 2.9
        stage.blue = 180
        await until(pilot, lambda: (read.reading.regions[0].reading.distance_m or 9) < 1.5, "it has come nearer")
        await pilot.press("H")
        await until(pilot, lambda: isinstance(live.screen, ChartScreen), "the chart is open")
        chart = live.screen
        assert isinstance(chart, ChartScreen)
        view = chart.query_one(ChartView)

        def ticks() -> list[float]:
            return [float(each) for each in re.findall(r"^ *([\d.]+) m ┤", view.text, re.MULTILINE)]

        await until(pilot, lambda: min(ticks(), default=9.0) <= 1.5, "the value is drawn, down to where it came")
        assert chart.place == "door"
        assert view.size.width == WIDE[0], "over the full width"
        assert max(ticks()) >= 2.5
        assert "░" in view.text, "with its interval"
        assert "60 s ago" in view.text
        summary = chart.query_one("#chart-summary", Words)
        assert re.search(r"least 1\.\d+ m, most (3\.|2\.9)\d", str(summary.content))
        await pilot.press("right")
        assert chart.span.words == "last 10 minutes"
        assert "10 min ago" in view.text
        await pilot.press("right")
        assert "60 min ago" in view.text
        await pilot.press("right")
        assert "60 s ago" in view.text
        await pilot.press("delete")
        await until(pilot, lambda: "most 1." in str(summary.content), "it began anew: only what is there now")
        await pilot.press("escape")
        await until(pilot, lambda: live.screen is live.main, "the pictures are back")


async def test_what_stands_still_has_no_course(app: DepthApp, estimators: dict[str, DepthEstimator]) -> None:
    assert isinstance(estimators["ramp"], RampEstimator)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and app.main.shown is not None, "the map is shown")
        await pilot.press("enter", "H")
        await until(pilot, lambda: isinstance(app.screen, ChartScreen), "the chart is open")
        words = app.screen.query_one("#chart-summary", Words)
        await until(pilot, lambda: "stands still" in str(words.content), "it says why there is none")
        await pilot.press("escape")
        assert not set(SPARKS) & set(row_of(app))
