"""Something that comes nearer, planted in a ramp whose distances are known."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.fakes import RampEstimator, SteppableSource, ramp_image
from tests.screens.conftest import TRUE_SCALE, TRUE_SHIFT, answer, go, ready, true_distance_m, until
from tui.app import DepthApp
from tui.calibration.reference import Reference
from tui.geometry.arrays import FloatMap, RGBImage

LEFT, TOP, RIGHT, BOTTOM = 120, 80, 180, 140
"""Where it is; the box is half open."""


def distance_of(blue: int) -> float:
    """How far away it is in a picture so blue, metres: 3 m at 100, 2 cm nearer for each step."""
    return 3.0 - 0.02 * (blue - 100)


class Approach(RampEstimator):
    """A ramp, and before it something as near as the picture is blue."""

    def estimate(self, image: RGBImage) -> FloatMap:
        found = super().estimate(image).copy()
        found[TOP:BOTTOM, LEFT:RIGHT] = (1 / distance_of(int(image[0, 0, 2])) - TRUE_SHIFT) / TRUE_SCALE
        return found


class Stage:
    """Gives pictures, so that there is always a fresh one, with the thing where the test puts it."""

    def __init__(self, source: SteppableSource) -> None:
        self.source = source
        self.blue = 100
        self._ended = threading.Event()

    def _run(self) -> None:
        flicker = 0
        texture = np.random.default_rng(5).integers(0, 256, (240, 320, 2), np.uint8)  # or it would be called blurred
        while not self._ended.wait(0.1):  # between two pictures the app rests, which a key of the pilot waits for
            if self.source.drained():
                image = ramp_image(self.blue, 320, 240)
                image[..., :2] = texture
                flicker += 1
                image[0, 1, 0] = flicker % 256
                self.source.give(image)

    @contextmanager
    def playing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()


@contextmanager
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Whatever source is opened is the stage."""
    source = SteppableSource("stage")
    stage = Stage(source)
    monkeypatch.setattr("tui.camera.open.open_source", lambda *_args, **_kwargs: source)
    with stage.playing():
        yield stage


async def calibrated(pilot: Pilot[None], app: DepthApp) -> None:
    """Four references that are true."""
    await ready(pilot, app)
    places = ((20, 40), (60, 200), (250, 60), (300, 210))
    app.main.instrument.give_references([Reference(u, v, true_distance_m(u), 0.005, "tape") for u, v in places])
    await until(pilot, lambda: app.main.instrument.reading.calibration is not None, "there is a calibration")


async def boxed(pilot: Pilot[None], app: DepthApp, name: str = "door") -> None:
    """A region within the thing."""
    go(app, LEFT + 10, TOP + 10)
    await pilot.press("O")
    go(app, RIGHT - 11, BOTTOM - 11)
    await pilot.press("O")
    await answer(pilot, name)
