"""The view by its lines, its refreshes and its messages, in a running app."""

import numpy as np
from textual.geometry import Region

from tests.widgets.viewed import GREY, SIZE, ViewApp, colors, lines, settle
from tui.render.pointed import Mark


async def test_an_unchanged_picture_refreshes_nothing() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        await settle(app, pilot)
        app.view.show_image(GREY.copy())
        app.view.set_crosshair(None)
        app.view.set_marks([])
        await pilot.pause()
        assert app.view.regions == []


async def test_one_changed_row_refreshes_one_region() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        await settle(app, pilot)
        before = [app.view.render_line(row) for row in range(30)]
        image = GREY.copy()
        image[160:176, 80:160] = 255
        app.view.show_image(image)
        assert app.view.regions == [(Region(10, 10, 10, 1),)]
        after = [app.view.render_line(row) for row in range(30)]
        assert [row for row in range(30) if before[row] is not after[row]] == [10]
        assert colors(app.view, 10)[9:12] == [colors(app.view, 9)[0], (255, 255, 255), (255, 255, 255)]


async def test_changes_that_were_shown_are_not_remembered() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        await settle(app, pilot)
        held = []
        for row in range(0, 29, 4):
            for column in range(1, 79, 2):
                image = GREY.copy()
                image[16 * row : 16 * row + 16, 8 * column : 8 * column + 8] = 255
                app.view.show_image(image)
            await settle(app, pilot)
            held.append(sum(len(each) for each in vars(app.view).values() if isinstance(each, set | list)))
        assert held[-1] <= held[0] + 5


async def test_every_line_is_as_wide_as_the_pane() -> None:
    app = ViewApp()
    async with app.run_test(size=(57, 21)) as pilot:
        rng = np.random.default_rng(0)
        app.view.show_image(rng.integers(0, 256, (480, 640, 3), dtype=np.uint8))
        app.view.set_crosshair((3, 3))
        app.view.set_marks([Mark(639, 479, "⑳"), Mark(5, 400, "a2", "reference")])
        await pilot.pause()
        assert {app.view.render_line(row).cell_length for row in range(app.view.size.height)} == {55}
        assert {len(line) for line in lines(app.view)} == {55}


async def test_crosshair_moves_and_leaves_no_trace() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        await pilot.pause()
        plain = lines(app.view)
        app.view.set_crosshair((324, 248))
        await settle(app, pilot)
        assert lines(app.view)[15][38:43] == "──┼──"
        assert lines(app.view)[14][40] == lines(app.view)[16][40] == "│"
        app.view.set_crosshair((332, 248))
        assert len(app.view.regions) == 1
        assert sorted(region.y for region in app.view.regions[0]) == [14, 15, 16]
        assert lines(app.view)[15][39:44] == "──┼──"
        app.view.set_crosshair(None)
        assert lines(app.view) == plain


async def test_marks_stand_on_their_pixels() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        app.view.set_marks([Mark(4, 8, "①"), Mark(404, 168, "b", "reference"), Mark(5000, 1, "②")])
        await pilot.pause()
        shown = lines(app.view)
        assert shown[0][0] == "①"
        assert shown[10][50] == "b"
        assert "②" not in "".join(shown)


async def test_resize_shows_the_same_picture_in_the_new_pane() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(GREY)
        app.view.set_crosshair((320, 240))
        await pilot.pause()
        for size in [(42, 18), (120, 50), (12, 8), (82, 33)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            view = app.view.viewport
            assert view is not None
            assert (view.columns, view.rows) == (size[0] - 2, size[1] - 3)
            at = view.cell_of(320, 240)
            assert at is not None
            assert lines(app.view)[at.row][at.column] == "┼"
            assert {len(line) for line in lines(app.view)} == {size[0] - 2}


async def test_keys_ask_for_moves_by_cells_and_with_alt_by_pixels() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.focus()
        app.view.show_image(GREY)
        await pilot.press("left", "up", "down", "right", "shift+left", "shift+up", "shift+down", "shift+right")
        await pilot.press("alt+left", "alt+up", "alt+down", "alt+right")
        await pilot.pause()
        cells, far = [(-8, 0), (0, -16), (0, 16), (8, 0)], [(-80, 0), (0, -80), (0, 80), (80, 0)]
        assert app.moves == [*cells, *far, (-1, 0), (0, -1), (0, 1), (1, 0)]


async def test_a_click_points_at_the_pixel_under_it() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#view", offset=(5, 5))
        assert app.points == []
        app.view.show_image(GREY)
        await pilot.pause()
        await pilot.click("#view", offset=(1 + 40, 1 + 15))
        await pilot.pause()
        assert app.points == [(324, 248)]
        await pilot.click("#view", offset=(0, 0))
        await pilot.pause()
        assert len(app.points) == 1


async def test_a_banner_needs_no_picture() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE):
        app.view.set_banner("loading")
        assert "loading" in lines(app.view)[14]
        assert app.view.viewport is None


async def test_clear_forgets_picture_and_range() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE):
        app.view.show_map(np.linspace(0, 1, 640 * 480, dtype=np.float32).reshape(480, 640))
        assert app.view.depth_range is not None
        app.view.clear()
        assert not app.view.depth_range
        assert app.view.viewport is None
        assert set("".join(lines(app.view))) == {" "}


async def test_under_pixels_cells_are_empty_but_not_as_those_beside_them() -> None:
    """What no pixels cover any more is sent anew; the loupe is in the pixels, and a click in it points there."""
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        view = app.view
        view.give_room_to_pixels()
        view.show_image(np.full((480, 480, 3), 100, np.uint8))
        view.set_crosshair((240, 240))
        view.set_window(5, loupe=True)
        await settle(app, pilot)
        scene = view.scene(10, 20)
        assert scene is not None
        assert len(scene.layers) == 2
        (loupe,) = (each.loupe for each in view.loupes.shown)
        assert scene.left + scene.columns == loupe.right
        assert view.pixel_at(loupe.column + 3, loupe.row + 3) == loupe.pixel_of(loupe.column + 3, loupe.row + 3)
        for row, text in enumerate(lines(view)):
            inside = scene.top <= row < scene.top + scene.rows
            assert text[: scene.left].strip(" ") == ""
            assert set(text[scene.left : scene.left + scene.columns]) == {"\u00a0" if inside else " "}
        view.set_window(5, loupe=False)
        await settle(app, pilot)
        narrower = view.scene(10, 20)
        assert narrower is not None
        assert len(narrower.layers) == 1
        assert lines(view)[loupe.row + 1][loupe.right - 1] == " "
        view.set_banner("camera lost")
        await settle(app, pilot)
        assert view.scene(10, 20) is None
        assert "\u00a0" not in "".join(lines(view))
