"""What a camera is asked for, one by one."""

from __future__ import annotations

from tests.screens.conftest import WIDE, answer, ready, type_text, until
from tests.screens.test_sources_and_models import prompt, rows
from tui.app import DepthApp
from tui.screens.guided import GuidedScreen


async def menu(pilot: object, app: DepthApp, words: str) -> None:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await pilot.press("i")
    await pilot.pause()
    row = next(n for n, each in enumerate(rows(app)) if each.startswith(words))
    await pilot.press(*["down"] * (row + 1), "enter")
    await pilot.pause()


async def test_a_field_of_view_is_asked_for(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        await menu(pilot, app, "field of view")
        await answer(pilot, "wide")
        assert "field of view 'wide'" in prompt(app).said
        await pilot.press(*["backspace"] * 4)
        await type_text(pilot, "66")
        assert "= 66° across 320 px, fx 246" in prompt(app).said
        await pilot.press("enter")
        await until(pilot, lambda: app.main.session.intrinsics is not None, "the camera is known")
        assert not prompt(app).display


async def test_a_chessboard_is_asked_for_one_by_one(live: DepthApp) -> None:
    async with live.run_test(size=(80, 24)) as pilot:
        await ready(pilot, live)
        await menu(pilot, live, "chessboard")
        await type_text(pilot, "9x6")
        assert "= 10 x 7 squares" in prompt(live).said
        await pilot.press("enter")
        await pilot.pause()
        assert "side of a square" in str(live.main.query_one("#prompt-question").render())
        await answer(pilot, "25")
        assert isinstance(live.screen, type(live.main))  # it needs its unit
        assert prompt(live).text == "25"
        await answer(pilot, "mm")
        await until(pilot, lambda: isinstance(live.screen, GuidedScreen), "the guided calibration has begun")
        await pilot.press("escape")


async def test_a_charuco_board_is_asked_for_one_by_one(live: DepthApp) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await ready(pilot, live)
        await menu(pilot, live, "ChArUco")
        for text in ("5x7", "40mm", "20mm", "DICT_6X6_250"):
            assert prompt(live).question is not None
            await answer(pilot, text)
        await until(pilot, lambda: isinstance(live.screen, GuidedScreen), "the guided calibration has begun")
        await pilot.press("escape")
