"""Characters that cells show besides letters: known before anything that computes is imported."""

from __future__ import annotations

SHADES = " ░▒▓"
"""By quarters of ink; none at all is written as a half block of one colour."""
LINES = " ╵╶╰╷│╭├╴╯─┴╮┤┬┼"
"""By the arms that a line has in the cell: up 1, right 2, down 4, left 8."""
