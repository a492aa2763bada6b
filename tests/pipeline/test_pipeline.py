"""The threads, driven step by step with fakes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.fakes import RampEstimator, SteppableSource, opener, ramp_image, wait_until
from tui.camera.frame import FrameSource
from tui.depth.engines.network import Passing
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError, ModelError, SourceError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.pipeline import capture, due
from tui.pipeline.capture import CaptureStage
from tui.pipeline.loading import Progress
from tui.pipeline.pipeline import Pipeline


@pytest.fixture
def bells() -> list[int]:
    return []


@pytest.fixture
def pipeline(bells: list[int]) -> Iterator[Pipeline]:
    pipe = Pipeline(lambda: bells.append(1))
    pipe.start()
    yield pipe
    pipe.stop()


def use(pipe: Pipeline, estimator: DepthEstimator) -> None:
    pipe.load(estimator.identity.name, lambda _progress: estimator)
    wait_until(lambda: pipe.snapshot().loading.label == "", "the model is loaded")


def test_frame_and_depth_travel_together(pipeline: Pipeline, bells: list[int]) -> None:
    source, estimator = SteppableSource(), RampEstimator()
    use(pipeline, estimator)
    pipeline.open(opener(source))
    for value in (7, 8):
        source.give(ramp_image(value))
        wait_until(
            lambda v=value: (r := pipeline.snapshot().result) is not None and r.frame.image[0, 0, 2] == v,  # type: ignore[misc]  # a lambda's default
            f"frame {value} is estimated",
        )
    result = pipeline.snapshot().result
    assert result is not None
    assert result.inverse_depth.shape == (48, 64)
    assert result.identity.name == "ramp"
    np.testing.assert_allclose(result.inverse_depth[0, :3], [0.1, 0.11, 0.12], rtol=1e-6)
    assert bells


def test_frames_ring_until_a_map_says_which_of_them_is_shown(pipeline: Pipeline, bells: list[int]) -> None:
    def arrives(value: int) -> None:
        source.give(ramp_image(value))
        frame = "the frame arrives"
        wait_until(lambda: (f := pipeline.snapshot().frame) is not None and f.image[0, 0, 2] == value, frame)

    source, estimator = SteppableSource(), RampEstimator()
    pipeline.open(opener(source))
    arrives(0)
    arrives(1)  # the thread has come to the end of what it does for the frame before
    bells.clear()
    arrives(2)
    arrives(3)
    assert bells
    use(pipeline, estimator)
    wait_until(lambda: not any(each.name == "tui-load" for each in threading.enumerate()), "loading has ended")
    wait_until(lambda: pipeline.snapshot().result is not None, "there is a map")
    estimator.gate = threading.Semaphore(0)
    estimator.started.clear()
    arrives(4)
    assert estimator.started.wait(10), "the ring for the map before is over"
    bells.clear()
    arrives(5)
    arrives(6)
    assert not bells
    estimator.gate.release(2)
    wait_until(lambda: bool(bells), "a map rings")


def test_the_newest_frame_wins_while_the_network_is_busy(pipeline: Pipeline) -> None:
    source, estimator = SteppableSource(), RampEstimator()
    estimator.gate = threading.Semaphore(0)
    use(pipeline, estimator)
    pipeline.open(opener(source))
    source.give(ramp_image(1))
    assert estimator.started.wait(10)
    for value in (2, 3, 4):
        source.give(ramp_image(value))
    wait_until(lambda: (f := pipeline.snapshot().frame) is not None and f.image[0, 0, 2] == 4, "frame 4 arrives")
    estimator.gate.release(2)
    wait_until(lambda: estimator.seen == [1, 4], "only the newest of the waiting frames is estimated")
    assert pipeline.snapshot().dropped == 2


def test_paused_keeps_the_picture_and_resuming_takes_the_next(pipeline: Pipeline) -> None:
    source, estimator = SteppableSource(), RampEstimator()
    use(pipeline, estimator)
    pipeline.open(opener(source))
    source.give(ramp_image(1))
    wait_until(lambda: estimator.seen == [1], "the first frame is estimated")
    pipeline.pause(True)
    source.give(ramp_image(2))
    source.give(ramp_image(3))
    pipeline.pause(False)
    source.give(ramp_image(4))
    wait_until(lambda: estimator.seen[-1] == 4, "the live frame is estimated")


def test_a_model_that_arrives_later_estimates_the_picture_that_is_there(pipeline: Pipeline) -> None:
    source, estimator = SteppableSource(live=False), RampEstimator()
    pipeline.open(opener(source))
    source.give(ramp_image(5))
    wait_until(lambda: pipeline.snapshot().frame is not None, "the still is shown")
    assert pipeline.snapshot().result is None
    use(pipeline, estimator)
    wait_until(lambda: estimator.seen == [5], "the still is estimated")


def test_switching_models_closes_the_old_one(pipeline: Pipeline) -> None:
    first, second = RampEstimator("first"), RampEstimator("second")
    use(pipeline, first)
    use(pipeline, second)
    assert first.closed
    assert not second.closed


def test_a_model_that_fails_to_load_leaves_the_old_one_at_work(pipeline: Pipeline) -> None:
    def fail(progress: Progress) -> DepthEstimator:
        progress("converting", 0.5)
        raise ModelError("net.onnx: not a model; give another file")

    source, estimator = SteppableSource(), RampEstimator()
    use(pipeline, estimator)
    pipeline.load("net.onnx", fail)
    wait_until(lambda: pipeline.snapshot().loading.error is not None, "the failure is reported")
    assert "net.onnx: not a model" in str(pipeline.snapshot().loading.error)
    pipeline.open(opener(source))
    source.give(ramp_image(9))
    wait_until(lambda: estimator.seen == [9], "the old model works on")


def test_an_engine_that_raises_is_told_and_the_next_frame_is_tried(pipeline: Pipeline) -> None:
    class Moody(RampEstimator):
        def estimate(self, image: RGBImage) -> FloatMap:
            if image[0, 0, 2] == 1:
                raise RuntimeError("out of registers")
            if image[0, 0, 2] == 2:
                raise InputError("picture of 3x1: too small")
            return super().estimate(image)

    source = SteppableSource()
    use(pipeline, Moody())
    pipeline.open(opener(source))
    source.give(ramp_image(1))
    wait_until(lambda: "out of registers" in pipeline.snapshot().inference_error, "the fault is told")
    source.give(ramp_image(2))
    wait_until(lambda: pipeline.snapshot().inference_error == "picture of 3x1: too small", "the refusal is told")
    source.give(ramp_image(3))
    wait_until(lambda: pipeline.snapshot().result is not None, "the next frame is estimated")
    assert pipeline.snapshot().inference_error == ""


def test_a_lost_camera_is_tried_again_and_its_last_picture_stays(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "_RETRY_S", (0.001,))
    first, second = SteppableSource("camera 0"), SteppableSource("camera 0")
    ready = threading.Event()
    tries: list[int] = []

    def open_again() -> tuple[FrameSource, str]:
        tries.append(1)
        if len(tries) == 1:
            return first, ""
        if not ready.is_set():
            raise SourceError("camera 0: no such device; plug it in")
        return second, ""

    pipeline.open(open_again)
    first.give(ramp_image(1))
    wait_until(lambda: pipeline.snapshot().capture.stage is CaptureStage.RUNNING, "it runs")
    first.give(SourceError("camera 0: unplugged"))
    wait_until(lambda: pipeline.snapshot().capture.attempt >= 2, "it is tried again")
    status = pipeline.snapshot().capture
    assert status.stage is CaptureStage.LOST
    assert "camera 0" in status.message
    assert pipeline.snapshot().frame is not None
    ready.set()
    second.give(ramp_image(2))
    wait_until(lambda: pipeline.snapshot().capture.stage is CaptureStage.RUNNING, "it is back")
    assert pipeline.snapshot().capture.attempt == 0


def test_a_file_that_fails_is_not_tried_again(pipeline: Pipeline) -> None:
    tries: list[int] = []

    def fail() -> tuple[FrameSource, str]:
        tries.append(1)
        raise SourceError("clip.mp4: empty file")

    pipeline.open(fail)
    wait_until(lambda: pipeline.snapshot().capture.stage is CaptureStage.FAILED, "the failure is told")
    assert pipeline.snapshot().capture.message == "clip.mp4: empty file"
    assert tries == [1]


def test_a_new_source_forgets_the_old_result_and_closes_the_old_source(pipeline: Pipeline) -> None:
    first, second = SteppableSource("first"), SteppableSource("second")
    estimator = RampEstimator()
    use(pipeline, estimator)
    pipeline.open(opener(first))
    first.give(ramp_image(1))
    wait_until(lambda: pipeline.snapshot().result is not None, "the first source is estimated")
    pipeline.open(opener(second))
    assert pipeline.snapshot().result is None
    assert first.closed.wait(10)
    second.give(ramp_image(2))
    wait_until(lambda: estimator.seen[-1] == 2, "the second source is estimated")


def test_stop_does_not_wait_for_a_driver_that_never_answers() -> None:
    pipe = Pipeline(lambda: None)
    source = SteppableSource(stuck=True)
    pipe.start()
    pipe.open(opener(source))
    assert source.reading.wait(10)
    started_s = time.monotonic()
    pipe.stop(timeout_s=0.1)
    # The promise itself is a time: leaving takes less than half a second whatever the driver does.
    assert time.monotonic() - started_s < 0.45


class Away(RampEstimator):
    """A server that is away at first."""

    def __init__(self, error: ModelError, times: int) -> None:
        super().__init__()
        self.error, self.left = error, times

    def estimate(self, image: RGBImage) -> FloatMap:
        values = super().estimate(image)
        if self.left:
            self.left -= 1
            raise self.error
        return values


def test_a_picture_that_stands_is_tried_again_where_what_failed_may_pass(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "PATIENCE_S", 0.01)
    estimator, source = Away(Passing("the server is away"), 3), SteppableSource(live=False)
    use(pipeline, estimator)
    pipeline.open(opener(source))
    source.give(ramp_image(5))
    wait_until(lambda: pipeline.snapshot().result is not None, "it is estimated in the end")
    assert estimator.seen == [5, 5, 5, 5]
    assert pipeline.snapshot().inference_error == ""


@pytest.mark.parametrize(("live", "error"), [(True, Passing("away")), (False, ModelError("not finite"))])
def test_what_cannot_pass_and_what_is_followed_by_another_frame_is_not_tried_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, live: bool, error: ModelError
) -> None:
    monkeypatch.setattr(due, "PATIENCE_S", 0.0)
    estimator, source = Away(error, 1), SteppableSource(live=live)
    use(pipeline, estimator)
    pipeline.open(opener(source))
    source.give(ramp_image(5))
    wait_until(lambda: pipeline.snapshot().inference_error == str(error), "it fails")
    source.give(ramp_image(6))
    wait_until(lambda: (r := pipeline.snapshot().result) is not None and r.frame.image[0, 0, 2] == 6, "the next")
    assert estimator.seen == [5, 6]
