"""The cameras of a configuration, one after the other, each with its regions and alarms."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.screens.conftest import WIDE, message, ready, status, until
from tui.app import DepthApp
from tui.cli.configured import configured
from tui.cli.root import run
from tui.depth.estimator import DepthEstimator
from tui.instrument.wanted import Wanted
from tui.screens.options import ConfiguredCamera, StartOptions
from tui.widgets.message_line import MessageLine

CONFIGURATION = """
model = "ramp"

[camera.hall]
source = "hall.png"
at = ["20,20"]
region = ["door=40,40:80,90"]
reference = ["20,30=4m", "250,60=70cm"]
alarm = ["door: perhaps nearer than 20m", "pin 1: surely nearer than 1cm"]

[camera.yard]
source = "yard.png"
region = ["gate:median=10,10:60,60", "far=300,200:900,900"]
rotate = "90"
alarm = ["gate: no reading for 1h"]
fov = "60deg"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for name, red in (("hall", 40), ("yard", 200)):
        image = np.random.default_rng(red).integers(0, 256, (240, 320, 3), np.uint8)
        assert cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    path = tmp_path / "cameras.toml"
    path.write_text(CONFIGURATION)
    return path


def app_of(cameras: tuple[ConfiguredCamera, ...]) -> DepthApp:
    first: Wanted = cameras[0].wanted
    return DepthApp(StartOptions(source=first.source, model=first.model, mounting=first.mounting, cameras=cameras))


async def test_a_key_walks_and_each_has_its_own(file: Path, estimators: dict[str, DepthEstimator]) -> None:
    assert "ramp" in estimators
    cameras, _ = configured(file, allow_exec=False)
    app = app_of(cameras)
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        watching = app.main.watching
        await until(pilot, lambda: len(watching.alarms) == 2, "its alarms are watched")
        assert "hall 1/2" in status(app)
        session = app.main.session
        assert [each.name for each in session.regions] == ["door"]
        assert [(pin.u_px, pin.v_px) for pin in session.pins] == [(20, 20)]
        assert len(session.references) == 2
        await until(pilot, lambda: [each.rule.place for each in watching.ringing] == ["door"], "it rings")
        await pilot.press("N")
        await until(pilot, lambda: "yard 2/2" in status(app), "the next one is shown")
        await until(pilot, lambda: [each.name for each in app.main.session.regions] == ["gate"], "with its own region")
        assert app.main.session.width == 240, "mounted as its entry says"
        await until(pilot, lambda: [each.rule.place for each in watching.alarms] == ["gate"], "and its own alarm")
        said = "\n".join(each.text for each in app.main.query_one(MessageLine).history)
        assert "camera yard: region far: (300, 200) is outside the 240x320 picture" in said
        assert "camera yard: fov is for watch" in said
        await pilot.press("N")
        await until(pilot, lambda: [each.name for each in app.main.session.regions] == ["door"], "back again")
        assert len(app.main.session.pins) == 1, "nothing is given twice"
        await until(pilot, lambda: len(watching.alarms) == 2, "it is watched again")


async def test_without_a_configuration_there_is_no_other_camera(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("N")
        assert "there is no other camera" in message(app)


def test_what_cannot_be_used_is_said_before_the_screen_is_taken(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.need_terminal", lambda _environ: pytest.fail("it began"))
    assert run(["--config", str(file), "--source", "demo"]) == 2
    assert "takes the place of the other options" in capsys.readouterr().err
    file.write_text(CONFIGURATION.replace("surely nearer than 1cm", "near"))
    assert run(["--config", str(file)]) == 2
    assert "camera hall" in capsys.readouterr().err
    assert run(["--config", str(file.with_name("none.toml"))]) == 2
    assert "none.toml" in capsys.readouterr().err
