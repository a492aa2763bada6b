"""Colours between sixteen."""

from __future__ import annotations

import numpy as np
import pytest

from tui.render.cells import GLYPH_BITS, GLYPHS, HALF_BITS, LOWER_MASK
from tui.render.colors import ColorMode, standard_rgb
from tui.render.mixes import nearest_mixes
from tui.render.oklab import linear_light, oklab
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.viewport import Viewport

SHARE = {"▀": 0.0, "░": 0.25, "▒": 0.5, "▓": 0.75}


def seen(code: int) -> np.ndarray:
    """Linear light of a cell from some way off."""
    ink, paper = ((code >> shift) & LOWER_MASK for shift in (HALF_BITS, 0))
    share = SHARE[GLYPHS[code >> GLYPH_BITS]]
    both = linear_light(np.array([standard_rgb(ink), standard_rgb(paper)]))
    return np.asarray(share * both[0] + (1 - share) * both[1])


def test_oklab_of_known_colors() -> None:
    """White and red as in Ottosson's article."""
    lab = oklab(linear_light(np.array([(255, 255, 255), (255, 0, 0)])))
    assert lab[0] == pytest.approx([1, 0, 0], abs=1e-3)
    assert lab[1] == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_greys_rise_in_many_steps_and_stay_grey() -> None:
    greys = np.repeat(np.arange(0, 256, 5, dtype=np.uint8)[:, None], 3, axis=1)
    light = np.array([seen(code) for code in nearest_mixes(greys).tolist()])
    lab = oklab(light)
    assert (np.diff(lab[:, 0]) >= -1e-6).all()
    assert len(np.unique(np.round(lab[:, 0], 3))) >= 9
    assert np.abs(lab[:, 1:]).max() < 0.02


def test_plain_colors_stay_plain_and_of_their_hue() -> None:
    codes = nearest_mixes(np.array([(255, 0, 0), (0, 0, 0), (255, 255, 255), (0, 0, 230)], np.uint8))
    assert (codes >> GLYPH_BITS == 0).all()
    assert [int(code) & LOWER_MASK for code in codes] in ([9, 0, 15, 4], [1, 0, 15, 4])


def test_sixteen_colors_give_a_map_many_levels() -> None:
    values = np.repeat(np.linspace(0, 1, 600, dtype=np.float32)[None], 400, axis=0)
    codes = DepthPainter(ColorMode.STANDARD, levels=25).paint(values, Viewport(60, 20, 600, 400)).codes
    assert len(np.unique(codes)) >= 20


def test_an_edge_inside_a_cell_stays_sharp() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[105:] = 255
    codes = PicturePainter(ColorMode.STANDARD).paint(image, Viewport(60, 20, 300, 200)).codes
    (code,) = set(codes[10].tolist())
    assert GLYPHS[code >> GLYPH_BITS] == "▀"
    assert (code >> HALF_BITS & LOWER_MASK, code & LOWER_MASK) == (0, 15)
