"""By keyboard: T turns the picture, F mirrors it, and what is captured is what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import SteppableSource, ramp_image
from tests.screens.conftest import WIDE, message, ready, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.geometry.mounting import Mounting, Turn
from tui.screens.options import StartOptions


async def test_t_turns_f_mirrors_and_a_capture_is_as_shown(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator], tmp_path: Path
) -> None:
    assert estimators
    monkeypatch.chdir(tmp_path)
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    image = ramp_image(7)
    image[:5, :9] = (200, 30, 40)
    app = DepthApp(StartOptions(source="0", model="ramp", mounting=Mounting(Turn(2))))
    async with app.run_test(size=WIDE) as pilot:
        source.give(image)
        await ready(pilot, app)
        assert str(app.main.instrument.mounted) == "rotate 180"
        await pilot.press("T")
        await until(pilot, lambda: str(app.main.instrument.mounted) == "rotate 270", "it is turned once more")
        await pilot.press("F")
        await until(pilot, lambda: "flip h" in str(app.main.instrument.mounted), "it is mirrored")
        await until(pilot, lambda: "rotate 270, flip h" in message(app), "it is said")
        await pilot.press("c")
        await until(pilot, lambda: "captured to" in message(app), "it is captured")
        shown = app.main.shown
        assert shown is not None
        expected = np.fliplr(np.rot90(image, -3))
        assert np.array_equal(shown.frame.image, expected)
        (written,) = tmp_path.rglob("readings.json")
        plain = json.loads(written.read_text())
        assert (plain["width"], plain["height"]) == (image.shape[0], image.shape[1])
        assert plain["mounting"] == "rotate 270, flip h"
        pictures = [np.asarray(Image.open(path)) for path in written.parent.glob("*.png")]
        assert any(np.array_equal(each, expected) for each in pictures)
