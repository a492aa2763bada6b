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

    @classmethod
    def of(cls, palette: str, contours: str) -> Look:
        """From the settings; contours as in `tui.storage.settings.CONTOURS`."""
        return cls(palette, None if contours == "auto" else Shading(contours))

    @property
    def contours(self) -> str:
        """As the settings keep it."""
        return "auto" if self.shading is None else self.shading.value

    def shading_in(self, mode: ColorMode) -> Shading:
        """The user's choice; else levels, and lines over them where there are no colours."""
        return self.shading or (Shading.BOTH if mode is ColorMode.MONO else Shading.LEVELS)

    def with_next_shading(self, mode: ColorMode) -> Look:
        """Levels, levels with lines, lines alone, levels ..."""
        kinds = list(Shading)
        return replace(self, shading=kinds[(kinds.index(self.shading_in(mode)) + 1) % len(kinds)])

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
