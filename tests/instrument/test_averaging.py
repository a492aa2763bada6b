"""A picture that stands still is read from a better map: the mirrored picture's and recent ones are averaged in."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.fakes import SteppableSource, opener, wait_until
from tui.calibration.beliefs import MapKind
from tui.camera.frame import Frame, SourceInfo
from tui.camera.stills import StillSource
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.instrument.instrument import Instrument
from tui.instrument.wanted import Wanted
from tui.pipeline.pipeline import Pipeline
from tui.pipeline.recent import Recent

HEIGHT, WIDTH = 48, 64


def view(level: int = 0) -> RGBImage:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = np.linspace(40, 240, WIDTH)
    image[..., 1] = level
    return image


def truth(image: RGBImage) -> FloatMap:
    found: FloatMap = image[..., 0].astype(np.float32) / np.float32(100)
    return found


class Leaning:
    """Right but for a lean to one side of the picture, and for another error in each estimate."""

    identity = ModelIdentity("leaning", "56" * 32, MapKind.PROPORTIONAL)
    engine = "fake"
    notes: tuple[str, ...] = ()

    def __init__(self, lean: float = 0.05, noise: float = 0.0) -> None:
        self.lean, self.noise, self.fails_at, self.count = lean, noise, -1, 0

    def estimate(self, image: RGBImage) -> FloatMap:
        self.count += 1
        if self.count == self.fails_at:
            raise ModelError("the engine fails")
        error = np.linspace(-self.lean, self.lean, WIDTH)
        error = error + self.noise * np.random.default_rng(self.count).standard_normal((HEIGHT, WIDTH))
        return (truth(image) * np.exp(error)).astype(np.float32)

    def close(self) -> None:
        pass


class Held:
    def __init__(self, estimator: Leaning, source: SteppableSource | StillSource) -> None:
        self.pipeline = Pipeline(lambda: None)
        self.instrument = Instrument(self.pipeline, Wanted(source="x"), averages=True)
        self.pipeline.want(float("inf"))
        self.pipeline.start()
        self.pipeline.load("leaning", lambda _progress: estimator)
        self.pipeline.open(opener(source))

    def until_averaged(self) -> FloatMap:
        def look() -> bool:
            self.instrument.advance()
            return self.instrument.shown is not None and self.instrument.shown.averaged

        wait_until(look, "the better map is shown")
        assert self.instrument.shown is not None
        return self.instrument.shown.inverse_depth

    def show(self, source: SteppableSource, level: int) -> Frame:
        source.give(view(level))

        def look() -> bool:
            self.instrument.advance()
            shown = self.instrument.shown
            return shown is not None and int(shown.frame.image[0, 0, 1]) == level

        wait_until(look, f"picture {level} is shown")
        assert self.instrument.shown is not None
        return self.instrument.shown.frame


def errors(inverse_depth: FloatMap) -> FloatMap:
    """Relative ones."""
    found: FloatMap = np.log(inverse_depth / truth(view()))
    return found


def test_a_still_is_read_from_one_map_at_once_and_then_from_the_mean_with_its_mirror_image() -> None:
    held = Held(Leaning(), StillSource(SourceInfo("x", "x", live=False, still=True), view()))
    try:
        assert np.abs(errors(held.until_averaged())).max() < 0.001
        reading = held.instrument.reading
        assert reading.crosshair.inverse_depth == pytest.approx(float(truth(view())[HEIGHT // 2, WIDTH // 2]), rel=1e-3)
    finally:
        held.pipeline.stop()


def test_a_frozen_picture_is_read_from_the_last_seconds_maps_too_as_far_as_they_show_the_same() -> None:
    source, estimator = SteppableSource(), Leaning(noise=0.03)
    held = Held(estimator, source)
    try:
        for level in (200, 1, 2, 3):
            frame = held.show(source, level)
        alone = held.instrument.shown
        assert alone is not None
        assert not alone.averaged, "a live picture is read as it comes"
        u_px = held.instrument.session.u_px
        held.instrument.answer("reference", "1.0")
        held.instrument.freeze(True)
        mean = held.until_averaged()
        assert held.instrument.shown is not None
        assert held.instrument.shown.frame is frame, "the frame stays"
        noise = (errors(alone.inverse_depth) - np.linspace(-0.05, 0.05, WIDTH)).std()
        assert noise == pytest.approx(0.03, rel=0.1)
        of_three_and_one = (1 / 12 + 1 / 4) ** 0.5
        assert errors(mean).std() == pytest.approx(noise * of_three_and_one, rel=0.1), "and the lean is gone"
        calibration = held.instrument.reading.calibration
        assert calibration is not None
        assert calibration.given[0].sample.value == pytest.approx(float(np.median(mean[22:27, u_px - 2 : u_px + 3])))
        held.instrument.freeze(False)
        held.show(source, 4)
        assert not held.instrument.shown.averaged
    finally:
        held.pipeline.stop()


def test_a_moved_view_is_not_averaged_in() -> None:
    recent = Recent()

    def seen(level: int, taken_s: float, identity: ModelIdentity = Leaning.identity) -> Frame:
        frame = Frame(view(level), 0, taken_s)
        recent.add(frame, DepthMap.of(np.full((HEIGHT, WIDTH), level, np.float32)), identity)
        return frame

    seen(10, 9.0)
    seen(10, 9.5)
    seen(60, 9.6)
    seen(12, 9.7, ModelIdentity("another", ""))
    now = seen(11, 10.2)
    assert [float(each[0, 0]) for each in recent.of_view(now, Leaning.identity)] == [10.0]
    recent.clear()
    assert recent.of_view(now, Leaning.identity) == []


def test_where_the_second_estimate_fails_the_first_map_stays_and_nothing_is_lost() -> None:
    estimator = Leaning()
    estimator.fails_at = 2
    source = SteppableSource()
    held = Held(estimator, source)
    try:
        held.show(source, 1)
        held.instrument.freeze(True)
        wait_until(lambda: estimator.count == 2, "the mirrored picture is estimated")
        held.instrument.freeze(False)
        held.show(source, 2)
        assert held.instrument.snapshot.inference_error == ""
    finally:
        held.pipeline.stop()


def test_time_of_capture_stays_that_of_the_frame() -> None:
    held = Held(Leaning(), StillSource(SourceInfo("x", "x", live=False, still=True), view()))
    try:

        def look() -> bool:
            held.instrument.advance()
            return held.instrument.shown is not None

        wait_until(look, "a map is shown")
        first = held.instrument.reading.captured_at
        time.sleep(0.01)
        held.until_averaged()
        assert held.instrument.reading.captured_at == first
    finally:
        held.pipeline.stop()
