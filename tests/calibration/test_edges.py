"""At an edge a reading says both distances, and an interval knows that a network blurs it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.calibration.beliefs import EXACT, METRIC_NETWORK, NETWORK, Beliefs
from tui.calibration.doubt import judged
from tui.calibration.measure import measure_map
from tui.calibration.reading import Reading, Status, read
from tui.calibration.reference import Reference
from tui.calibration.report import report
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import describe
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_median, samples_or_none

NEAR_M, FAR_M = 1.2, 2.9
EDGE_PX = 300


def blurred(scale: float = 1.0, shift: float = 0.0) -> FloatMap:
    """Something near at the left and a wall far at the right, blurred into each other over 10 px."""
    share = np.clip((np.arange(640) - EDGE_PX + 5) / 10, 0, 1)
    row = scale * ((1 - share) / NEAR_M + share / FAR_M) + shift
    slant = 1 + 0.02 * np.linspace(-1, 1, 480)
    found: FloatMap = (slant[:, None] * row).astype(np.float32)
    return found


def references() -> list[Reference]:
    places = [(40, 40), (120, 400), (200, 240), (420, 60), (500, 420), (600, 240)]
    return [Reference(*at, NEAR_M if at[0] < EDGE_PX else FAR_M, 0.02) for at in places]


def readings(values: FloatMap, beliefs: Beliefs, *pixels: tuple[int, int]) -> list[Reading]:
    measured = measure_map(values, references(), pixels, beliefs=beliefs)
    return [point.reading for point in measured.readings]


@pytest.mark.parametrize("beliefs", [NETWORK, METRIC_NETWORK])
def test_between_two_plateaus_both_are_said_and_lie_within_the_interval(beliefs: Beliefs) -> None:
    at_edge, beside, away = readings(blurred(), beliefs, (EDGE_PX, 240), (EDGE_PX + 60, 240), (100, 240))
    assert at_edge.edge_m is not None
    assert at_edge.edge_m == pytest.approx((NEAR_M, FAR_M), rel=0.1)
    assert at_edge.low_m is not None
    assert at_edge.high_m is not None
    assert at_edge.low_m <= at_edge.edge_m[0] < at_edge.edge_m[1] <= at_edge.high_m
    assert (beside.edge_m, away.edge_m) == (None, None)


def test_a_slant_is_no_edge() -> None:
    columns = np.tile(np.geomspace(0.2, 1.0, 640, dtype=np.float32), (480, 1))
    known = [Reference(u_px, v_px, 1 / float(columns[v_px, u_px]), 0.01) for u_px, v_px in ((30, 30), (600, 400))]
    measured = measure_map(columns, known, [(300, 200), (10, 10), (639, 479)], beliefs=METRIC_NETWORK)
    assert [point.reading.edge_m for point in measured.readings] == [None] * 3


def test_the_interval_is_wider_near_an_edge_that_is_no_two_plateaus() -> None:
    """Beside an edge, and not at it: within reach of the network's blur, but the pixel's own side is told."""
    beside, away = readings(blurred(), METRIC_NETWORK, (EDGE_PX - 12, 240), (150, 240))
    assert beside.distance_m is not None
    assert away.distance_m is not None
    assert beside.distance_m == pytest.approx(away.distance_m, rel=0.05)
    assert beside.distance_m / (beside.low_m or 1.0) > away.distance_m / (away.low_m or 1.0)


def test_an_exact_map_has_sharp_edges() -> None:
    (found,) = readings(blurred(), EXACT, (EDGE_PX, 240))
    assert found.edge_m is None


@given(st.floats(0.01, 100), st.floats(-5, 5))
@settings(max_examples=8, deadline=None)
def test_edges_do_not_change_under_a_change_of_the_map_that_its_sort_allows(scale: float, shift: float) -> None:
    pixels = [(EDGE_PX, 240), (EDGE_PX - 12, 240)]
    plain = readings(blurred(), NETWORK, *pixels)
    changed = readings(blurred(scale, scale * shift), NETWORK, *pixels)
    # The slant multiplies what the shift added, so the maps are not quite the same.
    assert changed[0].edge_m == pytest.approx(plain[0].edge_m, rel=0.25)
    power = readings(blurred(scale), METRIC_NETWORK, *pixels)
    for one, other in zip(readings(blurred(), METRIC_NETWORK, *pixels), power, strict=True):
        assert other.edge_m == pytest.approx(one.edge_m, rel=1e-3)
        assert other.low_m == pytest.approx(one.low_m, rel=1e-3)


def test_words_and_json_say_both() -> None:
    values = blurred()
    measured = measure_map(values, references(), [(EDGE_PX, 240), (100, 240)], beliefs=METRIC_NETWORK)
    at_edge, away = (point.reading for point in measured.readings)
    judged_there = judged(at_edge, measured.calibration)
    said = judged_there.reasons[0]
    assert said.startswith("edge: 1.")
    assert said.endswith(" m?")
    assert judged_there.status is Status.DOUBTFUL
    assert said in describe(judged_there, DistanceUnit.METRES).advice
    assert not any("edge" in each for each in judged(away, measured.calibration).reasons)
    plain = report(measured, image="a", width=640, height=480, model="m", engine="e")
    rows = plain["readings"]
    assert isinstance(rows, list)
    assert rows[0]["edge_m"] == list(at_edge.edge_m or ())
    assert rows[1]["edge_m"] is None


def test_without_a_look_around_a_reading_has_no_edge() -> None:
    values = blurred()
    calibration = measure_map(values, references(), [], beliefs=METRIC_NETWORK).calibration
    blind = sample_median(values, EDGE_PX, 240)
    assert read(calibration, blind, (EDGE_PX, 240)).edge_m is None
    (seen,) = samples_or_none(values, [(EDGE_PX, 240)])
    assert read(calibration, seen, (EDGE_PX, 240)).edge_m is not None
