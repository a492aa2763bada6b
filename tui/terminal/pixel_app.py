"""An app that can also put real pixels on the screen, over cells that stay empty for them."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

from tui.terminal.bandwidth import Bandwidth
from tui.terminal.driver import WireDriver
from tui.terminal.images import ImageLayer
from tui.terminal.telling_app import TellingApp

Result = TypeVar("Result")

_SAVE, _RESTORE = "\x1b7", "\x1b8"


class PixelApp(TellingApp[Result]):
    """Sends pictures after the cells that they cover.

    Args:
        bandwidth: as for `WireApp`.
        fps: as for `WireApp`.
        colors: as for `TellingApp`.
    """

    def __init__(self, bandwidth: Bandwidth | None = None, fps: float = 10.0, colors: str = "auto") -> None:
        super().__init__(bandwidth, fps, colors)
        self._images = ImageLayer()
        self._screen_of_images: Screen[object] | None = None

    def show_pixels(self, place: str, data: str) -> None:
        """Show escape codes at a place, while the screen that is active now is."""
        if self.screen is not self._screen_of_images:
            self._screen_of_images = self.screen
        self._images.put(place, data)
        self._send()

    def hide_pixels(self, place: str) -> None:
        """Nothing is to stand there any more; whoever draws the cells draws over it."""
        self._images.remove(place)

    def redraw(self) -> None:
        """Send the whole screen again, pictures included."""
        self._images.forget()
        super().redraw()

    def on_resize(self) -> None:
        """The terminal has another size."""
        self._images.forget()
        super().on_resize()

    def pixels_uncovered(self) -> None:
        """What lay over the pictures has gone, and its cells with it."""
        self._images.forget()
        self._send()

    def _send(self) -> None:
        super()._send()
        driver = self._driver
        if self._images.is_sent or not self._running or not isinstance(driver, WireDriver):
            return
        if self.screen is self._screen_of_images and not self.wire.pending:
            driver.write(f"{_SAVE}{self._images.take()}{_RESTORE}")
            self.wire.handed(driver.handed)
