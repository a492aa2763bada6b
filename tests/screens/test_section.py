"""A section by keyboard: between pins, along the crosshair's row and column; live, frozen, and gone again."""

from __future__ import annotations

import re

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.fakes import RampEstimator, SteppableSource, ramp_image
from tests.screens.conftest import WIDE, answer, go, message, ready, refer, true_distance_m, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.screens.options import StartOptions
from tui.widgets.chart_view import ChartView
from tui.widgets.picture import PictureView
from tui.widgets.plan_view import PlanView
from tui.widgets.status_line import StatusLine


class Walker(RampEstimator):
    """Everything comes nearer where the picture is blue."""

    def estimate(self, image: RGBImage) -> FloatMap:
        return super().estimate(image) * np.float32(2.0 if image[0, 0, 2] else 1.0)


def section(app: DepthApp) -> str:
    return app.main.query_one(ChartView).text if app.main.query_one("#section-pane").display else ""


def title(app: DepthApp) -> str:
    return str(app.main.query_one("#section-pane").border_title)


async def calibrate(pilot: Pilot[None]) -> None:
    """Typed, as quickly as can be."""
    await pilot.press("K")
    await answer(pilot, "0.5 0.1")


@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_pins_row_column_and_the_panels_again(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await calibrate(pilot)
        for at in ((50, 60), (250, 200)):
            go(app, *at)
            await pilot.press("enter")
        await pilot.press("D")
        await until(pilot, lambda: "(50,60)" in section(app), "the section between the pins")
        below = section(app).splitlines()[-1]
        assert below.split()[0] == "①"
        assert below.rstrip().endswith("② (250,200)")
        assert title(app) == "Section along the last two pins"
        assert not app.main.query_one("#panels").display
        assert any(view.is_on_screen and view.viewport is not None for view in app.main.query(PictureView))
        over = app.main.query_one("#reading-over", StatusLine)
        assert "(250, 200)" in over.text
        await pilot.press("E")
        await until(pilot, lambda: "(0,200)" in section(app), "along the row")
        assert "(319,200)" in section(app)
        await pilot.press("E")
        await until(pilot, lambda: "(250,239)" in section(app), "along the column")
        await pilot.press("left")
        column = app.main.session.u_px
        assert column < 250
        await until(pilot, lambda: f"({column},239)" in section(app), "it follows the crosshair")
        await pilot.press("E")
        await until(pilot, lambda: "(50,60)" in section(app), "between the pins again")
        await pilot.press("D")
        await until(pilot, lambda: bool(app.main.query_one("#panels").display), "the panels are back")
        assert section(app) == ""


async def test_without_pins_it_begins_with_the_row_and_without_metres_it_says_so(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("D")
        await until(pilot, lambda: "uncalibrated" in section(app), "why there is none")
        assert title(app) == "Section along the crosshair's row"
        await pilot.press("E", "E")
        assert title(app) == "Section along the crosshair's row"
        await calibrate(pilot)
        await until(pilot, lambda: "┤" in section(app), "a chart")
        assert "no step along it" in section(app)  # a ramp has none


async def test_pins_that_are_taken_away_while_it_is_open(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await calibrate(pilot)
        for at in ((50, 60), (250, 200)):
            go(app, *at)
            await pilot.press("enter")
        await pilot.press("D")
        await until(pilot, lambda: "(50,60)" in section(app), "the section between the pins")
        await pilot.press("z")
        await until(pilot, lambda: "needs two pins" in section(app), "what is missing")
        await pilot.press("u")
        assert "needs two pins" in section(app)


async def test_it_moves_with_the_pictures_until_they_are_frozen(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    estimators["walker"] = Walker("walker")
    app = DepthApp(StartOptions(source="camera 0", model="walker"))

    def chart(blue: int) -> str:
        """What stands in the chart while the camera sees this, over and over: a picture that does not change is old."""
        if source.drained():
            source.give(ramp_image(blue, 320, 240))
        lines = section(app).splitlines()[:-2]
        return "\n".join(lines) if any("┤" in line for line in lines) else ""

    async with app.run_test(size=WIDE) as pilot:
        source.give(ramp_image(0, 320, 240))
        await ready(pilot, app)
        await calibrate(pilot)
        await pilot.press("D")
        await until(pilot, lambda: bool(chart(0)), "a chart")
        far = chart(0)
        await until(pilot, lambda: chart(1) not in ("", far), "it is live")
        await pilot.press("space")
        assert app.main.session.frozen
        held = chart(0)
        await pilot.press("left", "left")
        assert chart(0) == held
        await pilot.press("space")
        await until(pilot, lambda: chart(0) == far, "it goes on")


async def test_before_the_first_picture_it_says_what_to_wait_for(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: SteppableSource("camera 0"))
    app = DepthApp(StartOptions(source="camera 0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started, "started")
        await pilot.press("D")
        await until(pilot, lambda: "no picture yet" in message(app), "said")
        await pilot.press("E")
        assert section(app) == ""


@pytest.mark.parametrize("size", [(60, 18), (200, 60)])
async def test_in_every_view_there_is_a_picture_and_a_chart(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await calibrate(pilot)
        await pilot.press("D")
        for _ in app.main.present.views:
            await pilot.press("v")
            await until(pilot, lambda: "┤" in section(app), "a chart")
            pictures = [view for view in app.main.query(PictureView) if view.viewport is not None]
            views = [view for view in (*pictures, *app.main.query(PlanView)) if view.is_on_screen]
            assert views
            assert all(view.size.height >= 2 for view in views)
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: 10 < max(map(len, section(app).splitlines() or [""])) <= 98, "it fits the new size")
        assert "(319,120)" in section(app).splitlines()[-1]


async def test_what_has_no_room_is_not_cut_within_a_word_or_number(app: DepthApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot, app)
        refer(app, {(100, 60): f"{true_distance_m(100):.3f}m", (140, 60): f"{true_distance_m(140):.3f}m"})
        await pilot.press("D")
        await until(
            pilot, lambda: "not ok" in section(app) or "…" in section(app), "more is said than there is room for"
        )
        said = section(app).splitlines()[0].rstrip()
        assert said.endswith(" …")
        assert len(said) <= app.main.query_one(ChartView).size.width
        assert re.search(r"\(\d[^)]*$|\d …$", said) is None, said
