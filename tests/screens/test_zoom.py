"""Both pictures zoom about the crosshair, by keys and by the wheel."""

from __future__ import annotations

from textual import events

from tests.screens.conftest import WIDE, answer, message, ready, until
from tui.app import DepthApp
from tui.render.viewport import Viewport
from tui.widgets.picture import PictureView


def views(app: DepthApp) -> list[Viewport]:
    found = [app.main.query_one(name, PictureView).viewport for name in ("#camera", "#depth")]
    assert None not in found
    return [each for each in found if each is not None]


async def test_zoom_follows_the_crosshair_down_to_a_pixel_a_half_cell(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        whole = views(app)[0]
        assert whole.part_width == whole.width_px
        for field in ("300", "200"):
            if field == "300":
                await pilot.press("g")
            await answer(pilot, field)
        await pilot.press("plus", "plus")
        assert app.main.session.zoom == 2
        for view in views(app):
            assert view.part_width < view.width_px
            assert view.shows(300, 200)
            at = view.cell_of(300, 200)
            assert at is not None
        for _ in range(20):
            await pilot.press("plus")
        await until(pilot, lambda: "nothing more to be seen" in message(app), "the end is said")
        assert all(view.finest for view in views(app))
        await pilot.press(*["shift+left"] * 20)
        assert all(view.shows(app.main.session.u_px, app.main.session.v_px) for view in views(app))
        for _ in range(20):
            await pilot.press("minus")
        assert app.main.session.zoom == 1
        assert [view.part_width for view in views(app)] == [view.width_px for view in views(app)]


async def test_the_wheel_zooms_and_a_click_points_where_it_looks(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        camera = app.main.query_one("#camera", PictureView)
        for kind, steps in ((events.MouseScrollUp, 1), (events.MouseScrollUp, 2), (events.MouseScrollDown, 1)):
            camera.post_message(kind(camera, 5, 5, 0, 0, 0, False, False, False))
            await until(pilot, lambda: app.main.session.zoom_steps == steps, "it zooms")  # noqa: B023 - awaited within this turn
        view = camera.viewport
        assert view is not None
        pixel = view.pixel_of(10, 8)
        assert await pilot.click("#camera", offset=(10, 8))
        assert (app.main.session.u_px, app.main.session.v_px) == pixel


async def test_a_loupe_that_has_no_room_says_so(app: DepthApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert app.main.session.loupe
        for words in ("the loupe is off", "the loupe is on"):
            await pilot.press("x")
            assert words in message(app)
            assert not any(view.loupes.shown for view in app.main.query(PictureView))
