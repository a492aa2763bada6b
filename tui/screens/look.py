"""How depth maps are drawn, as the user chose it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.app import App

from tui.render.colors import ColorMode
from tui.render.contours import Shading
from tui.render.palette import PALETTE_NAMES


@dataclass(frozen=True, slots=True)
class Look:
    """Palette and lines; every update returns a new one."""

    palette: str = PALETTE_NAMES[0]
    shading: Shading | None = None
    """None until the user chooses: then the terminal decides."""
    of_heights: bool = False
    """Whether the lines are of equal height above the floor, where that is known, not of equal distance."""

    @classmethod
    def of(cls, palette: str, contours: str) -> Look:
        """From the settings; contours as in `tui.storage.settings.CONTOURS`."""
        return cls(palette, None if contours == "auto" else Shading(contours))

    @property
    def contours(self) -> str:
        """As the settings keep it."""
        return "auto" if self.shading is None else self.shading.value

    @property
    def lines(self) -> str:
        """What the lines are, in words."""
        return "level lines every 10 cm" if self.of_heights else "distance lines"

    def shading_in(self, mode: ColorMode) -> Shading:
        """The user's choice; else levels, and lines over them where there are no colours."""
        return self.shading or (Shading.BOTH if mode is ColorMode.MONO else Shading.LEVELS)

    def with_next_shading(self, mode: ColorMode, *, heights: bool = False) -> Look:
        """Levels, with lines of equal distance, these alone; with `heights` the same with those of equal height."""
        kinds = list(Shading)
        following = kinds[(kinds.index(self.shading_in(mode)) + 1) % len(kinds)]
        if following.has_lines:
            return replace(self, shading=following)
        of_heights = heights and not self.of_heights
        return replace(self, shading=Shading.BOTH if of_heights else following, of_heights=of_heights)

    def with_next_palette(self) -> Look:
        """The next of the palettes."""
        at = PALETTE_NAMES.index(self.palette)
        return replace(self, palette=PALETTE_NAMES[(at + 1) % len(PALETTE_NAMES)])


def color_mode_of(app: App[object]) -> ColorMode:
    """What the terminal can show."""
    if app.no_color:
        return ColorMode.MONO
    systems = {"256": ColorMode.EIGHT_BIT, "standard": ColorMode.STANDARD, "windows": ColorMode.STANDARD}
    return systems.get(app.console.color_system or "truecolor", ColorMode.TRUECOLOR)
