"""Characters that cells show besides letters: known before anything that computes is imported."""

from __future__ import annotations

from rich.style import Style

SHADES = " ░▒▓"
"""By quarters of ink; none at all is written as a half block of one colour."""
LINES = " ╵╶╰╷│╭├╴╯─┴╮┤┬┼"
"""By the arms that a line has in the cell: up 1, right 2, down 4, left 8."""
OF_A_PICTURE = Style.from_meta({"of_a_picture": True})
"""Added to the style of characters that a picture is made of, which else look like words."""


class PictureGlyph(str):
    """A character that is part of a picture: it waits for its frame's turn, as half blocks do; words do not wait."""

    __slots__ = ()


def is_of_a_picture(style: Style | None) -> bool:
    """Whether `OF_A_PICTURE` was added to a style."""
    return style is not None and "of_a_picture" in style.meta
