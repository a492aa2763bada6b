"""A network that fails is replaced, at loading, at compiling or at a frame, and never leaves a dead worker."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.fakes import ramp_image, wait_until
from tui.camera.frame import Frame
from tui.depth.engines.fallback import FallbackNetwork, Way
from tui.depth.engines.network import Batch, EngineError
from tui.depth.estimator import ModelIdentity
from tui.depth.midas.estimator import MidasEstimator
from tui.depth.midas.transform import TRANSFORMS
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap
from tui.pipeline.inference import Inference

BATCH = np.zeros((1, 3, 32, 64), dtype=np.float32)


class Planted:
    """Gives maps of `value` until it is told to fail."""

    def __init__(self, engine: str, value: float, *, fails: bool = False, notes: tuple[str, ...] = ()) -> None:
        self.engine, self.value, self.fails, self.notes = engine, value, fails, notes
        self.closed = False
        self.runs = 0

    def run(self, batch: Batch) -> FloatMap:
        self.runs += 1
        if self.fails:
            raise EngineError(f"{self.engine} is out of order")
        return np.full(batch.shape[2:], self.value, dtype=np.float32)

    def close(self) -> None:
        self.closed = True


def way(network: Planted) -> Way:
    return Way(network.engine, lambda: network)


def refused(message: str) -> Callable[[], Planted]:
    def build() -> Planted:
        raise EngineError(message)

    return build


def test_the_first_that_works_is_used_and_the_others_are_not_even_built() -> None:
    network = FallbackNetwork([way(Planted("a", 1.0)), Way("b", refused("must not be asked"))])
    assert network.engine == "a"
    assert network.notes == ()
    assert (network.run(BATCH) == 1.0).all()


def test_what_cannot_be_built_is_passed_over_with_the_first_reason() -> None:
    ways = [Way("a", refused("no driver")), Way("b", refused("no memory")), way(Planted("c", 3.0))]
    network = FallbackNetwork(ways)
    assert network.engine == "c"
    assert network.notes == ("running on c instead: no driver",)


def test_a_failing_first_frame_is_computed_in_the_next_way() -> None:
    bad, good = Planted("a", 1.0, fails=True), Planted("b", 2.0)
    network = FallbackNetwork([way(bad), way(good)])
    assert list(network.notes) == []
    assert (network.run(BATCH) == 2.0).all()
    assert list(network.notes) == ["running on b instead: a is out of order"]
    assert (network.engine, bad.closed) == ("b", True)
    network.run(BATCH)
    assert bad.runs == 1, "what has failed is not asked again"


def test_one_that_fails_later_is_replaced_too() -> None:
    first = Planted("a", 1.0)
    network = FallbackNetwork([way(first), way(Planted("b", 2.0))])
    network.run(BATCH)
    first.fails = True
    assert (network.run(BATCH) == 2.0).all()


def test_if_none_can_do_it_the_first_reason_is_told_and_nothing_is_claimed() -> None:
    first, second = Planted("a", 1.0, fails=True), Planted("b", 2.0, fails=True)
    network = FallbackNetwork([way(first), way(second)])
    with pytest.raises(EngineError, match="a is out of order"):
        network.run(BATCH)
    assert (network.engine, network.notes, second.closed) == ("a", (), True)
    first.fails = False
    assert (network.run(BATCH) == 1.0).all(), "a frame that nobody could do does not end the work"
    with pytest.raises(EngineError, match="no driver"):
        FallbackNetwork([Way("a", refused("no driver")), Way("b", refused("no memory"))])


def test_wrong_weights_are_wrong_in_every_way() -> None:
    def build() -> Planted:
        raise ModelError("this is no weights file")

    with pytest.raises(ModelError, match="no weights file"):
        FallbackNetwork([Way("a", build), way(Planted("b", 2.0))])


def test_closing_ends_it() -> None:
    planted = Planted("a", 1.0)
    network = FallbackNetwork([way(planted), way(Planted("b", 2.0))])
    network.close()
    network.close()
    assert planted.closed
    with pytest.raises(ModelError, match="closed"):
        network.run(BATCH)


def test_the_worker_goes_on_and_says_so() -> None:
    """The thread that estimates shows the note as soon as the frame is there."""
    network = FallbackNetwork([way(Planted("fast", 1.0, fails=True)), way(Planted("sure", 2.0))])
    estimator = MidasEstimator(ModelIdentity("planted", "ab" * 32), TRANSFORMS["small_transform"], network, ("first",))
    inference = Inference(lambda: None)
    inference.use(estimator)
    assert list(inference.notes) == ["first"]
    inference.start()
    inference.submit(Frame(ramp_image(), 0, 0.0), asked=True)
    wait_until(lambda: inference.result is not None, "it is estimated")
    inference.stop()
    assert inference.result is not None
    assert inference.result.engine == "sure"
    assert (inference.result.inverse_depth == 2.0).all()
    assert list(inference.notes) == ["first", "running on sure instead: fast is out of order"]
    assert inference.error == ""
