"""Frames are turned on their way in, also one that has come already; what a source says of one is not lost with it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.fakes import SteppableSource, opener, ramp_image, wait_until
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.stills import StillSource
from tui.errors import InputError
from tui.geometry.mounting import AS_DELIVERED, Crop, Mounting, Turn
from tui.pipeline.capture import CaptureStage
from tui.pipeline.pipeline import Pipeline


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    pipeline = Pipeline(lambda: None)
    pipeline.start()
    yield pipeline
    pipeline.stop()


def shape(pipeline: Pipeline) -> tuple[int, ...]:
    frame = pipeline.snapshot().frame
    return () if frame is None else frame.image.shape[:2]


def test_a_still_that_was_shown_is_shown_again_as_it_is_turned(pipeline: Pipeline) -> None:
    image = ramp_image(0, 64, 48)
    still = StillSource(SourceInfo("a.png", "a.png", live=False, still=True), image, "in 16 bits")

    def open_it() -> tuple[FrameSource, str]:
        return still, ""

    pipeline.open(open_it)
    wait_until(lambda: shape(pipeline) == (48, 64), "it is there")
    pipeline.mount(Mounting(Turn(1), Crop(1, 2, 30, 40)))
    frame = pipeline.snapshot().frame
    assert frame is not None
    assert np.array_equal(frame.image, np.rot90(image, -1)[2:42, 1:31])
    assert pipeline.heard() == ("in 16 bits",), "said once"
    with pytest.raises(InputError, match="reaches beyond"):
        pipeline.mount(Mounting(crop=Crop(0, 0, 65, 1)))
    assert shape(pipeline) == (40, 30)
    pipeline.mount(AS_DELIVERED)
    again = pipeline.snapshot().frame
    assert again is not None
    assert again.image is image


def test_the_next_source_is_mounted_alike_and_a_crop_that_does_not_fit_is_not_tried_again(pipeline: Pipeline) -> None:
    pipeline.mount(Mounting(crop=Crop(0, 0, 50, 40)))
    source = SteppableSource("camera 0")
    pipeline.open(opener(source))
    source.give(ramp_image(0, 64, 48))
    wait_until(lambda: shape(pipeline) == (40, 50), "the part is shown")
    source.give(ramp_image(0, 32, 24))
    wait_until(lambda: pipeline.snapshot().capture.stage is CaptureStage.FAILED, "the source ends")
    assert isinstance(pipeline.snapshot().capture.error, InputError)
    assert source.closed.wait(10)
