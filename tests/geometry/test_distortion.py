"""Distortion is OpenCV's, and undoing it brings back what was distorted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.geometry.distortion import distort, undistort
from tui.geometry.intrinsics import Intrinsics

WEBCAM = (-0.2809, 0.0252, 0.00122, -0.000135, 0.163)
LENSES = [
    (),
    (0.1, -0.05, 0.001, 0.002),
    WEBCAM,
    (0.12, -1.08, 0.0001, -0.0005, 2.95),
    (0.3, 0.1, 0.001, -0.002, 0.02, 0.5, 0.15, 0.03),
]


@pytest.mark.parametrize("lens", LENSES)
def test_it_is_the_model_of_opencv(lens: tuple[float, ...]) -> None:
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (50, 2))
    camera = Intrinsics(600, 610, 320, 240, 640, 480, lens)
    in_space = np.column_stack([points, np.ones(50)])
    theirs, _ = cv2.projectPoints(in_space, np.zeros(3), np.zeros(3), camera.matrix, np.array(lens or [0.0] * 4))
    assert camera.pixels(in_space) == pytest.approx(np.asarray(theirs).reshape(-1, 2), abs=1e-9)
    assert camera.pixels(3 * in_space) == pytest.approx(camera.pixels(in_space), abs=1e-9)


@pytest.mark.parametrize("lens", LENSES)
@given(x=st.floats(-0.55, 0.55), y=st.floats(-0.4, 0.4))
@settings(deadline=None, max_examples=60)
def test_a_distorted_point_comes_back(lens: tuple[float, ...], x: float, y: float) -> None:
    point = np.array([[x, y]])
    assert undistort(distort(point, lens), lens) == pytest.approx(point, abs=1e-8)


def test_beyond_the_field_of_the_lens_there_is_no_ray() -> None:
    barrel = (-0.3, 0.0, 0.0, 0.0)  # x (1 - 0.3 x^2) is largest, 0.703, at x = 1.054
    inside, outside = undistort(np.array([[0.69, 0.0], [0.72, 0.0]]), barrel)
    assert distort(inside[None], barrel) == pytest.approx(np.array([[0.69, 0.0]]), abs=1e-9)
    assert inside[0] < 1.054
    assert np.isnan(outside).all()
