"""Surfaces and words in few colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.color import Color as TextualColor
from textual.theme import Theme

from tui.render.colors import eight_bit_rgb, nearest_eight_bit
from tui.screens.themes import THEMES
from tui.terminal.nearest import READABLE, contrast, fitting
from tui.terminal.pen import pen_of

XTERM_16 = (
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
)  # fmt: skip
RGB = st.tuples(*[st.integers(0, 255)] * 3)
FEW = pytest.mark.parametrize("system", [ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])


def look(color: Color | None) -> tuple[int, int, int]:
    assert color is not None
    assert color.number is not None
    if color.number >= 16:
        return eight_bit_rgb(color.number)
    red, green, blue = XTERM_16[color.number].to_bytes(3, "big")
    return red, green, blue


def test_contrast_of_known_pairs() -> None:
    """Black on white is 21, a grey of 119 on white just misses 4.5 (WCAG's own example)."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@given(RGB)
def test_of_256_the_same_is_taken_as_for_pictures(rgb: tuple[int, int, int]) -> None:
    found, _ = fitting(Color.from_rgb(*rgb), None, ColorSystem.EIGHT_BIT)
    assert look(found) == eight_bit_rgb(int(nearest_eight_bit(np.array([rgb]))[0]))


@FEW
@given(RGB, RGB)
def test_what_could_be_read_still_can(
    system: ColorSystem, ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    if contrast(ink, paper) < READABLE:
        return
    written, shown = fitting(Color.from_rgb(*ink), Color.from_rgb(*paper), system)
    assert contrast(look(written), look(shown)) >= READABLE


@pytest.mark.parametrize("surface", ["#121212", "#1e1e1e", "#242f38", "#272727"])
def test_dark_surfaces_are_dark_and_grey(surface: str) -> None:
    """Rich made the bars navy, which is slot 17."""
    _, paper = fitting(None, Color.parse(surface), ColorSystem.EIGHT_BIT)
    red, green, blue = look(paper)
    assert max(red, green, blue) - min(red, green, blue) < 50
    assert max(red, green, blue) < 70


def test_grey_words_stay_grey_among_sixteen() -> None:
    for ink, paper in (("#4b4b4b", "#e0e0e0"), ("#95989b", "#242f38"), ("#a0a0a0", "#e0e0e0")):
        for found in fitting(Color.parse(ink), Color.parse(paper), ColorSystem.STANDARD):
            assert found is not None
            assert found.number in {0, 7, 8, 15}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: str(theme.name))
def test_warnings_and_accents_keep_a_colour_among_sixteen(theme: Theme) -> None:
    """Else a row that is doubted looks as every other one."""
    variables = theme.to_color_system().generate() | theme.variables
    for ink in ("text-warning", "text-accent"):
        base, color = (TextualColor.parse(variables[name]) for name in ("background", ink))
        written, _ = fitting(color.rich_color, base.rich_color, ColorSystem.STANDARD)
        assert written is not None
        assert written.number not in {0, 7, 8, 15}


@FEW
def test_what_is_the_terminal_s_own_stays(system: ColorSystem) -> None:
    pair = Color.from_ansi(3), Color.default()
    assert fitting(*pair, system) == pair
    true = Color.from_rgb(1, 2, 3), Color.from_rgb(200, 2, 3)
    assert fitting(*true, ColorSystem.TRUECOLOR) == true


def test_pens_are_of_the_terminal_s_colors_with_attributes_and_without() -> None:
    style = Style.from_color(Color.parse("#e0e0e0"), Color.parse("#242f38"))
    plain, bold = pen_of(style, ColorSystem.EIGHT_BIT), pen_of(style + Style(bold=True), ColorSystem.EIGHT_BIT)
    assert (bold.ink, bold.paper) == (plain.ink, plain.paper)
    assert bold.attributes == ("1",)
    assert plain.ink.startswith("38;5;")
