"""By keyboard: what the picture says is on the screen, and R takes the references along."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fakes import SteppableSource
from tests.rooms import FLAT, black, rolled, room
from tests.screens.approach import Stage
from tests.screens.conftest import WIDE, answer, go, hero, message, ready, refer, status, true_distance_m, until
from tui.app import DepthApp
from tui.calibration.reference import Reference
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import RGBImage
from tui.screens.options import StartOptions
from tui.screens.palette import PaletteDialog
from tui.widgets.key_bar import KeyBar
from tui.widgets.row_list import RowList

SIZES = [WIDE, (80, 24)]


def advice(app: DepthApp) -> str:
    return str(app.main.query_one("#advice", Static).content)


def rows(app: DepthApp) -> tuple[str, ...]:
    return app.main.query_one("#references", RowList).rows


def footer(app: DepthApp) -> str:
    return app.main.query_one(KeyBar).render_line(0).text


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]) -> SteppableSource:
    assert estimators
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    return source


async def shown(pilot: Pilot[None], app: DepthApp, camera: SteppableSource, image: RGBImage, word: str) -> None:
    """The camera sees this until the status line has the word."""

    def there() -> bool:
        if camera.drained():
            camera.give(image)
        return word in status(app)

    await until(pilot, there, f"{word} is said")


async def reads(pilot: Pilot[None], app: DepthApp, camera: SteppableSource, image: RGBImage) -> None:
    """The camera sees this until there is a distance."""

    def there() -> bool:
        if camera.drained():
            camera.give(image)
        return " m" in hero(app)

    await until(pilot, there, "there is a distance")


async def calibrated(pilot: Pilot[None], app: DepthApp, camera: SteppableSource) -> None:
    camera.give(room(1))
    await ready(pilot, app)
    refer(app, {(u_px, v_px): f"{true_distance_m(u_px):.4f}" for u_px, v_px in list(FLAT)[:4]})
    go(app, 300, 240)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_in_the_dark_there_is_no_number_anywhere(camera: SteppableSource, size: tuple[int, int]) -> None:
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=size) as pilot:
        await calibrated(pilot, app, camera)
        await pilot.press("enter")
        await reads(pilot, app, camera, room(1))
        await shown(pilot, app, camera, black(), "DARK")
        assert hero(app) == "no distance"
        assert "dark" in advice(app)
        assert "dark" in message(app)
        assert all("doubtful" in row and " m" not in row for row in app.main.query_one("#pins", RowList).rows)
        assert app.main.present._distances is None, "no lines of equal distance, no metres in the legend"
        await pilot.press("r")
        await answer(pilot, "2.0")
        assert "nothing can be measured in this picture" in message(app)
        await pilot.press("escape")
        await reads(pilot, app, camera, room(1))
        assert "DARK" not in status(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_camera_that_was_turned_is_noticed_and_r_carries_the_references(
    camera: SteppableSource, size: tuple[int, int]
) -> None:
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=size) as pilot:
        await calibrated(pilot, app, camera)
        before = [each.reference.u_px for each in app.main.session.references]
        assert "carry" not in footer(app)
        await shown(pilot, app, camera, rolled(room(1)), "THE VIEW HAS MOVED")
        assert hero(app) == "no distance"
        for text in (advice(app), message(app)):
            assert "the view has moved by about 1" in text
            assert "R carries the references along" in text
        assert footer(app).strip().startswith("R carry references along")
        await pilot.press("R")
        await until(pilot, lambda: len(app.main.session.references) == 3, "one of four has left the picture")
        now = [each.reference.u_px for each in app.main.session.references]
        assert now == pytest.approx([u_px + 120 for u_px in before if u_px + 120 < 640], abs=5)
        assert "3 references carried along" in message(app)
        assert "1 reference left the picture" in message(app)
        if size == WIDE:
            assert all("tape, carried" in row for row in rows(app))
        await reads(pilot, app, camera, rolled(room(1)))
        assert "carry" not in footer(app)
        await pilot.press("z")
        await until(pilot, lambda: hero(app) == "no distance", "they are at their old pixels again")


async def test_in_another_room_r_says_what_to_do_and_a_new_reference_begins_anew(camera: SteppableSource) -> None:
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await calibrated(pilot, app, camera)
        await shown(pilot, app, camera, room(2), "ANOTHER SCENE")
        assert hero(app) == "no distance"
        assert "begins anew" in advice(app)
        assert "carry" not in footer(app)
        await pilot.press("escape", "R")
        await pilot.pause()
        assert "where the references are now cannot be told" in message(app)
        await pilot.press("r")
        await answer(pilot, "2.0")
        await reads(pilot, app, camera, room(2))
        assert len(rows(app)) == 1
        assert "4 references of before removed; z takes that back" in message(app)


async def test_help_has_the_key(camera: SteppableSource) -> None:
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        camera.give(room(1))
        await ready(pilot, app)
        await pilot.press("R")
        await pilot.pause()
        assert "there are no references to carry along" in message(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, PaletteDialog)
        assert any(each.keys == "R" for each in app.screen._actions)


async def test_what_is_wrong_with_references_is_said_once_with_the_figures_of_the_frame(
    live: DepthApp, stage: Stage
) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await ready(pilot, live)
        instrument = live.main.instrument
        near, far = Reference(150.0, 110.0, 4.0, 0.04), Reference(10.0, 20.0, 1.0, 0.01)  # the other way round
        assert live.main.order(lambda: instrument.give_references((near, far)))
        before = [each for each in instrument.reading.warnings if "in the wrong order" in each]
        stage.blue = 160
        await until(
            pilot, lambda: "in the wrong order" in advice(live) and before[0] not in advice(live), "new figures"
        )
        assert advice(live).count("in the wrong order") == 1
