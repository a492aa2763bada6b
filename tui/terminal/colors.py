"""What the terminal is taken to show: what it announces, or what the user says of it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from rich.color import ColorSystem
from rich.console import Console

NO_COLOR: Final = "NO_COLOR"
"""Where it is set, programs show no colours (no-color.org)."""

_SYSTEMS: dict[str, ColorSystem] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
}


def announce(colors: str, environment: MutableMapping[str, str]) -> None:
    """Make what Textual reads from the environment when it starts say the same as the user.

    Args:
        colors: `auto`, `truecolor`, `256`, `16` or `mono`.
        environment: changed in place.
    """
    if colors == "mono":
        environment[NO_COLOR] = "1"
    elif colors in _SYSTEMS:
        environment.pop(NO_COLOR, None)
    elif "STY" in environment and "TMUX" not in environment:
        # GNU screen hands COLORTERM on from outside, and up to version 4 makes a mess of 24-bit colours.
        environment.pop("COLORTERM", None)
    elif "direct" in environment.get("TERM", "").split("-"):
        # ncurses' name for terminals of 24-bit colours; Rich does not know it.
        environment["COLORTERM"] = "truecolor"


def impose(colors: str, console: Console) -> None:
    """Make an app's console show these colours, whatever the terminal announced; arguments as for `announce`."""
    system = _SYSTEMS.get(colors)
    if system is not None:
        console._color_system = system  # noqa: SLF001 - Textual makes the console itself, and takes no colours for it


def has_few_colors(console: Console) -> bool:
    """Whether the terminal has 16 colours at most, of which `NO_COLOR` lets it show the grey ones."""
    return console.color_system in {"standard", "windows"}
