"""Models and sources replaced just while something is under way: nobody waits, and nothing stale is shown or used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import RampEstimator, SteppableSource, Told, opener, ramp_image, wait_until
from tui.camera.frame import Frame
from tui.depth.engines.network import Passing
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.pipeline import due
from tui.pipeline.due import Due
from tui.pipeline.inference import DepthResult, Inference
from tui.pipeline.loading import Loader, Progress
from tui.pipeline.pipeline import Pipeline
from tui.pipeline.rate import Rate


class Gated:
    """Loads a model, or fails, when it is let."""

    def __init__(self, outcome: RampEstimator | Exception) -> None:
        self.outcome = outcome
        self.let, self.begun = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, _progress: Progress) -> RampEstimator:
        self.thread = threading.current_thread()
        self.begun.set()
        self.let.wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def finish(self) -> None:
        self.begun.wait()
        self.let.set()
        assert self.thread is not None
        self.thread.join()


def plain(estimator: RampEstimator) -> Loader:
    return lambda _progress: estimator


def use(pipeline: Pipeline, estimator: RampEstimator) -> None:
    pipeline.load(estimator.identity.name, plain(estimator))
    wait_until(lambda: pipeline.snapshot().loading.label == "", f"{estimator.identity.name} is in use")


@contextmanager
def running(source: SteppableSource | None = None, changed: Callable[[], None] = lambda: None) -> Iterator[Pipeline]:
    pipeline = Pipeline(changed, Told)
    pipeline.start()
    if source is not None:
        pipeline.open(opener(source))
    try:
        yield pipeline
    finally:
        pipeline.stop()


def newest(pipeline: Pipeline) -> int:
    frame = pipeline.snapshot().frame
    return -1 if frame is None else int(frame.image[0, 0, 2])


def test_models_are_replaced_while_one_is_at_work_and_nobody_waits_for_it() -> None:
    source, first, second, third = SteppableSource(), *(RampEstimator(name) for name in ("a", "b", "c"))
    with running(source) as pipeline:
        use(pipeline, first)
        first.gate = threading.Semaphore(0)
        source.give(ramp_image(1))
        assert first.started.wait(60)
        use(pipeline, second)
        use(pipeline, third)
        assert second.closed
        assert not first.closed  # it is at work
        first.gate.release(9)
        wait_until(lambda: first.closed, "it is closed after its work")
        wait_until(lambda: (r := pipeline.snapshot().result) is not None and r.identity.name == "c", "the last is used")
        assert not third.closed


def test_another_model_is_asked_for_just_when_one_is_put_to_use() -> None:
    """Whoever asks holds what the thread that loads needs, and the other way round: both would wait for ever."""
    source, first, second, third = SteppableSource(), SlowToClose(), RampEstimator("b"), RampEstimator("c")
    with running(source) as pipeline:
        use(pipeline, first)
        pipeline.load("b", plain(second))
        assert first.closing.wait(60)
        asking = threading.Thread(target=pipeline.load, args=("c", plain(third)), daemon=True)
        asking.start()
        wait_until(lambda: not asking.is_alive(), "whoever asked goes on")
        first.let.set()
        source.give(ramp_image(1))
        wait_until(lambda: (r := pipeline.snapshot().result) is not None and r.identity.name == "c", "the last is used")
        wait_until(lambda: second.closed, "the one between is closed")


class SlowToClose(RampEstimator):
    """It lets go of its memory when it is let."""

    def __init__(self) -> None:
        super().__init__("a")
        self.closing, self.let = threading.Event(), threading.Event()

    def close(self) -> None:
        self.closing.set()
        self.let.wait()
        super().close()


class Clings(RampEstimator):
    def close(self) -> None:
        raise ZeroDivisionError


def test_a_model_that_fails_at_its_end_is_replaced_all_the_same() -> None:
    with running() as pipeline:
        use(pipeline, Clings("a"))
        use(pipeline, RampEstimator("b"))


def test_what_arrives_late_is_closed_and_not_used() -> None:
    source, early, late = SteppableSource(), RampEstimator("early"), RampEstimator("late")
    with running(source) as pipeline:
        loader = Gated(late)
        pipeline.load("late", loader)
        use(pipeline, early)
        loader.finish()
        assert late.closed
        source.give(ramp_image(1))
        wait_until(lambda: pipeline.snapshot().result is not None, "it is estimated")
        assert early.seen == [1]


def test_a_loading_that_nobody_waits_for_any_more_fails_for_nobody() -> None:
    """The demo's geometry stands in for a model that failed; not while another is on its way."""
    results: list[DepthResult] = []
    source, wanted = Demo(), RampEstimator("wanted")

    def changed() -> None:
        if (result := pipeline.snapshot().result) is not None:
            results.append(result)

    with running(changed=changed) as pipeline:
        fails, comes = Gated(ModelError("no such model")), Gated(wanted)
        pipeline.load("fails", fails)
        pipeline.load("comes", comes)
        pipeline.open(opener(source))
        source.give(ramp_image(1))
        wait_until(lambda: newest(pipeline) == 1, "the picture is there")
        fails.finish()
        source.give(ramp_image(2))
        wait_until(lambda: newest(pipeline) == 2, "the next one, too")
        source.give(ramp_image(3))
        wait_until(lambda: newest(pipeline) == 3, "and the one after it")
        comes.finish()
        wait_until(lambda: bool(results), "it is estimated")
        assert {each.identity.name for each in results} == {"wanted"}


