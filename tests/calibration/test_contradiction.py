"""Two distances at one place."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.beliefs import NETWORK
from tui.calibration.context import MapContext
from tui.calibration.contradiction import check_one_distance_a_place
from tui.calibration.degenerate import Contradiction
from tui.calibration.fit import fit
from tui.calibration.reference import Reference, ReferenceSample
from tui.geometry.sampling import Sample


def seen(
    u_px: float, v_px: float, distance_m: float, sigma_m: float = 0.01, value: float | None = None
) -> ReferenceSample:
    """A reference on a map that holds 1/z, or another value."""
    return ReferenceSample(
        Reference(u_px, v_px, distance_m, sigma_m), Sample(1 / distance_m if value is None else value, 0.001, 25)
    )


ELSEWHERE = [seen(10, 10, 1.0), seen(90, 10, 2.0), seen(10, 90, 4.0)]


@pytest.mark.parametrize("apart_px", [0.0, 1.0, 2.0])
def test_of_two_distances_at_one_place_the_others_tell_which_is_wrong(apart_px: float) -> None:
    right, wrong = seen(50, 50, 1.8), seen(50 + apart_px, 50, 18.0, value=1 / 1.8)
    for samples in ([*ELSEWHERE, right, wrong], [wrong, right, *ELSEWHERE]):
        assert fit(samples, NETWORK, MapContext(0.2, 1.0, 100, 100)).set_aside == (wrong.reference,)


@pytest.mark.parametrize("apart_px", [0.0, 1.0, 2.0])
def test_two_distances_at_one_place_that_nothing_tells_apart_are_named(apart_px: float) -> None:
    one, other = seen(50, 50, 1.5), seen(50 + apart_px, 50, 2.0, value=1 / 1.5)
    with pytest.raises(Contradiction) as caught:
        fit([*ELSEWHERE[:2], one, other])
    assert caught.value.references == (one.reference, other.reference)
    assert "(50, 50) = 1.5 m and " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_of_four_are_enough() -> None:
    with pytest.raises(Contradiction, match="give one place two distances"):
        fit([*ELSEWHERE[:2], seen(50, 50, 1.5), seen(50, 50, 1.8, value=1 / 1.5)])


def test_the_two_sides_of_an_edge_may_both_be_right() -> None:
    check_one_distance_a_place([*ELSEWHERE, seen(50, 50, 1.5), seen(52, 50, 3.0)])


@given(
    st.lists(st.tuples(st.sampled_from([3.0, 4.4, 5.0, 6.5, 9.0]), st.sampled_from([1.0, 2.0, 3.7])), max_size=7),
    st.data(),
)
def test_the_first_pair_of_all_that_contradict_each_other_is_named(
    places: list[tuple[float, float]], data: st.DataObject
) -> None:
    distances_m = [data.draw(st.sampled_from([1.0, 1.02, 1.5])) for _ in places]
    samples = [seen(*place, far, value=0.7) for place, far in zip(places, distances_m, strict=True)]
    bad = [
        (one.reference, other.reference)
        for one, other in itertools.combinations(samples, 2)
        if math.dist((one.reference.u_px, one.reference.v_px), (other.reference.u_px, other.reference.v_px)) <= 2.0
        and {one.reference.distance_m, other.reference.distance_m} in ({1.0, 1.5}, {1.02, 1.5})
    ]
    if not bad:
        check_one_distance_a_place(samples)
        return
    with pytest.raises(Contradiction) as caught:
        check_one_distance_a_place(samples)
    assert caught.value.references == bad[0]


def test_far_apart_anything_goes() -> None:
    check_one_distance_a_place([*ELSEWHERE, seen(50, 50, 1.5), seen(54, 50, 3.0, value=1 / 1.5)])
    check_one_distance_a_place([])


@given(st.floats(0.3, 9.0), st.floats(0.005, 0.1), st.floats(0.0, 3.9))
def test_two_measurements_of_one_distance_agree(distance_m: float, relative: float, sigmas: float) -> None:
    """Taken twice, a distance differs by its errors."""
    other_m = distance_m * math.exp(sigmas * relative)
    check_one_distance_a_place(
        [*ELSEWHERE, seen(50, 50, distance_m, relative * distance_m), seen(50, 50, other_m, relative * other_m)]
    )
