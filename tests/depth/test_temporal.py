"""Alignment of successive maps: planted scales and shifts come off again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.depth.temporal import TemporalAligner
from tui.geometry.arrays import FloatMap

PERIOD_S = 0.04


def scene(seed: int = 0) -> FloatMap:
    """A smooth map with an object in front."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:48, 0:64].astype(np.float32)
    tilt = rng.uniform(0.005, 0.02, 2)
    depth: FloatMap = (0.3 + tilt[0] * x + tilt[1] * y).astype(np.float32)
    depth[10:30, 20:40] += rng.uniform(0.3, 1.0)
    return depth


def flicker(maps: list[FloatMap]) -> float:
    """Median change from map to map, in units of the scene's spread."""
    changes = [float(np.median(np.abs(b - a))) for a, b in pairwise(maps)]
    return float(np.median(changes)) / float(np.nanstd(maps[0]))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_still_scene_stands_still_whatever_scale_and_shift_the_network_chooses(seed: int) -> None:
    rng = np.random.default_rng(seed)
    aligner = TemporalAligner(PERIOD_S)
    raw, aligned = [], []
    for _ in range(12):
        noise = 0.01 * rng.standard_normal((48, 64))
        raw.append(((scene(seed) + noise) * rng.uniform(0.8, 1.25) + rng.uniform(-0.2, 0.2)).astype(np.float32))
        aligned.append(aligner.step(raw[-1]).apply(raw[-1]))

    assert flicker(raw) > 0.1
    assert flicker(aligned) < 0.06
    assert flicker(aligned) < flicker(raw) / 3


def test_what_walks_through_does_not_pull_the_rest_along() -> None:
    aligner = TemporalAligner(PERIOD_S)
    first = scene()
    aligner.step(first)
    for left in range(0, 40, 4):
        moved = scene()
        moved[20:48, left : left + 16] = 3.0
        found = aligner.step((moved / 1.3 - 0.1).astype(np.float32))

        assert found.scale == pytest.approx(1.3, rel=0.02)
        assert found.shift == pytest.approx(0.13, abs=0.02)


def test_noise_does_not_shrink_the_scale_over_a_long_clip() -> None:
    rng = np.random.default_rng(5)
    aligner = TemporalAligner(PERIOD_S, fade_s=1e9)  # nothing fades: errors would add up
    scales = [
        aligner.step((scene() + 0.08 * rng.standard_normal((48, 64))).astype(np.float32)).scale for _ in range(60)
    ]

    assert scales[-1] == pytest.approx(1, abs=0.15), "least squares would leave a few per cent of it"


def test_after_a_jump_the_networks_own_scale_returns() -> None:
    aligner = TemporalAligner(PERIOD_S, fade_s=0.2)
    aligner.step(scene())
    scales = [aligner.step((scene() / 2).astype(np.float32)).scale for _ in range(60)]

    assert scales[0] > 1.7
    assert scales[-1] == pytest.approx(1, abs=0.05)


def test_another_scene_starts_anew() -> None:
    rng = np.random.default_rng(1)
    aligner = TemporalAligner(PERIOD_S)
    aligner.step(scene())
    other = rng.standard_normal((48, 64)).astype(np.float32)

    found = aligner.step(other)

    assert (found.scale, found.shift, found.is_cut) == (1.0, 0.0, True)
    assert not aligner.step(other * 1.2).is_cut


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_a_map_without_any_shape_is_left_as_it_is(value: float) -> None:
    aligner = TemporalAligner(PERIOD_S)
    for _ in range(2):
        found = aligner.step(np.full((48, 64), value, np.float32))
        assert (found.scale, found.shift) == (1.0, 0.0)
