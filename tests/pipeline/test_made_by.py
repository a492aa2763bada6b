"""Whose a map is travels with it, as does how long it was on its way."""

from __future__ import annotations

import numpy as np

from tests.fakes import RampEstimator, SteppableSource, opener, ramp_image, wait_until
from tui.depth.averaging import MirroredToo
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.geometry.arrays import RGBImage
from tui.pipeline.pipeline import Pipeline
from tui.screens.status_text import trip_field, trip_text

FIRST, SECOND = ModelIdentity("first", "1" * 64), ModelIdentity("second", "2" * 64)


class Changing(RampEstimator):
    """Says of itself what holds for the next map already, as one does that somebody else uses too."""

    def __init__(self, *makers: ModelIdentity) -> None:
        super().__init__()
        self.identity = SECOND
        self._makers = list(makers)

    def infer(self, image: RGBImage) -> DepthMap:
        across = np.abs(np.linspace(-1, 1, image.shape[1]))  # as in a mirror
        noise = np.random.default_rng(len(self._makers)).standard_normal(image.shape[:2])
        values = ((1 + across) * (1 + 0.01 * noise)).astype(np.float32)
        return DepthMap(values, lambda small: small, self._makers.pop(0), 0.0432)


def test_a_result_has_the_model_that_made_its_map() -> None:
    pipeline, source = Pipeline(lambda: None), SteppableSource()
    pipeline.want(float("inf"))
    pipeline.start()
    pipeline.load("changing", lambda _progress: Changing(FIRST))
    pipeline.open(opener(source))
    source.give(ramp_image(0))
    wait_until(lambda: pipeline.snapshot().result is not None, "the map is there")
    shown = pipeline.snapshot().result
    pipeline.stop()
    assert shown is not None
    assert shown.identity == FIRST
    assert trip_field(shown, 4).text == "43 ms there and back"


def test_maps_of_two_models_are_not_averaged() -> None:
    image = ramp_image(0)
    alone = Changing(FIRST, SECOND).infer(image).full
    other = MirroredToo(Changing(FIRST, SECOND)).infer(image)
    np.testing.assert_array_equal(other.full, alone)
    both = MirroredToo(Changing(FIRST, FIRST)).infer(image)
    assert not np.array_equal(both.full, alone)
    assert other.made_by == both.made_by == FIRST


def test_a_round_trip_is_told_in_two_digits() -> None:
    assert [trip_text(each) for each in (0.0004, 0.0432, 0.2468, 1.234)] == ["0 ms", "43 ms", "250 ms", "1.2 s"]
    assert not trip_field(None, 4).text
