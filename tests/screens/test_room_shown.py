"""The arrangement as the app shows it: room for the picture, no hidden row while another is empty, no jitter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.screens.conftest import WIDE, go, ready, refer, true_distance_m, until
from tui.app import DepthApp
from tui.calibration.checks import Check
from tui.calibration.reading import Reading, Status
from tui.calibration.reference import Reference
from tui.calibration.units import DistanceUnit
from tui.depth.estimator import DepthEstimator
from tui.instrument.measured import Pin
from tui.instrument.view import View
from tui.screens.calibration_text import reference_row
from tui.screens.options import StartOptions
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.row_list import RowList
from tui.widgets.status_line import StatusLine

SIZES = [(60, 18), (80, 24), (120, 35), WIDE]


def text_of(rows: RowList) -> list[str]:
    return [rows.render_line(y).text for y in range(rows.size.height)]


def blank_rows(panel: CoordinatesPanel | CalibrationPanel) -> int:
    """Rows of a panel that hold nothing."""
    inside = panel.content_region
    empty = set(inside.line_range)
    for child in panel.query("#fields, Words, RowList"):
        if not child.display or not child.region.width:
            continue
        texts = text_of(child) if isinstance(child, RowList) else ["text"] * child.region.height
        empty -= {child.region.y + y for y, text in enumerate(texts) if text.strip()}
    return len(empty)


def pins(app: DepthApp, count: int) -> None:
    session = app.main.session
    some = tuple(Pin(number, 5 * number, 10 * number) for number in range(1, count + 1))
    app.main.update_session(replace(session, pins=some, next_pin=count + 1))


async def references(pilot: Pilot[None], app: DepthApp, count: int) -> None:
    app.main.update_session(app.main.session.without_references())
    columns = [20 + 280 * number // max(1, count - 1) for number in range(count)]
    refer(app, {(u_px, 100): f"{true_distance_m(u_px):.4f}" for u_px in columns})
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_no_row_is_empty_while_another_panel_hides_some(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for of_pins, of_references in ((0, 0), (6, 1), (0, 6), (20, 6), (0, 8)):
            await references(pilot, app, of_references)
            pins(app, of_pins)
            panels = app.main.query_one(CoordinatesPanel), app.main.query_one(CalibrationPanel)
            lists = list(app.main.query(RowList))

            def sound() -> bool:
                hidden = [rows.hidden > 0 for rows in lists]  # noqa: B023 - awaited within this turn
                return (
                    all(not rows.rows or rows.size.height > 1 for rows in lists)  # noqa: B023 - awaited within this turn
                    and hidden == ["more)" in " ".join(text_of(rows)) for rows in lists]  # noqa: B023 - awaited within this turn
                    and (not any(hidden) or [blank_rows(panel) for panel in panels] == [0, 0])  # noqa: B023 - awaited within this turn
                    and not (size >= WIDE and any(hidden))
                )

            await until(pilot, sound, f"every row there is shows one of {of_pins} pins and {of_references} references")


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_new_pin_is_in_sight(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for number in range(1, 9):
            go(app, 30 * number, 100)
            await pilot.press("enter")
            await pilot.pause()
            rows = app.main.query_one("#pins", RowList)
            assert any(text.startswith(rows.rows[-1][:8]) for text in text_of(rows))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.png"
    assert cv2.imwrite(str(path), np.random.default_rng(0).integers(60, 200, (480, 640, 3)).astype(np.uint8))
    return path


async def test_v_gives_one_picture_the_screen_and_a_line_says_what_is_read(
    large: Path, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    app = DepthApp(StartOptions(source=str(large), model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        both = [app.main.query_one(name, PictureView).viewport for name in ("#camera", "#depth")]
        assert all(view is not None and view.picture_columns >= 78 for view in both)
        go(app, 300, 200)
        app.main.instrument.answer("reference", "2m")
        for name, view in (("#camera", View.CAMERA_ALONE), ("#depth", View.DEPTH_ALONE)):
            await pilot.press("v")
            await pilot.pause()
            assert app.main.present.room.view is view
            alone = app.main.query_one(name, PictureView).viewport
            assert alone is not None
            assert alone.picture_columns >= 110
            assert alone.picture_rows >= 42
            said = app.main.query_one("#reading-over", StatusLine).text
            assert str(app.main.query_one("#reading-line", Static).content) in said
            assert "(300, 200)" in said
        await pilot.press("r")
        assert app.main.query_one(Prompt).question is not None
        await pilot.press("escape")
        assert app.main.present.room.view is View.DEPTH_ALONE


async def test_words_that_come_and_go_move_nothing(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await references(pilot, app, 3)
        go(app, 160, 100)
        await pilot.pause()
        panel = app.main.query_one(CoordinatesPanel)
        heights = set()
        for _ in range(2):
            for u_px in (319, 160, 1, 160):  # extrapolated, as measured ...
                go(app, u_px, 100)
                await pilot.pause()
                heights.add(panel.size.height)
        last = panel.size.height
        assert last == max(heights), "it has grown at most"
        for u_px in (319, 160, 1, 160):
            go(app, u_px, 100)
            await pilot.pause()
            assert panel.size.height == last
        await pilot.press("enter")
        await until(pilot, lambda: len(app.main.query_one("#pins", RowList).rows) == 1, "it is pinned")


async def test_the_loupe_has_a_key_and_takes_a_click(large: Path, estimators: dict[str, DepthEstimator]) -> None:
    assert estimators
    app = DepthApp(StartOptions(source=str(large), model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        camera = app.main.query_one("#camera", PictureView)

        def framed() -> bool:
            return "5x5 px" in camera.render_line(0).text

        assert framed()
        pixel = camera.pixel_at(camera.size.width - 6, 4)
        assert pixel is not None
        assert abs(pixel[0] - 320) < 30
        await pilot.click("#camera", offset=(camera.size.width - 6, 4))
        await pilot.pause()
        assert (app.main.session.u_px, app.main.session.v_px) == pixel
        await pilot.press("alt+left")
        assert app.main.session.u_px == pixel[0] - 1
        await pilot.press("x")
        assert not framed()
        await pilot.press("x")
        assert framed()


async def test_alone_a_picture_has_both_parts_in_its_loupe(large: Path, estimators: dict[str, DepthEstimator]) -> None:
    """As the pair has: the other one's colours are its own, and a click in either points there."""
    assert estimators
    app = DepthApp(StartOptions(source=str(large), model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        both = {
            name: [each.source.name for each in app.main.query_one(name, PictureView).loupes.shown]
            for name in ("#camera", "#depth")
        }
        assert both == {"#camera": ["camera"], "#depth": ["depth"]}
        for name, other in (("#camera", "depth"), ("#depth", "camera")):
            await pilot.press("v")
            await pilot.pause()
            view = app.main.query_one(name, PictureView)
            own, second = view.loupes.shown
            assert (own.title, second.title) == ("5x5 px", other)
            assert f" {other} " in view.render_line(second.loupe.row).text
            middle = second.loupe.row + 1 + second.loupe.view.rows // 2
            style = next(iter(view.render_line(middle).crop(second.loupe.right - 2, second.loupe.right - 1))).style
            here = next(iter(view.render_line(own.loupe.row + 2).crop(own.loupe.right - 2, own.loupe.right - 1))).style
            assert style is not None
            assert here is not None
            assert style.bgcolor != here.bgcolor
            pixel = view.pixel_at(second.loupe.column + 4, middle)
            assert pixel == second.loupe.pixel_of(second.loupe.column + 4, middle)
            assert pixel is not None
            await pilot.click(name, offset=(second.loupe.column + 4, middle))
            await pilot.pause()
            assert (app.main.session.u_px, app.main.session.v_px) == pixel
        await pilot.press("x")
        assert not app.main.query_one("#depth", PictureView).loupes.shown
        await pilot.press("x", "v")
        await pilot.pause()
        assert len(app.main.query_one("#depth", PictureView).loupes.shown) == 1, "both are in sight again"


@pytest.mark.parametrize(("low_m", "high_m"), [(0.912, 2.44), (1.0, 3.0), (1.2, 1.9)])
def test_a_compact_row_of_a_reference_fits_into_the_narrowest_panel(low_m: float, high_m: float) -> None:
    """Intervals in both columns, as long as metres make them: no number is cut."""
    reading = Reading(0.5, 1.5, low_m, high_m, Status.OK)
    check = Check(Reference(10, 10, 12.34, 0.01), reading, reading)
    row, _ = reference_row("a", check, DistanceUnit.METRES, "", tells=True, compact=True)
    assert len(row) <= 34
    assert row.count(" m") == 3
