"""What was measured several times at one place counts once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.beliefs import EXACT, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.health import Grade
from tui.calibration.measure import measure_map
from tui.calibration.reading import read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.tracking import Tracker, name_of
from tui.geometry.sampling import Sample

CONTEXT = MapContext(0.2, 1.0, 640, 480)
BELIEFS = pytest.mark.parametrize("beliefs", [NETWORK, PROPORTIONAL_NETWORK])


def at(u_px: float, distance_m: float, *, value: float | None = None, sigma_m: float = 0.01) -> ReferenceSample:
    """A reference on a map that holds 1/z, or another value."""
    return ReferenceSample(
        Reference(u_px, 200, distance_m, sigma_m), Sample(1 / distance_m if value is None else value, 0.0, 25)
    )


def around(one: ReferenceSample, count: int) -> list[ReferenceSample]:
    """So many within 10 px, of which the given one is the middle one."""
    u_px, distance_m, value = one.reference.u_px, one.reference.distance_m, one.sample.value
    tape = [(1 + 0.01 * step) * distance_m for step in np.linspace(-1, 1, count)]
    return [at(u_px + 2 * (number - count // 2), z_m, value=value) for number, z_m in enumerate(tape)]


TWO = [at(100, 1.0), at(500, 2.5, value=0.42)]


@BELIEFS
def test_two_places_measured_often_are_known_as_two_references_are(beliefs: Beliefs) -> None:
    often = fit([each for one in TWO for each in around(one, 7)], beliefs, CONTEXT)
    once = fit([each for one in TWO for each in around(one, 7)[3:4]], beliefs, CONTEXT)
    for value in (0.3, 0.6, 0.9):
        assert read(often, Sample(value, 0.0, 25), (320, 100)) == read(once, Sample(value, 0.0, 25), (320, 100))
    assert often.health.grade is not Grade.GOOD
    assert "2 places: 4 or more check each other" in often.health.reasons
    assert "2 references: 4 or more check each other" in once.health.reasons
    assert not often.set_aside


@BELIEFS
@given(st.permutations(range(12)))
def test_the_order_of_entry_plays_no_part(beliefs: Beliefs, order: list[int]) -> None:
    samples = [each for one in (*TWO, at(300, 1.5)) for each in around(one, 4)]
    found = fit([samples[index] for index in order], beliefs, CONTEXT)
    first = fit(samples, beliefs, CONTEXT)
    for value in (0.3, 0.6, 0.9):
        same, reading = (read(each, Sample(value, 0.0, 25), (320, 100)) for each in (first, found))
        assert reading.distance_m == pytest.approx(same.distance_m, rel=1e-4)
        assert reading.low_m == pytest.approx(same.low_m, rel=1e-4)


@BELIEFS
def test_of_one_place_the_best_measured_speaks(beliefs: Beliefs) -> None:
    laser = at(104, 1.02, value=1.0, sigma_m=0.001)
    found, alone = fit([*TWO, laser], beliefs, CONTEXT), fit([laser, TWO[1]], beliefs, CONTEXT)
    assert (found.trend.scale, found.trend.shift) == pytest.approx((alone.trend.scale, alone.trend.shift), rel=1e-6)


@BELIEFS
def test_a_place_that_the_others_contradict_is_set_aside_as_a_whole(beliefs: Beliefs) -> None:
    right = [at(u_px, z_m) for u_px, z_m in ((20, 1.0), (150, 1.4), (300, 2.0), (450, 2.8), (600, 4.0))]
    wrong = around(at(380, 18.0, value=1 / 1.8), 3)
    found = fit([*right, *wrong], beliefs, CONTEXT)
    assert set(found.set_aside) == {each.reference for each in wrong}
    assert "1 of 6 places set aside" in found.health.reasons


@BELIEFS
def test_two_things_side_by_side_are_two_places(beliefs: Beliefs) -> None:
    edge = [at(100, 1.0), at(110, 2.0), at(500, 1.4), at(510, 2.8)]
    assert len({each.place for each in fit(edge, beliefs, CONTEXT).given}) == 4


def test_where_the_map_has_no_error_to_share_each_counts() -> None:
    found = fit([each for one in TWO for each in around(one, 2)], EXACT, CONTEXT)
    assert len({each.place for each in found.given}) == 4


def test_the_others_are_those_elsewhere() -> None:
    inverse_depth = np.tile(np.linspace(1.0, 0.2, 640, dtype=np.float32), (480, 1))
    places = [Reference(u_px, 200, 1.3 / float(inverse_depth[200, u_px]), 0.01) for u_px in (60, 320, 580)]
    twin = Reference(324, 204, places[1].distance_m, 0.01)
    without = measure_map(inverse_depth, [places[0], places[2]], [(320, 200)]).readings[0].reading
    for check in measure_map(inverse_depth, [*places, twin], []).checks:
        if check.reference.v_px == 204 or check.reference.u_px == 320:
            assert check.others is not None
            assert check.others_say_m == pytest.approx(without.distance_m, rel=0.02)
            assert (check.others.low_m or 0) < 0.9 * twin.distance_m


def test_each_has_its_usual_deviation_from_frame_to_frame() -> None:
    samples = [each for one in (*TWO, at(300, 1.5)) for each in around(one, 3)]
    tracker, tracking = Tracker().step(samples, CONTEXT, 0.0)
    assert set(tracker.biases) == {name_of(each.reference) for each in samples}
    hidden = [each if index else at(98, 1.0, value=0.5) for index, each in enumerate(samples)]
    _, tracking = tracker.step(hidden, CONTEXT, 0.1)
    assert tracking.set_aside == (hidden[0].reference,)
