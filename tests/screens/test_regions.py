"""Regions are outlined, named, read, renamed and removed, by keyboard and by mouse."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.screens.conftest import WIDE, answer, go, message, ready, true_distance_m, type_text, until
from tui.app import DepthApp
from tui.geometry.region import Statistic
from tui.records.rule import parse_rule
from tui.widgets.outline_bar import OutlineBar
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.reading_rows import ReadingRows


def rows(app: DepthApp) -> tuple[str, ...]:
    return app.main.query_one(ReadingRows).rows


def bar(app: DepthApp) -> OutlineBar:
    return app.main.query_one(OutlineBar)


async def calibrated(pilot: Pilot[None], app: DepthApp) -> None:
    await ready(pilot, app)
    await pilot.press("K")
    await answer(pilot, "0.5 0.1")


async def box(pilot: Pilot[None], app: DepthApp, name: str = "") -> None:
    """Columns 100 to 199, rows 60 to 119."""
    go(app, 100, 60)
    await pilot.press("O")
    go(app, 199, 119)
    await pilot.press("O")
    await answer(pilot, name)


async def test_a_box_by_two_corners_is_read_at_its_nearest(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        go(app, 100, 60)
        await pilot.press("O")
        assert bar(app).display
        assert app.main.present.outlining() is not None
        go(app, 199, 119)
        await pilot.press("O")
        prompt = app.main.query_one(Prompt)
        assert prompt.question is not None
        assert "= region 1  0." in prompt.said, "what the default name would read is shown before it is taken"
        await type_text(pilot, "door")
        await pilot.press("enter")
        await pilot.pause()
        (region,) = app.main.session.regions
        assert (region.name, region.statistic) == ("door", Statistic.NEAREST)
        assert region.corners == ((100.0, 60.0), (199.0, 119.0))
        assert not bar(app).display
        (found,) = app.main.instrument.reading.regions
        assert found.reading.distance_m == pytest.approx(true_distance_m(194), rel=0.01), "5 % of it is nearer"
        (row,) = rows(app)
        assert row.startswith("◰ door")
        assert "nearest 0." in row
        drawn = [each.text for each in app.main.query_one("#depth", PictureView).place_overlays()]
        assert "door" in drawn
        assert "│" in drawn


async def test_a_polygon_closes_at_its_first_corner_and_corners_come_back(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        go(app, 50, 50)
        await pilot.press("O")
        for at in ((150, 50), (150, 150), (20, 200)):
            go(app, *at)
            await pilot.press("enter")
        await pilot.press("backspace")
        go(app, 50, 150)
        await pilot.press("enter")
        assert "4 corners" in str(bar(app).children[0].render())
        go(app, 50, 50)
        await pilot.press("enter")
        await answer(pilot, "table:median")
        (region,) = app.main.session.regions
        assert region.corners == ((50.0, 50.0), (150.0, 50.0), (150.0, 150.0), (50.0, 150.0))
        (found,) = app.main.instrument.reading.regions
        assert found.reading.distance_m == pytest.approx(true_distance_m(100), rel=0.01)
        assert not app.main.session.pins, "enter put corners, no pins"


async def test_what_is_no_region_says_why_and_nothing_is_lost(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        go(app, 50, 50)
        await pilot.press("O", "O")
        assert "opposite corner" in message(app)
        go(app, 200, 50)
        await pilot.press("O")
        assert "one line" in message(app)
        go(app, 200, 120)
        await pilot.press("O")
        await answer(pilot, "pin 3")
        assert "how pins are called" in message(app)
        await pilot.press("escape")
        assert bar(app).display, "the outline is still there"
        await pilot.press("O")
        await answer(pilot, "")
        assert [each.name for each in app.main.session.regions] == ["region 1"]
        go(app, 10, 10)
        await pilot.press("O", "escape")
        assert app.main.present.outlining() is None
        assert len(app.main.session.regions) == 1


async def test_rows_are_renamed_read_otherwise_removed_and_undone(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        go(app, 20, 20)
        await pilot.press("enter")
        await box(pilot, app, "door")
        table = app.main.query_one(ReadingRows)
        table.focus()
        await pilot.press("down", "n")
        assert app.main.query_one(Prompt).text == "door"
        await pilot.press("ctrl+u")
        await answer(pilot, "gate:farthest")
        (region,) = app.main.session.regions
        assert (region.name, region.statistic) == ("gate", Statistic.FARTHEST)
        table.focus()
        await pilot.press("down", "m")
        assert app.main.session.regions[0].statistic is Statistic.NEAREST
        await pilot.press("enter")
        await pilot.pause()
        session = app.main.session
        assert 145 <= session.u_px <= 154
        assert 85 <= session.v_px <= 94
        table.focus()
        await pilot.press("down", "delete")
        await pilot.pause()
        assert not app.main.session.regions
        assert len(app.main.session.pins) == 1
        await pilot.press("z")
        assert [each.name for each in app.main.session.regions] == ["gate"]


async def test_the_mouse_is_enough(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        camera = app.main.query_one("#camera", PictureView)
        assert camera.viewport is not None
        port = camera.viewport
        await pilot.click(camera, offset=(20, 6))
        app.main.action_outline()
        await pilot.click(camera, offset=(40, 6))
        await pilot.click(camera, offset=(40, 6), times=2)
        await pilot.click(camera, offset=(40, 14), times=2)
        hints = bar(app).children[1]
        await pilot.click(hints, offset=(12, 0))
        await until(pilot, lambda: app.main.query_one(Prompt).question is not None, "the name is asked")
        await pilot.click(app.main.query(Prompt).first().query("_Key").first())
        await until(pilot, lambda: len(app.main.session.regions) == 1, "the region is there")
        corners = np.array(app.main.session.regions[0].corners)
        wanted = [port.pixel_of(*at) for at in ((20, 6), (40, 6), (40, 14))]
        assert corners.tolist() == [list(map(float, at)) for at in wanted if at is not None]


async def test_another_picture_ends_the_outline(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        await pilot.press("O")
        assert app.main.outlining.active
        await pilot.press("T")
        await until(pilot, lambda: app.main.session.width == 240, "the picture is turned")
        await until(pilot, lambda: not bar(app).display, "there is nothing to be outlined any more")
        assert not app.main.outlining.active


async def test_regions_are_read_in_the_smallest_terminal(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await calibrated(pilot, app)
        await box(pilot, app, "the door of the garage:median")
        (row,) = rows(app)
        assert row.startswith("◰ the")
        assert "…  med 0." in row, "which of its distances it is always stands there"
        assert row.endswith(" m  doubtful"), "a name gives way, no number does"
        assert len(row) <= app.main.query_one(ReadingRows).size.width


async def test_an_alarm_that_came_with_the_start_follows_its_region_to_another_name_and_back(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        await box(pilot, app, "door")
        main = app.main
        main.watching.given = (parse_rule("door: no reading for 30s"),)
        table = main.query_one(ReadingRows)
        table.focus()
        await pilot.press("n", "ctrl+u")
        await answer(pilot, "gate")
        assert main.session.regions[0].name == "gate"
        await until(pilot, lambda: bool(main.watching.alarms_of("gate")), "the alarm has followed")
        assert [each.rule.text for each in main.watching.alarms] == ["gate: no reading for 30 s"]
        await pilot.press("z")
        assert main.session.regions[0].name == "door"
        await until(pilot, lambda: bool(main.watching.alarms_of("door")), "and back")


async def test_rows_have_their_room_again_when_the_panels_come_back_without_a_new_picture(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app)
        await box(pilot, app, "door")
        await pilot.press("A")
        await answer(pilot, "surely nearer than 3m")
        await pilot.pause()
        before = rows(app)
        assert "door" in before[0]
        assert "nearest" in before[0]
        for size in ((80, 24), WIDE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(pilot, lambda: rows(app) == before, "after another size")
        for _ in app.main.present.views:
            await pilot.press("v")
            await pilot.pause()
        await until(pilot, lambda: rows(app) == before, "after a picture that had the whole screen")
