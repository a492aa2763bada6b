"""What is remembered: bounded, and true."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.observed import observed
from tui.records.history import COARSE_COUNT, FINE_COUNT, History, PlaceHistory, Span


def test_columns_hold_what_fell_into_them() -> None:
    place = PlaceHistory()
    for second, distance_m in enumerate([1.0, 2.0, None, 4.0, 3.0, 3.0]):
        place.add(observed(second + 0.5, distance_m, width=0.1))
    found = place.columns(5.9, 6.0, 3)
    assert (found.start_s, found.column_s) == (0.0, 2.0)
    assert found.middle_m == pytest.approx([1.5, 4.0, 3.0])
    assert found.low_m == pytest.approx([1 / 1.1, 4 / 1.1, 3 / 1.1])
    assert found.high_m == pytest.approx([2.2, 4.4, 3.3])
    assert list(found.doubted) == [False, True, False]
    empty = place.columns(100.0, 6.0, 3)
    assert np.isnan(empty.middle_m).all()
    assert not empty.watched.any()


def test_an_hour_is_remembered_at_ten_frames_a_second_and_no_more_than_that() -> None:
    place = PlaceHistory()
    for step in range(10 * 4800):
        place.add(observed(step / 10, 1.0 + step / 48_000))
    hour = place.columns(4799.9, Span.HOUR.value, 120)
    assert not np.isnan(hour.middle_m).any()
    assert hour.middle_m[0] == pytest.approx(1.0 + 1215 / 4800, abs=0.01)
    minute = place.columns(4799.9, Span.MINUTE.value, 150)
    assert not np.isnan(minute.middle_m).any()
    assert place._fine._rows.shape[0] == FINE_COUNT
    assert place._coarse._rows.shape[0] == COARSE_COUNT


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.none(), st.floats(0.1, 100.0)), min_size=1, max_size=80))
def test_the_summary_is_that_of_all_distances(distances: list[float | None]) -> None:
    place = PlaceHistory()
    for second, distance_m in enumerate(distances):
        place.add(observed(second, distance_m))
    known = [each for each in distances if each is not None]
    found = place.summary()
    assert (found.count, found.without) == (len(known), len(distances) - len(known))
    if known:
        assert found.least_m == min(known)
        assert found.most_m == max(known)
        assert found.mean_m == pytest.approx(np.mean(known))
        assert found.spread_m == pytest.approx(np.std(known, ddof=1) if len(known) > 1 else 0.0, abs=1e-9)
    else:
        assert math.isnan(found.mean_m)


def test_what_comes_twice_counts_once_and_a_clock_does_not_run_back() -> None:
    place = PlaceHistory()
    for at_s in (1.0, 1.0, 0.5, 2.0):
        place.add(observed(at_s, 1.0))
    assert place.summary().count == 2


def test_places_are_kept_apart_forgotten_and_bounded() -> None:
    history = History()
    for number in range(300):
        history.add(observed(number, 1.0, f"pin {number}"))
    assert history.of("pin 0") is None
    assert history.of("pin 299") is not None
    history.forget("pin 299")
    assert history.of("pin 299") is None


def test_slow_observations_are_joined_and_a_silence_stays_a_gap() -> None:
    place = PlaceHistory()
    for second in (0, 4, 8, 12, 40, 44, 48):
        place.add(observed(second, 1.0 + second / 100))
    found = place.columns(50.9, 51.0, 51)
    assert int(np.isfinite(found.middle_m).sum()) == 7
    joined = found.joined()
    assert np.isfinite(joined.middle_m[:13]).all()
    assert np.isnan(joined.middle_m[13:40]).all()
    assert not joined.watched[13:40].any()
    assert joined.middle_m[5] == joined.middle_m[4] == pytest.approx(1.04)
    assert np.isfinite(joined.middle_m[40:49]).all()
