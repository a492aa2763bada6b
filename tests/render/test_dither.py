"""Dots and patterns for shades that are not there."""

from __future__ import annotations

import numpy as np
import pytest

from tui.camera.demo.renderer import DemoRenderer
from tui.render.cells import BRAILLE, BRAILLE_TABLE, HALF_BITS, LOWER_MASK
from tui.render.colors import ColorMode, eight_bit_rgb, nearest_eight_bit
from tui.render.dither import Dots, between_eight_bit
from tui.render.oklab import linear_light
from tui.render.painter import PictureDetail, PicturePainter
from tui.render.viewport import Viewport

PANE = Viewport(80, 30, 320, 240)
"""Without a letter-box."""


def share_of_dots(codes: np.ndarray) -> float:
    return float(np.mean([int(code).bit_count() for code in codes.ravel()])) / 8


@pytest.mark.parametrize("grey", [0, 30, 90, 140, 188, 230, 255])
def test_as_many_dots_as_it_is_bright_and_so_in_the_next_frames(grey: int) -> None:
    dots = Dots(256, 0.5)
    for step in (0, 1, 2, 3):  # brightness that changes a little, so that the dots are set anew
        codes = dots.codes(np.full((80, 120, 3), min(255, grey + step), np.uint8))
        assert share_of_dots(codes) == pytest.approx((grey + step) / 255, abs=0.04)


def test_each_dot_has_its_place() -> None:
    picture = np.zeros((4, 2, 3), np.uint8)
    picture[3, 1] = 255
    picture[0, 0] = 255
    (code,) = Dots(33, 0.9).codes(picture).ravel()
    assert BRAILLE[code] == "\N{BRAILLE PATTERN DOTS-18}"


def test_noise_moves_no_dot_and_a_change_only_what_is_near() -> None:
    image, _ = DemoRenderer().render(0.0)
    rng = np.random.default_rng(0)
    painter = PicturePainter(ColorMode.MONO)
    for _ in range(4):  # the first frames after a cut settle
        noisy = np.clip(image + 2.0 * rng.standard_normal(image.shape), 0, 255).astype(np.uint8)
        before = painter.paint(noisy, PANE)
    assert before.table is BRAILLE_TABLE
    changed = image.copy()
    changed[40:80, 60:120] = 255 - changed[40:80, 60:120]
    counts = []
    for picture in (image, changed):
        codes = painter.paint(picture, PANE).codes
        counts.append(int((codes != before.codes).sum()))
        before = painter.paint(picture, PANE)
    patch = 60 / 320 * 80 * 40 / 240 * 30
    assert counts[0] < 0.05 * before.codes.size
    assert counts[1] < 3 * patch


def test_patterns_come_nearer_to_a_colour_than_the_nearest_does() -> None:
    rng = np.random.default_rng(1)
    better = []
    for color in rng.integers(20, 235, (40, 3)):
        picture = np.broadcast_to(color.astype(np.uint8), (16, 16, 3))
        seen = linear_light(np.array([eight_bit_rgb(int(index)) for index in between_eight_bit(picture).ravel()]))
        alone = linear_light(np.array([eight_bit_rgb(int(nearest_eight_bit(color[None])[0]))]))
        meant = linear_light(color)
        better.append(np.linalg.norm(seen.mean(axis=0) - meant) <= np.linalg.norm(alone - meant) + 0.01)
    assert np.mean(better) > 0.9


def test_own_colours_have_no_pattern_and_only_stills_have_any() -> None:
    own = np.array([[eight_bit_rgb(index) for index in (16, 100, 196, 240)]], np.uint8)
    assert between_eight_bit(own).tolist() == [[16, 100, 196, 240]]
    image = np.full((240, 320, 3), (115, 115, 140), np.uint8)
    kinds = [
        len(np.unique(PicturePainter(ColorMode.EIGHT_BIT, PictureDetail(dithered=dithered)).paint(image, PANE).codes))
        for dithered in (False, True)
    ]
    assert kinds[0] == 1 < kinds[1]


def test_a_cell_s_halves_are_one_number() -> None:
    codes = PicturePainter(ColorMode.MONO).paint(np.full((240, 320, 3), 128, np.uint8), PANE).codes
    assert ((codes >> HALF_BITS) == (codes & LOWER_MASK)).all()
