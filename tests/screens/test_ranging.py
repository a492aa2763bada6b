"""A range sensor in the app: at its start and by keys."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.screens.conftest import WIDE, answer, go, message, read_m, ready, true_distance_m, type_text, until
from tui.app import DepthApp
from tui.cli.configured import configured
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError
from tui.screens.options import StartOptions
from tui.widgets.prompt import Prompt


def sensor(folder: Path, distance_m: float) -> str:
    file = folder / "sensor.py"
    body = f"import time\nwhile True:\n    print('{distance_m:.4f}', flush=True); time.sleep(0.1)\n"
    file.write_text(body, encoding="utf-8")
    return f"exec:{shlex.join([sys.executable, '-S', '-E', str(file)])}"


def kept(app: DepthApp) -> list[str]:
    calibration = app.main.instrument.reading.calibration
    return [] if calibration is None else [each.reference.label for each in calibration.kept]


async def test_it_counts_from_the_start_and_is_stopped_by_keys(
    picture: Path, tmp_path: Path, estimators: dict[str, DepthEstimator]
) -> None:
    assert "ramp" in estimators
    live = f"100,50={sensor(tmp_path, true_distance_m(100))}"
    app = DepthApp(StartOptions(source=str(picture), model="ramp", live=(live,)))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: len(kept(app)) == 1, "it counts")
        assert kept(app)[0].startswith("range ")
        go(app, 100, 50)
        assert read_m(app) == pytest.approx(true_distance_m(100), rel=0.01)
        await pilot.press("b")
        await answer(pilot, "off")
        await until(pilot, lambda: not app.main.session.ranges, "it is gone")
        assert kept(app) == []


async def test_it_is_typed_where_it_looks(app: DepthApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        go(app, 200, 60)
        await pilot.press("b")
        await type_text(pilot, "exec:surely-no-such-sensor")
        assert "at 200,60" in app.main.query_one(Prompt).said
        await pilot.press("enter")

        def said() -> bool:
            return any("no such command" in each for each in app.main.instrument.reading.warnings)

        await until(pilot, said, "it says what is wrong")
        app.main.instrument.answer("marker", f"200,60={sensor(tmp_path, true_distance_m(200))}")
        await until(pilot, lambda: len(kept(app)) == 1, "the other one counts")
        await pilot.press("b")
        await answer(pilot, "here")
        assert "give one range sensor first" in message(app)


def test_a_configuration_runs_it_only_where_that_is_allowed(picture: Path, tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    path.write_text(f"[camera.desk]\nat = ['10,10']\nsource = '{picture}'\nlive = ['100,50=exec:./range.py']\n")
    with pytest.raises(InputError, match="--allow-exec"):
        configured(path, allow_exec=False)
    (camera,), _ = configured(path, allow_exec=True)
    assert camera.markers == ("100,50=exec:./range.py",)
