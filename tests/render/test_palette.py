import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style

from tui.errors import InputError
from tui.render.cells import DEPTH_GLYPH_TABLE
from tui.render.colors import (
    ColorMode,
    eight_bit_rgb,
    luminance,
    nearest_eight_bit,
    nearest_standard,
    standard_rgb,
    terminal_color,
)
from tui.render.oklab import linear_light, oklab
from tui.render.palette import PALETTE_NAMES, SAFE_PALETTES, depth_palette
from tui.storage.settings import PALETTES, Settings

# Machado, Oliveira and Fernandes, IEEE TVCG 2009, severity 1, on linear light.
COLOR_BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)]
    ),
    "deuteranopia": np.array(
        [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)]
    ),
    "tritanopia": np.array(
        [(1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)]
    ),
}


def seen_lightness(name: str, eyes: str, count: int) -> np.ndarray:
    """OKLab's L of each level, far to near, for these eyes."""
    palette = depth_palette(name, ColorMode.TRUECOLOR, count)
    light = linear_light(palette.table.rgb_of[palette.index_of_level[:count]]) @ COLOR_BLINDNESS[eyes].T
    return oklab(np.clip(light, 0, 1))[:, 0]


@given(st.sampled_from(SAFE_PALETTES), st.sampled_from(sorted(COLOR_BLINDNESS)), st.integers(2, 40))
def test_lightness_rises_for_every_eye(name: str, eyes: str, count: int) -> None:
    lightness = seen_lightness(name, eyes, count)
    assert (np.diff(lightness) > 0).all()
    assert lightness[-1] - lightness[0] > 0.5


def test_turbo_is_not_called_safe_because_it_is_not() -> None:
    assert set(PALETTE_NAMES) - set(SAFE_PALETTES) == {"turbo"}
    assert (np.diff(seen_lightness("turbo", "deuteranopia", 24)) < 0).any()


def test_the_default_is_safe_and_the_settings_know_all() -> None:
    assert PALETTE_NAMES[0] in SAFE_PALETTES
    assert PALETTES == PALETTE_NAMES
    assert Settings().palette == PALETTE_NAMES[0]


@pytest.mark.parametrize("name", SAFE_PALETTES)
@pytest.mark.parametrize("mode", list(ColorMode))
@pytest.mark.parametrize("count", [12, 25, 32])
def test_near_is_brighter(name: str, mode: ColorMode, count: int) -> None:
    palette = depth_palette(name, mode, count)
    assert len(palette.index_of_level) == count + 1
    bright = luminance(palette.table.rgb_of[palette.index_of_level[:count]])
    assert (np.diff(bright) >= -0.5).all()
    assert bright[-1] - bright[0] > 150


@pytest.mark.parametrize("name", PALETTE_NAMES)
def test_truecolor_levels_can_all_be_told_apart(name: str) -> None:
    palette = depth_palette(name, ColorMode.TRUECOLOR, 28)
    assert len(set(palette.index_of_level.tolist())) == 29


@pytest.mark.parametrize("mode", list(ColorMode))
def test_unknown_looks_like_no_level(mode: ColorMode) -> None:
    palette = depth_palette("inferno", mode, 28)
    assert palette.index_of_level[28] not in palette.index_of_level[:28]


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(InputError, match="inferno, magma, viridis"):
        depth_palette("jet")


def test_mono_uses_the_glyphs() -> None:
    palette = depth_palette("inferno", ColorMode.MONO, 28)
    assert palette.table is DEPTH_GLYPH_TABLE
    assert sorted(set(palette.index_of_level.tolist())) == list(range(10))


def test_own_colors_are_nearest_to_themselves() -> None:
    own = np.array([eight_bit_rgb(index) for index in range(16, 256)])
    assert [eight_bit_rgb(int(index)) for index in nearest_eight_bit(own)] == [tuple(row) for row in own.tolist()]
    sixteen = np.array([standard_rgb(index) for index in range(16)])
    assert nearest_standard(sixteen).tolist() == list(range(16))


def test_nearest_is_nearest() -> None:
    colors = np.random.default_rng(0).integers(0, 256, (300, 3))
    own = np.array([eight_bit_rgb(index) for index in range(16, 256)])
    wanted, there = oklab(linear_light(colors)), oklab(linear_light(own))
    apart = np.square(wanted[:, None] - there[None]).sum(axis=2)
    chosen = nearest_eight_bit(colors) - 16
    assert apart[np.arange(len(colors)), chosen] == pytest.approx(apart.min(axis=1), abs=1e-5)


@pytest.mark.parametrize("system", [ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR])
def test_every_indexed_color_keeps_its_index(system: ColorSystem) -> None:
    for index in range(16, 256):
        color = terminal_color(eight_bit_rgb(index), ColorMode.EIGHT_BIT)
        codes = color.downgrade(system).get_ansi_codes()
        assert codes[:2] == ("38", "5")
        assert eight_bit_rgb(int(codes[2])) == eight_bit_rgb(index)


def test_standard_colors_are_short_codes() -> None:
    style = Style.from_color(terminal_color((255, 255, 85), ColorMode.STANDARD))
    assert style.render("x", color_system=ColorSystem.TRUECOLOR) == "\x1b[93mx\x1b[0m"
