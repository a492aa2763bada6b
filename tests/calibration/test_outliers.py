"""References that contradict the others are set aside, and nobody else is."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from tests.calibration.planted import exact, sample
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.health import Grade
from tui.calibration.kernel import Kernel
from tui.calibration.reading import read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.usual import Usual


@pytest.mark.parametrize("count", [5, 8, 12])
@pytest.mark.parametrize("factor", [0.2, 5.0, 10.0])
@pytest.mark.parametrize("beliefs", [NETWORK, PROPORTIONAL_NETWORK, METRIC_NETWORK])
def test_one_gross_outlier_is_named_and_moves_no_reading(count: int, factor: float, beliefs: Beliefs) -> None:
    generator = np.random.default_rng(count)
    distances_m = np.geomspace(0.6, 5.0, count)
    noisy = exact(0.8, 0.0, (distances_m * np.exp(0.05 * generator.standard_normal(count))).tolist())
    good = [
        ReferenceSample(Reference(30.0 * i, 17.0 * i, z_m, 0.01 * z_m), each.sample)
        for i, (each, z_m) in enumerate(zip(noisy, distances_m.tolist(), strict=True))
    ]
    context = MapContext(0.2, 2.2, 640, 480)
    clean = fit(good, beliefs, context)
    assert clean.set_aside == ()
    for place in range(count):
        wrong = replace(good[place].reference, distance_m=factor * good[place].reference.distance_m)
        bad = [*good[:place], ReferenceSample(wrong, good[place].sample), *good[place + 1 :]]
        calibration = fit(bad, beliefs, context)
        assert calibration.set_aside == (wrong,)
        assert [each.set_aside for each in calibration.given] == [i == place for i in range(count)]
        without = fit([*good[:place], *good[place + 1 :]], beliefs, context)
        for value in (0.3, 0.6, 1.2):
            was, now = read(without, sample(value), (320, 200)), read(calibration, sample(value), (320, 200))
            assert was.low_m is not None
            assert was.high_m is not None
            assert now.distance_m == pytest.approx(was.distance_m, abs=0.1 * (was.high_m - was.low_m))


@pytest.mark.parametrize("count", [4, 5, 6, 10])
def test_references_with_the_errors_that_are_believed_are_nearly_always_all_kept(count: int) -> None:
    generator = np.random.default_rng(count)
    set_aside = 0
    for _ in range(40):
        value = generator.uniform(0.2, 1.2, count)
        pixels = generator.uniform(0, 480, (count, 2))
        apart = np.linalg.norm(pixels[:, None] - pixels[None], axis=2) / 640
        difference = np.log(value)[:, None] - np.log(value)
        kernel = Kernel(NETWORK.across, NETWORK.noise, NETWORK.length, NETWORK.warp)
        covariance = kernel.between(apart, difference)
        errors = np.linalg.cholesky(covariance + NETWORK.noise**2 * np.eye(count)) @ generator.standard_normal(count)
        given = zip(pixels.tolist(), value.tolist(), (np.exp(errors) / value).tolist(), strict=True)
        samples = [ReferenceSample(Reference(u, v, z_m, 0.01 * z_m), sample(p)) for (u, v), p, z_m in given]
        set_aside += bool(fit(samples, NETWORK, MapContext(0.2, 1.2, 640, 480)).set_aside)
    assert set_aside <= 4


def test_two_outliers_do_not_cover_for_each_other() -> None:
    good = exact(0.8, 0.1, np.geomspace(0.6, 5.0, 8).tolist())
    for one, other in ((0, 4), (2, 5), (1, 6)):
        bad = list(good)
        for place in (one, other):
            reference = replace(good[place].reference, distance_m=5 * good[place].reference.distance_m)
            bad[place] = ReferenceSample(reference, good[place].sample)
        calibration = fit(bad, NETWORK, MapContext(0.1, 2.0, 640, 480))
        assert calibration.set_aside == (bad[one].reference, bad[other].reference)
        assert calibration.trend.scale == pytest.approx(0.8, rel=1e-2)


@pytest.mark.parametrize("factor", [100.0, 10.0, 0.1, 0.01])
@pytest.mark.parametrize("usual", [None, Usual(1.25)])
def test_of_three_the_one_whose_removal_heals_the_fit_is_set_aside_in_every_order(
    factor: float, usual: Usual | None
) -> None:
    good = exact(0.8, 0.05, [1.2, 1.5, 2.0])
    context = MapContext(0.2, 1.0, 640, 480, usual=usual)
    for place in range(3):
        reference = replace(good[place].reference, distance_m=factor * good[place].reference.distance_m)
        wrong = ReferenceSample(reference, good[place].sample)
        for samples in permutations([*good[:place], wrong, *good[place + 1 :]]):
            assert fit(samples, PROPORTIONAL_NETWORK, context).set_aside == (reference,)


@pytest.mark.parametrize("wrong_m", [1.9, 2.4, 2.7, 3.3])
def test_three_of_which_one_is_wrong_are_not_relied_on(wrong_m: float) -> None:
    good = exact(0.8, 0.1, [0.6, 1.5, 3.0])
    wrong = ReferenceSample(replace(good[1].reference, distance_m=wrong_m), good[1].sample)
    assert fit([good[0], wrong, good[2]], NETWORK, MapContext(0.1, 2.0, 640, 480)).health.grade is Grade.POOR


def test_two_are_told_apart_only_by_what_distances_are_usual() -> None:
    right, other = exact(0.8, 0.05, [2.46, 1.5])
    wrong = ReferenceSample(replace(right.reference, distance_m=246.0), right.sample)
    for samples in permutations([wrong, other]):
        told = fit(samples, PROPORTIONAL_NETWORK, MapContext(0.2, 1.0, 640, 480, usual=Usual(1.25)))
        assert told.set_aside == (wrong.reference,)
        assert fit(samples, PROPORTIONAL_NETWORK, MapContext(0.2, 1.0, 640, 480)).set_aside == ()