class Demo(SteppableSource):
    """Its frames bring a map along."""

    def read(self) -> Frame:
        frame = super().read()
        return replace(frame, true_depth_m=np.ones(frame.image.shape[:2], np.float32))


class ForgetsWithin(Rate):
    """Just when a map is told of, another source is opened."""

    def __init__(self, forget: Callable[[], None]) -> None:
        super().__init__()
        self._open_another = forget

    def tick(self, now_s: float) -> None:
        super().tick(now_s)
        self._open_another()


def test_a_map_of_the_source_before_is_never_one_of_the_next() -> None:
    rang = threading.Event()
    inference = Inference(rang.set, Told)
    inference.use(RampEstimator())
    inference.rate = ForgetsWithin(inference.forget)
    inference.start()
    inference.submit(Frame(ramp_image(1), 0, 0.0), asked=True)
    assert rang.wait(60)
    assert inference.result is None
    inference.stop()


def test_a_picture_that_stands_gets_its_better_map_although_a_newer_one_waited() -> None:
    source = SteppableSource()
    with running(source) as pipeline:
        use(pipeline, Uneven())
        source.give(ramp_image(1))
        wait_until(lambda: pipeline.snapshot().result is not None, "the first is estimated")
        first = pipeline.snapshot().result
        assert first is not None
        pipeline.want(0.001)
        source.give(ramp_image(2))  # nobody asked for the estimate that `want` allows
        wait_until(lambda: (r := pipeline.snapshot().result) is not None and r.frame is not first.frame, "that one")
        second = pipeline.snapshot().result
        assert second is not None
        source.give(ramp_image(3))
        wait_until(lambda: newest(pipeline) == 3, "the third arrives, and waits")
        pipeline.pause(True, second.frame)
        pipeline.average(second)
        wait_until(lambda: (r := pipeline.snapshot().result) is not None and r.averaged, "the better map is made")
        result = pipeline.snapshot().result
        assert result is not None
        assert result.frame is second.frame


class Uneven(RampEstimator):
    """A little otherwise each time, so that a mean of two maps is another one."""

    def estimate(self, image: RGBImage) -> FloatMap:
        super().estimate(image)
        found: FloatMap = (1 + image[..., 0] / np.float32(100 + len(self.seen))).astype(np.float32)
        return found


def test_who_waits_for_what_failed_goes_on_with_the_next_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PATIENCE_S", 1e6)
    held, waits = Due(), threading.Event()
    held.try_again()

    def wait() -> None:
        waits.set()
        held.wait()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    waits.wait()
    held.go_on()
    wait_until(lambda: not thread.is_alive(), "it goes on")


class FailsOnce(RampEstimator):
    def estimate(self, image: RGBImage) -> FloatMap:
        found = super().estimate(image)
        if len(self.seen) == 1:
            raise Passing("away")
        return found


def test_a_frame_that_came_while_another_failed_does_not_wait_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PATIENCE_S", 1e6)
    source, estimator = SteppableSource(live=False), FailsOnce()
    with running(source) as pipeline:
        use(pipeline, estimator)
        pipeline.want(float("inf"))
        estimator.gate = threading.Semaphore(0)
        source.give(ramp_image(1))
        assert estimator.started.wait(60)
        source.give(ramp_image(2))
        wait_until(lambda: newest(pipeline) == 2, "the next one is there")
        estimator.gate.release(9)
        wait_until(lambda: pipeline.snapshot().result is not None, "it is estimated")
        assert estimator.seen == [1, 2]
