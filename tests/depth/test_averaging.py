"""The mean of several maps of one view: what it is where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cli.planted import Leaning, PlantedEstimator
from tui.calibration.beliefs import MapKind
from tui.depth.averaging import MirroredToo, averaged
from tui.geometry.arrays import FloatMap

HEIGHT, WIDTH = 60, 80


def scene() -> FloatMap:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    found: FloatMap = (0.3 + 0.01 * columns + 0.2 * (rows > 30)).astype(np.float32)
    return found


def erring(seed: int) -> FloatMap:
    """Each pixel off by about 5 %."""
    noise = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH))
    return (scene() * np.exp(0.05 * noise)).astype(np.float32)


def rms(inverse_depth: FloatMap) -> float:
    """Relative error, a common factor left out."""
    log = np.log(inverse_depth / scene())
    return float((log - np.median(log)).std())


@pytest.mark.parametrize("kind", [MapKind.RELATIVE, MapKind.PROPORTIONAL, MapKind.METRIC])
def test_the_mean_of_four_errs_half_as_much(kind: MapKind) -> None:
    assert rms(averaged([erring(seed) for seed in range(4)], kind)) == pytest.approx(0.5 * rms(erring(0)), rel=0.1)


def test_a_relative_networks_maps_are_brought_to_the_first_ones_scale_and_shift() -> None:
    found = averaged([scene(), (7 * scene() - 3).astype(np.float32)], MapKind.RELATIVE)
    np.testing.assert_allclose(found, scene(), rtol=1e-4)


def test_where_the_zero_is_known_only_a_common_scale_changes() -> None:
    found = averaged([scene(), 4 * scene()], MapKind.PROPORTIONAL)
    np.testing.assert_allclose(found, 2 * scene(), rtol=1e-4)


def test_a_map_that_tells_another_story_is_left_out_and_an_exact_one_stays() -> None:
    first, other = scene(), np.ascontiguousarray(scene()[:, ::-1])
    assert averaged([first, other], MapKind.RELATIVE) is first
    assert averaged([first, other], MapKind.PROPORTIONAL) is first
    assert averaged([first, erring(1)], MapKind.EXACT) is first
    assert averaged([first], MapKind.RELATIVE) is first
    np.testing.assert_allclose(averaged([first, other, first], MapKind.RELATIVE), first, rtol=1e-5)


@pytest.mark.parametrize("kind", [MapKind.RELATIVE, MapKind.PROPORTIONAL])
def test_what_one_map_does_not_know_the_others_say(kind: MapKind) -> None:
    one, other = scene(), scene()
    one[:10, :10] = np.nan
    other[:5, :20] = np.nan
    found = averaged([one, other], kind)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(one) & np.isnan(other))
    np.testing.assert_allclose(found[10:], scene()[10:], rtol=1e-4)


def test_a_clipped_end_stays_clipped() -> None:
    one = scene()
    one[:, :20] = 0
    found = averaged([one, one.copy()], MapKind.PROPORTIONAL)
    assert (found[:, :20] == 0).all()
    np.testing.assert_allclose(found[:, 20:], one[:, 20:], rtol=1e-5)


def test_an_error_that_depends_on_the_side_is_gone_with_the_mirrored_picture() -> None:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = np.linspace(60, 200, WIDTH)
    truth = PlantedEstimator().estimate(image)
    leaning = Leaning()
    both = MirroredToo(leaning)
    np.testing.assert_allclose(both.estimate(image), truth, rtol=1e-4)
    assert np.abs(leaning.estimate(image) / truth - 1).max() > 0.09
    assert (both.identity, both.engine, both.notes) == (leaning.identity, leaning.engine, leaning.notes)
    both.close()
    assert leaning.closed
