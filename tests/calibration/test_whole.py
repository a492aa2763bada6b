"""A whole map says at every pixel what a reading there says."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.test_distance import MAPS, SOME, calibrated
from tui.calibration.beliefs import EXACT, METRIC_NETWORK, NETWORK
from tui.calibration.context import map_context
from tui.calibration.fit import fit, typed
from tui.calibration.measure import sample_references
from tui.calibration.reading import Status, read_all
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.whole import metric_map
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.sampled_map import sample_map
from tui.geometry.sampling import sample_or_none, samples_or_none

RGBD = Path(__file__).parents[3] / "shared" / "media" / "rgbd"


def agree(values: FloatMap, calibration: Calibration, window_px: int = 5, count: int = 200, seed: int = 0) -> None:
    """At pixels by lot, at the corners, and at all that lie at edges."""
    context = map_context(values)
    whole = metric_map(values, calibration, context, window_px)
    height, width = values.shape
    lot = np.random.default_rng(seed)
    rows, columns = np.nonzero(whole.edge)
    some = lot.permutation(rows.size)[: count // 4]
    pixels = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1), (1, height - 2)]
    pixels += list(zip(columns[some].tolist(), rows[some].tolist(), strict=True))
    pixels += list(zip(lot.integers(0, width, count).tolist(), lot.integers(0, height, count).tolist(), strict=True))
    readings = read_all(calibration, samples_or_none(values, pixels, window_px), pixels, context)
    for (u_px, v_px), reading in zip(pixels, readings, strict=True):
        found = [float(each[v_px, u_px]) for each in (whole.distance_m, whole.low_m, whole.high_m)]
        if reading.distance_m is None:
            assert all(math.isnan(each) for each in found)
            assert bool(whole.clipped[v_px, u_px]) == (reading.inverse_depth is not None)
            continue
        high_m = math.inf if reading.high_m is None else reading.high_m
        assert found == pytest.approx([reading.distance_m, reading.low_m, high_m], rel=3e-7)
        assert bool(whole.edge[v_px, u_px]) == (reading.edge_m is not None)
        assert bool(whole.extrapolated[v_px, u_px]) == (reading.status is Status.EXTRAPOLATED)


@given(MAPS, st.integers(0, 1000), SOME, st.sampled_from([1, 3, 5, 7]))
@settings(max_examples=25, deadline=None)
def test_it_equals_the_reading_at_any_pixel(values: FloatMap, seed: int, count: int, window_px: int) -> None:
    calibration = calibrated(seed, values, count)
    if calibration is not None:
        agree(values, calibration, window_px, count=40, seed=seed)


def real_map() -> FloatMap:
    """What a depth camera saw of a desk, as a map: edges, and holes where it saw nothing."""
    import cv2

    path = RGBD / "TUM_depth.png"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    raw = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert raw is not None
    depth_m = raw.astype(np.float32) / 5000
    with np.errstate(divide="ignore"):
        found: FloatMap = np.where(depth_m > 0, 1 / depth_m, np.nan).astype(np.float32)
    return found


@pytest.mark.parametrize("beliefs", [NETWORK, METRIC_NETWORK, EXACT])
def test_it_equals_the_reading_on_a_map_with_edges_and_holes(beliefs: object) -> None:
    values = real_map()
    lot = np.random.default_rng(3)
    rows, columns = np.nonzero(np.isfinite(values))
    given_at = lot.choice(rows.size, 6, replace=False)
    references = [
        Reference(int(u), int(v), 1.05 / float(values[v, u]), 0.01)
        for u, v in zip(columns[given_at], rows[given_at], strict=True)
    ]
    calibration = fit(sample_references(values, references, 5), beliefs, map_context(values))  # type: ignore[arg-type]  # parametrised
    agree(values, calibration)
    whole = metric_map(values, calibration)
    assert whole.edge.any() == (beliefs is not EXACT)
    assert not whole.surface[whole.edge].any()


def test_where_an_interval_has_no_upper_end_it_is_infinite_and_sigma_with_it() -> None:
    values = np.tile(np.linspace(0.01, 2.0, 64, dtype=np.float32), (48, 1))
    references = [Reference(40, 20, 1.0, 0.2), Reference(60, 20, 0.7, 0.15)]
    calibration = fit(sample_references(values, references, 5), replace(NETWORK), map_context(values))
    whole = metric_map(values, calibration)
    agree(values, calibration)
    assert np.isinf(whole.high_m).any()
    assert np.array_equal(np.isinf(whole.sigma), np.isinf(whole.high_m))


def test_sigma_is_that_of_the_interval() -> None:
    values = np.tile(np.linspace(0.5, 1.0, 64, dtype=np.float32), (48, 1))
    whole = metric_map(values, typed(1.0, 0.0))
    half = np.log(whole.high_m / whole.distance_m)
    assert whole.sigma == pytest.approx(half / 1.96, rel=1e-3)


def test_every_pixel_is_sampled_as_one_is() -> None:
    """With holes, infinities, windows that are cut off, and a map smaller than its windows."""
    lot = np.random.default_rng(5)
    for shape in ((40, 60), (3, 5), (1, 1), (130, 30)):
        values = lot.random(shape).astype(np.float32)
        values[lot.random(shape) < 0.3] = np.nan
        values[lot.random(shape) < 0.05] = np.inf
        values[lot.random(shape) < 0.05] = -np.inf
        for window_px in (1, 3, 5):
            found = sample_map(values, window_px)
            for place in range(values.size):
                v_px, u_px = divmod(place, shape[1])
                one = sample_or_none(values, u_px, v_px, window_px)
                if one is None:
                    assert math.isnan(found.value[place])
                    continue
                assert one.around is not None
                assert found.value[place] == one.value
                assert found.spread[place] == pytest.approx(one.spread, rel=1e-6)
                assert tuple(found.ends[place].tolist()) == (*one.around.near, *one.around.wide)
                two = found.plateaus(np.array([place]))[0].tolist()
                assert (None if math.isnan(two[0]) else tuple(two)) == one.around.plateaus


def test_a_window_must_be_odd() -> None:
    with pytest.raises(InputError, match="odd"):
        sample_map(np.ones((4, 4), np.float32), 4)
