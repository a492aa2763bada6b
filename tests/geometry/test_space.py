"""Distances, paths and areas between points: planted scenes, and intervals that hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import Located, distance_between, path_length, polygon_area, position

LENS = (-0.28, 0.025, 0.001, -0.0001, 0.16)
CAMERA = Intrinsics(532.8, 532.9, 342.5, 233.9, 640, 480, LENS)
PLAIN = Intrinsics(600, 600, 319.5, 239.5, 640, 480)

in_view = st.tuples(st.floats(-0.4, 0.4), st.floats(-0.3, 0.3), st.floats(0.3, 10)).map(
    lambda each: (each[0] * each[2], each[1] * each[2], each[2])
)


def _located(camera: Intrinsics, point: tuple[float, float, float], relative: float = 0.0) -> Located:
    u, v = camera.pixels(np.array([point]))[0]
    return Located(float(u), float(v), point[2], relative)


@given(in_view)
@settings(deadline=None, max_examples=40)
def test_a_pixel_and_its_distance_are_a_point(point: tuple[float, float, float]) -> None:
    seen = _located(CAMERA, point)
    found = position(CAMERA, seen.u_px, seen.v_px, seen.distance_m)
    assert (found.x_m, found.y_m, found.z_m) == pytest.approx(point, abs=1e-6)
    assert found.ray_m == pytest.approx(math.hypot(*point))


@given(in_view, in_view)
@settings(deadline=None, max_examples=30)
def test_a_distance_is_that_between_the_points_and_the_same_both_ways(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    there = distance_between(CAMERA, _located(CAMERA, one, 0.05), _located(CAMERA, other, 0.05))
    back = distance_between(CAMERA, _located(CAMERA, other, 0.05), _located(CAMERA, one, 0.05))
    assert there.value == pytest.approx(math.dist(one, other), abs=1e-6)
    assert back.value == pytest.approx(there.value)
    assert 0 <= there.low <= there.value
    assert there.high is None or there.high >= there.value


def test_exact_points_have_an_exact_distance() -> None:
    exact = distance_between(PLAIN, _located(PLAIN, (-0.5, 0, 2)), _located(PLAIN, (0.5, 0, 2)), pixel_sigma_px=0.0)
    assert (exact.low, exact.high) == pytest.approx((1.0, 1.0))


@given(in_view, st.floats(0, 6))
@settings(deadline=None, max_examples=30)
def test_the_area_of_a_planar_polygon_in_any_position(middle: tuple[float, float, float], turn: float) -> None:
    size = 0.05 * middle[2]
    across = size * np.array([math.cos(turn), math.sin(turn), 0.3])
    down = size * np.array([-math.sin(turn), math.cos(turn), 0.2])
    corners = [np.array(middle) + s * across + t * down for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    true = 4 * float(np.linalg.norm(np.cross(across, down)))
    located = [_located(CAMERA, (float(x), float(y), float(z))) for x, y, z in corners]
    assert polygon_area(CAMERA, located).value == pytest.approx(true, rel=1e-5)
    assert polygon_area(CAMERA, located[::-1]).value == pytest.approx(true, rel=1e-5)
    assert polygon_area(CAMERA, located[1:] + located[:1]).value == pytest.approx(true, rel=1e-5)


def test_a_path_is_the_sum_of_its_pieces() -> None:
    corners = [
        _located(PLAIN, point) for point in ((-0.5, 0.0, 2.0), (0.5, 0.0, 2.0), (0.5, 0.4, 2.0), (0.5, 0.4, 3.0))
    ]
    assert path_length(PLAIN, corners).value == pytest.approx(1 + 0.4 + 1)


@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("apart", [(1.0, 0.0), (0.1, 1.5), (0.6, 0.8)])
def test_the_interval_holds_the_truth(shared: float, apart: tuple[float, float]) -> None:
    """With the errors' covariance given, 92 to 98 of 100 intervals hold it; without it, no fewer."""
    rng = np.random.default_rng(6)
    points = np.array([(-0.4, 0.1, 2.0), (-0.4 + apart[0], 0.1, 2.0 + apart[1])])
    true = math.dist(*points)
    logs = np.log(points[:, 2])
    sigmas = np.array([0.05, 0.05])
    covariance = np.outer(sigmas, sigmas) * np.array([[1, shared], [shared, 1]])
    pixels = PLAIN.pixels(points)
    held = {"given": 0, "assumed": 0}
    draws = 300
    for _ in range(draws):
        seen = np.exp(rng.multivariate_normal(logs, covariance))
        moved = pixels + rng.normal(0, 0.5, pixels.shape)
        one, other = (Located(float(moved[i, 0]), float(moved[i, 1]), float(seen[i]), 0.05) for i in (0, 1))
        for name, given_covariance in (("given", covariance), ("assumed", None)):
            extent = distance_between(PLAIN, one, other, given_covariance)
            held[name] += extent.low <= true <= (extent.high or math.inf)
    assert 0.92 <= held["given"] / draws <= 0.99
    assert held["assumed"] / draws >= 0.915


def test_an_uncertain_focal_length_widens_what_lies_across() -> None:
    vague = Intrinsics(600, 600, 319.5, 239.5, 640, 480, focal_sigma=0.05)
    extent = distance_between(vague, _located(PLAIN, (-0.5, 0, 2)), _located(PLAIN, (0.5, 0, 2)))
    assert extent.high is not None
    assert (extent.high - extent.low) / 2 == pytest.approx(1.96 * 0.05, rel=0.1)


def test_a_point_whose_distance_has_no_upper_end_leaves_none() -> None:
    near, far = _located(PLAIN, (0, 0, 1), 0.01), Located.of_interval(400, 240, 20.0, 15.0, None)
    assert distance_between(PLAIN, near, far).high is None


def test_a_reading_is_located_by_its_interval() -> None:
    low, high = 2.0 * math.exp(-1.96 * 0.04), 2.0 * math.exp(1.96 * 0.04)
    assert Located.of_interval(1, 2, 2.0, low, high).log_sigma == pytest.approx(0.04, rel=1e-4)
    assert Located.of_interval(1, 2, 2.0, low, None).log_sigma == pytest.approx(0.04, rel=1e-4)


def test_too_few_points_say_how_many_are_needed() -> None:
    one = _located(PLAIN, (0, 0, 1))
    with pytest.raises(InputError, match="two points or more"):
        path_length(PLAIN, [one])
    with pytest.raises(InputError, match="three corners or more"):
        polygon_area(PLAIN, [one, one])
    with pytest.raises(InputError, match="no distance"):
        Located(1, 1, math.inf, 0.1)
    with pytest.raises(InputError, match="covariance of shape"):
        path_length(PLAIN, [one, one], np.eye(3))
