"""Alarms are set by keyboard on pins and regions, ring on a planted approach, are listed, removed, undone and kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.approach import Stage, boxed, calibrated
from tests.screens.conftest import WIDE, answer, go, message, status, type_text, until
from tui.app import DepthApp
from tui.screens.alarming import AlarmList
from tui.storage.profiles import load_profile
from tui.storage.settings import load_settings
from tui.widgets.message_line import MessageLine
from tui.widgets.prompt import Prompt
from tui.widgets.reading_rows import ReadingRows
from tui.widgets.row_list import RowList


def row_of(app: DepthApp, index: int = 0) -> str:
    return app.main.query_one(ReadingRows).rows[index]


def set_on(app: DepthApp) -> tuple[str, ...]:
    return app.main.session.alarms


def said(app: DepthApp) -> str:
    return "\n".join(each.text for each in app.main.query_one(MessageLine).history)


async def test_it_rings_when_something_is_surely_near_and_not_before(
    live: DepthApp, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(live, "bell", lambda: rung.append(True))
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        await boxed(pilot, live)
        await pilot.press("B")
        assert rung == [True], "it is heard what is switched on"
        await pilot.press("A")
        prompt = live.main.query_one(Prompt)
        assert "alarm on door" in str(prompt.query("#prompt-question").first().render())
        await type_text(pilot, "surely nearer than 2m for 200ms")
        assert "= surely nearer than 2 m for 0.2 s   reads " in prompt.said
        await pilot.press("enter")
        await until(pilot, lambda: "quiet: surely nearer than 2 m" in row_of(live), "the alarm stands in the row")
        assert "▲" not in status(live)
        stage.blue = 180
        await until(pilot, lambda: "▲ surely nearer than 2 m" in row_of(live), "it rings in the row")
        await until(pilot, lambda: "▲ door surely nearer than 2 m" in status(live), "it rings in the status line")
        reading = live.main.instrument.reading.regions[0].reading
        assert reading.high_m is not None
        assert reading.high_m < 2.1
        assert "ALARM door: surely nearer than 2 m for 0.2 s: " in said(live)
        assert rung == [True, True]
        stage.blue = 100
        await until(pilot, lambda: "quiet" in row_of(live), "it falls quiet")
        assert "no longer: door" in said(live)
        assert "▲" not in status(live)
        assert rung == [True, True], "once for each alarm"
    assert load_settings()[0].bell, "the bell is remembered"


async def test_what_cannot_be_told_is_said_and_a_wrong_answer_changes_nothing(live: DepthApp) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: live.started and live.main.shown is not None, "the map is shown")
        await pilot.press("A")
        assert "neither a pin nor a region" in message(live)
        await pilot.press("enter", "A")
        await answer(pilot, "nearer than 1m")
        assert "surely nearer (all of the interval) or perhaps nearer" in message(live)
        await pilot.press("ctrl+u")
        await answer(pilot, "surely near")
        assert "write it as surely nearer than 1m" in message(live)
        assert not set_on(live)
        await pilot.press("ctrl+u")
        await answer(pilot, "Pin 1: surely nearer than 1m")
        assert live.main.session.alarms == ("pin 1: surely nearer than 1 m",)
        await until(pilot, lambda: "cannot tell: uncalibrated" in row_of(live), "without metres it cannot tell")


async def test_alarms_are_listed_changed_removed_and_undone(live: DepthApp) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        await boxed(pilot, live)
        for text in ("surely nearer than 50cm", "perhaps farther than 9m", "no reading for 1h"):
            await pilot.press("A")
            await answer(pilot, text)
        assert len(set_on(live)) == 3
        await pilot.press("W")
        await until(pilot, lambda: isinstance(live.screen, AlarmList), "the list is open")
        table = live.screen.query_one(RowList)
        await until(pilot, lambda: len(table.rows) == 3, "all of them")
        assert table.rows[0].startswith("door: surely nearer than 50 cm   quiet")
        assert "no reading for 1 h" in table.rows[2]
        await pilot.press("down", "delete")
        await until(pilot, lambda: len(table.rows) == 2, "one is removed")
        await pilot.press("up", "enter")
        await until(pilot, lambda: live.main.query_one(Prompt).question is not None, "the other one is asked anew")
        assert live.main.query_one(Prompt).text == "surely nearer than 50 cm"
        await pilot.press("ctrl+u")
        await answer(pilot, "surely nearer than 40cm")
        assert [each.partition(": ")[2] for each in live.main.session.alarms] == [
            "surely nearer than 40 cm",
            "no reading for 1 h",
        ]
        await pilot.press("z", "z")
        assert len(set_on(live)) == 3
        assert "3 alarms (was 2)" in said(live)
        table = live.main.query_one(ReadingRows)
        table.focus()
        await pilot.press("n")
        await pilot.press("ctrl+u")
        await answer(pilot, "gate")
        assert all(each.startswith("gate: ") for each in live.main.session.alarms), "they follow the name"
        await until(pilot, lambda: len(live.main.watching.alarms_of("gate")) == 3, "all are watched")
        await pilot.press("A")
        await answer(pilot, "off")
        assert not set_on(live)
        await pilot.press("z")
        table.focus()
        await pilot.press("delete")
        await pilot.pause()
        assert not set_on(live), "what is gone cannot ring, nor can the next of that name"
        await pilot.press("z")
        assert len(set_on(live)) == 3


async def test_a_profile_keeps_regions_with_their_alarms(live: DepthApp) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        await boxed(pilot, live)
        await pilot.press("A")
        await answer(pilot, "perhaps nearer than 1m")
        live.main.instrument.save_profile("hall")
        assert load_profile("hall").alarms == ("door: perhaps nearer than 1 m",)
        live.main.query_one(ReadingRows).focus()
        await pilot.press("delete")
        await pilot.pause()
        live.main.order(lambda: live.main.instrument.load_profile("hall"))
        assert live.main.session.alarms == ("door: perhaps nearer than 1 m",)
        await until(pilot, lambda: len(live.main.watching.alarms) == 1, "it is watched again")


async def test_frozen_nothing_is_seen_and_a_moved_pin_begins_anew(live: DepthApp) -> None:
    async with live.run_test(size=WIDE) as pilot:
        await calibrated(pilot, live)
        go(live, 250, 30)
        await pilot.press("enter", "A")
        await answer(pilot, "no reading for 2s")
        history = live.main.watching.history_of
        await until(pilot, lambda: (found := history("pin 1")) is not None and found.summary().count > 2, "it is seen")
        assert not live.main.watching.ringing
        await pilot.press("space")
        await until(pilot, lambda: bool(live.main.watching.ringing), "a frozen picture gives no reading")
        await pilot.press("space")
        await until(pilot, lambda: not live.main.watching.ringing, "it goes on")
        session = live.main.session
        moved = replace(session, pins=(replace(session.pins[0], u_px=60),))
        live.main.instrument.update(moved)
        live.main.watching.look()
        found = history("pin 1")
        assert found is None or found.summary().count <= 1
