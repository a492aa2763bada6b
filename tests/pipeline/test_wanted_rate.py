"""Frames are estimated at the rate that somebody needs, and at once for who asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes import RampEstimator, SteppableSource, opener, ramp_image, wait_until
from tui.pipeline.pipeline import Pipeline


class Stepped:
    """A pipeline, its source and its model."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.source = SteppableSource()
        self.estimator = RampEstimator()

    def show(self, value: int) -> None:
        """The source has delivered this frame; whether it is estimated is another matter."""
        self.source.give(ramp_image(value))
        wait_until(lambda: self._newest() == value, f"frame {value} arrives")

    def estimated(self, *values: int) -> None:
        wait_until(lambda: self.estimator.seen == list(values), f"{values} are estimated, and nothing else")

    def _newest(self) -> int:
        frame = self.pipeline.snapshot().frame
        return -1 if frame is None else int(frame.image[0, 0, 2])


@contextmanager
def stepped(most_per_s: float) -> Iterator[Stepped]:
    pipeline = Pipeline(lambda: None)
    held = Stepped(pipeline)
    pipeline.start()
    pipeline.load("ramp", lambda _progress: held.estimator)
    wait_until(lambda: pipeline.snapshot().loading.label == "", "the model is loaded")
    pipeline.want(most_per_s)
    pipeline.open(opener(held.source))
    try:
        held.show(1)
        held.estimated(1)  # the first frame of a source is asked for
        yield held
    finally:
        pipeline.stop()


def test_at_rate_zero_only_what_is_asked_for_is_estimated_and_it_is_the_newest() -> None:
    with stepped(0) as held:
        for value in (2, 3, 4):
            held.show(value)
        assert held.estimator.seen == [1]
        held.pipeline.ask()
        held.estimated(1, 4)
        held.show(5)
        assert held.estimator.seen == [1, 4]
        held.pipeline.ask()
        held.estimated(1, 4, 5)
        assert held.pipeline.snapshot().dropped == 0, "what nobody wanted is not dropped"


def test_who_asks_before_there_is_a_frame_gets_the_next_one_at_once() -> None:
    with stepped(0) as held:
        held.pipeline.ask()
        held.show(2)
        held.estimated(1, 2)
        held.show(3)
        assert held.estimator.seen == [1, 2]


def test_no_more_frames_are_estimated_than_are_wanted() -> None:
    with stepped(20) as held:
        began_s, value = time.monotonic(), 1
        while time.monotonic() - began_s < 0.5:
            value += 1
            held.show(value % 256)
        took_s = time.monotonic() - began_s
        estimates = len(held.estimator.seen)
        assert value > 2 * estimates, "frames came faster than they were wanted"
        # 0.9 of a period is the least between two; the first was asked for.
        assert estimates <= took_s * 20 / 0.9 + 2
        assert estimates > 2


def test_an_ask_does_not_wait_for_the_period() -> None:
    with stepped(0.001) as held:
        held.show(2)
        assert held.estimator.seen == [1]
        held.pipeline.ask()
        held.estimated(1, 2)


def test_another_rate_counts_at_once() -> None:
    with stepped(0.001) as held:
        held.show(2)
        held.pipeline.want(float("inf"))
        held.estimated(1, 2)
        held.show(3)
        held.estimated(1, 2, 3)
        held.pipeline.want(0)
        held.show(4)
        held.pipeline.ask()
        wait_until(lambda: held.estimator.seen[-1] == 4, "what is asked for is estimated")


def test_asking_while_the_model_is_at_work_gets_a_frame_that_is_newer() -> None:
    with stepped(0) as held:
        held.estimator.gate = threading.Semaphore(0)
        held.estimator.started.clear()
        held.show(2)
        held.pipeline.ask()
        assert held.estimator.started.wait(10)
        held.show(3)
        held.pipeline.ask()
        held.estimator.gate.release(2)
        held.estimated(1, 2, 3)
