"""What `depth-tui` takes on how it looks: the terminal's colours, and how pictures are drawn."""

from __future__ import annotations

from enum import StrEnum


class Theme(StrEnum):
    """Colours of the app."""

    DARK = "dark"
    LIGHT = "light"


class Colors(StrEnum):
    """What the terminal is taken to show."""

    AUTO = "auto"
    TRUECOLOR = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "16"
    MONO = "mono"


class Palette(StrEnum):
    """Of depth maps."""

    INFERNO = "inferno"
    MAGMA = "magma"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    GREY = "grey"
    TURBO = "turbo"


class ContourChoice(StrEnum):
    """Lines of equal distance over depth maps."""

    AUTO = "auto"
    OFF = "off"
    ON = "on"
    ONLY = "only"


class GraphicsChoice(StrEnum):
    """How pictures are drawn."""

    HALFBLOCKS = "halfblocks"
    AUTO = "auto"
    SIXEL = "sixel"
    KITTY = "kitty"
