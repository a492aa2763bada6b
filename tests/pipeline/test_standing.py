"""A picture that stands is looked at again for whatever comes up, and never in the place of the one after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from tests.fakes import SteppableSource, Told, opener, ramp_image, wait_until
from tui.calibration.beliefs import MapKind
from tui.calibration.ranged import Ranging
from tui.camera.rangefinder import Ranged, Rangefinders
from tui.depth.estimator import ModelIdentity
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline
from tui.targets.observer import Observed


class Gated:
    """Estimates when it is let, a little otherwise each time, so that a mean of two maps is another one."""

    identity = ModelIdentity("gated", "ab" * 32, MapKind.PROPORTIONAL)
    engine = "fake"
    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.let = threading.Semaphore(1_000_000)
        self.entered = 0
        self.fails = False
        """Once."""

    def estimate(self, image: RGBImage) -> FloatMap:
        self.entered += 1
        self.let.acquire()
        if self.fails:
            self.fails = False
            raise ModelError("the engine fails")
        found: FloatMap = (1 + image[..., 0] / np.float32(100 + self.entered)).astype(np.float32)
        return found

    def close(self) -> None:
        pass


class Watched:
    """A pipeline before a still, and all results that it ever had."""

    def __init__(self, rangefinders: Callable[[Callable[[], None]], Rangefinders]) -> None:
        self.results: list[DepthResult] = []
        self.errors: list[str] = []
        self.source, self.estimator = SteppableSource(live=False), Gated()
        self.source.info = replace(self.source.info, still=True)
        self.pipeline = Pipeline(self._changed, Told, rangefinders)

    def _changed(self) -> None:
        snapshot = self.pipeline.snapshot()
        self.errors.append(snapshot.inference_error)
        if snapshot.result is not None and (not self.results or self.results[-1] is not snapshot.result):
            self.results.append(snapshot.result)

    def show(self, value: int) -> DepthResult:
        self.source.give(ramp_image(value))
        return self.until(lambda result: int(result.frame.image[0, 0, 2]) == value, f"picture {value} is estimated")

    def until(self, wanted: Callable[[DepthResult], bool], what: str) -> DepthResult:
        wait_until(lambda: any(wanted(each) for each in self.results), what)
        return next(each for each in self.results if wanted(each))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The network is at an estimate until this ends."""
        self.estimator.let, before = threading.Semaphore(0), self.estimator.entered
        self.pipeline.observe(None)
        wait_until(lambda: self.estimator.entered > before, "it is at work")
        yield
        let, self.estimator.let = self.estimator.let, threading.Semaphore(1_000_000)
        let.release(1_000_000)


@contextmanager
def watched(rangefinders: Callable[[Callable[[], None]], Rangefinders] = Rangefinders) -> Iterator[Watched]:
    held = Watched(rangefinders)
    held.pipeline.start()
    held.pipeline.load("gated", lambda _progress: held.estimator)
    wait_until(lambda: held.pipeline.snapshot().loading.label == "", "the model is loaded")
    held.pipeline.want(0.001)
    held.pipeline.open(opener(held.source))
    try:
        yield held
    finally:
        held.pipeline.stop()


def test_what_is_looked_for_while_a_better_map_waits_is_looked_for() -> None:
    looked: list[int] = []

    def observer(image: RGBImage) -> Observed:
        looked.append(int(image[0, 0, 2]))
        return Observed()

    with watched() as held:
        first = held.show(1)
        with held.at_work():
            held.pipeline.average(first)
            held.pipeline.observe(observer)
        wait_until(lambda: looked == [1], "the picture is searched")


def test_a_better_map_has_what_was_found_meanwhile() -> None:
    with watched() as held:
        first = held.show(1)
        with held.at_work():
            held.pipeline.average(first)
        averaged = held.until(lambda result: result.averaged, "the better map comes")
        anew = held.results[held.results.index(averaged) - 1]
        assert anew is not first
        assert averaged.markers is anew.markers
        assert averaged.seconds == anew.seconds


def test_a_better_map_of_the_picture_before_never_takes_the_place_of_the_next() -> None:
    with watched() as held:
        first = held.show(1)
        held.show(2)
        held.pipeline.average(first)  # asked for by somebody who has not seen the second yet
        held.show(3)
        assert [int(each.frame.image[0, 0, 2]) for each in held.results] == [1, 2, 3]


def test_what_is_frozen_gets_its_better_map_whatever_has_come_since() -> None:
    with watched() as held:
        first = held.show(1)
        with held.at_work():
            held.source.give(ramp_image(2))
            wait_until(lambda: (frame := held.pipeline.snapshot().frame) is not None and frame.index == 1, "it waits")
            held.pipeline.pause(True, first.frame)
            held.pipeline.average(first)
        better = held.until(lambda result: result.averaged, "the better map comes")
        assert better.frame is first.frame
        assert all(each.frame is first.frame for each in held.results)


def test_a_picture_that_is_gone_to_is_estimated_at_once_whatever_the_rate() -> None:
    with watched() as held:
        for value in range(1, 5):
            held.show(value)


def test_an_error_of_the_source_before_is_not_told_of_the_next() -> None:
    with watched() as held:
        held.show(1)
        with held.at_work():
            held.pipeline.open(opener(other := SteppableSource("other")))
            held.estimator.fails = True
        wait_until(lambda: not held.estimator.fails, "it has failed")
        other.give(ramp_image(2))
        held.until(lambda result: int(result.frame.image[0, 0, 2]) == 2, "the other source is estimated")
        assert set(held.errors) == {""}


class Begins(Rangefinders):
    """Has its first distance just after it was asked for one."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._ring, self.found = changed, ()

    found: Sequence[Ranged]

    def at(self, at_s: float, *, still: bool = False) -> tuple[Ranged, ...]:
        del at_s, still
        before, self.found = self.found, (Ranged("exec:sensor", Ranging(1.5, None)),)
        if not before:
            self._ring()
        return tuple(before)


def test_a_sensor_that_begins_while_the_first_map_is_made_counts() -> None:
    with watched(Begins) as held:
        held.show(1)
        held.until(lambda result: bool(result.ranged), "the picture is estimated anew")
