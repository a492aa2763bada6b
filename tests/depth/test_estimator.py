"""A map is enlarged when it is looked at, once, and is the same as ever."""

from __future__ import annotations

import numpy as np

from tests.depth.conftest import noise_picture
from tests.fakes import RampEstimator
from tui.depth.engines.network import Batch
from tui.depth.estimator import DepthMap, ModelIdentity, infer
from tui.depth.midas.estimator import MidasEstimator
from tui.depth.midas.transform import TRANSFORMS
from tui.geometry.arrays import FloatMap


class Columns:
    """The network's map is its input's red channel."""

    engine = "planted"
    notes: tuple[str, ...] = ()

    def run(self, batch: Batch) -> FloatMap:
        return np.array(batch[0, 0], dtype=np.float32)

    def close(self) -> None:
        pass


def test_a_map_is_enlarged_once_and_only_when_it_is_looked_at() -> None:
    calls: list[int] = []

    def enlarge(small: FloatMap) -> FloatMap:
        calls.append(1)
        return np.repeat(small, 3, axis=1)

    found = DepthMap(np.zeros((2, 1), np.float32), enlarge)
    assert calls == []
    assert found.full.shape == (2, 3)
    assert found.full is found.full
    assert calls == [1]


def test_both_ways_to_a_map_give_the_same_values() -> None:
    estimator = MidasEstimator(ModelIdentity("planted", "ab" * 32), TRANSFORMS["small_transform"], Columns())
    image = noise_picture(130, 70)
    lazy = infer(estimator, image)
    estimator.infer(noise_picture(130, 70, seed=1))  # another frame comes before anybody looks
    assert np.array_equal(lazy.full, estimator.estimate(image))
    assert estimator.network_s > 0


def test_an_estimator_that_knows_nothing_of_it_is_asked_at_once() -> None:
    estimator = RampEstimator()
    found = infer(estimator, noise_picture(64, 48))
    assert estimator.seen
    assert np.array_equal(found.full, estimator.estimate(noise_picture(64, 48)))
