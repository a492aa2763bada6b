"""A clip held, stepped and moved through by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.numbered import number_of, numbered_clip
from tests.screens.conftest import WIDE, answer, message, ready, status, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.screens.options import StartOptions
from tui.widgets.prompt import Prompt


@pytest.fixture
def clip(tmp_path: Path, estimators: dict[str, DepthEstimator]) -> DepthApp:
    assert estimators
    path = numbered_clip(tmp_path / "walk.avi", 600, rate_hz=10)
    return DepthApp(StartOptions(source=str(path), model="ramp"))


def shown(app: DepthApp) -> int:
    """The number of the frame that everything on the screen speaks of."""
    reading, result = app.main.instrument.reading, app.main.shown
    assert result is not None
    assert reading.frame is result.frame
    return number_of(result.frame.image)


async def until_shown(pilot: Pilot[None], app: DepthApp, number: int) -> None:
    await until(pilot, lambda: shown(app) == number, f"frame {number} is shown")


async def test_freezing_holds_the_clip_and_steps_go_from_the_frame_that_is_shown(clip: DepthApp) -> None:
    async with clip.run_test(size=WIDE) as pilot:
        await ready(pilot, clip)
        await until(pilot, lambda: shown(clip) > 2, "it plays")
        await pilot.press("space")
        frozen = shown(clip)
        await until(pilot, lambda: "PAUSED" in status(clip), "the status line says so")
        clock = f"{frozen // 10 // 60}:{frozen // 10 % 60:02}.{frozen % 10} of 1:00.0"
        await until(pilot, lambda: clock in status(clip), "where it stands is said")
        await pilot.press("pagedown")
        await until_shown(pilot, clip, frozen + 1)
        assert clip.main.session.frozen
        await pilot.press("pageup", "pageup")
        await until_shown(pilot, clip, frozen - 1)
        await pilot.press("pagedown", "pagedown", "pagedown")
        await until_shown(pilot, clip, frozen + 2)
        await pilot.press("space")
        await until(pilot, lambda: shown(clip) > frozen + 2, "it goes on")
        assert shown(clip) < frozen + 100
        assert "PAUSED" not in status(clip)


async def test_ten_seconds_on_and_back_and_to_a_time_that_is_typed(clip: DepthApp) -> None:
    async with clip.run_test(size=WIDE) as pilot:
        await ready(pilot, clip)
        await pilot.press("space")
        await until(pilot, lambda: "PAUSED" in status(clip), "it stands")
        frozen = shown(clip)
        await pilot.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await until_shown(pilot, clip, frozen + 300)
        await pilot.press("less_than_sign")
        await until_shown(pilot, clip, frozen + 200)
        await pilot.press("J")
        await pilot.press("5", "0", "percent_sign")
        await until(pilot, lambda: "= 0:30.0" in message(clip), "the prompt says what is understood")
        await pilot.press("enter")
        await until_shown(pilot, clip, 300)
        for text, number in (("0:41.5", 415), ("7", 70), ("5:00", 599)):
            await pilot.press("J")
            await pilot.press(*({":": "colon", ".": "full_stop"}.get(each, each) for each in text))
            await pilot.press("enter")
            await until_shown(pilot, clip, number)
        await pilot.press("J")
        await answer(pilot, "soon")
        assert "'soon' is not a time: write 1:23, 83 (seconds) or 50%" in message(clip)
        await pilot.press("escape", "space", "J")
        await answer(pilot, "20")
        await until(pilot, lambda: 200 <= shown(clip) < 250, "it plays on from there")


async def test_a_step_freezes_a_clip_that_plays(clip: DepthApp) -> None:
    async with clip.run_test(size=WIDE) as pilot:
        await ready(pilot, clip)
        at = shown(clip)
        await pilot.press("pagedown")
        await until(pilot, lambda: clip.main.session.frozen and shown(clip) > at, "it stands at another frame")
        assert "PAUSED" in status(clip)


async def test_what_cannot_be_moved_through_says_so_in_a_line(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("pagedown")
        assert "desk.png has no other pictures: s opens a folder, a clip or a bag" in message(app)
        assert not app.main.session.frozen
        for key in ("greater_than_sign", "less_than_sign"):
            await pilot.press(key)
            assert "desk.png has no time to go to: only clips, bags and recordings do" in message(app)
            await pilot.press("escape")
        await pilot.press("J")
        assert "desk.png has no time to go to" in message(app)
        assert app.main.query_one(Prompt).question is None, "nothing is asked that no answer could be right for"
