import numpy as np
import pytest
from rich.color import ColorSystem
from rich.style import Style

from tui.errors import InputError
from tui.render.cells import GLYPH_TABLE
from tui.render.colors import (
    ColorMode,
    eight_bit_rgb,
    luminance,
    nearest_eight_bit,
    nearest_standard,
    standard_rgb,
    terminal_color,
)
from tui.render.palette import PALETTE_NAMES, depth_palette


@pytest.mark.parametrize("name", PALETTE_NAMES)
@pytest.mark.parametrize("mode", list(ColorMode))
@pytest.mark.parametrize("count", [12, 24, 28, 32])
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
    assert palette.table is GLYPH_TABLE
    assert sorted(set(palette.index_of_level.tolist())) == list(range(10))


def test_own_colors_are_nearest_to_themselves() -> None:
    own = np.array([eight_bit_rgb(index) for index in range(16, 256)])
    assert [eight_bit_rgb(int(index)) for index in nearest_eight_bit(own)] == [tuple(row) for row in own.tolist()]
    sixteen = np.array([standard_rgb(index) for index in range(16)])
    assert nearest_standard(sixteen).tolist() == list(range(16))


def test_nearest_is_nearest() -> None:
    colors = np.random.default_rng(0).integers(0, 256, (300, 3))
    own = np.array([eight_bit_rgb(index) for index in range(16, 256)])
    best = np.square(colors[:, None] - own[None]).sum(axis=2).min(axis=1)
    found = np.array([eight_bit_rgb(int(index)) for index in nearest_eight_bit(colors)])
    assert (np.square(colors - found).sum(axis=1) == best).all()


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
