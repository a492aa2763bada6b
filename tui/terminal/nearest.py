"""The surfaces and words of the screen in few colours: what looks most alike, and can still be read.

Without numpy, as the first paint is drawn with it; a screen has some dozen colours.
"""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color, ColorSystem, ColorType

RGB = tuple[int, int, int]

READABLE = 4.5
"""The contrast that words need with what they stand on (WCAG 2.1, AA)."""
_KEPT = 0.9
"""Share of a lower contrast, such as a border's, that few colours keep."""
_TINT = 2.0
"""How much a wrong tint counts among sixteen, against a wrong lightness: terminals differ in lightness anyway."""
_GREY = 0.04
"""Of OKLab's hue: what has less is drawn in one of the greys, if that can be read, rather than in a colour."""
_TINTED = 0.07
"""What has more is written in a colour: amber means something, and is nearest to white."""
_GREYS = frozenset({0, 7, 8, 15})
_LOOKS: tuple[tuple[int, ...], ...] = (
    (0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA,
     0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF),
    (0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
     0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
    (0x2E3436, 0xCC0000, 0x4E9A06, 0xC4A000, 0x3465A4, 0x75507B, 0x06989A, 0xD3D7CF,
     0x555753, 0xEF2929, 0x8AE234, 0xFCE94F, 0x729FCF, 0xAD7FA8, 0x34E2E2, 0xEEEEEC),
)  # fmt: skip
"""The sixteen as the Linux console, xterm and GNOME's terminal show them: a choice must be right in all three."""


def _rgb(number: int) -> RGB:
    return number >> 16, number >> 8 & 255, number & 255


def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(rgb: RGB) -> float:
    """Relative luminance, 0..1 (WCAG 2.1)."""
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """Contrast of two colours, 1..21 (WCAG 2.1)."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _lab(rgb: RGB) -> tuple[float, float, float]:
    """As `tui.render.oklab`, for one colour."""
    red, green, blue = map(_linear, rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


@lru_cache(maxsize=2)
def _own(system: ColorSystem) -> dict[int, tuple[RGB, ...]]:
    """The colours of a system by number, each as it looks in one terminal or another."""
    if system is not ColorSystem.EIGHT_BIT:
        return {number: tuple(_rgb(look[number]) for look in _LOOKS) for number in range(16)}
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(red, green, blue) for red in steps for green in steps for blue in steps]
    greys = [(grey, grey, grey) for grey in range(8, 239, 10)]
    return {number: (rgb,) for number, rgb in enumerate([*cube, *greys], 16)}


@lru_cache(maxsize=2)
def _own_labs(system: ColorSystem) -> dict[int, list[tuple[float, float, float]]]:
    return {number: [_lab(rgb) for rgb in looks] for number, looks in _own(system).items()}


def _by_likeness(rgb: RGB, system: ColorSystem) -> list[int]:
    """Numbers of a system's colours, the most alike first."""
    tint = 1.0 if system is ColorSystem.EIGHT_BIT else _TINT
    light, red, yellow = _lab(rgb)

    def apart(number: int) -> float:
        return sum(
            (light - each[0]) ** 2 + tint * ((red - each[1]) ** 2 + (yellow - each[2]) ** 2)
            for each in _own_labs(system)[number]
        )

    ranked = sorted(_own(system), key=apart)
    if system is not ColorSystem.EIGHT_BIT and math.hypot(red, yellow) < _GREY:
        ranked.sort(key=lambda number: number not in _GREYS)
    return ranked


@lru_cache(maxsize=2)
def _surfaces(system: ColorSystem) -> frozenset[int]:
    """Colours on which something can be read, in whatever terminal: no dark grey of sixteen, for one."""
    own = _own(system)
    return frozenset(
        number
        for number, papers in own.items()
        if any(_least_contrast(inks, papers) >= READABLE for inks in own.values())
    )


def _surface(rgb: RGB, system: ColorSystem) -> int:
    return next(number for number in _by_likeness(rgb, system) if number in _surfaces(system))


@lru_cache(maxsize=1024)
def fitting(ink: Color | None, paper: Color | None, system: ColorSystem) -> tuple[Color | None, Color | None]:
    """Ink and paper in the colours of a terminal; the ink reads as well on the paper as it was meant to.

    Args:
        ink: what is written in.
        paper: what it stands on.
        system: what the terminal can show; with 24 bits, and of colours that are its own, nothing changes.
    """
    if system not in {ColorSystem.EIGHT_BIT, ColorSystem.STANDARD}:
        return ink, paper
    shown, written = paper, ink
    papers: tuple[RGB, ...] = ()
    if paper is not None and paper.type is ColorType.TRUECOLOR:
        number = _surface(_triplet(paper), system)
        papers, shown = _own(system)[number], Color.from_ansi(number)
    if ink is not None and ink.type is ColorType.TRUECOLOR:
        ranked = _by_likeness(_triplet(ink), system)
        if system is ColorSystem.STANDARD and math.hypot(*_lab(_triplet(ink))[1:]) > _TINTED:
            ranked.sort(key=lambda number: number in _GREYS)
        if papers and paper is not None:
            meant = contrast(_triplet(ink), _triplet(paper))
            need = READABLE if meant >= READABLE else _KEPT * meant
            worst = {number: _least_contrast(_own(system)[number], papers) for number in ranked}
            ranked = [number for number in ranked if worst[number] >= need] or [max(ranked, key=worst.__getitem__)]
        written = Color.from_ansi(ranked[0])
    return written, shown


def _least_contrast(inks: tuple[RGB, ...], papers: tuple[RGB, ...]) -> float:
    return min(contrast(ink, paper) for ink, paper in zip(inks, papers, strict=True))


def _triplet(color: Color) -> RGB:
    red, green, blue = color.get_truecolor()
    return red, green, blue
