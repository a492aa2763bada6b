"""A camera's modes in the list of sources, and the choice of one, by keyboard and by mouse; the machine is planted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.camera.webcam import Planted, Webcam
from tests.screens.conftest import WIDE, answer, message, ready, until
from tui.app import DepthApp
from tui.camera.wish import CameraWish
from tui.screens.pick import PickDialog
from tui.widgets.message_line import MessageLine


class Steady(Webcam):
    """Never ends."""

    def grab(self) -> bool:
        return not self.released.wait(0.02)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """One webcam is all that this machine has."""
    folder = tmp_path / "machine"
    folder.mkdir()
    planted = Planted(folder)
    planted.webcam = Steady()
    for place in ("v4l2", "listing", "open"):
        monkeypatch.setattr(f"tui.camera.{place}.Machine", lambda: planted.machine)
    return planted


def rows(app: DepthApp) -> list[str]:
    options = app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


async def asked(pilot: Pilot[None], app: DepthApp, first: str) -> None:
    """The list that begins so is shown."""
    await until(pilot, lambda: isinstance(app.screen, PickDialog) and rows(app)[0].startswith(first), f"{first} asked")


async def walk(pilot: Pilot[None], app: DepthApp, words: str) -> None:
    """To the row that begins so, and enter."""
    options = app.screen.query_one(OptionList)
    row = next(n for n, each in enumerate(rows(app)) if each.startswith(words))
    while options.highlighted != row:
        await pilot.press("down")
    await pilot.press("enter")
    await pilot.pause()


@pytest.mark.usefixtures("planted")
async def test_a_camera_is_listed_with_its_modes(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await asked(pilot, app, "camera 0")
        assert "HD Webcam" in rows(app)[0]
        assert "640x480 29.97/s MJPG, to 1920x1080" in rows(app)[0]


async def test_a_mode_is_chosen_with_its_rate(app: DepthApp, planted: Planted) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await asked(pilot, app, "camera 0")
        await pilot.press("down", "enter")
        await asked(pilot, app, "as it comes")
        assert [row.split()[0] for row in rows(app)[1:]] == ["1920x1080", "640x480", "640x480"]
        await walk(pilot, app, "1920x1080")
        await asked(pilot, app, "1920x1080 30/s MJPG")
        await walk(pilot, app, "1920x1080 15/s MJPG")
        wanted = app.main.instrument.wanted
        assert (wanted.source, wanted.wish) == ("0", CameraWish((1920, 1080), 15.0, "MJPG"))
        await until(pilot, lambda: bool(planted.webcam.asked), "the camera is asked")
        assert planted.webcam.asked[0] == wanted.wish
        line = app.main.query_one(MessageLine)
        await until(
            pilot,
            lambda: any("asked 1920x1080, gives 640x480" in told.text for told in line.history),
            "what it does not do is said",
        )
        # The list is opened again at what is in use.
        await pilot.press("s")
        await asked(pilot, app, "camera 0")
        await pilot.press("enter")
        await asked(pilot, app, "as it comes")
        assert app.screen.query_one(OptionList).highlighted == 1
        assert "as it is now" in rows(app)[1]
        await pilot.press("up", "enter")
        await until(pilot, lambda: app.main.instrument.wanted.wish.plain, "as the camera chooses")


async def test_a_mode_is_typed_and_a_mistake_is_said(app: DepthApp, planted: Planted) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for text in ("huge", "800x600 30"):
            await pilot.press("s")
            await asked(pilot, app, "camera 0")
            await pilot.press("down", "enter")
            await asked(pilot, app, "as it comes")
            await answer(pilot, text)
            if text == "huge":
                assert "huge: write size, rate and format" in message(app)
                assert not planted.webcam.asked
        assert app.main.instrument.wanted.wish == CameraWish((800, 600), 30.0)


async def test_controls_stay_what_they_were_set_to(app: DepthApp, planted: Planted) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        instrument, controls = app.main.instrument, (("gain", "16"),)
        app.main.order(lambda: instrument.open_source("0"))
        instrument.wanted = replace(instrument.wanted, wish=CameraWish(controls=controls))
        app.main.order(lambda: instrument.open_source("0", CameraWish((640, 480))))
        assert instrument.wanted.wish == CameraWish((640, 480), controls=controls)
        await until(pilot, lambda: planted.driver.values[0x980913] == 16, "it is set")


@pytest.mark.usefixtures("planted")
async def test_a_camera_that_is_typed_is_opened_at_once(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await asked(pilot, app, "camera 0")
        await answer(pilot, "0")
        await until(pilot, lambda: app.screen is app.main, "no question")
        assert app.main.instrument.wanted.source == "0"
        await until(pilot, lambda: app.main.shown is not None, "it is shown")
