"""`c` keeps what the screen shows, and the capture says the same: in the app, by `measure`, to the character."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.screens.conftest import WIDE, go, hero, message, ready, refer_and_pin, until
from tests.screens.test_same_numbers import PINS, REFERENCES, Textured
from tui.app import DepthApp
from tui.calibration.wording import figure_of, status_in_words
from tui.cli.root import run
from tui.depth.estimator import DepthEstimator
from tui.geometry.region import Region
from tui.instrument.frame import FrameReading
from tui.instrument.regions import with_region
from tui.screens.options import StartOptions
from tui.storage.paths import captures_dir
from tui.widgets.row_list import RowList

OTHERS = ((40, 40), (159, 121), (250, 10))
"""Pixels that nobody had asked for when it was captured."""

REGION = Region("table", ((100.0, 60.0), (140.0, 110.0)))


async def measured(pilot: Pilot[None], app: DepthApp) -> None:
    """References, pins and a region."""
    await ready(pilot, app)
    refer_and_pin(app, REFERENCES, PINS)
    app.main.update_session(with_region(app.main.session, REGION))
    go(app, 210, 77)


async def captured(pilot: Pilot[None], app: DepthApp) -> Path:
    await pilot.press("c")
    await until(pilot, lambda: "captured to" in message(app), "the capture is written")
    (folder,) = captures_dir().iterdir()
    return folder


def told(reading: FrameReading) -> list[object]:
    """All that a front end says of a frame."""
    return [
        reading.crosshair, *(each.reading for each in reading.pins), *(each.plain() for each in reading.regions),
        *(reading.at(pixel) for pixel in OTHERS), reading.calibration, reading.references, reading.warnings,
        reading.doubts, reading.captured_at,
    ]  # fmt: skip


async def test_the_capture_says_what_the_screen_said(
    picture: Path, estimators: dict[str, DepthEstimator], capsys: pytest.CaptureFixture[str]
) -> None:
    estimators["textured"] = Textured("textured")
    app = DepthApp(StartOptions(source=str(picture), model="textured"))
    async with app.run_test(size=WIDE) as pilot:
        await measured(pilot, app)
        await pilot.press("u", "u")  # metres, centimetres, feet
        folder = await captured(pilot, app)
        session, then, unit = app.main.session, app.main.instrument.reading, app.main.session.unit
        shown = (hero(app), list(app.main.query_one("#pins", RowList).rows))
        figures = [figure_of(each.reading, unit) for each in then.readings()]
        report = dict(app.main.instrument.report())
    assert then.calibration is not None
    assert then.calibration.posterior is not None
    estimators.clear()  # no network is there, and none is needed

    again = DepthApp(StartOptions(source=str(folder)))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        assert again.main.session.unit is unit  # as settings keep it
        assert told(again.main.instrument.reading) == told(then)
        assert (hero(again), list(again.main.query_one("#pins", RowList).rows)) == shown
        assert again.main.session.references == session.references
        assert again.main.session.regions == (REGION,)

    def by_command() -> None:
        assert run(["measure", str(folder)]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        for point, figure in zip(then.readings(), figures, strict=True):
            assert figure is not None
            row = next(line for line in out.splitlines() if line.startswith(f" ({point.u_px:3}, {point.v_px:3})"))
            assert figure.number in row
            assert figure.interval in row
            assert status_in_words(point.reading) in row
        assert "table" in out
        assert run(["measure", str(folder), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        same = ("readings", "calibration", "regions", "health", "set_aside", "warnings", "time", "model", "engine")
        assert {name: found[name] for name in same} == json.loads(json.dumps({name: report[name] for name in same}))
        assert found["readings"] == json.loads((folder / "readings.json").read_text())["readings"]
        at = [part for u_px, v_px in OTHERS for part in ("--at", f"{u_px},{v_px}")]
        assert run(["measure", "--source", str(folder), *at, "--json"]) == 0
        others = json.loads(capsys.readouterr().out)["readings"]
        assert [(each["distance_m"], each["low_m"], each["high_m"], each["status"]) for each in others] == [
            (each.distance_m, each.low_m, each.high_m, each.status.value) for each in map(then.at, OTHERS)
        ]

    await asyncio.to_thread(by_command)


async def test_what_gave_no_distance_gives_none(picture: Path, estimators: dict[str, DepthEstimator]) -> None:
    estimators["textured"] = Textured("textured")
    app = DepthApp(StartOptions(source=str(picture), model="textured"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        folder = await captured(pilot, app)
        then = app.main.instrument.reading
    assert then.crosshair.distance_m is None
    assert not (folder / "depth_m.npz").exists()
    assert "gives no distances" in (folder / "README.txt").read_text()
    again = DepthApp(StartOptions(source=str(folder)))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        assert again.main.instrument.reading.crosshair == then.crosshair
