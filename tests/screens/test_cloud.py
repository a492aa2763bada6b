"""Points turned by keyboard: every key does what it says, and the pictures are there again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.fakes import SteppableSource, ramp_image
from tests.screens.conftest import answer, ready, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.render.cells import BLANK
from tui.render.cloud_seen import Pose
from tui.screens.cloud import CloudScreen
from tui.screens.options import StartOptions
from tui.widgets.cloud_view import CloudView
from tui.widgets.status_line import StatusLine


def screen(app: DepthApp) -> CloudScreen:
    assert isinstance(app.screen, CloudScreen)
    return app.screen


def shown(app: DepthApp) -> bytes:
    """The cells that are shown."""
    cells = screen(app).query_one(CloudView).cells
    return b"" if cells is None else cells.codes.tobytes()


def filled(app: DepthApp) -> int:
    cells = screen(app).query_one(CloudView).cells
    return 0 if cells is None else int(np.count_nonzero(cells.codes != BLANK))


def says(app: DepthApp) -> str:
    return screen(app).query_one(StatusLine).text


async def opened(pilot: Pilot[None], app: DepthApp) -> None:
    await pilot.press("P")
    await until(pilot, lambda: isinstance(app.screen, CloudScreen) and filled(app) > 100, "points are shown")


async def test_keys_turn_zoom_move_and_reset(app: DepthApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        await pilot.press("K")
        await answer(pilot, "0.5 0.1")
        await opened(pilot, app)
        assert "metres" in says(app)
        assert "camera assumed" in says(app)
        assert "LIVE" not in says(app)  # a picture from a file
        begun = shown(app)
        for keys, pose in (
            (("right",), Pose(5)),
            (("shift+left", "up"), Pose(335, 5)),
            (("plus", "plus", "minus"), Pose(335, 5, 1)),
            (("l", "l", "h", "j"), Pose(335, 5, 1, 0.05, 0.05)),
            (("k",), Pose(335, 5, 1, 0.05, 0.0)),
        ):
            before = shown(app)
            await pilot.press(*keys)
            assert screen(app).pose == pose
            await until(pilot, lambda: screen(app).posed == screen(app).pose, "it is painted from there")
            assert shown(app) != before
        await pilot.press("0")
        assert screen(app).pose == Pose()
        await until(pilot, lambda: shown(app) == begun, "as the camera sees it, to the last cell")
        await pilot.press("right", "escape")
        await until(pilot, lambda: app.screen is app.main, "the pictures are back")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, CloudScreen), "and the points again")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.main, "q goes back, it does not leave")


async def test_it_is_live_until_space_holds_it_and_says_so(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    app = DepthApp(StartOptions(source="camera 0", model="ramp"))

    def points(blue: int) -> bytes:
        """What is shown while the camera sees this, over and over, as a camera gives it."""
        if source.drained():
            source.give(ramp_image(blue, 320, 240))
        return shown(app) if isinstance(app.screen, CloudScreen) and filled(app) > 100 else b""

    async with app.run_test(size=(80, 24)) as pilot:
        source.give(ramp_image(0, 320, 240))
        await ready(pilot, app)
        await pilot.press("P")
        await until(pilot, lambda: points(0) != b"", "points are shown")
        assert "not to scale" in says(app)
        assert "LIVE" in says(app)
        before = points(0)
        await until(pilot, lambda: points(255) not in (b"", before), "the next frame")
        await pilot.press("space")
        await until(pilot, lambda: "FROZEN" in says(app), "frozen")
        assert app.main.session.frozen
        assert app.main.shown is not None
        held = app.main.shown.frame
        points(0)
        await pilot.press("right")
        await until(pilot, lambda: screen(app).posed == Pose(5), "what is held can be turned")
        assert app.main.shown.frame is held
        await pilot.press("space", "0")

        def goes_on() -> bool:
            shown_now = app.main.shown
            return bool(points(0)) and shown_now is not None and shown_now.frame is not held and "LIVE" in says(app)

        await until(pilot, goes_on, "live again")
        assert screen(app).pose == Pose()


async def test_without_a_frame_there_is_a_word(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: SteppableSource("camera 0"))
    app = DepthApp(StartOptions(source="camera 0", model="ramp"))
    async with app.run_test(size=(60, 18)) as pilot:
        await until(pilot, lambda: app.started, "started")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, CloudScreen) and "no depth map yet" in says(app), "said")
        await pilot.press("right", "plus", "0", "escape")
        await until(pilot, lambda: app.screen is app.main, "back")


async def test_a_picture_that_never_changes_is_not_said_to_be_live(
    picture: Path, estimators: dict[str, DepthEstimator]
) -> None:
    assert estimators
    app = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await opened(pilot, app)
        assert "STILL" in says(app)
        assert "LIVE" not in says(app)
