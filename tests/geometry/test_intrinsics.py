"""The pinhole camera: rays, sizes, and where intrinsics come from."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics, parse_intrinsics

LENS = (-0.28, 0.025, 0.001, -0.0001, 0.16)
WEBCAM = Intrinsics(532.8, 532.9, 342.5, 233.9, 640, 480, LENS, rms_px=0.2)


@given(u=st.floats(0, 639), v=st.floats(0, 479), z=st.floats(0.1, 50))
@settings(deadline=None, max_examples=80)
def test_a_ray_leads_back_to_its_pixel(u: float, v: float, z: float) -> None:
    ray = np.array([WEBCAM.ray(u, v)])
    assert ray[0, 2] == 1
    assert WEBCAM.pixels(z * ray)[0] == pytest.approx([u, v], abs=1e-6)
    assert WEBCAM.ray_per_axis(u, v) == pytest.approx(np.linalg.norm(ray))


@given(u=st.floats(0, 639), v=st.floats(0, 479), factor=st.sampled_from([0.5, 2.0, 3.0]))
@settings(deadline=None, max_examples=60)
def test_a_scaled_picture_sees_the_same_rays(u: float, v: float, factor: float) -> None:
    scaled = WEBCAM.scaled_to(round(640 * factor), round(480 * factor))
    there = ((u + 0.5) * factor - 0.5, (v + 0.5) * factor - 0.5)
    assert scaled.ray(*there) == pytest.approx(WEBCAM.ray(u, v), abs=1e-9)
    assert scaled.rms_px == pytest.approx(0.2 * factor)


def test_another_shape_is_refused() -> None:
    with pytest.raises(InputError, match=r"for 640x480 pictures, these are 640x360"):
        WEBCAM.scaled_to(640, 360)
    assert WEBCAM.scaled_to(640, 480) is WEBCAM
    assert WEBCAM.scaled_to(321, 240).width == 321  # rounded by a scaler: still the same picture


def test_the_field_of_view_spans_the_width() -> None:
    camera = Intrinsics.from_horizontal_fov(math.radians(90), 640, 480)
    assert camera.fx_px == pytest.approx(320)
    assert camera.ray(-0.5, 239.5) == pytest.approx((-1, 0, 1))
    assert camera.horizontal_fov_rad == pytest.approx(math.radians(90))
    assert camera.focal_sigma == 0.03


def test_the_35_mm_equivalent_keeps_the_diagonal_field_of_view() -> None:
    camera = Intrinsics.from_35mm(50, 3600, 2400)
    assert camera.fx_px == pytest.approx(5000)
    assert Intrinsics.from_35mm(50, 2400, 3600).fx_px == pytest.approx(5000)
    assert Intrinsics.from_sensor(4.0, 5.0, 4000, 3000).fx_px == pytest.approx(3200)


def test_typed_numbers() -> None:
    camera = parse_intrinsics(" 520.9, 521.0,325.1 ,249.7", 640, 480)
    assert (camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px) == (520.9, 521.0, 325.1, 249.7)
    assert camera.numbers == "520.9,521,325.1,249.7"
    assert camera.focal_sigma > 0


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "-1,2,3,4", "nan,1,1,1", "inf,1,1,1", "1,2,3,4,5", ""])
def test_typed_nonsense_shows_the_form(text: str) -> None:
    with pytest.raises(InputError, match="write four numbers fx,fy,cx,cy"):
        parse_intrinsics(text, 640, 480)


@pytest.mark.parametrize("lens", [(0.1,), (0.1,) * 6, (math.nan,) * 5])
def test_a_lens_of_another_model_is_refused(lens: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        Intrinsics(500, 500, 320, 240, 640, 480, lens)


def test_a_pixel_beyond_the_lens_is_named() -> None:
    barrel = Intrinsics(300, 300, 319.5, 239.5, 640, 480, (-0.3, 0.0, 0.0, 0.0))
    with pytest.raises(InputError, match=r"\(600, 20\): the lens's distortion is not known there"):
        barrel.ray(600, 20)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fx_px": 89349.0, "fy_px": 89349.0}, "a field of view of 0.41 degrees across"),
        ({"fx_px": 20.0, "fy_px": 20.0}, r"a field of view of 1\.7e\+02"),
        ({"fx_px": 1060.0}, "fx is 2 times fy"),
        ({"cx_px": -3.0}, "its centre .* is outside of the picture"),
        ({"distortion": (0.1, -340.0, 0.0, 0.0)}, "a distortion coefficient of -340"),
    ],
)
def test_what_no_camera_has_is_named(change: dict[str, object], words: str) -> None:
    sound = Intrinsics(530.0, 530.0, 320.0, 240.0, 640, 480, (-0.28, 0.03, 0.0, 0.0))
    assert (sound.signs, sound.caution) == ((), "")
    odd = replace(sound, **change)  # type: ignore[arg-type]  # whichever field the case is about
    assert len(odd.signs) == 1
    assert re.search(words, odd.caution)
