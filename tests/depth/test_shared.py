"""One network for several: loaded once, used by one at a time, each in its turn, closed by the last."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest

from tests.fakes import RampEstimator
from tui.depth.estimator import infer
from tui.depth.shared import SharedEstimators, Turns
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage


class _Watched(RampEstimator):
    """Sees whether two are in it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = self.most = self.closed_times = 0

    def estimate(self, image: RGBImage) -> FloatMap:
        self.inside += 1
        self.most = max(self.most, self.inside)
        found = super().estimate(image)
        self.inside -= 1
        return found

    def close(self) -> None:
        self.closed_times += 1


def test_loaded_once_and_closed_by_the_last() -> None:
    made: list[_Watched] = []

    def load() -> _Watched:
        made.append(_Watched())
        return made[-1]

    shared = SharedEstimators()
    one, other = shared.get("pocket", load), shared.get("pocket", load)
    third = shared.get("fastdepth", load)
    assert len(made) == 2
    assert one.identity == other.identity
    one.close()
    one.close()
    assert made[0].closed_times == 0
    other.close()
    assert (made[0].closed_times, made[1].closed_times) == (1, 0)
    third.close()
    shared.get("pocket", load).close()
    assert [each.closed_times for each in made] == [1, 1, 1]


def test_what_fails_to_load_is_tried_again() -> None:
    shared = SharedEstimators()

    def fail() -> _Watched:
        raise ModelError("not here")

    with pytest.raises(ModelError):
        shared.get("pocket", fail)
    shared.get("pocket", _Watched).close()


def test_several_cameras_take_turns_and_nobody_is_overtaken() -> None:
    """Four who always want it: whoever has had it waits until each of the others has."""
    estimator = _Watched()
    shared = SharedEstimators()
    image = np.zeros((8, 8, 3), np.uint8)
    order: list[int] = []
    begin = threading.Barrier(4)

    def camera(number: int) -> None:
        held = shared.get("pocket", lambda: estimator)
        begin.wait()
        for _ in range(50):
            assert infer(held, image).full.shape == (8, 8)
            order.append(number)
        held.close()

    threads = [threading.Thread(target=camera, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert estimator.most == 1
    assert Counter(order) == dict.fromkeys(range(4), 50)


def test_turns_are_given_in_the_order_of_asking() -> None:
    turns, order = Turns(), list[int]()
    asked = [threading.Event() for _ in range(5)]

    def wait(number: int) -> None:
        asked[number].set()
        with turns:
            order.append(number)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(5)]
    with turns:
        for number, each in enumerate(threads):
            each.start()
            asked[number].wait()
            while len(turns._waiting) <= number:
                pass
    for each in threads:
        each.join()
    assert order == [0, 1, 2, 3, 4]
