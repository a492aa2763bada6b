from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth.conftest import noise_picture, read_rgb
from tui.depth.midas.transform import TRANSFORMS, Fit, Transform

CASES = ["tum1_640x480", "tum1_crop_640x200", "building_868x600", "building_crop_333x517", "building_crop_97x61"]
OTHERS = [
    "default_transform",
    "dpt_transform",
    "beit512_transform",
    "swin384_transform",
    "swin256_transform",
    "levit_transform",
]


def test_sizes_are_upstreams_for_every_transform(reference: Path) -> None:
    data = json.loads((reference / "resize_shapes.json").read_text())
    assert len(data["net_wh"]) == len(TRANSFORMS)
    for name, expected in data["net_wh"].items():
        transform = TRANSFORMS[name.split()[0]]
        got = [list(transform.net_size(width, height)) for width, height in data["sizes_wh"]]
        assert got == expected, name


@pytest.mark.parametrize("case", CASES)
def test_input_is_upstreams(case: str, reference: Path) -> None:
    expected = np.load(reference / "midas_v21_small_256" / f"{case}.npz")["net_input"]
    got = TRANSFORMS["small_transform"].prepare(read_rgb(reference / "images" / f"{case}.png"))
    assert got.shape == expected.shape
    assert got.dtype == np.float32
    assert float(np.abs(got - expected).max()) <= 1e-5


@pytest.mark.parametrize("name", OTHERS)
def test_input_of_the_other_transforms_is_upstreams(name: str, reference: Path) -> None:
    expected = np.load(reference / "inputs" / f"tum1_half_320x240__{name}.npz")["net_input"]
    got = TRANSFORMS[name].prepare(read_rgb(reference / "images" / "tum1_half_320x240.png"))
    assert got.shape == expected.shape
    assert float(np.abs(got - expected).max()) <= 1e-5


def test_square_input_is_upstreams(reference: Path) -> None:
    small = TRANSFORMS["small_transform"]
    square = Transform(small.size_px, Fit.STRETCH, small.mean, small.std)
    expected = np.load(reference / "midas_v21_small_256" / "tum1_640x480__square.npz")["net_input"]
    got = square.prepare(read_rgb(reference / "images" / "tum1_640x480.png"))
    assert float(np.abs(got - expected).max()) <= 1e-5


@pytest.mark.parametrize(("width", "height"), [(1, 1), (12000, 90), (90, 12000), (2, 5000)])
def test_extreme_pictures_have_an_input(width: int, height: int) -> None:
    batch = TRANSFORMS["small_transform"].prepare(noise_picture(width, height))
    assert batch.shape[:2] == (1, 3)
    assert min(batch.shape[2:]) >= 32
    assert max(batch.shape[2:]) == 256
    assert np.isfinite(batch).all()


@settings(deadline=None)
@given(width=st.integers(1, 20000), height=st.integers(1, 20000))
def test_sides_are_multiples_of_32_and_within_the_bound(width: int, height: int) -> None:
    for transform in TRANSFORMS.values():
        sides = transform.net_size(width, height)
        assert all(side % 32 == 0 and side >= 0 for side in sides)
        if transform.fit is Fit.INSIDE:
            assert max(sides) == transform.size_px
        if transform.fit is Fit.STRETCH:
            assert sides == (transform.size_px, transform.size_px)


@settings(deadline=None)
@given(width=st.integers(1, 5000), height=st.integers(1, 5000))
def test_turning_the_picture_turns_the_input(width: int, height: int) -> None:
    for transform in TRANSFORMS.values():
        turned = transform.net_size(height, width)
        straight = transform.net_size(width, height)
        # On a tie, upstream's `minimal` takes the height's scale, so that turning changes which one it is.
        if transform.fit is not Fit.MINIMAL:
            assert turned == straight[::-1]


def test_channels_are_normalised_one_by_one() -> None:
    red = np.zeros((64, 64, 3), dtype=np.uint8)
    red[..., 0] = 255
    batch = TRANSFORMS["small_transform"].prepare(red)
    planes = batch.mean(axis=(0, 2, 3))
    assert planes == pytest.approx([(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225], abs=1e-6)
