"""Which priors fit a network's errors."""

from __future__ import annotations

import numpy as np
import pytest

from tui.calibration.beliefs import PROPORTIONAL_NETWORK
from tui.evaluation import priors
from tui.evaluation.priors import Found, find_priors, score
from tui.evaluation.references import Drawn, draw

HEIGHT, WIDTH = 96, 128


def pictures(error: float, count: int = 3) -> list[Drawn]:
    """A sloping room whose map is wrong by so much, relative, pixel by pixel."""
    found = []
    for seed in range(count):
        generator = np.random.default_rng(seed)
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        depth_m = (1.0 + 3.0 * columns / WIDTH + 1.5 * rows / HEIGHT).astype(np.float32)
        values = np.exp(error * generator.standard_normal((HEIGHT, WIDTH))) / depth_m
        drawn = draw(values.astype(np.float32), depth_m, 16, seed)
        assert drawn is not None
        found.append(drawn)
    return found


def test_a_network_that_errs_less_than_is_believed_has_narrower_priors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priors, "_MOST_ROUNDS", 1)
    recordings, heard = {"room": pictures(0.02, 1)}, list[Found]()
    found = find_priors(recordings, PROPORTIONAL_NETWORK, heard.append)
    assert found.beliefs.across < PROPORTIONAL_NETWORK.across
    assert found.score == score(recordings, found.beliefs) == min(each.score for each in heard)
    begun = [each for each in heard if not each.changed]
    assert [each.beliefs.across for each in begun] == pytest.approx([0.22, 0.33, 0.147])
    assert begun[0].beliefs == PROPORTIONAL_NETWORK


def test_from_four_references_on_it_counts_how_well_a_mistake_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    recordings = {"room": pictures(0.1)}
    few, more = (score(recordings, PROPORTIONAL_NETWORK, counts) for counts in ([1, 2], [4, 8]))
    monkeypatch.setattr(priors, "_MISTAKES", (1.0,))  # which is none
    assert score(recordings, PROPORTIONAL_NETWORK, [1, 2]) == few
    assert score(recordings, PROPORTIONAL_NETWORK, [4, 8]) < more
