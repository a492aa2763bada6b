"""Colours of a view: palettes, themes, without colours, grey when the camera is lost; and the legend below."""

from __future__ import annotations

import numpy as np
import pytest

from tests.widgets.viewed import GREY, SIZE, ViewApp, colors, lines
from tui.render.colors import ColorMode
from tui.render.quality import LADDER
from tui.widgets.legend import DepthLegend


async def test_a_lost_camera_is_grey_under_its_banner() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        red = GREY.copy()
        red[..., 0] = 250
        app.view.show_image(red)
        await pilot.pause()
        live = colors(app.view, 0)[0]
        app.view.set_banner("camera lost 4 s ago, trying again", dimmed=True)
        assert "camera lost 4 s ago, trying again" in lines(app.view)[14]
        red_, green, blue = colors(app.view, 0)[0]
        assert red_ == green == blue < live[0]
        app.view.set_banner(None)
        assert colors(app.view, 0)[0] == live
        assert "camera" not in "".join(lines(app.view))


async def test_settings_are_kept_when_others_change() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE):
        app.view.show_map(np.linspace(0, 1, 640 * 480, dtype=np.float32).reshape(480, 640))
        app.view.pin_range(-1, 3)
        app.view.set_painting(palette="viridis", quality=LADDER[1])
        assert (app.view.palette.name, app.view.palette.count) == ("viridis", LADDER[1].depth_levels)
        assert app.view.depth_range is not None
        assert (app.view.depth_range.low, app.view.depth_range.high) == (-1, 3)
        app.view.set_painting(mode=ColorMode.MONO)
        assert (app.view.palette.name, app.view.palette.count) == ("viridis", LADDER[1].depth_levels)
        app.view.release_range()
        app.view.show_map(np.linspace(10, 11, 640 * 480, dtype=np.float32).reshape(480, 640))
        assert app.view.depth_range.low > 9


async def test_near_is_dense_without_colors() -> None:
    app = ViewApp(ColorMode.MONO)
    async with app.run_test(size=SIZE):
        app.view.show_map(np.repeat(np.linspace(0, 1, 640, dtype=np.float32)[None], 480, axis=0))
        line = lines(app.view)[3]
        assert line[0] == "."
        assert line[-1] == "@"
        assert {len(line) for line in lines(app.view)} == {80}


@pytest.mark.parametrize("theme", ["textual-light", "textual-dark"])
async def test_letter_box_follows_the_theme(theme: str) -> None:
    app = ViewApp()
    async with app.run_test(size=(100, 33)) as pilot:
        app.view.show_image(GREY)
        await pilot.pause()
        app.theme = theme
        await pilot.pause()
        expected = app.view.background_colors[1]
        assert colors(app.view, 3)[0] == expected.rgb


async def test_ink_on_a_bright_theme_is_turned_round() -> None:
    app = ViewApp(ColorMode.MONO)
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_image(np.zeros((480, 640, 3), np.uint8))
        assert set(lines(app.view)[3]) == {" "}
        app.theme = "textual-light"
        await pilot.pause()
        assert set(lines(app.view)[3]) == {"⣿"}


async def test_legend_is_drawn_again_only_when_it_differs() -> None:
    app = ViewApp()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show_map(np.linspace(0.2, 1, 640 * 480, dtype=np.float32).reshape(480, 640))
        legend = app.query_one(DepthLegend)
        legend.show(app.view.palette, app.view.depth_range, lambda value: f"{1 / value:.1f} m")
        text = legend.render_line(0).text
        assert len(text) == 82
        assert "1.0 m" in text
        first = legend.render_line(0)
        await pilot.pause()
        legend.show(app.view.palette, app.view.depth_range, lambda value: f"{1 / value:.1f} m")
        assert list(legend.render_line(0)) == list(first)
        await pilot.resize_terminal(40, 20)
        await pilot.pause()
        assert len(legend.render_line(0).text) == 40
