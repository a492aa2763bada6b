"""One recording, read by the app, by `watch` and by `measure`: the same numbers, to the last digit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.clips import equal_frames
from tests.fakes import RampEstimator
from tests.screens.conftest import WIDE, answer, ready, refer_and_pin, true_distance_m, until
from tui.app import DepthApp
from tui.cli.root import run
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.screens.options import StartOptions

REFERENCES = {(20, 200): 1.03, (120, 60): 1.0, (220, 150): 0.97, (300, 30): 1.02}
"""Pixels and by how much each was measured wrongly."""
PINS = ((60, 100), (160, 120), (310, 230), (5, 5))


class Textured(RampEstimator):
    """A ramp with what the picture adds to it."""

    def estimate(self, image: RGBImage) -> FloatMap:
        return (super().estimate(image) + image[:, :, 1].astype(np.float32) / np.float32(2000)).astype(np.float32)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    at = [part for u_px, v_px in PINS for part in ("--at", f"{u_px},{v_px}")]
    assert run([*arguments, "--model", "textured", *at, "--json"]) == 0
    out = capsys.readouterr().out
    if arguments[0] == "measure":
        found = json.loads(out)["readings"]
        assert isinstance(found, list)
        return found
    return [json.loads(line) for line in out.splitlines()]


def numbers(found: dict[str, Any]) -> tuple[object, ...]:
    return tuple(found[name] for name in ("inverse_depth", "distance_m", "low_m", "high_m", "status"))


@pytest.mark.parametrize("kind", ["still", "clip"])
async def test_app_watch_and_measure_read_the_same(
    kind: str, picture: Path, estimators: dict[str, DepthEstimator], capsys: pytest.CaptureFixture[str]
) -> None:
    estimators["textured"] = Textured("textured")
    source = str(picture if kind == "still" else equal_frames(picture))
    app = DepthApp(StartOptions(source=source, model="textured"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer_and_pin(app, REFERENCES, PINS)
        first = app.main.shown
        if kind == "clip":
            await until(pilot, lambda: app.main.shown is not first, "another frame is read")
        in_app = [each.reading for each in app.main.instrument.reading.pins]
        await pilot.press("p")
        await pilot.pause()
        await answer(pilot, "bench")
        await until(pilot, lambda: app.main.session.profile == "bench", "the profile is saved")
    expected = [(r.inverse_depth, r.distance_m, r.low_m, r.high_m, r.status.value) for r in in_app]
    assert all(reading.distance_m is not None for reading in in_app)
    given = [
        part
        for (u_px, v_px), wrong in REFERENCES.items()
        for part in ("--reference", f"{u_px},{v_px}={wrong * true_distance_m(u_px):.4f}m")
    ]

    def in_commands() -> None:
        for calibrated in (given, ["--profile", "bench"]):
            measured = told(capsys, "measure", "--source", source, *calibrated)
            watched = told(capsys, "watch", "--source", source, "--count", "2", "--every", "50ms", *calibrated)
            assert [numbers(each) for each in measured] == expected
            assert [numbers(each) for each in watched] == expected * 2

    await asyncio.to_thread(in_commands)
