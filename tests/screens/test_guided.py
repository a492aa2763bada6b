"""A camera is calibrated before a board, by keyboard: from picture to picture, and what is not to be believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from tests.fakes import SteppableSource, ramp_image
from tests.screens.conftest import WIDE, message, ready, tell_the_camera, until
from tests.targets.simulated import planted, tilted_alike
from tui.app import DepthApp
from tui.camera.imread import read_picture
from tui.depth.estimator import DepthEstimator
from tui.screens.guided import GuidedScreen
from tui.screens.options import StartOptions
from tui.storage.intrinsics import list_intrinsics, load_intrinsics
from tui.targets.calibrate import calibrate_views
from tui.widgets.prompt import Prompt


async def test_a_camera_is_calibrated_before_the_board(
    shared: Path, monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    pictures = [read_picture(path) for path in sorted((shared / "media/targets/chessboard").glob("left*.jpg"))]
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        source.give(pictures[0])
        await ready(pilot, app)
        await tell_the_camera(pilot, "9x6 25mm")
        await until(pilot, lambda: isinstance(app.screen, GuidedScreen), "the guide opens")
        guide = app.screen
        assert isinstance(guide, GuidedScreen)
        for number, picture in enumerate(pictures):
            kept = guide._guided.status.count
            for _ in range(40):
                source.give(picture)
                await pilot.pause(0.05)
                status = guide._guided.status
                if status.count > kept or (status.offer is not None and "like one" in status.offer.why):
                    break
            assert number or guide._guided.status.count == 1
        assert guide._guided.status.count >= 8
        await pilot.press("enter")
        await until(pilot, lambda: guide._guided.status.found is not None, "the camera is computed")
        assert "rms" in str(guide.query_one("#guided-result", Static).content)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main, "the result is saved")
        assert app.main.session.intrinsics is not None
    (name,) = list_intrinsics()
    assert load_intrinsics(name).fx_px == pytest.approx(532.8, rel=0.01)


async def test_what_the_views_cannot_tell_is_shown_and_not_saved(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    each = planted(tilted_alike, 1, 12)
    doubted = calibrate_views(each.views, each.board)
    assert doubted.doubts
    monkeypatch.setattr("tui.pipeline.guided.calibrate_views", lambda *_: doubted)
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        source.give(ramp_image(0, 320, 240))
        await ready(pilot, app)
        await tell_the_camera(pilot, "9x6 25mm")
        await until(pilot, lambda: isinstance(app.screen, GuidedScreen), "the guide opens")
        await pilot.press("enter")
        result = app.screen.query_one("#guided-result", Static)
        await until(pilot, lambda: "not to be believed" in str(result.content), "the doubt is shown")
        assert "tilt the board" in str(result.content)
        assert not app.screen.query_one("#guided-name").display
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, GuidedScreen)
    assert list_intrinsics() == []


async def test_before_a_picture_that_stands_no_board_can_be_held(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await tell_the_camera(pilot, "9x6 25mm")
        said = " ".join(str(each.content) for each in app.screen.query(Static))
        assert "desk.png stands" in said
        assert "depth-tui calibrate camera" in said
        assert not isinstance(app.screen, GuidedScreen)
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("down", "enter")
        await until(pilot, lambda: "desk.png stands" in message(app), "before anything of the board is asked")
        assert app.main.query_one(Prompt).question is None
