"""The plan, heights and level lines in the app, by keyboard, in the demo's room, whose truth is known."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.screens.conftest import WIDE, answer, go, message, pin, ready, refer, until
from tests.screens.test_contrast import all_can_be_read
from tests.screens.test_snapshots import StillDemo
from tui.app import DepthApp
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer, pose_at
from tui.camera.demo.room import ROOM
from tui.instrument.view import View
from tui.render.cells import BLANK
from tui.render.plan import GUTTER
from tui.screens.options import StartOptions
from tui.widgets.picture import PictureView
from tui.widgets.plan_view import PlanView
from tui.widgets.status_line import StatusLine

CARTON, FLOOR = (75, 185), (180, 215)


@pytest.fixture(autouse=True)
def still_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: StillDemo())


@asynccontextmanager
async def started(size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[DepthApp, Pilot[None]]]:
    """The app with the demo's geometry."""
    app = DepthApp(StartOptions(source="demo", model="exact"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await pilot.press("escape")
        yield app, pilot


def calibrate(app: DepthApp) -> None:
    """Four true references."""
    shown = app.main.shown
    assert shown is not None
    truth = shown.frame.true_depth_m
    assert truth is not None
    places = ((60, 200), (150, 90), (285, 170), (20, 60))
    refer(app, {(x, y): f"{float(truth[y, x]):.3f}" for x, y in places})


@asynccontextmanager
async def calibrated(size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[DepthApp, Pilot[None]]]:
    """The app with the demo's geometry, four true references and the camera."""
    async with started(size) as (app, pilot):
        calibrate(app)
        app.main.order(lambda: app.main.instrument.use_camera(DEMO_INTRINSICS))
        yield app, pilot


async def seen(pilot: Pilot[None], app: DepthApp, view: View) -> PlanView:
    app.main.update_session(replace(app.main.session, view=view))
    await pilot.pause()
    app.main.focus_picture()
    plan = app.main.query_one(PlanView)
    await until(pilot, lambda: plan.frame is not None and plan.size.width > 0, "a plan is shown")
    return plan


def words(app: DepthApp, selector: str) -> str:
    return str(app.main.query_one(selector, Static).content)


def true_place(pixel: tuple[int, int]) -> tuple[float, float, float]:
    """Metres to the right, ahead and over the floor."""
    _, depth_m = DemoRenderer().render(0.0)
    pose = pose_at(0.0)
    point = np.array(DEMO_INTRINSICS.ray(*pixel)) * float(depth_m[pixel[1], pixel[0]])
    x, y, z = (pose.room_from_camera @ point).tolist()
    return x, z, ROOM.high_m[1] - float(pose.position_m[1]) - y


def stands_where_it_is(plan: PlanView) -> None:
    """The crosshair, on the carton."""
    frame = plan.frame
    assert frame is not None
    right_m, ahead_m, _ = true_place(CARTON)
    place = frame.half_of(right_m, ahead_m)
    assert place is not None
    marked = [(over.column, over.row) for over in plan.place_overlays() if over.text == "┼"]
    assert len(marked) == 1
    assert abs(marked[0][0] - place[0]) <= 1
    assert abs(marked[0][1] - place[1] // 2) <= 1
    shown = plan._cells
    assert shown is not None
    assert len(np.unique(shown.codes[:-1, GUTTER:])) > 5
    assert (shown.codes[:, :GUTTER] == BLANK).all()


async def on_the_carton(pilot: Pilot[None], app: DepthApp) -> None:
    """Heights are known, and a pin and the crosshair are there."""
    app.main.order(lambda: app.main.instrument.answer("heights", "fit"))
    go(app, *CARTON)
    await pilot.press("enter")


async def test_the_crosshair_stands_where_it_is_and_whatever_stands_there_can_be_read() -> None:
    async with calibrated() as (app, pilot):
        await on_the_carton(pilot, app)
        for view in (View.PLAN, View.PLAN_ALONE):
            plan = await seen(pilot, app, view)
            await pilot.pause()
            stands_where_it_is(plan)
        themes = [app.theme]
        all_can_be_read(app)
        await pilot.press("t")
        await pilot.pause()
        themes.append(app.theme)
        all_can_be_read(app)
        assert set(themes) == {"dark", "light"}


async def test_the_crosshair_stands_where_it_is_and_moves_on_the_plan_in_80_by_24() -> None:
    async with calibrated((80, 24)) as (app, pilot):
        await on_the_carton(pilot, app)
        plan = await seen(pilot, app, View.PLAN_ALONE)
        await pilot.pause()
        stands_where_it_is(plan)
        before = app.main.session.u_px
        assert isinstance(app.main.focused, PlanView)
        await pilot.press("right")
        await pilot.pause()
        assert app.main.session.u_px > before


async def test_without_distances_there_is_no_plan_and_without_a_camera_what_is_assumed_is_said() -> None:
    async with started() as (app, pilot):
        await pilot.press("v", "v", "v")
        await pilot.pause()
        plan = app.main.query_one(PlanView)
        assert plan.frame is None
        said = " ".join(over.text for over in plan.place_overlays()).split()
        assert "r gives a reference" in " ".join(said)
        calibrate(app)
        await seen(pilot, app, View.PLAN)
        assert "60° across assumed: i tells the camera's" in words(app, "#plan-words")
        assert "floor not known: G" in words(app, "#plan-words")
        await pilot.press("G")
        await answer(pilot, "fit")
        assert "heights need the camera's intrinsics: press i" in message(app)


async def test_heights_stand_beside_positions_are_taken_back_and_given_by_a_floor() -> None:
    async with calibrated() as (app, pilot):
        pin(app, [CARTON, FLOOR])
        await pilot.press("G")
        await answer(pilot, "fit")
        assert "floor 1.25 m below the camera, which looks down by 9 degrees" in message(app)
        go(app, *CARTON)
        await pilot.pause()
        found = re.search(r"([\d.]+) ± ([\d.]+) m over the floor", words(app, "#reading-place"))
        assert found is not None, words(app, "#reading-place")
        true_m = true_place(CARTON)[2]
        assert float(found[1]) == pytest.approx(true_m, rel=0.02, abs=0.011)
        assert abs(float(found[1]) - true_m) <= float(found[2])
        assert "over the floor: ①" in words(app, "#span")
        assert "② over ①: -" in words(app, "#span")
        rows = app.main.query_one("#coordinates").size.height
        await pilot.press("G")
        await answer(pilot, "off")
        assert "below the camera" not in message(app), "it is not known any more"
        await until(
            pilot, lambda: app.main.query_one("#coordinates").size.height < rows, "no room is kept for what is not said"
        )
        await pilot.press("z")
        await pilot.pause()
        assert "over the floor" in words(app, "#reading-place")
        await pilot.press("z")
        await pilot.pause()
        assert "over the floor" not in words(app, "#reading-place")
        go(app, *FLOOR)
        await pilot.press("f")
        await answer(pilot, "1.25m 9deg")
        assert app.main.session.floor is not None, "the floor of a reference is known from then on"
        assert "over the floor" in words(app, "#reading-place")
        await pilot.press("v")
        await pilot.pause()
        assert "over the floor" in app.main.query_one("#reading-over", StatusLine).text


async def test_level_lines_follow_the_distance_lines_and_the_view_cycles_to_the_plan_with_its_slices() -> None:
    async with calibrated() as (app, pilot):
        await pilot.press("}")
        assert "v shows the plan" in message(app)
        depth = app.main.query_one("#depth", PictureView)
        app.main.order(lambda: app.main.instrument.answer("heights", "fit"))
        for _ in range(3):
            await pilot.press("d")
            await pilot.pause()
        assert "level lines every 10 cm" in message(app)
        lines = depth.contours.lines
        assert np.diff([line.value for line in lines]) == pytest.approx(0.1)
        assert "0.5m" in [line.label for line in lines]
        await pilot.press("d", "d")
        await pilot.pause()
        assert not depth.shading.has_lines

        views = []
        for _ in range(6):
            views.append(app.main.present.room.view)
            await pilot.press("v")
            await pilot.pause()
        assert views == [
            View.BOTH, View.CAMERA_ALONE, View.DEPTH_ALONE, View.PLAN, View.PLAN_ALONE, View.BOTH,
        ]  # fmt: skip

        plan = await seen(pilot, app, View.PLAN_ALONE)
        whole = plan._cells
        assert whole is not None
        assert "without the floor" in words(app, "#plan-words")
        await pilot.press("}")
        await pilot.pause()
        assert "slice 0 to 0.50 m over the floor" in words(app, "#plan-words")
        low = plan._cells
        assert low is not None
        assert (low.codes != whole.codes).any()
        await pilot.press("{", "{")
        await pilot.pause()
        assert "slice 2.50 m to 3.00 m over the floor" in words(app, "#plan-words")
