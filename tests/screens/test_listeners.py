"""Whoever else listens is told what the app reads: options as watch has them."""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.screens.approach import Stage, boxed, calibrated
from tests.screens.conftest import WIDE, go, until
from tui.app import DepthApp
from tui.cli.root import run
from tui.records.bulletin import Bulletin
from tui.records.listeners import Listening
from tui.records.outlet import Outlet
from tui.records.read_back import LogFile
from tui.screens.listeners import Listeners
from tui.widgets.message_line import MessageLine


def listened(app: DepthApp, listening: Listening) -> Listeners:
    app.listeners = Listeners(listening, 1.0)
    app.listeners.open()
    return app.listeners


async def test_a_log_and_a_command_hear_of_an_alarm_of_the_command_line(
    live: DepthApp, stage: Stage, tmp_path: Path
) -> None:
    log, heard = tmp_path / "run.db", tmp_path / "heard.json"
    script = tmp_path / "hear.py"
    script.write_text(f"import sys, pathlib\npathlib.Path({str(heard)!r}).write_text(sys.stdin.read())\n")
    listeners = listened(
        live,
        Listening(alarm=("door: surely nearer than 2m",), log=log, command=f"{sys.executable} {script}"),
    )
    try:
        async with live.run_test(size=WIDE) as pilot:
            await calibrated(pilot, live)
            said = live.main.query_one(MessageLine)
            await until(
                pilot, lambda: any("no 'door' here" in each.text for each in said.history), "it waits for its region"
            )
            assert live.main.watching.alarms == ()
            await boxed(pilot, live)
            await until(pilot, lambda: len(live.main.watching.alarms) == 1, "it has begun")
            stage.blue = 180
            await until(pilot, lambda: bool(live.main.watching.ringing), "it rings")
            await until(pilot, lambda: heard.exists() and heard.read_text() != "", "the command has heard of it")
            told = json.loads(heard.read_text())
    finally:
        listeners.close()
    assert "surely nearer than 2 m" in json.dumps(told)
    found = LogFile(log)
    assert "door" in [place.name for place in found.places()]
    (ringing,) = [each for each in found.alarms() if "no longer" not in str(each["words"])]
    assert "surely nearer than 2 m" in str(ringing["words"])


class Ear:
    """Hears everything."""

    name, late_s, events_only = "ear", math.inf, False

    def __init__(self) -> None:
        self.heard: list[Bulletin] = []

    def put(self, bulletin: Bulletin) -> None:
        self.heard.append(bulletin)

    def idle(self, now_s: float) -> None:
        del now_s

    def close(self) -> None:
        pass


async def test_what_is_frozen_or_left_is_not_told_as_if_it_were_seen(live: DepthApp) -> None:
    ear = Ear()
    live.listeners.outlets = (Outlet(ear, print),)
    try:
        async with live.run_test(size=WIDE) as pilot:
            await calibrated(pilot, live)
            go(live, 250, 30)
            await pilot.press("enter")
            await until(pilot, lambda: any(each.observations for each in ear.heard), "the pin is told")
            await pilot.press("space")
            await until(pilot, lambda: ear.heard[-1].stale == "the picture is frozen", "a frozen picture is not now")
            assert not ear.heard[-1].observations
            assert not ear.heard[-1].fresh
            await pilot.press("space")
            await until(pilot, lambda: not ear.heard[-1].stale, "it goes on")
    finally:
        live.listeners.close()
    assert ear.heard[-1].stale, "the last word is that nobody looks any more"
    apart = [later.at_s - sooner.at_s for sooner, later in pairwise(ear.heard[:-1])]
    assert min(apart) > 0.9, "once a second, however fast frames come"


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--alarm", "door: near"], "write it as NAME: surely nearer"),
        (["--log", "run.txt"], "what kind of log"),
        (["--log-max", "1GB"], "give --log FILE"),
        (["--metrics", "nowhere"], "--metrics"),
        (["--log", "/nowhere/at/all/run.db"], "/nowhere/at/all"),
    ],
)
def test_options_that_cannot_be_had_are_said_before_the_screen_is_taken(
    options: list[str], wrong: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.need_terminal", lambda _environ: None)
    monkeypatch.setattr(DepthApp, "ask_terminal", lambda _app: None)
    monkeypatch.setattr(DepthApp, "run", lambda _app: pytest.fail("it began"))
    assert run(["--source", "demo", *options]) == 2
    assert wrong in capsys.readouterr().err


def test_options_of_a_command_stand_behind_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--mqtt", "mqtt://host", "watch"]) == 2
    assert "come after it" in capsys.readouterr().err
