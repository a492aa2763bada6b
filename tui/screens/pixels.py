"""The two pictures in real pixels: drawn and encoded in a thread, one at a time, the newest wins."""

from __future__ import annotations

import asyncio

from textual.screen import Screen

from tui.terminal.graphics import Canvas, Encoder
from tui.terminal.pixel_app import PixelApp
from tui.widgets.picture import PictureView


class Pixels:
    """Shows what the picture views of one screen hold.

    Args:
        screen: the main screen.
        canvas: the terminal; None where pictures are drawn with cells.
    """

    def __init__(self, screen: Screen[None], canvas: Canvas | None) -> None:
        self._screen = screen
        self._encoder = None if canvas is None else Encoder(canvas)
        self._shown: dict[str, object] = {}
        self._working = False
        self._again = False

    @property
    def used(self) -> bool:
        """Whether there are any."""
        return self._encoder is not None

    def update(self) -> None:
        """Show what has changed, when it is ready."""
        if self._encoder is None:
            return
        if self._working:
            self._again = True
        else:
            self._working = True
            self._screen.run_worker(self._work(self._encoder), exit_on_error=True)

    def uncovered(self) -> None:
        """The screen is in sight again."""
        if self._encoder is not None and isinstance(self._screen.app, PixelApp):
            self._screen.app.pixels_uncovered()

    async def _work(self, encoder: Encoder) -> None:
        try:
            while True:
                self._again = False
                for view in self._screen.query(PictureView):
                    await self._show(encoder, view)
                if not self._again:
                    break
        finally:
            self._working = False

    async def _show(self, encoder: Encoder, view: PictureView) -> None:
        app, place = self._screen.app, view.id or ""
        if not isinstance(app, PixelApp):
            return
        canvas = encoder.canvas
        scene = view.scene(canvas.cell_width_px, canvas.cell_height_px) if view.is_on_screen else None
        if scene is None:
            if self._shown.pop(place, None) is not None:
                app.hide_pixels(place)
            return
        region = view.content_region
        key = (region, scene)
        if key == self._shown.get(place):
            return
        x, y = region.x + scene.left, region.y + scene.top
        data = await asyncio.to_thread(lambda: encoder.encode(place, scene.draw(), x, y))
        if self._screen.is_current and view.content_region == region:
            self._shown[place] = key
            app.show_pixels(place, data)
