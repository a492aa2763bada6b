"""What references say beside the trend: a correction that keeps the order, and what is said without one of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.planted import exact, wild
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.curve import TYPICAL_SHARE
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.distance import distances_at
from tui.calibration.fit import fit
from tui.calibration.kriging import distances
from tui.calibration.posterior import Posterior, Spots, leave_one_out
from tui.calibration.reading import read
from tui.calibration.reference import Reference, ReferenceSample


@given(st.integers(0, 10_000), st.integers(4, 16), st.floats(0.5, 12.0), st.integers(0, 639), st.integers(0, 479))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("beliefs", [NETWORK, PROPORTIONAL_NETWORK, replace(NETWORK, warp=1.5)])
def test_a_larger_map_value_is_nearer_at_every_pixel_with_the_correction_too(
    beliefs: Beliefs, seed: int, count: int, exaggerated: float, u_px: int, v_px: int
) -> None:
    samples = wild(seed, count)
    try:
        fitted = fit(samples, beliefs, MapContext(0.1, 1.0, 640, 480))
    except DegenerateReferences:
        return
    model = fitted.posterior.model if fitted.posterior else None
    assert model is not None
    bent = replace(model, weighted=exaggerated * model.weighted)  # far beyond what any fit asks for
    values = np.sort(np.concatenate([np.linspace(0.01, 1.2, 90), [each.sample.value for each in samples]]))
    values = np.unique(np.concatenate([values, values * (1 + 1e-6), values * (1 - 1e-6)]))
    for each in (model, bent):
        calibration = replace(fitted, posterior=Posterior.of(each))
        for pixel in (samples[0].reference.pixel, samples[1].reference.pixel, (u_px, v_px)):
            read_m = distances_at(calibration, values, np.full((values.size, 2), pixel, np.float64))
            known_m = read_m[np.isfinite(read_m)].tolist()
            assert len(known_m) > 200
            assert all(nearer < farther for farther, nearer in pairwise(known_m))


def test_an_exaggerated_correction_is_held_back() -> None:
    fitted = fit(wild(3, 12), NETWORK, MapContext(0.1, 1.0, 640, 480))
    assert fitted.posterior is not None
    model = fitted.posterior.model
    everywhere = np.ones((1, 12))
    assert Posterior.of(replace(model, weighted=30 * model.weighted)).guard.share(everywhere) < 1.0
    assert Posterior.of(replace(model, weighted=0.01 * model.weighted)).guard.share(everywhere) == 1.0


def test_held_back_is_only_what_could_disturb_the_order_and_the_references_middle_is_corrected_as_a_whole() -> None:
    fitted = fit(wild(3, 12), NETWORK, MapContext(0.1, 1.0, 640, 480))
    assert fitted.posterior is not None
    model = replace(fitted.posterior.model, weighted=30 * fitted.posterior.model.weighted)
    posterior, place = Posterior.of(model), np.array([[0.1, -0.2]])
    coordinate = model.problem.coordinate
    share = np.exp(coordinate.mean())
    value = 0.1 + 0.9 * (share - TYPICAL_SHARE) / (1.0 - TYPICAL_SHARE)  # of the typical ln(1/z) in their middle
    apart, difference = distances(place, model.problem.place)[0], coordinate.mean() - coordinate
    whole = model.kernel.between(apart, difference)
    over_image = model.kernel.over_image(apart)[None]
    assert posterior.guard.share(over_image)[0] < 0.9
    corrected = posterior.correction(Spots(np.array([value]), place))
    assert corrected == pytest.approx([float(whole @ model.weighted)], rel=1e-9)


def test_without_a_new_fit_the_others_say_about_what_fits_without_each_say() -> None:
    generator = np.random.default_rng(1)
    distances_m = np.geomspace(0.7, 4.0, 9)
    samples = [
        ReferenceSample(
            Reference(float(generator.uniform(0, 640)), float(generator.uniform(0, 480)), z_m, 0.01 * z_m), each.sample
        )
        for z_m, each in zip(
            distances_m.tolist(),
            exact(0.8, 0.1, (distances_m * np.exp(0.15 * generator.standard_normal(9))).tolist()),
            strict=True,
        )
    ]
    context = MapContext(0.1, 1.7, 640, 480)
    calibration = fit(samples, METRIC_NETWORK, context)
    assert calibration.set_aside == ()
    assert calibration.posterior is not None
    told_m = np.exp(-leave_one_out(calibration.posterior.model))
    for place, left_out in enumerate(samples):
        others = fit([*samples[:place], *samples[place + 1 :]], METRIC_NETWORK, context)
        read_m = read(others, left_out.sample, left_out.reference.pixel).distance_m
        assert told_m[place] == pytest.approx(read_m, rel=0.08)
